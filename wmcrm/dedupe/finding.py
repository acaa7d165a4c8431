"""What a scan finds, before anything is stored: among everybody, or between those who changed and the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.dedupe.due import Stamps, batches
from wmcrm.dedupe.learning import adjusted_to_verdicts
from wmcrm.dedupe.profiles import PERSON, all_profiles, comparable, profile_hash, profiles_of
from wmcrm.dedupe.scoring import scored
from wmcrm.dedupe.sharing import people_sharing
from wmcrm.dedupe.slices import Row, Slice
from wmcrm.matching import Model, Pairs, Profile, estimate, shipped_model, strict_rule
from wmcrm.matching.estimate import LEAST_RECORDS
from wmcrm.matching.scan import scan as scan_profiles
from wmcrm.models import held_by_actor

QUEUE = 0.5
KEPT_PROFILES = 200_000  # about a kilobyte each
PEOPLE_A_SLICE = 2_000
PAIRS_AT_ONCE = 1_000
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class FoundAmongAll:
    """The pairs of a whole database in slices, the model that found them with its frequencies, and how good it is."""

    slices: Sequence[Slice]
    model: Model
    compared: int
    precision: float | None


def find_among_all(session: Session, people: Stamps, progress: Progress) -> FoundAmongAll:
    """Compare everybody with everybody, by weights fitted to this database and to what people decided."""
    read = _Reader(session, len(people))
    fitted = len(people) >= LEAST_RECORDS
    model = estimate(read(), shipped_model()) if fitted else shipped_model()
    model, precision = adjusted_to_verdicts(session, model)
    pairs = scan_profiles(read(), model, progress=progress)
    seen = people.with_hashes(read.hashes)
    slices = list(_slices(seen, _rows(session, pairs.at_least(QUEUE))))
    return FoundAmongAll(slices, pairs.model, len(read.hashes), precision)


def find_for(session: Session, due: Stamps, model: Model) -> tuple[Slice, int]:
    """Compare some people with all who share a key with them; returns also how many were compared.

    Those who are as a scan saw them before are left out.
    """
    profiles = profiles_of(session, due.ids.tolist())
    now = {person_id: signed_hash(profile) for person_id, profile in profiles.items()}
    same = {i for i, _, before in due.rows() if i in now and now[i] == before}
    asking = sorted(set(profiles) - same)
    sharing = people_sharing(session, asking)
    known = profiles | profiles_of(session, {other for others in sharing.values() for other in others})
    place = {person_id: number for number, person_id in enumerate(known)}
    pairs = {
        (min(place[one], place[other]), max(place[one], place[other]))
        for one, others in sharing.items()
        for other in others
        if other in place
    }
    rows = _rows(session, scored(list(known.values()), sorted(pairs), model).at_least(QUEUE)) if pairs else ()
    return Slice(due.with_hashes(now), list(rows), changed=frozenset(due.ids.tolist()) - same), len(asking)


def comparable_people(session: Session) -> int:
    """How many people the actor may see whom a scan may compare."""
    mine = held_by_actor(session, PERSON.c.id)
    return session.execute(sa.select(sa.func.count()).select_from(PERSON).where(comparable(), mine)).scalar_one()


def signed_hash(profile: Profile) -> int:
    """The hash of what is compared, as the database keeps it."""
    return int(np.uint64(profile_hash(profile)).astype(np.int64))


class _Reader:
    """Everybody, any number of times: kept in memory while that costs less than to read them again."""

    def __init__(self, session: Session, count: int) -> None:
        self._session, self._keep = session, count <= KEPT_PROFILES
        self._kept: list[Profile] = []
        self.hashes: dict[int, int] = {}

    def __call__(self) -> Iterator[Profile]:
        if self._kept:
            yield from self._kept
            return
        for profile in all_profiles(self._session):
            if self._keep:
                self._kept.append(profile)
            self.hashes[int(profile.key)] = signed_hash(profile)
            yield profile


def _rows(session: Session, pairs: Pairs) -> list[Row]:
    """The pairs as rows, by ascending ids."""
    lows = np.minimum(pairs.id_a, pairs.id_b).astype(np.int64)
    highs = np.maximum(pairs.id_a, pairs.id_b).astype(np.int64)
    order = np.lexsort((highs, lows))
    rows: list[Row] = []
    for some in batches(order.tolist(), PAIRS_AT_ONCE):
        known = profiles_of(session, [*lows[some].tolist(), *highs[some].tolist()])
        for place in some:
            both = known.get(int(lows[place])), known.get(int(highs[place]))
            if both[0] and both[1]:  # nobody who went meanwhile
                rows.append(_row(pairs, place, both[0], both[1]))
    return rows


def _row(pairs: Pairs, place: int, low: Profile, high: Profile) -> Row:
    return {
        "person_a_id": int(low.key),
        "person_b_id": int(high.key),
        "probability": round(float(pairs.probability[place]), 6),
        "bits": round(float(pairs.bits[place]), 3),
        "reasons": [
            {"field": r.field, "level": r.level, "bits": r.bits, "words": r.words} for r in pairs.reasons(place)
        ],
        "model_version": pairs.model.version,
        "strict": strict_rule(low, high),
    }


def _slices(people: Stamps, rows: Sequence[Row]) -> Iterable[Slice]:
    """Parts by lower id: when one is stored, all pairs of everybody up to its end are."""
    lows = np.array([row["person_a_id"] for row in rows], dtype=np.int64)
    starts = list(range(0, len(people), PEOPLE_A_SLICE)) or [0]
    for number, start in enumerate(starts):
        since = int(people.ids[start]) if number else 0
        last = number + 1 == len(starts)
        until = None if last else int(people.ids[starts[number + 1]])
        begin = int(np.searchsorted(lows, since))
        end = len(rows) if until is None else int(np.searchsorted(lows, until))
        yield Slice(people.part(slice(start, start + PEOPLE_A_SLICE)), rows[begin:end], since, until)
