"""Restriction of processing and objection: who must be left alone, as conditions for any query."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent.recording import recording_affiliate
from wmcrm.consent.turns import turn_of
from wmcrm.db import actor_of
from wmcrm.errors import NotAllowedError
from wmcrm.models import (
    Channel,
    ConsentStanding,
    ConsentState,
    Person,
    Purpose,
    Restriction,
    RestrictionGround,
    may_hold,
    now_utc,
)


def restrict(session: Session, person: Person, ground: RestrictionGround, *, on: dt.date | None = None) -> Restriction:
    """From this day a person's data is stored and nothing else, until the restriction is lifted.

    A restriction that somebody else may lift is not taken for this one. Of a merged record it is the survivor's.
    """
    for held in open_restrictions(session, person):
        if _is_as_firm(session, held):
            return held
    person_id = turn_of(session, person.id)
    made = Restriction(
        person_id=person_id,
        recorded_for_id=person_id,
        recorded_by_id=actor_of(session).account_id,
        holder_affiliate_id=recording_affiliate(session, person_id),
        ground=ground,
        since=on or now_utc().date(),
    )
    session.add(made)
    session.flush()
    return made


def _is_as_firm(session: Session, held: Restriction) -> bool:
    """Whether an open restriction is lifted by nobody who could not lift one that the actor records now."""
    actor = actor_of(session)
    own = held.holder_affiliate_id in actor.affiliate_ids and not actor.sees_all
    return held.holder_affiliate_id is None or own


def lift_restriction(session: Session, person: Person, *, on: dt.date | None = None) -> int:
    """End every open restriction of a person; returns how many there were.

    Raises NotAllowedError for one that the person or another affiliate asked for.
    """
    day = on or now_utc().date()
    found = open_restrictions(session, person)
    if not all(may_hold(session, held.holder_affiliate_id) for held in found):
        raise NotAllowedError(
            "The person or another affiliate asked for this restriction; a steward of the whole movement lifts it."
        )
    for held in found:
        if day > held.since:
            held.until = day
        else:
            held.removed_at = now_utc()
    session.flush()
    return len(found)


def restricted_people(day: dt.date) -> sa.ColumnElement[bool]:
    """The condition that a person (of a query over Person) is restricted on a day."""
    held = sa.select(col(Restriction.id)).where(
        col(Restriction.person_id) == col(Person.id),
        col(Restriction.removed_at).is_(None),
        col(Restriction.superseded_by_id).is_(None),
        col(Restriction.since) <= day,
        sa.or_(col(Restriction.until).is_(None), col(Restriction.until) > day),
    )
    return held.correlate(Person).exists()


def objecting_people(purpose: str) -> sa.Select[int]:
    """Ids of the people who objected to, or withdrew from, a purpose on any channel, such as path_reporting."""
    return (
        sa.select(col(ConsentState.person_id))
        .join(Purpose, col(Purpose.id) == col(ConsentState.purpose_id))
        .where(col(Purpose.code) == purpose)
        .where(col(ConsentState.standing).in_([ConsentStanding.OBJECTED, ConsentStanding.WITHDRAWN]))
        .where(col(ConsentState.channel).in_(list(Channel)))
    )


def open_restrictions(session: Session, person: Person) -> list[Restriction]:
    """The restrictions of a person that nobody has lifted, the oldest first."""
    query = sa.select(Restriction).where(
        col(Restriction.person_id) == person.id,
        col(Restriction.removed_at).is_(None),
        col(Restriction.superseded_by_id).is_(None),
        col(Restriction.until).is_(None),
    )
    return list(session.scalars(query.order_by(col(Restriction.id))))
