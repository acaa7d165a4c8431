"""Candidate pairs of the whole database: found by the bulk matcher, stored, and kept up to date.

A scan is prepared while reading and stored in a short writing transaction. It remembers for everybody a
hash of what was compared, so that the next one compares only people who changed. If it stops half-way
nothing is lost: the next one begins where the last complete one ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.dedupe.learning import adjusted_to_verdicts
from wmcrm.dedupe.marker import Hashes, Mark, read_mark, write_mark
from wmcrm.dedupe.profiles import PERSON, all_profiles, profile_hash
from wmcrm.dedupe.scope import whole_people
from wmcrm.matching import Index, Model, Pairs, Profile, estimate, scan_against, shipped_model
from wmcrm.matching.estimate import LEAST_RECORDS
from wmcrm.matching.scan import scan as scan_profiles
from wmcrm.models import CandidatePair, metadata, now_utc

QUEUE = 0.5
BATCH = 500
KEPT_PROFILES = 200_000  # about a kilobyte each
MOST_CHANGED = 0.3  # where more people than that share changed, everybody is compared again
PAIR = metadata.tables["candidate_pair"]
Progress = Callable[[float], None]
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan did: people there are, people compared anew, pairs found among them, pairs stored and dropped.

    ``precision`` is measured on verdicts that never adjust a weight; None where there are too few, and in
    scans that compare only who changed.
    """

    people: int
    compared: int
    found: int
    stored: int
    dropped: int
    waiting: int
    model_version: str
    precision: float | None = None


@dataclass(frozen=True, slots=True)
class PreparedScan:
    """The result of a scan before it is stored; ``fresh`` are the people whose pairs it knows."""

    mark: Mark
    fresh: frozenset[int]
    gone: frozenset[int]
    pairs: Sequence[Row] = field(repr=False)
    precision: float | None = None


def prepare_scan(session: Session, *, everybody: bool = False, progress: Progress | None = None) -> PreparedScan:
    """Compare the people who changed since the last scan (or everybody) with all others; writes nothing."""
    with whole_people(session):
        return _prepare(session, everybody, progress)


def _prepare(session: Session, everybody: bool, progress: Progress | None) -> PreparedScan:
    before = None if everybody else read_mark(session)
    precision = None
    people = _reader(session)
    hashes = Hashes.of((int(profile.key), profile_hash(profile)) for profile in people())
    changed = hashes.changed_since(before.hashes) if before else frozenset(hashes.ids.tolist())
    gone = before.hashes.gone_in(hashes) if before else frozenset()
    if before is None or len(changed) > MOST_CHANGED * len(hashes):
        model = estimate(people(), shipped_model()) if len(hashes) >= LEAST_RECORDS else shipped_model()
        model, precision = adjusted_to_verdicts(session, model)
        found: Pairs | None = scan_profiles(people(), model, progress=progress)
        changed = frozenset(hashes.ids.tolist())
    else:
        model = before.model
        found = _against_others(people(), changed, model) if changed else None
    rows = list(_rows(found.at_least(QUEUE))) if found else []
    return PreparedScan(Mark(model, hashes), changed, gone, rows, precision)


def store_scan(session: Session, prepared: PreparedScan) -> ScanReport:
    """Put the pairs of a prepared scan in the place of what was known of the people it compared.

    Pairs that an import found stay while their people do; where the scan found them too they get its score.
    """
    known = _known(session, prepared)
    keep = {(row["person_a_id"], row["person_b_id"]): row for row in prepared.pairs}
    dropped = [pair_id for pair, (pair_id, source_row) in known.items() if pair not in keep and source_row is None]
    for batch in _batches(sorted(dropped)):
        session.execute(sa.delete(PAIR).where(PAIR.c.id.in_(batch)))
    again = [{"pair_id": known[pair][0], **row} for pair, row in keep.items() if pair in known]
    _update(session, again)
    fresh = [row for pair, row in keep.items() if pair not in known]
    for start in range(0, len(fresh), BATCH):
        session.execute(sa.insert(PAIR), fresh[start : start + BATCH])
    with whole_people(session):
        write_mark(session, prepared.mark)
    session.expire_all()
    waiting = session.execute(sa.select(sa.func.count()).select_from(PAIR).where(PAIR.c.probability >= QUEUE))
    return ScanReport(
        people=len(prepared.mark.hashes),
        compared=len(prepared.fresh),
        found=len(keep),
        stored=len(fresh),
        dropped=len(dropped),
        waiting=waiting.scalar_one(),
        model_version=prepared.mark.model.version,
        precision=prepared.precision,
    )


def scan(session: Session, *, everybody: bool = False, progress: Progress | None = None) -> ScanReport:
    """Find and store the candidate pairs of the database, in one transaction.

    ``everybody`` compares all people again, whatever was known. ``progress`` gets shares from 0 to 1. For a
    large SQLite database prepare outside the writing transaction (:func:`prepare_scan`, :func:`store_scan`).
    """
    return store_scan(session, prepare_scan(session, everybody=everybody, progress=progress))


def _reader(session: Session) -> Callable[[], Iterable[Profile]]:
    """Everybody, any number of times: kept in memory while that costs less than to read them again."""
    if (session.execute(sa.select(sa.func.max(PERSON.c.id))).scalar() or 0) > KEPT_PROFILES:
        return lambda: all_profiles(session)
    kept = list(all_profiles(session))
    return lambda: kept


def _against_others(people: Iterable[Profile], changed: frozenset[int], model: Model) -> Pairs:
    fresh: list[Profile] = []

    def others() -> Iterator[Profile]:
        for profile in people:
            if profile.key in changed:
                fresh.append(profile)
            else:
                yield profile

    index = Index(others())
    return scan_against(fresh, index, model)


def _rows(pairs: Pairs) -> Iterator[Row]:
    moment = now_utc()
    lows = np.minimum(pairs.id_a, pairs.id_b).tolist()
    highs = np.maximum(pairs.id_a, pairs.id_b).tolist()
    for place, (low, high) in enumerate(zip(lows, highs, strict=True)):
        yield {
            "person_a_id": low,
            "person_b_id": high,
            "probability": round(float(pairs.probability[place]), 6),
            "bits": round(float(pairs.bits[place]), 3),
            "reasons": [
                {"field": r.field, "level": r.level, "bits": r.bits, "words": r.words} for r in pairs.reasons(place)
            ],
            "model_version": pairs.model.version,
            "found_at": moment,
            "fingerprint": "",
        }


def _known(session: Session, prepared: PreparedScan) -> dict[tuple[int, int], tuple[int, int | None]]:
    """The stored pairs that the scan speaks about: of people it compared, and of people who went."""
    touched = prepared.fresh | prepared.gone
    query = sa.select(PAIR.c.person_a_id, PAIR.c.person_b_id, PAIR.c.id, PAIR.c.source_row_id)
    return {
        (low, high): (pair_id, source_row)
        for low, high, pair_id, source_row in session.execute(query)
        if low in touched or high in touched
    }


def _update(session: Session, rows: Sequence[Row]) -> None:
    if not rows:
        return
    columns = ("probability", "bits", "reasons", "model_version")
    statement = (
        sa.update(CandidatePair.__table__)  # type: ignore[attr-defined]
        .where(PAIR.c.id == sa.bindparam("pair_id"))
        .values({column: sa.bindparam(column) for column in columns})
    )
    values = [{"pair_id": row["pair_id"], **{column: row[column] for column in columns}} for row in rows]
    session.connection().execute(statement, values)


def _batches(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
