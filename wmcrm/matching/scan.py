"""Scores for one pair, for one record against some, and for a whole data set."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wmcrm.matching import scoring
from wmcrm.matching.candidates import candidate_pairs
from wmcrm.matching.coded import Coded, Coder, code, collecting_paused
from wmcrm.matching.compare import Compared, Comparer
from wmcrm.matching.frequencies import frequencies_of
from wmcrm.matching.model import Model
from wmcrm.matching.nametable import Ints
from wmcrm.matching.profile import Profile
from wmcrm.matching.reasons import Reason, reasons_of

Ident = int | str
Progress = Callable[[float], None]
LEAST = 0.01  # pairs under this probability are not kept
_CHUNK = 400_000


@dataclass(frozen=True, slots=True)
class Score:
    """How sure it is that two records are one person: evidence in bits, probability, reasons."""

    bits: float
    probability: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Scored pairs, the most certain first; `id_a[k]` and `id_b[k]` are keys of profiles."""

    id_a: NDArray[np.generic]
    id_b: NDArray[np.generic]
    probability: NDArray[np.float64]
    bits: NDArray[np.float64]
    compared: Compared
    model: Model

    def __len__(self) -> int:
        return len(self.probability)

    def reasons(self, k: int) -> tuple[Reason, ...]:
        """Why pair `k` scored as it did."""
        return _reasons(self.compared.take(np.array([k])), self.model)[0]

    def at_least(self, least: float) -> Pairs:
        """The pairs of that probability or more."""
        return self.chosen(np.flatnonzero(self.probability >= least))

    def without(self, vetoed: Collection[frozenset[Ident]]) -> Pairs:
        """The pairs that no person has judged to be two people."""
        pairs = zip(self.id_a.tolist(), self.id_b.tolist(), strict=True)
        return self.chosen(np.array([k for k, ab in enumerate(pairs) if frozenset(ab) not in vetoed], int))

    def chosen(self, rows: NDArray[np.intp]) -> Pairs:
        """The pairs at `rows`."""
        return Pairs(
            self.id_a[rows],
            self.id_b[rows],
            self.probability[rows],
            self.bits[rows],
            self.compared.take(rows),
            self.model,
        )


def _reasons(compared: Compared, model: Model) -> list[tuple[Reason, ...]]:
    bits = scoring.field_bits(compared, model)
    conflicts = scoring.conflict_bits(compared.levels, bits).tolist()
    rows = zip(compared.levels.tolist(), bits.tolist(), conflicts, strict=True)
    return [reasons_of(levels, parts, conflict) for levels, parts, conflict in rows]


def score_many(profile: Profile, others: Sequence[Profile], model: Model) -> list[Score]:
    """The score of one record against each of some others, by the model's own frequencies."""
    if not others:
        return []
    coded = code([profile, *others], keyed=False)
    second = np.arange(1, len(others) + 1, dtype=np.int32)
    compared = Comparer(coded, model.frequencies).compare(np.zeros_like(second), second)
    bits = scoring.total_bits(compared, model)
    sure = scoring.probability(bits, model)
    rows = zip(bits.tolist(), sure.tolist(), _reasons(compared, model), strict=True)
    return [Score(b, p, reasons) for b, p, reasons in rows]


def score(a: Profile, b: Profile, model: Model) -> Score:
    """How sure it is that two records are one person; symmetric."""
    return score_many(a, [b], model)[0]


def _identities(coded: Coded) -> NDArray[np.generic]:
    if all(isinstance(i, int) for i in coded.ids):
        return np.array(coded.ids, dtype=np.int64)
    identities: NDArray[np.generic] = np.empty(len(coded), dtype=object)
    identities[:] = coded.ids
    return identities


def _no_progress(share: float) -> None:
    del share


def score_pairs(coded: Coded, first: Ints, second: Ints, model: Model, progress: Progress = _no_progress) -> Pairs:
    """The pairs of record numbers that score LEAST or more, the most certain first."""
    comparer = Comparer(coded, model.frequencies)
    kept: list[tuple[NDArray[np.intp], Compared, scoring.Bits]] = []
    for start in range(0, max(len(first), 1), _CHUNK):
        part = slice(start, start + _CHUNK)
        compared = comparer.compare(first[part], second[part])
        bits = scoring.total_bits(compared, model)
        rows = np.flatnonzero(scoring.probability(bits, model) >= LEAST)
        kept.append((rows + start, compared.take(rows), bits[rows]))
        progress(min(1.0, (start + _CHUNK) / max(len(first), 1)))
    rows = np.concatenate([rows for rows, _, _ in kept])
    bits = np.concatenate([part for _, _, part in kept])
    names = _identities(coded)
    pairs = Pairs(
        names[first[rows]],
        names[second[rows]],
        scoring.probability(bits, model),
        bits,
        Compared.joined([compared for _, compared, _ in kept]),
        model,
    )
    return pairs.chosen(np.argsort(-pairs.bits, kind="stable"))


def scan(profiles: Iterable[Profile], model: Model, *, progress: Progress | None = None) -> Pairs:
    """Every pair that may be one person, with names weighed by how common they are in this data.

    `profiles` are read once and not kept. `progress` is called with the share of pairs compared.
    """
    with collecting_paused():
        coded = code(profiles)
        tuned = model.with_frequencies(frequencies_of(coded))
        return score_pairs(coded, *candidate_pairs(coded), tuned, progress or _no_progress)


class Index:
    """Records that later ones are compared with; grows, and is never compared within itself again."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self._coder = Coder()
        self._coder.extend(profiles)

    def __len__(self) -> int:
        return len(self._coder.ids)

    def scan(self, new_profiles: Iterable[Profile], model: Model) -> Pairs:
        """Add records; the pairs of a new record with an old one or with another new one."""
        before = len(self)
        self._coder.extend(new_profiles)
        coded = self._coder.coded()
        tuned = model.with_frequencies(frequencies_of(coded))
        return score_pairs(coded, *candidate_pairs(coded, first_new=before), tuned)


def scan_against(new_profiles: Iterable[Profile], index: Index, model: Model) -> Pairs:
    """Every pair of a new record with one in the index or with another new one; the index takes them in."""
    return index.scan(new_profiles, model)
