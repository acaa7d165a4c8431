"""What people said of pairs: same, different, unsure; remembered with a fingerprint of what was compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from itertools import product

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Actor, Beyond, actor_of, looks_beyond
from wmcrm.dedupe.sides import records_of, side_of, survivors_of_all
from wmcrm.errors import ConflictError
from wmcrm.models import CandidatePair, ContactKind, Judgement, Person, Verdict, metadata, now_utc
from wmcrm.normalize import fold

Pair = frozenset[int]
BATCH = 1000


def judge(session: Session, a: Person, b: Person, verdict: Verdict, *, by: Actor | None = None) -> Judgement:
    """Record what somebody says of two records, in the place of what was said before."""
    low, high = sorted((a, b), key=lambda person: person.id)
    before = judgement_of(session, a, b)
    if before is not None:
        before.revoked_at = now_utc()
        session.flush()
    said = Judgement(
        person_a_id=low.id,
        person_b_id=high.id,
        verdict=verdict,
        fingerprint=pair_fingerprint(fingerprints(session, [low.id, high.id]), low.id, high.id),
        probability=_probability(session, low.id, high.id),
        judged_by_id=(by or actor_of(session)).account_id,
    )
    session.add(said)
    session.flush()
    return said


def revoke(session: Session, judgement: Judgement) -> None:
    """Take back what was said of two records; the pair is open again. Raises ConflictError if it was already."""
    if judgement.revoked_at is not None:
        raise ConflictError("This judgement was taken back already.")
    judgement.revoked_at = now_utc()
    session.flush()


def judgement_of(session: Session, a: Person, b: Person) -> Judgement | None:
    """What holds of two records now, if anything was said."""
    low, high = sorted((a.id, b.id))
    query = sa.select(Judgement).where(
        col(Judgement.person_a_id) == low, col(Judgement.person_b_id) == high, col(Judgement.revoked_at).is_(None)
    )
    return session.scalars(query).one_or_none()


def remember_same(session: Session, a: Person, b: Person, *, by: Actor) -> None:
    """A merge says that two records are one person, if nobody said so before."""
    said = judgement_of(session, a, b)
    if said is None or said.verdict is not Verdict.SAME:
        judge(session, a, b, Verdict.SAME, by=by)


def forget_same(session: Session, a: Person, b: Person) -> None:
    """Taking a merge back takes back that the two are one person, so that nobody proposes it as decided."""
    said = judgement_of(session, a, b)
    if said is not None and said.verdict is Verdict.SAME:
        revoke(session, said)


def refuse_if_different(session: Session, a: Person, b: Person) -> None:
    """Raise ConflictError when any record of the one was judged to be another person than any of the other."""
    for first, second in product(side_of(session, a.id), side_of(session, b.id)):
        low, high = sorted((first, second))
        said = sa.select(col(Judgement.id)).where(
            col(Judgement.person_a_id) == low,
            col(Judgement.person_b_id) == high,
            col(Judgement.verdict) == Verdict.DIFFERENT,
            col(Judgement.revoked_at).is_(None),
        )
        if session.scalars(said).first() is not None:
            raise ConflictError(
                "Somebody judged that {one} and {other} are different people; take that judgement back first.",
                one=a.public_id,
                other=b.public_id,
            )


def judged_pairs(session: Session, verdict: Verdict) -> dict[Pair, list[Judgement]]:
    """The pairs of which a verdict holds, as the people they are now, with the judgements behind each.

    A judgement about an absorbed record speaks about its survivor; of one person alone nothing is said.
    """
    now = survivors_of_all(session)
    found: dict[Pair, list[Judgement]] = {}
    query = sa.select(Judgement).where(col(Judgement.verdict) == verdict, col(Judgement.revoked_at).is_(None))
    for said in session.scalars(query):
        pair = frozenset((now.get(said.person_a_id, said.person_a_id), now.get(said.person_b_id, said.person_b_id)))
        if len(pair) > 1:
            found.setdefault(pair, []).append(said)
    return found


def told_of(session: Session, person_ids: Collection[int]) -> dict[Pair, list[Judgement]]:
    """What holds of pairs among these people, whatever was said and of whichever of their records."""
    now = records_of(session, person_ids)
    records = sorted(now)
    query = sa.select(Judgement).where(
        col(Judgement.person_a_id).in_(records),
        col(Judgement.person_b_id).in_(records),
        col(Judgement.revoked_at).is_(None),
    )
    found: dict[Pair, list[Judgement]] = {}
    for said in session.scalars(query.order_by(col(Judgement.id))):
        pair = frozenset((now[said.person_a_id], now[said.person_b_id]))
        if len(pair) > 1:
            found.setdefault(pair, []).append(said)
    return found


def still_hold(session: Session, judgements: Collection[Judgement]) -> set[int]:
    """Ids of those judgements whose records carry the same identifying values as when they were compared."""
    known = fingerprints(session, {i for said in judgements for i in (said.person_a_id, said.person_b_id)})
    return {
        said.id
        for said in judgements
        if said.fingerprint in {"", pair_fingerprint(known, said.person_a_id, said.person_b_id)}
    }


def pair_fingerprint(known: Mapping[int, str], low: int, high: int) -> str:
    """One fingerprint for a pair of records."""
    return hashlib.sha256(f"{known.get(low, '')} {known.get(high, '')}".encode()).hexdigest()


@looks_beyond(Beyond.COMPARING)
def fingerprints(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """A fingerprint of the identifying values recorded for each person: names, usernames, e-mails, phones.

    Merges do not change it, because they do not change for whom a value was recorded.
    """
    wanted = sorted(set(person_ids))
    values: dict[int, set[str]] = {person_id: set() for person_id in wanted}
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        for person_id, kind, value in session.execute(_identifying(batch)):
            values[person_id].add(f"{kind} {fold(value) if kind == 'name' else value}")
    return {
        person_id: hashlib.sha256(json.dumps(sorted(own)).encode()).hexdigest() for person_id, own in values.items()
    }


def _identifying(ids: Collection[int]) -> sa.CompoundSelect[int, str, str]:
    name, account = metadata.tables["person_name"], metadata.tables["wiki_account"]
    contact = metadata.tables["contact_point"]

    def of(table: sa.Table, kind: sa.ColumnElement[str], column: sa.Column[str]) -> sa.Select[int, str, str]:
        mine = table.c.recorded_for_id
        return sa.select(mine, kind, column).where(mine.in_(ids), table.c.removed_at.is_(None))

    kinds = (ContactKind.EMAIL, ContactKind.PHONE)
    return sa.union_all(
        of(name, sa.literal("name"), name.c.name),
        of(account, sa.literal("username"), account.c.username),
        of(contact, sa.cast(contact.c.kind, sa.String), contact.c.normalized).where(contact.c.kind.in_(kinds)),
    )


def _probability(session: Session, low: int, high: int) -> float | None:
    query = sa.select(col(CandidatePair.probability)).where(
        col(CandidatePair.person_a_id) == low, col(CandidatePair.person_b_id) == high
    )
    return session.scalars(query).one_or_none()
