"""Who was merged into whom: the records that one person is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.dedupe.scope import whole_people
from wmcrm.models import Person

__all__ = ["records_of", "side_of", "sides_of_all", "survivors_of_all", "whole_people"]


def side_of(session: Session, person_id: int) -> frozenset[int]:
    """A person and everybody absorbed into them, however many merges deep."""
    side = {person_id}
    waiting = {person_id}
    while waiting:
        query = sa.select(col(Person.id)).where(col(Person.merged_into_id).in_(sorted(waiting)))
        waiting = set(session.scalars(query)) - side
        side |= waiting
    return frozenset(side)


def records_of(session: Session, person_ids: Collection[int]) -> dict[int, int]:
    """Every record that these people are made of, themselves among them, with the one of them it belongs to now."""
    now = {person_id: person_id for person_id in person_ids}
    waiting = set(now)
    while waiting:
        query = sa.select(col(Person.id), col(Person.merged_into_id)).where(
            col(Person.merged_into_id).in_(sorted(waiting))
        )
        found = {row[0]: now[row[1]] for row in session.execute(query) if row[1] is not None}
        waiting = found.keys() - now.keys()
        now |= found
    return now


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
