"""The rows of a file scored against each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wmcrm.matching.columns import dependence, em, support
from wmcrm.matching.columns.blocks import candidate_rows, random_rows
from wmcrm.matching.columns.compare import CellLevel, Levels, column_levels, swapped
from wmcrm.matching.columns.kinds import ColumnKind
from wmcrm.matching.columns.values import CodedColumn, Ints

Floats = NDArray[np.float64]
_ROUNDS = 2


def _level_matrix(columns: Sequence[CodedColumn], first: Ints, second: Ints) -> Levels:
    levels = np.stack([column_levels(column, first, second) for column in columns], axis=1)
    places = {column.kind: place for place, column in enumerate(columns)}
    if {ColumnKind.GIVEN, ColumnKind.FAMILY} <= places.keys():
        given, family = places[ColumnKind.GIVEN], places[ColumnKind.FAMILY]
        crossed = swapped(columns[given], columns[family], first, second)
        levels[crossed, given] = levels[crossed, family] = CellLevel.SWAPPED
    return levels


def _rarity(columns: Sequence[CodedColumn], levels: Levels, first: Ints) -> Floats:
    """The share of the equal value among all filled cells, 0 where the cells are not equal."""
    rarity = np.zeros(levels.shape)
    for place, column in enumerate(columns):
        equal = levels[:, place] == CellLevel.EQUAL
        rarity[equal, place] = column.share[column.numbers[first[equal]]]
    return rarity


class _Evidence:
    """The evidence of any pairs of rows, by weights learned from the candidates."""

    def __init__(self, columns: Sequence[CodedColumn], first: Ints, second: Ints) -> None:
        self.columns = columns
        rows = len(columns[0].numbers)
        levels = _level_matrix(columns, first, second)
        drawn = random_rows(rows)
        random = _level_matrix(columns, *drawn)
        kinds = [column.kind for column in columns]
        self.learned = em.learn(levels, _rarity(columns, levels, first), random, kinds, rows)
        alone = em.evidence(random, _rarity(columns, random, drawn[0]), self.learned)
        self.together = dependence.dependences(random, 1 - em.probabilities(alone, self.learned.odds))

    def bits(self, first: Ints, second: Ints) -> Floats:
        """Bits of the pairs, what columns say twice counted once."""
        levels = _level_matrix(self.columns, first, second)
        parts = em.column_bits(levels, _rarity(self.columns, levels, first), self.learned)
        total: Floats = parts.sum(axis=1) - dependence.repeated_bits(levels, parts, self.together)
        return total


def score_rows(columns: Sequence[CodedColumn]) -> tuple[Ints, Ints, Floats]:
    """Row numbers of pairs and the probability of each that they are one person."""
    first, second = candidate_rows(columns)
    if not len(first):
        return first, second, np.empty(0)
    evidence = _Evidence(columns, first, second)
    odds = evidence.learned.odds
    own = bits = evidence.bits(first, second)
    for _ in range(_ROUNDS):
        extra = support.implied_pairs(first, second, em.probabilities(bits, odds))
        if len(extra[0]):
            found = evidence.bits(*extra)
            own, bits = np.concatenate([own, found]), np.concatenate([bits, found])
            first, second = np.concatenate([first, extra[0]]), np.concatenate([second, extra[1]])
        bits = own + support.supported_bits(first, second, em.probabilities(bits, odds))
    return first, second, em.probabilities(bits, odds)
