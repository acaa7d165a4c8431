"""Which pairs of records are worth comparing: those that share a key not everybody shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Indel

from wmcrm.matching.coded import KINDS, Coded, Longs
from wmcrm.matching.keys import KeyKind
from wmcrm.matching.nametable import Ints
from wmcrm.matching.scripts import Writing, writing_of

CROWD = 100  # people sharing one key, over which it is narrowed by country
_NAME_KINDS = frozenset({KeyKind.NAME, KeyKind.BONES, KeyKind.LOCAL, KeyKind.PLACE})
_NAME_CROWD = 40
_MIX = np.int64(0x9E3779B97F4A7C1)


def groups(hashes: Longs) -> tuple[Ints, Ints, Ints]:
    """Order by hash, and the starts and sizes of runs of two and more."""
    order = np.argsort(hashes).astype(np.int32)
    ordered = hashes[order]
    edges = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.empty(0, int)
    sizes = np.diff(np.r_[edges, len(ordered)])
    several = sizes > 1
    return order, edges[several].astype(np.int32), sizes[several].astype(np.int32)


def pairs_in_groups(members: Ints, starts: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """All pairs within each group, smaller record first."""
    firsts: list[Ints] = []
    seconds: list[Ints] = []
    for size in np.unique(sizes):
        at = starts[sizes == size]
        left, right = np.triu_indices(int(size), 1)
        firsts.append(members[(at[:, None] + left[None, :]).ravel()])
        seconds.append(members[(at[:, None] + right[None, :]).ravel()])
    if not firsts:
        return np.empty(0, np.int32), np.empty(0, np.int32)
    a, b = np.concatenate(firsts), np.concatenate(seconds)
    return np.minimum(a, b), np.maximum(a, b)


def _packed(a: Ints, b: Ints, total: int) -> Longs:
    return a.astype(np.int64) * total + b


def _distinct(parts: Sequence[Longs]) -> Longs:
    """The different numbers of some arrays, in order; by sorting, which is far faster here than `np.unique`."""
    ordered = np.sort(np.concatenate(parts))
    distinct: Longs = ordered[np.r_[True, ordered[1:] != ordered[:-1]]] if len(ordered) else ordered
    return distinct


def _of_keys(hashes: Longs, records: Ints, coded: Coded, crowd: int) -> list[Longs]:
    """Packed pairs sharing a key; crowds are narrowed by country, then by city, then given up."""
    found: list[Longs] = []
    for column in (coded.country, coded.city, None):
        order, starts, sizes = groups(hashes)
        small = sizes <= crowd
        a, b = pairs_in_groups(records[order], starts[small], sizes[small])
        found.append(_packed(a, b, len(coded)))
        if column is None or small.all():
            break
        chosen = np.concatenate([order[s : s + n] for s, n in zip(starts[~small], sizes[~small], strict=True)])
        places = column[records[chosen]].astype(np.int64)
        known = places >= 0
        hashes, records = (hashes[chosen] ^ ((places + 1) * _MIX))[known], records[chosen][known]
    return found


_CUTS = {KeyKind.PLACE: 0.72, KeyKind.LOCAL: 0.55, KeyKind.BONES: 0.6}


def _foreign(text: str) -> bool:
    return not text.isascii() and any(writing_of(word) is not Writing.LATIN for word in text.split())


class _Spelling:
    """How the names of records are spelled, for leaving out pairs that share little more than a key."""

    def __init__(self, coded: Coded) -> None:
        names = coded.spelled
        texts = [names.joined[n] for n in range(len(names.handle))]
        self.coded = coded
        self.lengths = np.array([len(text) for text in texts] + [0], dtype=np.int32)
        self.open = np.r_[names.handle | (self.lengths[:-1] == 0), True]
        self.foreign = np.array([_foreign(names.texts[n]) for n in range(len(texts))] + [False], dtype=bool)

    def alike(self, packed: Longs, cut: float) -> Longs:
        """Of the pairs, those whose names are similar, in two scripts, shortened, or no names at all."""
        total = len(self.coded)
        one, other = self.coded.names[packed // total, 0], self.coded.names[packed % total, 0]
        kept = self.open[one] | self.open[other] | (self.foreign[one] != self.foreign[other])
        kept |= np.abs(self.lengths[one] - self.lengths[other]) > 4
        rows = np.flatnonzero(~kept)
        letters = self.coded.spelled.letters
        similar = process.cpdist(
            [letters[n] for n in one[rows].tolist()],
            [letters[n] for n in other[rows].tolist()],
            scorer=Indel.normalized_similarity,
            score_cutoff=cut,
            workers=2 if len(rows) > 20_000 else 1,
            dtype=np.float32,
        )
        kept[rows] = similar > 0
        result: Longs = packed[kept]
        return result


def _crowd(kind: KeyKind, records: int) -> int:
    """How many records may share a key before it is narrowed: the fewer, the less the key says."""
    if kind not in _NAME_KINDS:
        return CROWD
    if kind not in _CUTS:
        return _NAME_CROWD
    return int(np.clip(2_000_000 // max(records, 1), 8, _NAME_CROWD))


def candidate_pairs(coded: Coded, *, first_new: int = 0) -> tuple[Ints, Ints]:
    """Pairs of record numbers (first < second) that share a key, each once.

    With `first_new`, only pairs whose second record is that or a later one.
    """
    sure: list[Longs] = []
    weak: list[tuple[KeyKind, Longs]] = []
    for number, kind in enumerate(KINDS):
        chosen = coded.key_kind == number
        parts = _of_keys(coded.key_hash[chosen], coded.key_record[chosen], coded, _crowd(kind, len(coded)))
        if kind in _CUTS:
            weak.append((kind, _distinct(parts)))
        else:
            sure += parts
    packed = _distinct(sure)
    spelling = _Spelling(coded)
    for kind, pairs in weak:
        fresh = pairs[np.searchsorted(packed, pairs) == np.searchsorted(packed, pairs, side="right")]
        packed = _distinct([packed, spelling.alike(fresh, _CUTS[kind])])
    total = max(len(coded), 1)
    first, second = (packed // total).astype(np.int32), (packed % total).astype(np.int32)
    kept: NDArray[np.bool_] = (first != second) & (second >= first_new)
    return first[kept], second[kept]
