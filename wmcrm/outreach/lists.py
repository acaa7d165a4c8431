"""Prepared lists: who is on it is kept, addresses are not; the gate judges again whenever it is opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent import find_purpose
from wmcrm.db import actor_of
from wmcrm.errors import NotAllowedError, NotFoundError
from wmcrm.models import Channel, ExportedList, ExportedListPerson, Purpose, metadata, now_utc
from wmcrm.outreach.answers import Outreach
from wmcrm.outreach.gate import decide, let_out, open_entry

USABLE_DAYS = 30


def prepare_list(
    session: Session,
    person_ids: Iterable[int],
    *,
    purpose: str,
    channel: Channel,
    reason: str,
    on: dt.date | None = None,
) -> ExportedList:
    """Keep an audience for one purpose and channel, usable for 30 days; no value leaves here."""
    register = find_purpose(session, purpose)
    entry = open_entry(session, "list_prepared", reason, purpose=purpose, channel=channel)
    audience = sorted(set(person_ids))
    entry.people = len(audience)
    made = ExportedList(
        purpose_id=register.id,
        channel=channel,
        reason=entry.reason or "",
        account_id=entry.account_id,
        actor=entry.actor,
        use_by=(on or now_utc().date()) + dt.timedelta(days=USABLE_DAYS),
    )
    session.add_all([made, entry])
    session.flush()
    if audience:
        rows = [{"list_id": made.id, "person_id": person_id} for person_id in audience]
        session.execute(sa.insert(metadata.tables[str(ExportedListPerson.__tablename__)]), rows)
    return made


def open_list(session: Session, public_id: str, *, on: dt.date | None = None) -> Outreach:
    """The list as it may be used today: judged again, logged again.

    Raises NotFoundError for lists of other accounts, NotAllowedError after its last day.
    """
    found = session.scalars(sa.select(ExportedList).where(col(ExportedList.public_id) == public_id)).first()
    actor = actor_of(session)
    if found is None or not (actor.is_operator or actor.account_id == found.account_id):
        raise NotFoundError("There is no list {name}.", name=public_id)
    day = on or now_utc().date()
    if day > found.use_by:
        raise NotAllowedError("The list was usable until {day}; prepare a new one.", day=found.use_by.isoformat())
    register = session.get(Purpose, found.purpose_id)
    assert register is not None
    channel = found.channel
    entry = open_entry(session, "list", found.reason, purpose=register.code, channel=channel)
    entry.record_id = found.id
    found.opened += 1
    query = sa.select(col(ExportedListPerson.person_id)).where(col(ExportedListPerson.list_id) == found.id)
    return let_out(
        session,
        session.scalars(query).all(),
        (register, channel, day),
        entry,
        lambda one, known: decide(one, known, register, channel, day),
    )
