"""What people said of pairs after they said it: what waits for a merge, and saying it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.dedupe.facts import Stayed, recorded_since
from wmcrm.dedupe.judgements import judged_pairs, revoke
from wmcrm.dedupe.scope import require_in_scope, require_reviewer, whole_people
from wmcrm.errors import ConflictError, NotFoundError
from wmcrm.history import changes_of
from wmcrm.models import Judgement, Merge, Person, PersonStatus, Protection, Verdict
from wmcrm.upkeep import refresh_people

LOOKED_BACK = 20


@dataclass(frozen=True, slots=True)
class Agreed:
    """Two people of whom somebody said that they are one, and who are not merged yet."""

    judgement_id: int
    a_id: int
    b_id: int


def agreed_pairs(session: Session, *, limit: int) -> list[Agreed]:
    """At most ``limit`` pairs in the actor's scope that were judged the same and wait for a merge, oldest first."""
    with whole_people(session):
        told = judged_pairs(session, Verdict.SAME)
        apart = judged_pairs(session, Verdict.DIFFERENT)
    pairs = sorted((min(one.id for one in said), *sorted(pair)) for pair, said in told.items() if pair not in apart)
    standing = _standing(session, {person for _, *both in pairs for person in both})
    return [Agreed(*pair) for pair in pairs if {pair[1], pair[2]} <= standing][:limit]


def find_judgement(session: Session, number: int) -> Judgement:
    """The judgement of a number; raises NotFoundError, also where one of the two people is sealed."""
    found = session.get(Judgement, number)
    if found is None or _is_about_sealed(session, found):
        raise NotFoundError("There is no such record.")
    return found


def _is_about_sealed(session: Session, said: Judgement) -> bool:
    both = col(Person.id).in_([said.person_a_id, said.person_b_id])
    sealed = sa.select(col(Person.id)).where(both, col(Person.protection) == Protection.SEALED)
    return session.scalars(sealed).first() is not None


def take_back(session: Session, said: Judgement) -> tuple[Person, ...]:
    """Take back what was said of two records: the pair is open again.

    Returns those who had been taken in by it and who are held again. Raises ConflictError when it was taken
    back already, or when it led to a merge, which is undone by itself.
    """
    people = [person for number in (said.person_a_id, said.person_b_id) if (person := session.get(Person, number))]
    require_reviewer(session, of=people)
    if any(person.merged_into_id is not None for person in people) or len(people) != 2:
        raise ConflictError("The two are one record now; undo the merge instead.")
    require_in_scope(session, *people)
    revoke(session, said)
    back = tuple(person for person in people if _was_taken_in(session, person, said))
    for person in back:
        person.status = PersonStatus.HELD
    session.flush()
    refresh_people(session, [person.id for person in back])
    return back


def _was_taken_in(session: Session, person: Person, said: Judgement) -> bool:
    """Whether the person was held until this was said, and their status has not changed since."""
    if said.verdict is not Verdict.DIFFERENT or person.status is not PersonStatus.ACTIVE:
        return False
    for change in changes_of(session, "person", person.id, limit=LOOKED_BACK):
        for table, _, before, after in change.operations:
            if table == "person" and isinstance(after, dict) and isinstance(before, dict) and "status" in after:
                return before["status"] == PersonStatus.HELD and change.at >= said.judged_at
    return False


def _standing(session: Session, ids: Sequence[int] | set[int]) -> set[int]:
    query = sa.select(col(Person.id)).where(
        col(Person.id).in_(sorted(ids)),
        col(Person.status).in_([PersonStatus.ACTIVE, PersonStatus.HELD]),
        col(Person.removed_at).is_(None),
        col(Person.protection) != Protection.SEALED,
    )
    return set(session.scalars(query)) if ids else set()


def what_would_stay(session: Session, made: Merge) -> list[Stayed]:
    """The facts recorded since a merge that would stay with the survivor if it were taken apart now."""
    return recorded_since(session, made.survivor_id, made.merged_at)
