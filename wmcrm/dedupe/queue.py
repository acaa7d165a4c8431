"""What waits for a person's eye: stored pairs, groups proposed for merging, pairs that the strict rule links."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.dedupe.finding import QUEUE
from wmcrm.dedupe.judgements import Pair, judged_pairs, still_hold, told_of
from wmcrm.dedupe.profiles import PERSON, comparable, profiles_of
from wmcrm.dedupe.scope import whole_people
from wmcrm.matching import strict_rule
from wmcrm.matching.clusters import THRESHOLD, stars
from wmcrm.models import CandidatePair, Judgement, PersonStatus, Verdict, held_by_actor, metadata

PAIR = metadata.tables["candidate_pair"]
BATCH = 500
DECIDED = 1000.0  # a decided pair weighs more than any number of suggestions


@dataclass(frozen=True, slots=True)
class PairPerson:
    """One side of a pair, without contact values."""

    id: int
    public_id: str
    external_id: str | None
    display_name: str = field(repr=False)
    held: bool = False


@dataclass(frozen=True, slots=True)
class QueuedPair:
    """Two people who may be one: how sure that is, why, and whether somebody could not tell."""

    id: int
    a: PairPerson
    b: PairPerson
    probability: float
    bits: float
    reasons: Sequence[dict[str, object]] = field(repr=False)
    model_version: str
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class ClusterMember:
    """A person in a group proposed for merging; the group has the public id of its proposed survivor."""

    person: PairPerson
    cluster: str


def pairs(
    session: Session,
    min_probability: float = QUEUE,
    *,
    limit: int | None = None,
    after: int | None = None,
    held: bool | None = None,
) -> list[QueuedPair]:
    """The pairs in the actor's scope that wait for a decision, the most certain first.

    Pairs that somebody judged same or different are left out until an identifying value of one of the two
    changes; sealed, merged, erased and removed people never appear. ``limit`` and ``after`` (the id of the
    last pair before) give pages, which cost the same however many pairs there are; ``held`` asks for pairs
    with somebody held at an import, or without.
    """
    low, high = PERSON.alias("low"), PERSON.alias("high")
    query = _stored(session, low, high).where(PAIR.c.probability >= min_probability)
    if held is not None:
        waits = sa.or_(low.c.status == PersonStatus.HELD, high.c.status == PersonStatus.HELD)
        query = query.where(waits if held else sa.not_(waits))
    if after is not None:
        query = query.where(_beyond(after))
    return list(islice(_waiting(session, query, low, high, limit), limit))


def clusters(session: Session, *, threshold: float = THRESHOLD) -> list[ClusterMember]:
    """The groups proposed for merging: stars of pairs at the threshold or more, and pairs decided to be the same.

    No group holds two people whom somebody judged to be different, whatever changed since. Nothing is
    merged by this; members of a group come together, the proposed survivor first.
    """
    vetoes = _vetoes(session)
    edges = [(a, b, p) for a, b, p in _edges(session, threshold) if frozenset((a, b)) not in vetoes]
    with whole_people(session):
        edges += [(*sorted(pair), DECIDED) for pair in judged_pairs(session, Verdict.SAME)]  # type: ignore[misc]
    people = _people(session, {person for a, b, _ in edges for person in (a, b)})
    known = [edge for edge in edges if edge[0] in people and edge[1] in people]
    found: list[ClusterMember] = []
    for group in stars(known, vetoes):
        members = [int(member) for member in group]
        survivor = centre(members, known, [person for person in members if not people[person].held])
        members.sort(key=lambda member, first=survivor: (member != first, member))  # type: ignore[misc]
        found += [ClusterMember(people[member], people[survivor].public_id) for member in members]
    return found


def suggest_strict(session: Session, *, limit: int | None = None) -> list[QueuedPair]:
    """The waiting pairs that the strict rule links, and that may be merged in one batch by a steward.

    The rule: the same username and names that do not contradict each other, or the same personal e-mail
    address, names that agree and usernames that are not in conflict (docs: how-to/duplicates). A scan notes
    which pairs may be meant; here the people are compared as they are now.
    """
    low, high = PERSON.alias("low"), PERSON.alias("high")
    query = _stored(session, low, high).where(PAIR.c.probability >= QUEUE, PAIR.c.strict.is_not(False))
    return list(islice(_strict_ones(session, _waiting(session, query, low, high, limit), limit), limit))


def _strict_ones(session: Session, waiting: Iterator[QueuedPair], limit: int | None) -> Iterator[QueuedPair]:
    while part := list(islice(waiting, min(limit or BATCH, BATCH))):
        people = {person for pair in part for person in (pair.a.id, pair.b.id)}
        known = profiles_of(session, people)
        with whole_people(session):
            told = told_of(session, people)
        for pair in part:
            vetoed = any(said.verdict is Verdict.DIFFERENT for said in told.get(frozenset((pair.a.id, pair.b.id)), ()))
            if not vetoed and strict_rule(known[pair.a.id], known[pair.b.id]):
                yield pair


def centre(members: Sequence[int], edges: Iterable[tuple[int, int, float]], allowed: Collection[int]) -> int:
    """The member with most and surest pairs inside the group, of those allowed to survive; the oldest of equals."""
    inside = set(members)
    weight = dict.fromkeys(members, 0.0)
    for a, b, probability in edges:
        if a in inside and b in inside:
            weight[a] += probability
            weight[b] += probability
    return min(allowed or members, key=lambda member: (-weight[member], member))


def _stored(session: Session, low: sa.FromClause, high: sa.FromClause) -> sa.Select[*tuple[object, ...]]:
    """The stored pairs of people who may be compared, in scope, the surest first, decided ones left out.

    A decided pair is left out by the database unless something was written of one of the two since.
    """
    said, change = metadata.tables["judgement"], metadata.tables["change"]
    written = sa.select(change.c.id).where(
        change.c.subject_table == "person",
        change.c.subject_id.in_([said.c.person_a_id, said.c.person_b_id]),
        change.c.at >= said.c.judged_at,
    )
    decided = sa.select(said.c.id).where(
        said.c.person_a_id == PAIR.c.person_a_id,
        said.c.person_b_id == PAIR.c.person_b_id,
        said.c.revoked_at.is_(None),
        said.c.verdict != Verdict.UNSURE,
        said.c.fingerprint != "",
        sa.not_(written.exists()),
    )
    return (
        sa.select(PAIR, low, high)
        .join(low, low.c.id == PAIR.c.person_a_id)
        .join(high, high.c.id == PAIR.c.person_b_id)
        .where(comparable(low), comparable(high), sa.not_(decided.exists()))
        .where(held_by_actor(session, low.c.id), held_by_actor(session, high.c.id))
        .order_by(PAIR.c.probability.desc(), PAIR.c.bits.desc(), PAIR.c.id)
    )


def _waiting(
    session: Session, query: sa.Select[*tuple[object, ...]], low: sa.FromClause, high: sa.FromClause, limit: int | None
) -> Iterator[QueuedPair]:
    """The pairs of a query that nobody decided, looked at in parts of about a page."""
    size = min(2 * limit, BATCH) if limit else BATCH
    with session.execute(query.execution_options(yield_per=size)) as rows:
        for part in rows.partitions(size):
            told, holding = _told(session, part)
            for row in part:
                pair = frozenset((row._mapping[PAIR.c.person_a_id], row._mapping[PAIR.c.person_b_id]))
                said = told.get(pair, [])
                if not any(one.id in holding for one in said if one.verdict is not Verdict.UNSURE):
                    yield _queued(row, low, high, any(one.verdict is Verdict.UNSURE for one in said))


def _told(session: Session, rows: Sequence[sa.Row[object]]) -> tuple[dict[Pair, list[Judgement]], set[int]]:
    """What was said of the pairs of some rows, and which judgements still hold: what was compared has not changed."""
    with whole_people(session):
        told = told_of(session, {row._mapping[c] for row in rows for c in (PAIR.c.person_a_id, PAIR.c.person_b_id)})
        return told, still_hold(session, [one for said in told.values() for one in said])


def _vetoes(session: Session) -> frozenset[Pair]:
    """The pairs that somebody judged to be different, also of records that were absorbed since."""
    with whole_people(session):
        return frozenset(judged_pairs(session, Verdict.DIFFERENT))


def _beyond(pair_id: int) -> sa.ColumnElement[bool]:
    """The condition on pairs that come after one in the queue."""
    anchor = PAIR.alias("anchor")
    probability, bits = (
        sa.select(anchor.c[name]).where(anchor.c.id == pair_id).scalar_subquery() for name in ("probability", "bits")
    )
    same = PAIR.c.probability == probability
    return sa.or_(
        PAIR.c.probability < probability,
        sa.and_(same, PAIR.c.bits < bits),
        sa.and_(same, PAIR.c.bits == bits, PAIR.c.id > pair_id),
    )


def _person(row: sa.Row[object], person: sa.FromClause) -> PairPerson:
    values = row._mapping
    return PairPerson(
        id=values[person.c.id],
        public_id=values[person.c.public_id],
        external_id=values[person.c.external_id],
        display_name=values[person.c.display_name],
        held=values[person.c.status] == PersonStatus.HELD,
    )


def _queued(row: sa.Row[object], low: sa.FromClause, high: sa.FromClause, unsure: bool) -> QueuedPair:
    values = row._mapping
    return QueuedPair(
        id=values[PAIR.c.id],
        a=_person(row, low),
        b=_person(row, high),
        probability=values[PAIR.c.probability],
        bits=values[PAIR.c.bits],
        reasons=values[PAIR.c.reasons],
        model_version=values[PAIR.c.model_version],
        unsure=unsure,
    )


def _edges(session: Session, threshold: float) -> list[tuple[int, int, float]]:
    query = sa.select(
        col(CandidatePair.person_a_id), col(CandidatePair.person_b_id), col(CandidatePair.probability)
    ).where(col(CandidatePair.probability) >= threshold)
    return [(a, b, p) for a, b, p in session.execute(query.order_by(col(CandidatePair.id)))]


def _people(session: Session, ids: Collection[int]) -> dict[int, PairPerson]:
    found: dict[int, PairPerson] = {}
    wanted = sorted(ids)
    columns = (PERSON.c.id, PERSON.c.public_id, PERSON.c.external_id, PERSON.c.display_name, PERSON.c.status)
    for start in range(0, len(wanted), BATCH):
        batch = PERSON.c.id.in_(wanted[start : start + BATCH])
        query = sa.select(*columns).where(batch, comparable(), held_by_actor(session, PERSON.c.id))
        found |= {row[0]: PairPerson(*row[:4], held=row[4] == PersonStatus.HELD) for row in session.execute(query)}
    return found
