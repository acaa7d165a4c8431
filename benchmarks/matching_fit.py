"""Makes the shipped model: `python benchmarks/matching_fit.py people.csv model.json`.

Weights start from what general knowledge says (`HAND`, in bits) and are fitted by penalised logistic loss to
one half of the entities of a labelled file; the other half is for reporting. What that file cannot tell is held
by hand, here and with the reason. Prints how far the result is from the shipped model: by nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from matching_truth import CandidatePairs, labelled_pairs, read
from numpy.typing import NDArray
from scipy.optimize import minimize

from wmcrm.matching import Frequencies, Model, model_from_json, model_to_json, scoring, shipped_model
from wmcrm.matching.compare import Compared
from wmcrm.matching.levels import LEVELS, Field
from wmcrm.matching.model import table_of
from wmcrm.matching.names import NameLevel

HAND = {
    "NAME": {"OPAQUE": -0.5, "DIFFERENT": -5, "ONE_ALIKE": -5, "LOOSE": -1, "HANDLE": 1, "PART": -1, "DROPPED": -1.5,
             "ACROSS": -1.5, "NEAR": -1, "ORDER": 0.01, "SAME": 0.01},
    "USERNAME": {"DIFFERENT": -3, "NAME_LIKE": 1, "NEAR": 3, "EQUAL": 12},
    "EMAIL": {"DIFFERENT": -1, "LOCAL": 2, "LOCAL_DIGITS": 6, "USERNAME": 7, "NEAR": 7, "SHARED": 1, "EQUAL": 9},
    "PHONE": {"DIFFERENT": -1, "NEAR": 4, "TAIL": 6, "SHARED": 1, "EQUAL": 7},
    "COUNTRY": {"DIFFERENT": -4, "EQUAL": 1},
    "CITY": {"DIFFERENT": -2.5},
    "LANGUAGE": {"DIFFERENT": -2},
}  # fmt: skip
RARITY = {"name": 0.6, "word": 0.3}
# Held during the fit. The first ones make up for each other: fitted, they move by half a bit with the last digit of
# a machine and the loss hardly changes.
PRIOR_BITS = -8.4
CITY_RARITY = 0.27
FLAT = {"CITY": {"EQUAL": 0.1}, "LANGUAGE": {"EQUAL": 0.1}}
NOT_IN_THE_FILE = {"AFFILIATION": {"DIFFERENT": -0.5, "EQUAL": 3}}
# Held after the fit, because the file knows too little of it: the weight in bits, and why.
HELD: dict[tuple[str, str], tuple[float, str]] = {
    ("NAME", "INITIALS"): (0.5, "two pairs have it; with an equal address it is to be asked about, without one not"),
    ("NAME", "FAMILY_CHANGED"): (-3.0, "people marry; nobody in the file did"),
    ("USERNAME", "DIFFERENT"): (-3.5, "people rename accounts; nobody in the file did"),
    ("CITY", "DIFFERENT"): (-2.5, "people move more often than in the file"),
    ("LANGUAGE", "DIFFERENT"): (-2.0, "people learn languages, and a sheet names some of them"),
}
# What the levels that are held afterwards count as meanwhile.
MEANWHILE = {NameLevel.INITIALS: NameLevel.DIFFERENT, NameLevel.FAMILY_CHANGED: NameLevel.ONE_ALIKE}
SPREAD = 2.0  # bits by which a weight may well differ from HAND
STRENGTH = 3.0
ENOUGH = 1e-4  # of the loss: the fit is begun again from its end until it gains less
PLACES = 3  # of a weight: what is beyond is the optimizer's noise

Vector = NDArray[np.float64]


def _with(values: Vector, free: NDArray[np.bool_], base: Model) -> Model:
    weights = base.weights.ravel().copy()
    weights[free] = values[: -len(RARITY)]
    rarity = dict(zip(RARITY, values[-len(RARITY) :].tolist(), strict=True))
    return replace(base, weights=weights.reshape(base.weights.shape), rarity={**rarity, "city": CITY_RARITY})


def fitted(data: CandidatePairs) -> Model:
    """The model fitted to labelled pairs, beside what is held meanwhile."""
    empty, hand = table_of({}), table_of(HAND)
    weights = hand + table_of(FLAT) + table_of(NOT_IN_THE_FILE)
    base = Model("3", weights, empty, empty, {}, PRIOR_BITS, frequencies=data.frequencies)
    free, compared = (hand != 0).ravel(), _without_held(data.compared)
    start = np.concatenate([hand.ravel()[free], list(RARITY.values())])
    spread = np.concatenate([np.full(free.sum(), SPREAD), np.full(len(RARITY), 0.3)])

    def loss(values: Vector) -> float:
        model = _with(values, free, base)
        odds = np.log(2) * (scoring.total_bits(compared, model) + model.prior())
        wrong = np.logaddexp(0, -np.where(data.same, odds, -odds)).sum()
        return float(wrong + STRENGTH * (((values - start) / spread) ** 2).sum() / 2)

    return _with(_least(loss, start), free, base)


def _without_held(compared: Compared) -> Compared:
    levels = compared.levels.copy()
    for held, instead in MEANWHILE.items():
        levels[compared.levels[:, Field.NAME] == held, Field.NAME] = instead
    return replace(compared, levels=levels)


def _least(loss: Callable[[Vector], float], start: Vector) -> Vector:
    """Where the loss is least; it has edges at which the optimizer stops too soon, so it is begun again."""
    least, values = np.inf, start
    while True:
        found = minimize(loss, values, method="L-BFGS-B", options={"maxiter": 1000, "maxfun": 200_000})
        if found.fun > least - ENOUGH:
            return values
        least, values = found.fun, found.x


def _shares(data: CandidatePairs, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    table = table_of({})
    for field in Field:
        size = len(LEVELS[field])
        counts = np.bincount(data.compared.levels[rows, field], minlength=size)[1:size] + 0.5
        table[field, 1:size] = counts / counts.sum()
    return table


def shipped(data: CandidatePairs) -> Model:
    """The fitted model in few digits with what is held by hand, and the shares of levels it was made from."""
    model = fitted(data)
    weights = np.round(model.weights, PLACES) + 0.0  # no -0.0
    for (field, level), (bits, _why) in HELD.items():
        weights[Field[field], LEVELS[Field[field]][level]] = bits
    return replace(
        model,
        weights=weights,
        rarity={name: round(value, PLACES) for name, value in model.rarity.items()},
        m=_shares(data, data.same),
        u=_shares(data, ~data.same),
        frequencies=Frequencies(),
    )


def difference(made: Model, other: Model) -> float:
    """The most by which two models differ in any number."""
    tables = [np.abs(getattr(made, name) - getattr(other, name)).max() for name in ("weights", "m", "u")]
    rarities = [abs(made.rarity[name] - other.rarity[name]) for name in made.rarity]
    return float(max(*tables, *rarities, abs(made.prior_bits - other.prior_bits)))


if __name__ == "__main__":
    text = model_to_json(shipped(labelled_pairs(read(Path(sys.argv[1])).half(0))))
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(text, encoding="utf-8")
    print(f"from the shipped model it differs by at most {difference(model_from_json(text), shipped_model()):g}")
