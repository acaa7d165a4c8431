"""What waits for a person's eye: stored pairs, groups proposed for merging, pairs that the strict rule links."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.dedupe.finding import QUEUE
from wmcrm.dedupe.judgements import Pair, judged_pairs, still_hold
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
    last pair before) give pages; ``held`` asks for pairs with somebody held at an import, or without.
    """
    with whole_people(session):
        unsure = frozenset(judged_pairs(session, Verdict.UNSURE))
        closed = _closed(session)
    low, high = PERSON.alias("low"), PERSON.alias("high")
    query = (
        sa.select(PAIR, low, high)
        .join(low, low.c.id == PAIR.c.person_a_id)
        .join(high, high.c.id == PAIR.c.person_b_id)
        .where(PAIR.c.probability >= min_probability, comparable(low), comparable(high))
        .where(held_by_actor(session, low.c.id), held_by_actor(session, high.c.id))
        .order_by(PAIR.c.probability.desc(), PAIR.c.bits.desc(), PAIR.c.id)
    )
    if held is not None:
        waits = sa.or_(low.c.status == PersonStatus.HELD, high.c.status == PersonStatus.HELD)
        query = query.where(waits if held else sa.not_(waits))
    if after is not None:
        query = query.where(_beyond(after))
    found: list[QueuedPair] = []
    with session.execute(query.execution_options(yield_per=BATCH)) as rows:
        for row in rows:
            pair = frozenset((row._mapping[PAIR.c.person_a_id], row._mapping[PAIR.c.person_b_id]))
            if pair not in closed:
                found.append(_queued(row, low, high, pair in unsure))
            if limit is not None and len(found) >= limit:
                break
    return found


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


def suggest_strict(session: Session) -> list[QueuedPair]:
    """The waiting pairs that the strict rule links, and that may be merged in one batch by a steward.

    The rule: the same username and names that do not contradict each other, or the same personal e-mail
    address, names that agree and usernames that are not in conflict (docs: how-to/duplicates).
    """
    waiting = pairs(session)
    known = profiles_of(session, {person for pair in waiting for person in (pair.a.id, pair.b.id)})
    vetoes = _vetoes(session)
    return [
        pair
        for pair in waiting
        if frozenset((pair.a.id, pair.b.id)) not in vetoes and strict_rule(known[pair.a.id], known[pair.b.id])
    ]


def centre(members: Sequence[int], edges: Iterable[tuple[int, int, float]], allowed: Collection[int]) -> int:
    """The member with most and surest pairs inside the group, of those allowed to survive; the oldest of equals."""
    inside = set(members)
    weight = dict.fromkeys(members, 0.0)
    for a, b, probability in edges:
        if a in inside and b in inside:
            weight[a] += probability
            weight[b] += probability
    return min(allowed or members, key=lambda member: (-weight[member], member))


def _closed(session: Session) -> frozenset[Pair]:
    """The pairs that need not be asked again: somebody said, and what was compared has not changed since."""
    told: dict[Pair, list[Judgement]] = {}
    with whole_people(session):
        for verdict in (Verdict.SAME, Verdict.DIFFERENT):
            for pair, said in judged_pairs(session, verdict).items():
                told.setdefault(pair, []).extend(said)
    holding = still_hold(session, [one for said in told.values() for one in said])
    return frozenset(pair for pair, said in told.items() if any(one.id in holding for one in said))


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
