"""Columns that go together among strangers: a town and its postcode are not two coincidences."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from wmcrm.matching.columns.compare import CellLevel, Levels

Floats = NDArray[np.float64]
_LEAST_SEEN = 30
_LEAST_LIFT = 2.0


def _agrees(levels: Levels) -> NDArray[np.bool_]:
    agrees: NDArray[np.bool_] = levels >= CellLevel.CLOSE
    return agrees


def _filled(levels: Levels) -> NDArray[np.bool_]:
    filled: NDArray[np.bool_] = levels > CellLevel.MISSING
    return filled


def dependences(random: Levels, strangers: Floats) -> dict[tuple[int, int], float]:
    """For pairs of columns, the bits by which agreeing in one makes agreeing in the other less surprising.

    `random` are the levels of random pairs, `strangers` the probability that each pair is two people.
    """
    found: dict[tuple[int, int], float] = {}
    for a, b in combinations(range(random.shape[1]), 2):
        both = _filled(random[:, a]) & _filled(random[:, b]) & (strangers > 0.9)
        one, other = _agrees(random[both, a]), _agrees(random[both, b])
        seen = int((one & other).sum())
        if seen < _LEAST_SEEN:
            continue
        lift = seen * int(both.sum()) / (int(one.sum()) * int(other.sum()))
        if lift > _LEAST_LIFT:
            found[a, b] = float(np.log2(lift))
    return found


def repeated_bits(levels: Levels, bits: Floats, found: dict[tuple[int, int], float]) -> Floats:
    """What is counted twice in each pair, shape (pairs,); never more than the lesser of two columns says."""
    taken = np.zeros(len(levels))
    for (a, b), lift in found.items():
        both = _agrees(levels[:, a]) & _agrees(levels[:, b])
        least = np.minimum(np.maximum(bits[both, a], 0), np.maximum(bits[both, b], 0))
        taken[both] = np.maximum(taken[both], np.minimum(least, lift))
    return taken
