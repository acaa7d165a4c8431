"""The way of people to their own data: their address for the link they asked for, and what they see of themselves.

An access request needs no consent: it answers the person. So neither a withdrawal, an objection, a
restriction nor elevated protection stands against it; a sealed or erased record does not exist here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import ContactKind, ContactPoint, Person, PersonStatus, Protection
from wmcrm.normalize import email_key, parse_emails
from wmcrm.outreach.answers import Withheld
from wmcrm.outreach.bounces import UNCONFIRMED
from wmcrm.outreach.gate import open_entry

IN_USE = (PersonStatus.ACTIVE, PersonStatus.HELD)


@dataclass(frozen=True, slots=True)
class HeldPoint:
    """A contact point and the person who has it: ids only."""

    person_id: int
    point_id: int


@dataclass(frozen=True, slots=True)
class OwnPoint:
    """A contact point as the person themselves sees it, with the value: handle with care, never log it.

    ``is_unconfirmed``: they added it and have not opened the link that was sent there.
    """

    id: int
    kind: ContactKind
    value: str = field(repr=False)
    preferred: bool
    since: dt.date
    works: bool = True
    is_unconfirmed: bool = False


def holders_of_address(session: Session, text: str) -> list[HeldPoint]:
    """Who is held with this e-mail address, once a person; nobody for text that is no address."""
    address = parse_emails(text).first
    if address is None:
        return []
    return _held(session, sa.and_(col(ContactPoint.normalized).in_({address, email_key(address)})))


def holders_of_same(session: Session, held: HeldPoint) -> list[HeldPoint]:
    """Who has the very address of a contact point, its own person included."""
    value = sa.select(col(ContactPoint.normalized)).where(col(ContactPoint.id) == held.point_id).scalar_subquery()
    return _held(session, col(ContactPoint.normalized) == value)


def addresses_of_people(session: Session, person_ids: Iterable[int]) -> list[HeldPoint]:
    """One e-mail address of each of these people: the preferred one, else the oldest."""
    return _held(session, col(ContactPoint.person_id).in_(sorted(set(person_ids))))


def invite_to_my_data(session: Session, held: HeldPoint, *, reason: str) -> str | Withheld:
    """The address to which a person's link to their own data goes, or why there is none; logged."""
    point = session.get(ContactPoint, held.point_id)
    if point is None or held not in _held(session, col(ContactPoint.id) == held.point_id):
        return Withheld.NO_CONTACT_POINT
    entry = open_entry(session, "my_data_link", reason)
    entry.person_id, entry.record_id, entry.channel, entry.people = held.person_id, point.id, point.kind.value, 1
    session.add(entry)
    session.flush()
    return point.normalized


def unconfirmed_address(session: Session, held: HeldPoint) -> str | Withheld:
    """The address that its person added and is asked to confirm, or why it may not be used for that; logged."""
    point, person = session.get(ContactPoint, held.point_id), session.get(Person, held.person_id)
    if point is None or point.removed_at is not None or point.held_because != UNCONFIRMED:
        return Withheld.NO_CONTACT_POINT
    if person is None or person.status not in IN_USE or person.protection is Protection.SEALED:
        return Withheld.NOT_ACTIVE
    entry = open_entry(session, "confirm_address", "asked to confirm it")
    entry.person_id, entry.record_id, entry.channel, entry.people = held.person_id, point.id, point.kind.value, 1
    session.add(entry)
    session.flush()
    return point.normalized


def own_points(session: Session, person: Person) -> Sequence[OwnPoint]:
    """Every way to reach a person, for that person."""
    query = (
        sa.select(ContactPoint)
        .where(col(ContactPoint.person_id) == person.id)
        .where(col(ContactPoint.removed_at).is_(None), col(ContactPoint.superseded_by_id).is_(None))
        .order_by(col(ContactPoint.kind), col(ContactPoint.id))
    )
    return [
        OwnPoint(
            id=point.id,
            kind=point.kind,
            value=point.value,
            preferred=point.preferred,
            since=point.recorded_at.date(),
            works=point.held_since is None,
            is_unconfirmed=point.held_because == UNCONFIRMED,
        )
        for point in session.scalars(query)
    ]


def _held(session: Session, which: sa.ColumnElement[bool]) -> list[HeldPoint]:
    query = (
        sa.select(col(ContactPoint.person_id), col(ContactPoint.id))
        .join(Person, col(Person.id) == col(ContactPoint.person_id))
        .where(which, col(ContactPoint.kind) == ContactKind.EMAIL)
        .where(col(ContactPoint.removed_at).is_(None), col(ContactPoint.superseded_by_id).is_(None))
        .where(sa.func.coalesce(col(ContactPoint.held_because), "") != UNCONFIRMED)
        .where(col(Person.status).in_(IN_USE), col(Person.removed_at).is_(None))
        .where(col(Person.protection) != Protection.SEALED)
        .order_by(col(ContactPoint.person_id), col(ContactPoint.preferred), col(ContactPoint.id).desc())
    )
    return [HeldPoint(person_id, number) for person_id, number in dict(session.execute(query).all()).items()]
