"""Levels of agreement for the cells of two rows, by the kind of their column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel, JaroWinkler

from wmcrm.matching.columns.kinds import ColumnKind
from wmcrm.matching.columns.values import CodedColumn, Ints
from wmcrm.matching.wordlists import nickname_groups

Levels = NDArray[np.uint8]
Scorer = Callable[..., float]


class CellLevel(IntEnum):
    """How well two cells agree; what NEAR, CLOSE and FAR mean depends on the kind of column."""

    MISSING = 0
    DIFFERENT = 1
    FAR = 2
    CLOSE = 3
    NEAR = 4
    EQUAL = 5
    SWAPPED = 6  # given name in the family's column and the other way round


Texts = Sequence[str]
_NEW = CellLevel.DIFFERENT


def _measured(a: Texts, b: Texts, scorer: Scorer) -> NDArray[np.float32]:
    workers = 2 if len(a) > 20_000 else 1
    found: NDArray[np.float32] = process.cpdist(a, b, scorer=scorer, workers=workers, dtype=np.float32)
    return found


def _graded(measure: NDArray[np.float32], cuts: tuple[float, float, float]) -> Levels:
    """NEAR, CLOSE, FAR from the highest cut down."""
    levels = np.full(len(measure), _NEW, dtype=np.uint8)
    for level, cut in zip((CellLevel.FAR, CellLevel.CLOSE, CellLevel.NEAR), sorted(cuts), strict=True):
        levels[measure >= cut] = level
    return levels


def _names(a: Texts, b: Texts) -> Levels:
    levels = _graded(_measured(a, b, JaroWinkler.normalized_similarity), (0.72, 0.82, 0.92))
    levels[_measured(a, b, OSA.distance) <= 1] = CellLevel.NEAR
    groups = nickname_groups()
    for row in np.flatnonzero(levels < CellLevel.NEAR).tolist():
        one, other = a[row], b[row]
        if groups.get(one, frozenset()) & groups.get(other, frozenset()):
            levels[row] = CellLevel.NEAR
        elif levels[row] < CellLevel.CLOSE and _contains(one.split(), other.split()):
            levels[row] = CellLevel.CLOSE
    return levels


def _contains(one: list[str], other: list[str]) -> bool:
    """A word or an initial of one is in the other."""
    if set(one) & set(other):
        return True
    short = min(one, other, key=lambda words: len("".join(words)))
    return len("".join(short)) == 1 and one[0][:1] == other[0][:1]


def _dates(a: Texts, b: Texts) -> Levels:
    levels = np.full(len(a), _NEW, dtype=np.uint8)
    for row, (one, other) in enumerate(zip(a, b, strict=True)):
        if one[4:] == other[6:] + other[4:6] and one[:4] == other[:4]:
            levels[row] = CellLevel.NEAR
        elif sum((one[:4] == other[:4], one[4:6] == other[4:6], one[6:] == other[6:])) == 2:
            levels[row] = CellLevel.CLOSE
        elif one[:4] == other[:4]:
            levels[row] = CellLevel.FAR
    levels[_measured(a, b, OSA.distance) <= 1] = CellLevel.NEAR
    return levels


def _postcodes(a: Texts, b: Texts) -> Levels:
    levels = _graded(-_measured(a, b, OSA.distance), (-1, -99, -99))
    levels[levels == CellLevel.CLOSE] = _NEW
    half = [x[: (len(x) + 1) // 2] == y[: (len(x) + 1) // 2] for x, y in zip(a, b, strict=True)]
    start = [x[:2] == y[:2] for x, y in zip(a, b, strict=True)]
    levels[np.array(start, bool) & (levels == _NEW)] = CellLevel.FAR
    levels[np.array(half, bool) & (levels < CellLevel.CLOSE)] = CellLevel.CLOSE
    return levels


def _identifiers(a: Texts, b: Texts) -> Levels:
    return _graded(-_measured(a, b, OSA.distance), (-3, -2, -1))


def _emails(a: Texts, b: Texts) -> Levels:
    levels = _graded(_measured(a, b, Indel.normalized_similarity), (0.7, 0.8, 0.9))
    same = [x.partition("@")[0] == y.partition("@")[0] for x, y in zip(a, b, strict=True)]
    levels[np.array(same, bool)] = CellLevel.NEAR
    return levels


def _texts(a: Texts, b: Texts) -> Levels:
    levels = _graded(_measured(a, b, Indel.normalized_similarity), (0.6, 0.75, 0.88))
    words = [bool(set(x.split()) & set(y.split())) for x, y in zip(a, b, strict=True)]
    levels[np.array(words, bool) & (levels < CellLevel.CLOSE)] = CellLevel.CLOSE
    return levels


def _categories(a: Texts, b: Texts) -> Levels:
    del b
    return np.full(len(a), _NEW, dtype=np.uint8)


_BY_KIND: dict[ColumnKind, Callable[[Texts, Texts], Levels]] = {
    ColumnKind.GIVEN: _names,
    ColumnKind.FAMILY: _names,
    ColumnKind.NAME: _names,
    ColumnKind.DATE: _dates,
    ColumnKind.POSTCODE: _postcodes,
    ColumnKind.IDENTIFIER: _identifiers,
    ColumnKind.PHONE: _identifiers,
    ColumnKind.EMAIL: _emails,
    ColumnKind.CATEGORY: _categories,
    ColumnKind.COUNTRY: _categories,
}


def unequal_levels(kind: ColumnKind, a: Texts, b: Texts) -> Levels:
    """The levels of pairs of different texts of one kind."""
    if not a:
        return np.empty(0, dtype=np.uint8)
    return _BY_KIND.get(kind, _texts)(a, b)


def column_levels(column: CodedColumn, first: Ints, second: Ints) -> Levels:
    """The levels of the pairs of rows (first[k], second[k]) in one column."""
    return _levels(column.kind, column, column, column.numbers[first], column.numbers[second])


def _levels(kind: ColumnKind, left: CodedColumn, right: CodedColumn, one: Ints, other: Ints) -> Levels:
    levels = np.where((one >= 0) & (other >= 0), CellLevel.EQUAL, CellLevel.MISSING).astype(np.uint8)
    rows = np.flatnonzero((one != other) & (levels > 0))
    total = len(right.texts)
    packed, back = np.unique(one[rows].astype(np.int64) * total + other[rows], return_inverse=True)
    a = [left.texts[p] for p in (packed // total).tolist()]
    b = [right.texts[p] for p in (packed % total).tolist()]
    levels[rows] = unequal_levels(kind, a, b)[back]
    return levels


def swapped(given: CodedColumn, family: CodedColumn, first: Ints, second: Ints) -> NDArray[np.bool_]:
    """Where one row's given name is the other's family name and the other way round."""
    where = {text: number for number, text in enumerate(family.texts)}
    as_family = np.array([where.get(text, -2) for text in given.texts] + [-3], dtype=np.int32)
    given_a, given_b = as_family[given.numbers[first]], as_family[given.numbers[second]]
    family_a, family_b = family.numbers[first], family.numbers[second]
    crossed: NDArray[np.bool_] = (given_a == family_b) & (given_b == family_a) & (family_a != family_b)
    return crossed
