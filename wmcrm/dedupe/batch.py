"""Many merges at once, agreed by a steward, and all of them taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Actor, new_public_id
from wmcrm.dedupe.judgements import judged_pairs
from wmcrm.dedupe.merge import merge
from wmcrm.dedupe.queue import QueuedPair, centre
from wmcrm.dedupe.scope import require_steward, whole_people
from wmcrm.dedupe.unmerge import UnmergeReport, unmerge
from wmcrm.errors import ConflictError, NotFoundError
from wmcrm.matching.clusters import stars
from wmcrm.models import Merge, Person, Verdict


@dataclass(frozen=True, slots=True)
class BatchReport:
    """The merges of one batch, under one name, and how many of its pairs were left for a person to look at."""

    batch: str
    merges: Sequence[Merge]
    left: int


def merge_batch(session: Session, pairs: Iterable[QueuedPair], *, by: Actor | None = None) -> BatchReport:
    """Merge pairs that a steward agreed to, each with what is proposed; undo with :func:`unmerge_batch`.

    Where pairs touch, only those that include the group's survivor are merged: no chains. The others stay
    in the queue.
    """
    require_steward(session, by)
    chosen = list(pairs)
    with whole_people(session):
        vetoes = frozenset(judged_pairs(session, Verdict.DIFFERENT))
    edges = [(pair.a.id, pair.b.id, pair.probability) for pair in chosen]
    held = {person.id for pair in chosen for person in (pair.a, pair.b) if person.held}
    direct = {frozenset(edge[:2]) for edge in edges}
    batch = new_public_id("b")
    done: list[Merge] = []
    for group in stars(edges, vetoes):
        members = sorted(int(member) for member in group)
        allowed = [member for member in members if member not in held]
        if not allowed:
            continue
        survivor_id = centre(members, edges, allowed)
        near = [member for member in members if frozenset((survivor_id, member)) in direct]
        done.extend(_merge_one(session, survivor_id, member, by=by, batch=batch) for member in near)
    return BatchReport(batch, done, len(chosen) - len(done))


def unmerge_batch(session: Session, batch: str, *, by: Actor | None = None) -> list[UnmergeReport]:
    """Take back the merges of a batch that still stand, the latest first; raises NotFoundError without any."""
    query = sa.select(Merge).where(col(Merge.undone_at).is_(None)).order_by(col(Merge.id).desc())
    standing = [made for made in session.scalars(query) if made.choices.get("batch") == batch]
    if not standing:
        raise NotFoundError("There is no merge of batch {batch} to undo.", batch=batch)
    return [unmerge(session, made, by=by) for made in standing]


def _merge_one(session: Session, survivor_id: int, absorbed_id: int, *, by: Actor | None, batch: str) -> Merge:
    survivor, absorbed = session.get(Person, survivor_id), session.get(Person, absorbed_id)
    if survivor is None or absorbed is None:
        raise ConflictError("One of the pairs is gone; load the queue again.")
    return merge(session, survivor, absorbed, by=by, batch=batch)
