"""People found by text, in lists: no contact values, nobody who is held, merged, erased or sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Beyond, actor_of, looks_beyond
from wmcrm.db.search import CANDIDATES, matching_people
from wmcrm.errors import BadInputError, NotFoundError
from wmcrm.models import Person, PersonStatus, PersonSummary, Protection, WikiAccount, metadata
from wmcrm.normalize import fold
from wmcrm.people.card import live
from wmcrm.people.facts import named_otherwise

PAGE = 50
MOST_FOUND = CANDIDATES - 1


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
class FoundPage:
    """A page of a search: people by name, the public id after which the next page begins, how many in all.

    ``count`` is exact up to MOST_FOUND.
    """

    people: Sequence[Person]
    next: str
    count: int


@dataclass(frozen=True, slots=True)
class Beside:
    """What a list shows beside a name: usernames, how many occasions, the day of the last."""

    usernames: tuple[str, ...]
    occasions: int
    last: dt.date | None


def in_use() -> sa.ColumnElement[bool]:
    """The condition that a person may stand in a list: active, not removed, not sealed."""
    return sa.and_(
        col(Person.status) == PersonStatus.ACTIVE,
        col(Person.removed_at).is_(None),
        col(Person.protection) != Protection.SEALED,
    )


def find_people(
    session: Session, text: str, *, after: tuple[str, int] | None = None, limit: int = PAGE
) -> list[FoundPerson]:
    """People in use whose names, usernames, addresses, phones or affiliates hold every word of ``text``.

    Sorted by name; ``after`` is the (sort name, id) of the last row of the page before. An empty text lists
    everybody; phones are found by their digits. To all but the operator a part of an address or number finds nobody.
    """
    if text.strip():
        keys = [row for row in _by_name(session, text) if after is None or (row[0], row[1]) > after]
        people: Sequence[Person] = _people(session, [row[1] for row in keys[:limit]])
    else:
        query = sa.select(Person).where(in_use()).order_by(col(Person.sort_name), col(Person.id))
        if after is not None:
            query = query.where(sa.tuple_(col(Person.sort_name), col(Person.id)) > sa.tuple_(*map(sa.literal, after)))
        people = session.scalars(query.limit(limit)).all()
    usernames = usernames_of(session, [person.id for person in people])
    return [_found(person, usernames.get(person.id, ())) for person in people]


def search_people(
    session: Session, text: str, *, after: str = "", descending: bool = False, limit: int = PAGE
) -> FoundPage:
    """One page of the people in use whom the index gives for a text, by name.

    ``after`` is the public id of the last person of the page before; raises BadInputError when that person
    is not found by the text any more.
    """
    ordered = _by_name(session, text)
    if descending:
        ordered.reverse()
    public_ids = [row[2] for row in ordered]
    start = _start(public_ids, after)
    people = _people(session, [row[1] for row in ordered[start : start + limit]])
    following = public_ids[start + limit - 1] if len(public_ids) > start + limit else ""
    return FoundPage(people, following, len(public_ids))


def beside(session: Session, ids: Sequence[int]) -> dict[int, Beside]:
    """For each of these people what a list shows beside the name; two questions, however many people."""
    usernames = usernames_of(session, ids)
    rows = session.scalars(sa.select(PersonSummary).where(col(PersonSummary.person_id).in_(ids)))
    summaries = {row.person_id: row for row in rows}
    return {number: _beside(usernames.get(number, ()), summaries.get(number)) for number in ids}


def usernames_of(session: Session, person_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The live usernames of each of these people, in the order they were recorded."""
    query = (
        sa.select(col(WikiAccount.person_id), col(WikiAccount.username))
        .where(col(WikiAccount.person_id).in_(person_ids), *live(WikiAccount))
        .order_by(col(WikiAccount.id))
    )
    found: dict[int, tuple[str, ...]] = {}
    for person_id, username in session.execute(query):
        found[person_id] = (*found.get(person_id, ()), username)
    return found


@looks_beyond(Beyond.MOVED)
def standing_for(session: Session, public_id: str) -> Person:
    """The person whom a public id names today: of a merged record the one it became part of.

    Raises NotFoundError for ids that nobody in the actor's scope has.
    """
    person = metadata.tables["person"]
    row = session.execute(
        sa.select(person.c.id, person.c.merged_into_id).where(person.c.public_id == public_id)
    ).first()
    while row is not None and row[1] is not None:
        row = session.execute(sa.select(person.c.id, person.c.merged_into_id).where(person.c.id == row[1])).first()
    query = sa.select(Person).where(col(Person.id) == (row[0] if row else 0), col(Person.removed_at).is_(None))
    found: Person | None = session.scalars(query.where(col(Person.protection) != Protection.SEALED)).one_or_none()
    if found is None:
        raise NotFoundError("There is no such record.")
    return found


def _by_name(session: Session, text: str) -> list[sa.Row[str, int, str]]:
    """Sorting name, id and public id of whom the index gives.

    They are sorted here: a database that is asked for "one of these ids, by name" reads everybody by name.
    """
    found = matching_people(session, fold(text).split())
    if found and not actor_of(session).is_operator:
        found = named_otherwise(session, found, text)
    chosen = col(Person.id).in_(found)
    keys = (col(Person.sort_name), col(Person.id), col(Person.public_id))
    return sorted(session.execute(sa.select(*keys).where(in_use(), chosen)).all(), key=lambda row: (row[0], row[1]))


def _people(session: Session, ids: Sequence[int]) -> list[Person]:
    by_id = {person.id: person for person in session.scalars(sa.select(Person).where(col(Person.id).in_(ids)))}
    return [by_id[number] for number in ids]


def _start(public_ids: Sequence[str], after: str) -> int:
    if not after:
        return 0
    if after not in public_ids:
        raise BadInputError("The list changed meanwhile; begin at its first page.")
    return public_ids.index(after) + 1


def _beside(usernames: tuple[str, ...], summary: PersonSummary | None) -> Beside:
    if summary is None:
        return Beside(usernames, 0, None)
    return Beside(usernames, summary.occasions, summary.last_occasion_on)


def _found(person: Person, usernames: tuple[str, ...]) -> FoundPerson:
    return FoundPerson(
        id=person.id,
        public_id=person.public_id,
        external_id=person.external_id,
        display_name=person.display_name,
        sort_name=person.sort_name,
        country=person.residence_country,
        usernames=usernames,
    )
