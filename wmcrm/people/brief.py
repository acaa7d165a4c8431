"""Many people in a few lines each, to be compared side by side: never a contact value."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.aliases import PUBLIC_NAME
from wmcrm.models import Affiliate, LanguageSkill, Membership, Person, PersonName, PersonStatus
from wmcrm.people.card import live
from wmcrm.people.finding import beside

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Name:
    """A name and the script it is written in (ISO 15924)."""

    text: str
    script: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What tells one person from another at a glance."""

    id: int
    public_id: str
    names: tuple[Name, ...] = field(repr=False)
    usernames: tuple[str, ...] = field(repr=False)
    country: str | None
    city: str | None = field(repr=False)
    languages: tuple[str, ...]
    affiliates: tuple[str, ...]
    occasions: int
    last: dt.date | None
    held: bool
    version: int


def briefs(session: Session, person_ids: Sequence[int]) -> dict[int, Brief]:
    """The people of these ids whom the actor may see, in six questions however many they are."""
    ids = sorted(set(person_ids))
    people = session.scalars(sa.select(Person).where(col(Person.id).in_(ids))).all()
    lists = beside(session, ids)
    names = _names(session, ids)
    languages = _grouped(
        session, sa.select(col(LanguageSkill.person_id), col(LanguageSkill.language)), LanguageSkill, ids
    )
    affiliates = _affiliates(session, ids)
    return {
        person.id: Brief(
            id=person.id,
            public_id=person.public_id,
            names=_with_display(person, names.get(person.id, [])),
            usernames=lists[person.id].usernames,
            country=person.residence_country,
            city=person.residence_city,
            languages=tuple(dict.fromkeys(languages.get(person.id, []))),
            affiliates=tuple(dict.fromkeys(affiliates.get(person.id, []))),
            occasions=lists[person.id].occasions,
            last=lists[person.id].last,
            held=person.status is PersonStatus.HELD,
            version=person.version,
        )
        for person in people
    }


def _with_display(person: Person, names: list[Name]) -> tuple[Name, ...]:
    """The name the person is called by first, then the others."""
    shown = next((name for name in names if name.text == person.display_name), Name(person.display_name, ""))
    return (shown, *(name for name in names if name.text != person.display_name))


def _names(session: Session, ids: Sequence[int]) -> dict[int, list[Name]]:
    query = sa.select(col(PersonName.person_id), col(PersonName.name), col(PersonName.script))
    found: dict[int, list[Name]] = defaultdict(list)
    for person_id, text, script in session.execute(
        query.where(col(PersonName.person_id).in_(ids), *live(PersonName)).order_by(col(PersonName.id))
    ):
        found[person_id].append(Name(text, script))
    return found


def _affiliates(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    named = PUBLIC_NAME
    query = sa.select(col(Membership.person_id), named).join(
        Affiliate, col(Affiliate.id) == col(Membership.affiliate_id)
    )
    return _grouped(session, query, Membership, ids)


def _grouped(
    session: Session,
    query: sa.Select[int, Value],
    table: type[LanguageSkill] | type[Membership],
    ids: Sequence[int],
) -> dict[int, list[Value]]:
    found: dict[int, list[Value]] = defaultdict(list)
    mine = query.where(col(table.person_id).in_(ids), *live(table)).order_by(col(table.id))
    for person_id, value in session.execute(mine):
        found[person_id].append(value)
    return found
