"""Consents that end soon: whom to ask again, while one may still write."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import Channel, ConsentStanding, ConsentState, Person, PersonStatus, Protection, Purpose, now_utc
from wmcrm.outreach.restrictions import restricted_people

RENEWAL_DAYS = 60


@dataclass(frozen=True, slots=True)
class Renewal:
    """A consent that ends within the window."""

    person: str
    person_id: int
    name: str = field(repr=False)
    purpose: str
    channel: Channel
    valid_until: dt.date
    days_left: int


def renewal_queue(session: Session, *, on: dt.date | None = None, within_days: int = RENEWAL_DAYS) -> list[Renewal]:
    """Consents of active, unprotected people that end in the next 60 days, the soonest first."""
    day = on or now_utc().date()
    query = (
        sa.select(
            col(Person.public_id),
            col(Person.id),
            sa.func.coalesce(col(Person.alias), col(Person.display_name)),
            col(Purpose.code),
            col(ConsentState.channel),
            col(ConsentState.valid_until),
        )
        .select_from(ConsentState)
        .join(Person, col(Person.id) == col(ConsentState.person_id))
        .join(Purpose, col(Purpose.id) == col(ConsentState.purpose_id))
        .where(col(ConsentState.standing) == ConsentStanding.GIVEN)
        .where(col(ConsentState.valid_until).between(day, day + dt.timedelta(days=within_days)))
        .where(col(Person.status) == PersonStatus.ACTIVE, col(Person.removed_at).is_(None))
        .where(col(Person.protection) == Protection.NORMAL, ~restricted_people(day))
        .order_by(col(ConsentState.valid_until), col(Person.id), col(Purpose.id))
    )
    return [
        Renewal(public_id, number, name, purpose, channel, until, (until - day).days)
        for public_id, number, name, purpose, channel, until in session.execute(query)
        if until is not None
    ]
