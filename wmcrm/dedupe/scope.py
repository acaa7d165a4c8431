"""Who may decide and merge, and the whole view that a merge needs.

A merge that moved only the facts its actor may see would tear a person apart, and a veto that the actor may
not see is a veto all the same. So the actor is asked first, then the work is done on everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from wmcrm.db import Actor, Beyond, acting_as, actor_of, beyond_scope, looks_beyond
from wmcrm.errors import ConflictError, NotAllowedError, NotFoundError
from wmcrm.models import PermissionRole, Person, metadata
from wmcrm.models.base import PersonFact
from wmcrm.models.scope import held_by_actor

STEWARDS = frozenset({PermissionRole.STEWARD.value, PermissionRole.ADMINISTRATOR.value})
REVIEWERS = STEWARDS | {PermissionRole.EDITOR.value}
PERSON = metadata.tables["person"]
# Read after the people are locked: in the same question it would be the place from before the wait for the lock.
PLACE_AFTERWARDS = selectinload(Person.residence)  # type: ignore[arg-type]


def require_steward(session: Session, by: Actor | None = None, *, of: Collection[Person] = ()) -> None:
    """Raise NotAllowedError unless the actor is the operator, or steward or administrator where people are held."""
    if not _has(session, by, STEWARDS, of):
        raise NotAllowedError("Only a steward or an administrator may merge records; ask one.")


def require_reviewer(session: Session, by: Actor | None = None, *, of: Collection[Person] = ()) -> None:
    """Raise NotAllowedError unless the actor may say, where people are held, whether two are the same."""
    if not _has(session, by, REVIEWERS, of):
        raise NotAllowedError("Only an editor or a steward may say whether two records are the same person.")


@looks_beyond(Beyond.MOVED)
def require_in_scope(session: Session, *people: Person) -> None:
    """Raise NotFoundError for people whom the session's actor may not know of, ConflictError for absorbed ones."""
    visible = in_scope(session, [person.id for person in people])
    for person in people:
        if person.id not in visible:
            if session.scalar(sa.select(PERSON.c.merged_into_id).where(PERSON.c.id == person.id)) is not None:
                raise merged_meanwhile(person)
            raise NotFoundError("There is no person {person} among your people.", person=person.public_id)


def merged_meanwhile(person: Person) -> ConflictError:
    """The refusal for a record that became part of another while somebody looked at it."""
    return ConflictError(
        "{person} was merged meanwhile; look at the record it became part of.", person=person.public_id
    )


def in_scope(session: Session, person_ids: Collection[int]) -> frozenset[int]:
    """Those of these people whom the session's actor may know of."""
    if actor_of(session).sees_all:
        return frozenset(person_ids)
    query = sa.select(PERSON.c.id).where(PERSON.c.id.in_(sorted(person_ids)), held_by_actor(session, PERSON.c.id))
    return frozenset(session.scalars(query))


@contextmanager
def whole_people(session: Session, *people: Person) -> Iterator[None]:
    """Inside, the session sees and moves every row, in the name of its actor; afterwards it forgets what is not theirs.

    Raises NotFoundError when one of the people is not in the actor's scope.
    """
    require_in_scope(session, *people)
    actor = actor_of(session)
    if actor.sees_all:
        yield
        return
    session.info["actor"] = replace(actor, sees_all=True)
    try:
        with beyond_scope(session, Beyond.WHOLE):
            yield
            session.flush()
    finally:
        session.info["actor"] = actor
        _forget_what_is_not_theirs(session, actor)


def _forget_what_is_not_theirs(session: Session, actor: Actor) -> None:
    facts = [row for row in session if isinstance(row, PersonFact) and row not in session.new]
    for row in facts:
        if row.holder_affiliate_id not in actor.affiliate_ids:
            session.expunge(row)


def _has(session: Session, by: Actor | None, roles: Collection[str], people: Collection[Person]) -> bool:
    """Whether the actor has one of these roles, and for those of the people whom they know of where these are held."""
    actor = by or actor_of(session)
    if actor.is_operator or actor.roles.isdisjoint(roles):
        return actor.is_operator
    able, ids = actor_of(session).with_roles(roles), [person.id for person in people]
    if able == actor_of(session) or not able.roles:
        return True
    known = in_scope(session, ids)
    with acting_as(session, able):
        return known <= in_scope(session, ids)
