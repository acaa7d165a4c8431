"""Candidate rows of a file of unknown columns: those that agree in two columns, or in one that tells enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from wmcrm.matching.candidates import groups, pairs_in_groups
from wmcrm.matching.columns.kinds import ColumnKind
from wmcrm.matching.columns.values import CodedColumn, Ints

_CROWD = 60
_TELLING = frozenset({ColumnKind.EMAIL, ColumnKind.PHONE, ColumnKind.USERNAME, ColumnKind.IDENTIFIER, ColumnKind.NAME})
_LEAST_DISTINCT = 30
_ALL_PAIRS = 1_500  # rows up to which every pair is compared
_MOST_PAIRS = 12_000_000


def _keys(columns: Sequence[CodedColumn]) -> Iterator[NDArray[np.int64]]:
    """Keys of all rows, one array for each way to agree; -1 where a row has no such key."""
    useful = [c for c in columns if len(c.texts) >= _LEAST_DISTINCT or c.kind in _TELLING]
    for column in useful or columns:
        if column.kind in _TELLING or len(useful) < 2:
            yield column.numbers.astype(np.int64)
            yield column.coarse.astype(np.int64)
    for one, other in combinations(useful, 2):
        key = one.coarse.astype(np.int64) * (int(other.coarse.max(initial=0)) + 1) + other.coarse
        key[(one.coarse < 0) | (other.coarse < 0)] = -1
        yield key


def _pairs_of(key: NDArray[np.int64], crowd: int) -> NDArray[np.int64]:
    rows = np.flatnonzero(key >= 0).astype(np.int32)
    order, starts, sizes = groups(key[rows])
    small = sizes <= crowd
    a, b = pairs_in_groups(rows[order], starts[small], sizes[small])
    return a.astype(np.int64) * len(key) + b


def _swapped_names(columns: Sequence[CodedColumn]) -> Iterator[NDArray[np.int64]]:
    """Given and family name as a set, so that swapped columns meet."""
    given = next((c for c in columns if c.kind is ColumnKind.GIVEN), None)
    family = next((c for c in columns if c.kind is ColumnKind.FAMILY), None)
    if given is None or family is None:
        return
    places: dict[tuple[str, ...], int] = {}
    texts = [[*c.texts, ""] for c in (given, family)]
    pairs = zip(given.numbers.tolist(), family.numbers.tolist(), strict=True)
    names = [tuple(sorted((texts[0][g], texts[1][f]))) for g, f in pairs]
    key = np.array([places.setdefault(name, len(places)) if all(name) else -1 for name in names], dtype=np.int64)
    yield key


def candidate_rows(columns: Sequence[CodedColumn]) -> tuple[Ints, Ints]:
    """Pairs of row numbers (first < second) worth comparing, each once."""
    rows = len(columns[0].numbers) if columns else 0
    if rows <= _ALL_PAIRS:
        left, right = np.triu_indices(rows, 1)
        return left.astype(np.int32), right.astype(np.int32)
    crowd = _CROWD
    keys = [*_keys(columns), *_swapped_names(columns)]
    while True:
        found = [_pairs_of(key, crowd) for key in keys]
        if sum(map(len, found)) <= _MOST_PAIRS or crowd < 5:
            break
        crowd //= 2
    packed = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
    return (packed // max(rows, 1)).astype(np.int32), (packed % max(rows, 1)).astype(np.int32)


def random_rows(rows: int, count: int = 150_000) -> tuple[Ints, Ints]:
    """Pairs of different rows drawn at random, the same at every run."""
    draw = np.random.default_rng(20_180_401)
    a = draw.integers(0, rows, count, dtype=np.int32)
    b = draw.integers(0, rows, count, dtype=np.int32)
    return a[a != b], b[a != b]
