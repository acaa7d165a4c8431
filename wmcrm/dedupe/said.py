"""What people said of pairs after they said it: what waits for a merge, and saying it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.dedupe.facts import Stayed, recorded_since
from wmcrm.dedupe.judgements import revoke, told_of
from wmcrm.dedupe.profiles import PERSON, comparable
from wmcrm.dedupe.scope import require_in_scope, require_reviewer, whole_people
from wmcrm.errors import ConflictError, NotFoundError
from wmcrm.history import changes_of
from wmcrm.models import Judgement, Merge, Person, PersonStatus, Protection, Verdict, held_by_actor, metadata
from wmcrm.references import survivor_of
from wmcrm.upkeep import refresh_people

LOOKED_BACK = 20
SAID = metadata.tables["judgement"]


@dataclass(frozen=True, slots=True)
class Agreed:
    """Two people of whom somebody said that they are one, and who are not merged yet."""

    judgement_id: int
    a_id: int
    b_id: int


def agreed_pairs(session: Session, *, limit: int, after: int | None = None) -> list[Agreed]:
    """At most ``limit`` pairs in the actor's scope that were judged the same and wait for a merge, oldest first.

    ``after`` (the judgement of the last pair before) gives the next page. A pair that somebody else judged to be
    different does not wait.
    """
    query = _agreed(session)
    found: list[Agreed] = []
    with whole_people(session):
        while len(found) < limit:
            part = [Agreed(*row) for row in session.execute(query.where(SAID.c.id > (after or 0)).limit(limit))]
            found += _not_told_apart(session, part)
            if len(part) < limit:
                break
            after = part[-1].judgement_id
    return found[:limit]


def _agreed(session: Session) -> sa.Select[int, int, int]:
    """The judgements "same" about two people who stand and are the actor's, as the people they are now."""
    a, b, one, other = (PERSON.alias(name) for name in ("a", "b", "one", "other"))
    # Nearly all that was said of two who are one by now was said by their merge: known without following any.
    merged = sa.or_(a.c.merged_into_id.is_not_distinct_from(b.c.id), b.c.merged_into_id.is_not_distinct_from(a.c.id))
    return (
        sa.select(SAID.c.id, one.c.id, other.c.id)
        .join(a, a.c.id == SAID.c.person_a_id)
        .join(b, b.c.id == SAID.c.person_b_id)
        .join(one, one.c.id == sa.case((a.c.merged_into_id.is_(None), a.c.id), else_=_survivor(SAID.c.person_a_id)))
        .join(other, other.c.id == sa.case((b.c.merged_into_id.is_(None), b.c.id), else_=_survivor(SAID.c.person_b_id)))
        .where(SAID.c.verdict == Verdict.SAME, SAID.c.revoked_at.is_(None), sa.not_(merged), one.c.id != other.c.id)
        .where(comparable(one), comparable(other))
        .where(held_by_actor(session, one.c.id), held_by_actor(session, other.c.id))
        .order_by(SAID.c.id)
    )


def _survivor(record: sa.Column[int]) -> sa.ScalarSelect[int]:
    """The person into whom a judged record went in the end, however many merges later."""
    first = sa.select(PERSON.c.id, PERSON.c.merged_into_id).where(PERSON.c.id == record).correlate(SAID)
    way, following = first.cte("way", recursive=True, nesting=True), PERSON.alias("following")
    further = sa.select(following.c.id, following.c.merged_into_id).join(way, following.c.id == way.c.merged_into_id)
    way = way.union_all(further)
    return sa.select(way.c.id).where(way.c.merged_into_id.is_(None)).correlate(SAID).scalar_subquery()


def _not_told_apart(session: Session, agreed: Sequence[Agreed]) -> list[Agreed]:
    told = told_of(session, {person for one in agreed for person in (one.a_id, one.b_id)})
    said = {one.judgement_id: told.get(frozenset((one.a_id, one.b_id)), []) for one in agreed}
    return [one for one in agreed if all(other.verdict is not Verdict.DIFFERENT for other in said[one.judgement_id])]


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
    standing = {survivor.id: survivor for person in people for survivor in [survivor_of(session, person)]}
    if len(standing) != 2:
        raise ConflictError("The two are one record now; undo the merge instead.")
    require_in_scope(session, *standing.values())
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


def what_would_stay(session: Session, made: Merge) -> list[Stayed]:
    """The facts recorded since a merge that would stay with the survivor if it were taken apart now."""
    return recorded_since(session, made.survivor_id, made.merged_at)
