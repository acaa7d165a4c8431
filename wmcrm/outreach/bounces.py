"""Addresses that are not used although they are recorded: they bounced, or their person has not confirmed them."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.errors import NotFoundError
from wmcrm.models import ContactPoint, Person

UNCONFIRMED = "unconfirmed"
NO_MAILBOX = "no such mailbox"


def note_bounce(session: Session, contact_point_id: int, *, now: dt.datetime) -> int:
    """Use an address no more, whoever has it: a server said for good that there is no such mailbox.

    Returns at how many records. What an address is held for already stays.
    """
    point = session.get(ContactPoint, contact_point_id)
    if point is None:
        return 0
    same = sa.select(ContactPoint).where(
        col(ContactPoint.normalized) == point.normalized,
        col(ContactPoint.kind) == point.kind,
        col(ContactPoint.removed_at).is_(None),
        col(ContactPoint.held_since).is_(None),
    )
    found = session.scalars(same).all()
    for one in found:
        one.held_since, one.held_because = now, NO_MAILBOX
    session.flush()
    return len(found)


def use_again(session: Session, point: ContactPoint) -> None:
    """Use an address again that had bounced; raises NotFoundError for one that is in use, or not confirmed."""
    if point.held_since is None or point.held_because == UNCONFIRMED:
        raise NotFoundError("This address is not marked as one that does not work.")
    point.held_since = point.held_because = None
    session.flush()


def use_all_again(session: Session, person: Person) -> int:
    """Use every address of a person again that had bounced; returns how many there were."""
    held = sa.select(ContactPoint).where(
        col(ContactPoint.person_id) == person.id,
        col(ContactPoint.removed_at).is_(None),
        col(ContactPoint.held_since).is_not(None),
        sa.func.coalesce(col(ContactPoint.held_because), "") != UNCONFIRMED,
    )
    found = session.scalars(held).all()
    for point in found:
        use_again(session, point)
    return len(found)


def hold_until_confirmed(session: Session, point: ContactPoint, *, now: dt.datetime) -> None:
    """Use an address for nothing but the letter that asks to confirm it."""
    point.held_since, point.held_because = now, UNCONFIRMED
    session.flush()


def confirm(session: Session, point: ContactPoint, *, now: dt.datetime) -> None:
    """The person opened the link that was sent to the address: it is theirs, and may be used."""
    if point.held_because == UNCONFIRMED:
        point.held_since = point.held_because = None
    point.verified_on = now.date()
    session.flush()
