"""Weights for a file of unknown columns, learned from the file itself by expectation and maximisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wmcrm.matching.columns.compare import CellLevel, Levels
from wmcrm.matching.columns.kinds import ColumnKind

Floats = NDArray[np.float64]
LEVEL_COUNT = len(CellLevel)
_PRIOR_STRENGTH = 60.0
_ROUNDS = 25
_FLOOR = -9.0

# The usual share of each level among true pairs: missing, different, far, close, near, equal, swapped.
_USUAL_M: dict[ColumnKind, tuple[float, ...]] = {
    ColumnKind.DATE: (0, 0.03, 0.02, 0.07, 0.10, 0.78, 0.0),
    ColumnKind.POSTCODE: (0, 0.10, 0.03, 0.07, 0.08, 0.72, 0.0),
    ColumnKind.IDENTIFIER: (0, 0.03, 0.01, 0.02, 0.08, 0.86, 0.0),
    ColumnKind.EMAIL: (0, 0.10, 0.04, 0.06, 0.12, 0.68, 0.0),
    ColumnKind.PHONE: (0, 0.20, 0.01, 0.02, 0.07, 0.70, 0.0),
    ColumnKind.GIVEN: (0, 0.06, 0.04, 0.08, 0.14, 0.66, 0.02),
    ColumnKind.FAMILY: (0, 0.06, 0.04, 0.06, 0.14, 0.68, 0.02),
    ColumnKind.NAME: (0, 0.03, 0.03, 0.10, 0.16, 0.68, 0.0),
    ColumnKind.CATEGORY: (0, 0.06, 0.0, 0.0, 0.0, 0.94, 0.0),
    ColumnKind.COUNTRY: (0, 0.04, 0.0, 0.0, 0.0, 0.96, 0.0),
}
_USUAL_OTHER = (0, 0.12, 0.04, 0.08, 0.12, 0.64, 0.0)


@dataclass(frozen=True, slots=True)
class Learned:
    """Shares of levels among true pairs (`m`) and random pairs (`u`), shape (columns, levels), and the prior.

    `odds` is the log2 odds that two rows taken at random are one person.
    """

    m: Floats
    u: Floats
    odds: float


def usual_m(kinds: Sequence[ColumnKind]) -> Floats:
    """What is believed before the file is read."""
    table = np.array([_USUAL_M.get(kind, _USUAL_OTHER) for kind in kinds], dtype=float) + 1e-3
    table[:, CellLevel.MISSING] = 0
    normal: Floats = table / table.sum(axis=1, keepdims=True)
    return normal


def shares(levels: Levels, weights: Floats | None, prior: Floats, strength: float) -> Floats:
    """Weighted shares of the levels of each column among filled cells, pulled towards `prior`."""
    table = np.zeros_like(prior)
    for column in range(levels.shape[1]):
        counts = np.bincount(levels[:, column], weights=weights, minlength=LEVEL_COUNT).astype(float)
        counts[CellLevel.MISSING] = 0
        table[column] = counts + strength * prior[column]
    normal: Floats = table / table.sum(axis=1, keepdims=True)
    return normal


def column_bits(levels: Levels, rarity: Floats, learned: Learned) -> Floats:
    """Bits of each column, shape (pairs, columns): levels by m over u, equal values by how rare they are.

    `rarity` (pairs, columns) is the share of the equal value among all, 0 where the cells are not equal.
    """
    bits = np.zeros(levels.shape)
    for column in range(levels.shape[1]):
        ratio = np.zeros(LEVEL_COUNT)
        ratio[1:] = np.log2(learned.m[column, 1:] / learned.u[column, 1:])
        part = ratio[levels[:, column]]
        equal = rarity[:, column] > 0
        part[equal] = np.log2(learned.m[column, CellLevel.EQUAL] / rarity[equal, column])
        bits[:, column] = np.maximum(part, _FLOOR)
    return bits


def evidence(levels: Levels, rarity: Floats, learned: Learned) -> Floats:
    """Bits of each pair, shape (pairs,), as if columns were independent."""
    total: Floats = column_bits(levels, rarity, learned).sum(axis=1)
    return total


def probabilities(bits: Floats, odds: float) -> Floats:
    """Bits and prior odds -> probability."""
    result: Floats = 1.0 / (1.0 + np.exp2(-np.clip(bits + odds, -60, 60)))
    return result


def learn(levels: Levels, rarity: Floats, random: Levels, kinds: Sequence[ColumnKind], rows: int) -> Learned:
    """Learn m and the prior from candidate pairs, u from random pairs of rows.

    `levels` and `rarity` are of the candidates, `random` of pairs drawn at random. Pairs that are no
    candidates count as two people.
    """
    usual = usual_m(kinds)
    flat = np.full_like(usual, 1.0 / (LEVEL_COUNT - 1))
    u = np.maximum(shares(random, None, flat, 2.0), 1e-6)
    everything = max(rows * (rows - 1) / 2.0, 1.0)
    learned = Learned(usual, u, float(np.log2(max(0.1 * rows, 1.0) / everything)))
    for _ in range(_ROUNDS):
        sure = probabilities(evidence(levels, rarity, learned), learned.odds)
        expected = min(max(float(sure.sum()), 0.005 * rows, 0.5), everything / 2)
        m = np.maximum(shares(levels, sure, usual, _PRIOR_STRENGTH), 1e-5)
        learned = Learned(m, u, float(np.log2(expected / (everything - expected))))
    return learned
