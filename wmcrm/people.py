"""People: found by text, shown without their contact values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db.search import matching_people
from wmcrm.models import (
    Affiliate,
    ContactKind,
    ContactPoint,
    Event,
    LanguageSkill,
    Membership,
    NameKind,
    Participation,
    Person,
    PersonName,
    PersonStatus,
    WikiAccount,
)
from wmcrm.models.base import PersonFact
from wmcrm.normalize import fold

Fact = TypeVar("Fact", bound=PersonFact)
PAGE = 50
SHOWN_FACTS = 200


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person in a list: no contact values."""

    id: int
    public_id: str
    external_id: str | None
    display_name: str
    sort_name: str
    country: str | None
    usernames: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContactSummary:
    """That a contact point exists; its value leaves through wmcrm.outreach only."""

    id: int
    kind: ContactKind
    preferred: bool
    verified_on: dt.date | None
    usable: bool


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What is known of a person, live rows only."""

    person: Person
    names: Sequence[PersonName]
    accounts: Sequence[WikiAccount]
    languages: Sequence[LanguageSkill]
    contacts: Sequence[ContactSummary]
    memberships: Sequence[tuple[Membership, Affiliate]]
    participations: Sequence[tuple[Participation, Event]]


def find_people(
    session: Session, text: str, *, after: tuple[str, int] | None = None, limit: int = PAGE
) -> list[FoundPerson]:
    """Active people whose names, usernames, addresses, phones or affiliates hold every word of ``text``.

    Sorted by name; ``after`` is the (sort name, id) of the last row of the page before. An empty text lists
    everybody. Phones are found by their digits.
    """
    query = sa.select(
        col(Person.id),
        col(Person.public_id),
        col(Person.external_id),
        col(Person.display_name),
        col(Person.sort_name),
        col(Person.residence_country),
    ).where(col(Person.status) == PersonStatus.ACTIVE, col(Person.removed_at).is_(None))
    terms = _terms(text)
    if terms:
        query = query.where(col(Person.id).in_(matching_people(session, terms)))
    elif text.strip():
        return []
    if after is not None:
        query = query.where(sa.tuple_(col(Person.sort_name), col(Person.id)) > sa.tuple_(*map(sa.literal, after)))
    rows = session.execute(query.order_by(col(Person.sort_name), col(Person.id)).limit(limit)).all()
    usernames = usernames_of(session, [row.id for row in rows])
    return [FoundPerson(*row, usernames=usernames.get(row.id, ())) for row in rows]


def usernames_of(session: Session, person_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The live usernames of each of these people, in the order they were recorded."""
    query = (
        sa.select(col(WikiAccount.person_id), col(WikiAccount.username))
        .where(col(WikiAccount.person_id).in_(person_ids), *_live(WikiAccount))
        .order_by(col(WikiAccount.id))
    )
    found: dict[int, tuple[str, ...]] = {}
    for person_id, username in session.execute(query):
        found[person_id] = (*found.get(person_id, ()), username)
    return found


def show_person(session: Session, person: Person) -> PersonCard:
    """Everything about one person that a page shows, in seven questions to the database."""
    contacts = session.scalars(_facts(ContactPoint, person)).all()
    names = sorted(session.scalars(_facts(PersonName, person)), key=lambda name: name.kind is not NameKind.PREFERRED)
    return PersonCard(
        person=person,
        names=names,
        accounts=session.scalars(_facts(WikiAccount, person)).all(),
        languages=session.scalars(_facts(LanguageSkill, person)).all(),
        contacts=[
            ContactSummary(point.id, point.kind, point.preferred, point.verified_on, point.held_since is None)
            for point in contacts
        ],
        memberships=_memberships(session, person),
        participations=_participations(session, person),
    )


def _memberships(session: Session, person: Person) -> list[tuple[Membership, Affiliate]]:
    query = (
        sa.select(Membership, Affiliate)
        .join(Affiliate, col(Affiliate.id) == col(Membership.affiliate_id))
        .where(col(Membership.person_id) == person.id, *_live(Membership))
        .order_by(col(Membership.since).desc(), col(Membership.id))
        .limit(SHOWN_FACTS)
    )
    return [(membership, affiliate) for membership, affiliate in session.execute(query)]


def _participations(session: Session, person: Person) -> list[tuple[Participation, Event]]:
    query = (
        sa.select(Participation, Event)
        .join(Event, col(Event.id) == col(Participation.event_id))
        .where(col(Participation.person_id) == person.id, *_live(Participation))
        .order_by(col(Event.starts_on).desc(), col(Participation.id))
        .limit(SHOWN_FACTS)
    )
    return [(participation, event) for participation, event in session.execute(query)]


def _terms(text: str) -> list[str]:
    return fold(text).split()


def _live(table: type[PersonFact]) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return col(table.removed_at).is_(None), col(table.superseded_by_id).is_(None)


def _facts(table: type[Fact], person: Person) -> sa.Select[Fact]:
    query = sa.select(table).where(col(table.person_id) == person.id, *_live(table))
    return query.order_by(sa.inspect(table).primary_key[0]).limit(SHOWN_FACTS)
