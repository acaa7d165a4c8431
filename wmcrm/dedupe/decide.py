"""What a person decides of two records, and what follows: a merge, an activation, a veto."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Actor
from wmcrm.dedupe.judgements import judge, judgement_of
from wmcrm.dedupe.merge import merge
from wmcrm.dedupe.scope import require_in_scope, require_reviewer
from wmcrm.errors import BadInputError, ConflictError
from wmcrm.models import CandidatePair, Judgement, Merge, Person, PersonStatus, Protection, Verdict
from wmcrm.upkeep import refresh_people


@dataclass(frozen=True, slots=True)
class Decided:
    """What was recorded, the merge it led to, and the provisional people who were taken in as new ones."""

    judgement: Judgement
    merge: Merge | None = None
    activated: tuple[Person, ...] = ()


def decide(session: Session, a: Person, b: Person, verdict: Verdict, *, by: Actor | None = None) -> Decided:
    """Record that two records are the same person, different people, or that one cannot tell.

    *Different* ends the pair's place in the queue and forbids merging until it is taken back. *Same* with a
    person held at import merges that one into the other at once; two active people are only remembered as
    the same and proposed for merging. When the last candidate of a held person is judged different, the
    person is taken in. Raises ConflictError for one record twice and for erased, merged or removed ones.
    """
    require_reviewer(session, by, of=(a, b))
    require_in_scope(session, a, b)
    _refuse(a, b)
    said = judge(session, a, b, verdict, by=by)
    held = [person for person in (a, b) if person.status is PersonStatus.HELD]
    if verdict is Verdict.SAME and len(held) == 1:
        survivor = b if held[0] is a else a
        return Decided(said, merge=merge(session, survivor, held[0], by=by))
    if verdict is Verdict.DIFFERENT:
        fresh = tuple(person for person in held if not open_candidates(session, person))
        for person in fresh:
            _activate(session, person)
        return Decided(said, activated=fresh)
    return Decided(said)


def decide_new(session: Session, held: Person, *, by: Actor | None = None) -> Decided | None:
    """Say that a person held at import is none of the candidates: each is judged different, the person taken in.

    Returns the last decision; None where there was no candidate left. Raises ConflictError for people who
    are not held.
    """
    require_reviewer(session, by, of=[held])
    require_in_scope(session, held)
    if held.status is not PersonStatus.HELD:
        raise ConflictError("{person} does not wait for a decision of an import.", person=held.public_id)
    candidates = open_candidates(session, held)
    for other in candidates:
        last = judge(session, held, other, Verdict.DIFFERENT, by=by)
    _activate(session, held)
    return Decided(last, activated=(held,)) if candidates else None


def open_candidates(session: Session, person: Person) -> Sequence[Person]:
    """The people whom somebody may be and of whom nobody has said that they are another, the surest first."""
    low, high = col(CandidatePair.person_a_id), col(CandidatePair.person_b_id)
    other = sa.case((low == person.id, high), else_=low)
    query = (
        sa.select(Person)
        .join(CandidatePair, other == col(Person.id))
        .where(sa.or_(low == person.id, high == person.id))
        .where(col(Person.status).in_([PersonStatus.ACTIVE, PersonStatus.HELD]), col(Person.removed_at).is_(None))
        .where(col(Person.protection) != Protection.SEALED)
        .order_by(col(CandidatePair.probability).desc(), col(Person.id))
    )
    return [other for other in session.scalars(query) if not _apart(judgement_of(session, person, other))]


def read_verdict(text: str) -> Verdict:
    """The verdict of a word; raises BadInputError naming the three."""
    try:
        return Verdict(text)
    except ValueError as error:
        raise BadInputError("Write same, different or unsure, not {text}.", text=text) from error


def _apart(said: Judgement | None) -> bool:
    return said is not None and said.verdict is Verdict.DIFFERENT


def _refuse(a: Person, b: Person) -> None:
    if a.id == b.id:
        raise ConflictError("{person} is one record already; choose two.", person=a.public_id)
    for person in (a, b):
        if person.status not in {PersonStatus.ACTIVE, PersonStatus.HELD} or person.removed_at is not None:
            raise ConflictError("{person} is not in use any more; reload the queue.", person=person.public_id)


def _activate(session: Session, person: Person) -> None:
    person.status = PersonStatus.ACTIVE
    session.flush()
    refresh_people(session, [person.id])
