"""The weights re-estimated from a data set without labels, and adjusted by what reviewers decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from wmcrm.matching import scoring
from wmcrm.matching.candidates import candidate_pairs
from wmcrm.matching.coded import code
from wmcrm.matching.compare import Compared, Comparer
from wmcrm.matching.frequencies import frequencies_of
from wmcrm.matching.levels import LEVELS, Field
from wmcrm.matching.model import Model, Table
from wmcrm.matching.profile import Profile

LEAST_RECORDS = 5_000  # under this a data set tells too little about the weights
_ROUNDS = 10
_SHIPPED_PAIRS = 1000.0  # pairs of each class that the shipped shares count for
_MOST_SHIFT = 2.0  # bits by which a data set may move a weight
_HELD_SHARE = 10  # one verdict in so many is kept apart
_STEPS = 200
_STEP = 0.05
_PULL = 0.5  # how strongly adjusted weights are held at the old ones

Floats = NDArray[np.float64]


def estimate(profiles: Iterable[Profile], model: Model) -> Model:
    """The model fitted to a data set by expectation and maximisation, with its frequencies.

    From LEAST_RECORDS records on, the shares of levels among likely true pairs and among the others are
    counted in turns, pulled towards the shipped ones, and each weight moves by the change of their ratio,
    by at most 2 bits. With fewer records only the frequencies are taken.
    """
    coded = code(profiles)
    tuned = model.with_frequencies(frequencies_of(coded))
    first, second = candidate_pairs(coded)
    if len(coded) < LEAST_RECORDS or not len(first):
        return tuned
    compared = Comparer(coded, tuned.frequencies).compare(first, second)
    for _ in range(_ROUNDS):
        sure = scoring.probability(scoring.total_bits(compared, tuned), tuned)
        tuned = _moved(tuned, model, _shares(compared, sure, model.m), _shares(compared, 1 - sure, model.u))
    return replace(tuned, version=f"{model.version}+em")


def _shares(compared: Compared, weights: Floats, shipped: Table) -> Table:
    """The share of each level among filled fields, weighted, with the shipped shares as pseudo-counts."""
    table = np.zeros_like(shipped)
    for field in Field:
        size = len(LEVELS[field])
        seen = np.bincount(compared.levels[:, field], weights=weights, minlength=size)[1:size]
        believed = seen + _SHIPPED_PAIRS * shipped[field, 1:size]
        table[field, 1:size] = believed / max(float(believed.sum()), 1e-9)
    return table


def _moved(tuned: Model, shipped: Model, m: Table, u: Table) -> Model:
    known = (shipped.m > 0) & (shipped.u > 0) & (m > 0) & (u > 0)
    shift = np.zeros_like(m)
    shift[known] = np.log2(m[known] / shipped.m[known]) - np.log2(u[known] / shipped.u[known])
    return replace(tuned, weights=shipped.weights + np.clip(shift, -_MOST_SHIFT, _MOST_SHIFT), m=m, u=u)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided about two records."""

    a: Profile
    b: Profile
    same: bool

    def held_apart(self) -> bool:
        """True for the tenth that never adjusts a weight; the same for a pair in any order, always."""
        text = "\x1f".join(sorted((str(self.a.key), str(self.b.key))))
        return blake2b(text.encode(), digest_size=2).digest()[0] % _HELD_SHARE == 0


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A model adjusted by verdicts, and its precision on those kept apart.

    `precision` is the share decided "same" among the `held` verdicts that the model scores over .5; None
    where there is none.
    """

    model: Model
    precision: float | None
    held: int


def adjust(model: Model, verdicts: Sequence[Verdict]) -> Adjusted:
    """Adjust weights to what reviewers decided, a tenth of the verdicts kept apart for an honest figure."""
    learning = [verdict for verdict in verdicts if not verdict.held_apart()]
    held = [verdict for verdict in verdicts if verdict.held_apart()]
    if learning:
        model = _fitted(model, _compared(learning, model), np.array([verdict.same for verdict in learning]))
    if not held:
        return Adjusted(model, None, 0)
    compared = _compared(held, model)
    sure = scoring.probability(scoring.total_bits(compared, model), model) > 0.5
    same = np.array([verdict.same for verdict in held])
    return Adjusted(model, float(same[sure].mean()) if sure.any() else None, int(sure.sum()))


def _compared(verdicts: Sequence[Verdict], model: Model) -> Compared:
    coded = code((profile for verdict in verdicts for profile in (verdict.a, verdict.b)), keyed=False)
    first = np.arange(0, 2 * len(verdicts), 2, dtype=np.int32)
    return Comparer(coded, model.frequencies).compare(first, first + np.int32(1))


def _fitted(model: Model, compared: Compared, same: NDArray[np.bool_]) -> Model:
    """Weights moved by gradient steps of the logistic loss, held near where they were."""
    rows = np.arange(len(Field))
    start = weights = model.weights
    for _ in range(_STEPS):
        tuned = replace(model, weights=weights)
        error = same - scoring.probability(scoring.total_bits(compared, tuned), tuned)
        gradient = np.zeros_like(weights)
        np.add.at(gradient, (rows[None, :], compared.levels), error[:, None] * np.log(2))
        gradient[:, 0] = 0
        weights = weights + _STEP * (gradient - _PULL * (weights - start))
    bounded = np.clip(weights, start - 2 * _MOST_SHIFT, start + 2 * _MOST_SHIFT)
    return replace(model, weights=bounded, version=f"{model.version}+verdicts")
