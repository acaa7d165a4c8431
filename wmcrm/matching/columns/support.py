"""Third parties: two rows that both clearly match others are more likely one person than alone."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from wmcrm.matching.columns.values import Ints

Floats = NDArray[np.float64]
_STRONG = 0.97
_MOST_NEIGHBOURS = 60
_LEAST_COMMON = 1
_PER_COMMON = 3.0
_MOST_BITS = 14.0


def _neighbours(first: Ints, second: Ints, sure: Floats) -> dict[int, dict[int, float]]:
    near: dict[int, dict[int, float]] = defaultdict(dict)
    strong = np.flatnonzero(sure >= _STRONG)
    for k in strong.tolist():
        a, b = int(first[k]), int(second[k])
        near[a][b] = near[b][a] = float(sure[k])
    return near


def supported_bits(first: Ints, second: Ints, sure: Floats) -> Floats:
    """Bits to add to each pair for the neighbours that both rows share, and take off where they share none.

    A row with several sure matches, none of which matches the other row, is a sign against the pair.
    """
    near = _neighbours(first, second, sure)
    bits = np.zeros(len(first))
    for k in range(len(first)):
        one, other = near.get(int(first[k])), near.get(int(second[k]))
        if not one or not other:
            continue
        common = sum(1 for row in one if row in other)
        most = min(len(one), len(other))
        bits[k] = min(_PER_COMMON * common, _MOST_BITS) if common else -min(1.0 * max(most - 1, 0), 4.0)
    return bits


def implied_pairs(first: Ints, second: Ints, sure: Floats) -> tuple[Ints, Ints]:
    """Pairs that were no candidates, though two or more sure neighbours connect them."""
    near = _neighbours(first, second, sure)
    known = set(zip(first.tolist(), second.tolist(), strict=True))
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for row, others in near.items():
        del row
        members = sorted(others)[:_MOST_NEIGHBOURS]
        for i, a in enumerate(members):
            for b in members[i + 1 :]:
                if (a, b) not in known:
                    counts[a, b] += 1
    found = [pair for pair, count in counts.items() if count >= _LEAST_COMMON]
    array = np.array(found, dtype=np.int32).reshape(-1, 2)
    return array[:, 0], array[:, 1]
