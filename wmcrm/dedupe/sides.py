"""Who was merged into whom: the records that one person is made of, seen whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.errors import NotFoundError
from wmcrm.models import Person


@contextmanager
def whole_people(session: Session, *people: Person) -> Iterator[None]:
    """Inside, the session sees and moves every fact of these people, also what other affiliates recorded.

    A merge that left the facts of others behind would lose a withdrawal with them. Raises NotFoundError when
    one of the people is not in the actor's scope; the name in which things are done stays the actor's.
    """
    actor = actor_of(session)
    wanted = {person.id for person in people}
    seen = (
        set(session.scalars(sa.select(col(Person.id)).where(col(Person.id).in_(sorted(wanted))))) if wanted else set()
    )
    if wanted - seen:
        raise NotFoundError("There is no such record.")
    session.info["actor"] = replace(actor, sees_all=True)
    try:
        yield
    finally:
        session.info["actor"] = actor


def side_of(session: Session, person_id: int) -> frozenset[int]:
    """A person and everybody absorbed into them, however many merges deep."""
    side = {person_id}
    waiting = {person_id}
    while waiting:
        query = sa.select(col(Person.id)).where(col(Person.merged_into_id).in_(sorted(waiting)))
        waiting = set(session.scalars(query)) - side
        side |= waiting
    return frozenset(side)


def survivors_of_all(session: Session) -> dict[int, int]:
    """For everybody who was absorbed: the person into whom they went in the end."""
    query = sa.select(col(Person.id), col(Person.merged_into_id)).where(col(Person.merged_into_id).is_not(None))
    into: Mapping[int, int] = {row[0]: row[1] for row in session.execute(query) if row[1] is not None}
    found: dict[int, int] = {}
    for person_id in into:
        at = person_id
        while at in into:
            at = into[at]
        found[person_id] = at
    return found


def sides_of_all(session: Session) -> dict[int, frozenset[int]]:
    """For everybody who absorbed somebody and still stands: all the records they are made of."""
    members: dict[int, set[int]] = defaultdict(set)
    for absorbed, survivor in survivors_of_all(session).items():
        members[survivor] |= {survivor, absorbed}
    return {survivor: frozenset(side) for survivor, side in members.items()}
