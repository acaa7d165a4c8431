"""A visit to one's own data: begun by a one-time link, kept by a secret in a cookie, over after half an hour.

It is judged anew with every step: who was erased, sealed or merged meanwhile is found so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.errors import NotFoundError
from wmcrm.matching import names_compatible
from wmcrm.models import AccessLogEntry, ContactPoint, LinkKind, Person, SelfServiceLink
from wmcrm.outreach import HeldPoint, holders_of_same
from wmcrm.self_service.links import LONGEST_SECRET, find_link, gone, hash_of, new_secret, person_behind, use_link

VISIT = dt.timedelta(minutes=30)
MOST_RECORDS = 10


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who looks at their own data; ``records`` are all that they may open by this link."""

    link: SelfServiceLink
    person: Person
    records: Sequence[Person]


def begin_visit(session: Session, secret: str, *, now: dt.datetime) -> str:
    """Use a link to one's own data; returns the secret of the visit.

    Raises NotFoundError as find_link does, also for a link to an address that is held no more.
    """
    found = find_link(session, LinkKind.MY_DATA, secret, now=now)
    sent_to = found.link.contact_point_id
    if sent_to is not None and session.get_one(ContactPoint, sent_to).removed_at is not None:
        raise gone()
    use_link(session, found, now=now)
    visit = new_secret()
    found.link.visit_hash, found.link.visit_until = hash_of(visit), now + VISIT
    _log(session, found.person, "my_data_opened")
    return visit


def visit_of(session: Session, secret: str, *, now: dt.datetime) -> Visit | None:
    """The visit of a secret; None when it is over, or the record is not there any more."""
    if not 0 < len(secret) <= LONGEST_SECRET:
        return None
    query = sa.select(SelfServiceLink).where(col(SelfServiceLink.visit_hash) == hash_of(secret))
    link = session.scalars(query).first()
    if link is None or link.visit_until is None or now >= link.visit_until:
        return None
    person = person_behind(session, link)
    return Visit(link, person, records_of(session, link, person)) if person is not None else None


def choose_record(session: Session, visit: Visit, public_id: str) -> None:
    """Go on with another record that is held with the same address; raises NotFoundError for any other."""
    chosen = next((person for person in visit.records if person.public_id == public_id), None)
    if chosen is None:
        raise NotFoundError("There is no such record.")
    visit.link.person_id = chosen.id
    _log(session, chosen, "my_data_opened")


def end_visit(session: Session, visit: Visit) -> None:
    """End a visit before its time; its secret is worth nothing from now on."""
    visit.link.visit_hash = visit.link.visit_until = None
    session.flush()


def records_of(session: Session, link: SelfServiceLink, person: Person) -> list[Person]:
    """The records that a link opens: the person's own, and others of the same address and of no other person."""
    if link.contact_point_id is None:
        return [person]
    held = holders_of_same(session, HeldPoint(person.id, link.contact_point_id))
    people = _people(session, held)
    return people if person in people and are_one_person(people) else [person]


def are_one_person(people: Sequence[Person]) -> bool:
    """Whether nothing in the names shows two people: else, or if they are many, people share the mailbox."""
    if len(people) > MOST_RECORDS:
        return False
    named = [person.display_name for person in people]
    return all(a and b and names_compatible(a, b) for a, b in combinations(named, 2))


def _people(session: Session, held: Sequence[HeldPoint]) -> list[Person]:
    ids = [one.person_id for one in held]
    return list(session.scalars(sa.select(Person).where(col(Person.id).in_(ids)).order_by(col(Person.id))))


def _log(session: Session, person: Person, action: str) -> None:
    entry = AccessLogEntry(actor=actor_of(session).name, action=action, person_id=person.id, people=1)
    session.add(entry)
    session.flush()
