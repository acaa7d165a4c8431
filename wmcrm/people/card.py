"""One person as a page shows them: everything known, without contact values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import (
    Affiliate,
    ContactKind,
    ContactPoint,
    Event,
    LanguageLevel,
    LanguageSkill,
    Membership,
    NameKind,
    Participation,
    Person,
    PersonName,
    WikiAccount,
)
from wmcrm.models.base import PersonFact
from wmcrm.outreach import UNCONFIRMED

Fact = TypeVar("Fact", bound=PersonFact)
SHOWN_FACTS = 200


@dataclass(frozen=True, slots=True)
class ContactSummary:
    """That a contact point exists; its value leaves through wmcrm.outreach only."""

    id: int
    kind: ContactKind
    preferred: bool
    verified_on: dt.date | None
    usable: bool
    is_unconfirmed: bool
    holder_affiliate_id: int | None


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What is known of a person, live rows only; what several rows say alike is told once."""

    person: Person
    names: Sequence[PersonName]
    accounts: Sequence[WikiAccount]
    languages: Sequence[LanguageSkill]
    contacts: Sequence[ContactSummary]
    memberships: Sequence[tuple[Membership, Affiliate]]
    participations: Sequence[tuple[Participation, Event]]


def show_person(session: Session, person: Person) -> PersonCard:
    """Everything about one person that a page shows, in seven questions to the database."""
    contacts = session.scalars(_facts(ContactPoint, person)).all()
    names = sorted(session.scalars(_facts(PersonName, person)), key=lambda name: name.kind is not NameKind.PREFERRED)
    skills = sorted(session.scalars(_facts(LanguageSkill, person)), key=lambda one: one.level is LanguageLevel.UNKNOWN)
    return PersonCard(
        person=person,
        names=_once(names, lambda name: (name.kind, name.name)),
        accounts=_once(session.scalars(_facts(WikiAccount, person)), lambda account: account.username),
        languages=_once(skills, lambda skill: (skill.language, skill.use)),
        contacts=[
            ContactSummary(
                point.id,
                point.kind,
                point.preferred,
                point.verified_on,
                point.held_since is None,
                point.held_because == UNCONFIRMED,
                point.holder_affiliate_id,
            )
            for point in contacts
        ],
        memberships=_memberships(session, person),
        participations=_participations(session, person),
    )


def _once(rows: Iterable[Fact], said: Callable[[Fact], Hashable]) -> list[Fact]:
    """The first of the rows that say the same, as records that were merged or several holders do."""
    found: dict[Hashable, Fact] = {}
    for row in rows:
        found.setdefault(said(row), row)
    return list(found.values())


def _memberships(session: Session, person: Person) -> list[tuple[Membership, Affiliate]]:
    query = (
        sa.select(Membership, Affiliate)
        .join(Affiliate, col(Affiliate.id) == col(Membership.affiliate_id))
        .where(col(Membership.person_id) == person.id, *live(Membership))
        .order_by(col(Membership.since).desc(), col(Membership.id))
        .limit(SHOWN_FACTS)
    )
    return [(membership, affiliate) for membership, affiliate in session.execute(query)]


def _participations(session: Session, person: Person) -> list[tuple[Participation, Event]]:
    query = (
        sa.select(Participation, Event)
        .join(Event, col(Event.id) == col(Participation.event_id))
        .where(col(Participation.person_id) == person.id, *live(Participation))
        .order_by(col(Event.starts_on).desc(), col(Participation.id))
        .limit(SHOWN_FACTS)
    )
    return [(participation, event) for participation, event in session.execute(query)]


def live(table: type[PersonFact]) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """The conditions that a fact was neither removed nor replaced by a merge."""
    return col(table.removed_at).is_(None), col(table.superseded_by_id).is_(None)


def _facts(table: type[Fact], person: Person) -> sa.Select[Fact]:
    query = sa.select(table).where(col(table.person_id) == person.id, *live(table))
    return query.order_by(sa.inspect(table).primary_key[0]).limit(SHOWN_FACTS)
