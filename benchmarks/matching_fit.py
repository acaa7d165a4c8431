"""Makes the shipped model: `python benchmarks/matching_fit.py people.csv model.json`.

Weights start from what general knowledge says (`HAND`, in bits) and are fitted by penalised logistic loss to
one half of the entities of a labelled file; the other half is for reporting.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from matching_truth import CandidatePairs, labelled_pairs, read
from numpy.typing import NDArray
from scipy.optimize import minimize

from wmcrm.matching import Frequencies, Model, model_to_json, scoring
from wmcrm.matching.levels import LEVELS, Field
from wmcrm.matching.model import table_of

HAND = {
    "NAME": {"OPAQUE": -0.5, "DIFFERENT": -5, "ONE_ALIKE": -5, "FAMILY_CHANGED": -3, "LOOSE": -1, "HANDLE": 1, "PART": -1, "DROPPED": -1.5,
             "ACROSS": -1.5, "NEAR": -1, "ORDER": 0.01, "SAME": 0.01},
    "USERNAME": {"DIFFERENT": -3, "NAME_LIKE": 1, "NEAR": 3, "EQUAL": 12},
    "EMAIL": {"DIFFERENT": -1, "LOCAL": 2, "LOCAL_DIGITS": 6, "USERNAME": 7, "NEAR": 7, "SHARED": 1, "EQUAL": 9},
    "PHONE": {"DIFFERENT": -1, "NEAR": 4, "TAIL": 6, "SHARED": 1, "EQUAL": 7},
    "COUNTRY": {"DIFFERENT": -4, "EQUAL": 1},
    "CITY": {"DIFFERENT": -2.5, "EQUAL": 1},
    "AFFILIATION": {"DIFFERENT": -0.5, "EQUAL": 3},
    "LANGUAGE": {"DIFFERENT": -2, "EQUAL": 0.3},
}  # fmt: skip
RARITY = {"name": 0.6, "word": 0.3, "city": 0.3}
PRIOR_BITS = -8.0
# People rename accounts, marry, move and learn languages more often than in the labelled file: the least these weigh.
MILDEST = {
    "NAME": {"FAMILY_CHANGED": -3.0},
    "USERNAME": {"DIFFERENT": -3.5},
    "CITY": {"DIFFERENT": -2.5},
    "LANGUAGE": {"DIFFERENT": -2.0},
}
SPREAD = 2.0  # bits by which a weight may well differ from HAND
STRENGTH = 3.0

Vector = NDArray[np.float64]


def _start(frequencies: Frequencies) -> Model:
    empty = table_of({})
    return Model("2", table_of(HAND), empty, empty, RARITY, PRIOR_BITS, frequencies=frequencies)


def _with(values: Vector, free: NDArray[np.bool_], base: Model) -> Model:
    weights = base.weights.ravel().copy()
    weights[free] = values[:-4]
    rarity = dict(zip(("name", "word", "city"), values[-4:-1].tolist(), strict=True))
    return replace(base, weights=weights.reshape(base.weights.shape), rarity=rarity, prior_bits=float(values[-1]))


def fitted(data: CandidatePairs) -> Model:
    """The model fitted to labelled pairs."""
    base = _start(data.frequencies)
    free = (base.weights != 0).ravel()
    start = np.concatenate([base.weights.ravel()[free], list(RARITY.values()), [PRIOR_BITS]])
    spread = np.concatenate([np.full(free.sum(), SPREAD), [0.3, 0.3, 0.3, 4.0]])

    def loss(values: Vector) -> float:
        model = _with(values, free, base)
        odds = np.log(2) * (scoring.total_bits(data.compared, model) + model.prior())
        wrong = np.logaddexp(0, -np.where(data.same, odds, -odds)).sum()
        return float(wrong + STRENGTH * (((values - start) / spread) ** 2).sum() / 2)

    found = minimize(loss, start, method="L-BFGS-B", options={"maxiter": 300, "maxfun": 60_000})
    return _with(found.x, free, base)


def _shares(data: CandidatePairs, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    table = table_of({})
    for field in Field:
        size = len(LEVELS[field])
        counts = np.bincount(data.compared.levels[rows, field], minlength=size)[1:size] + 0.5
        table[field, 1:size] = counts / counts.sum()
    return table


def shipped(data: CandidatePairs) -> Model:
    """The fitted model with mild disagreements, and the shares of levels it was made from."""
    model = fitted(data)
    mildest = table_of(MILDEST)
    weights = np.where(mildest < 0, np.maximum(model.weights, mildest), model.weights)
    rarity = {name: round(value, 4) for name, value in model.rarity.items()}
    m, u = _shares(data, data.same), _shares(data, ~data.same)
    return replace(model, weights=weights, rarity=rarity, m=m, u=u, frequencies=Frequencies())


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:3])
    target.write_text(model_to_json(shipped(labelled_pairs(read(source).half(0)))), encoding="utf-8")
