"""Levels of many name pairs at once: the rules of `names`, worked out on columns of words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Indel, Jaro

from wmcrm.matching.cjk import BY_SOUND
from wmcrm.matching.names import LOOSE_CUT, NameLevel, WordLevel, tokens_level, word_level
from wmcrm.matching.nametable import Flags, Ints, Names
from wmcrm.matching.scripts import Writing
from wmcrm.matching.tokens import Token
from wmcrm.matching.wordlists import nickname_groups

Levels = NDArray[np.uint8]
_FAR = 0.8  # Jaro similarity under which two words of one script are neither typo nor variant


class NamePairs:
    """Compares names by their numbers; most are two words, for which no Python runs pair by pair."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.plain = (names.sizes == 2) & ~names.handle
        self.pair = np.zeros((len(names.handle), 2), dtype=np.int32)
        self.pair[self.plain] = names.flat[names.starts[:-1][self.plain][:, None] + np.arange(2)]
        self.spelled = names.words
        places: dict[str, int] = {}
        self.spelling = np.array([places.setdefault(t.form, len(places)) for t in self.spelled], dtype=np.int32)
        self.latin = np.array([token.writing is Writing.LATIN for token in self.spelled], dtype=bool)
        self.by_sound = np.array([token.writing in BY_SOUND for token in self.spelled], dtype=bool)
        self.initial = np.array([token.is_initial for token in self.spelled], dtype=bool)
        self.usual = np.array([self._is_usual(token) for token in self.spelled], dtype=bool)
        self.lengths = np.array([len(text) for text in names.joined[: len(self.plain)]], dtype=np.int32)

    @staticmethod
    def _is_usual(token: Token) -> bool:
        """A word that only spelling relates to others: Latin, no initial, no known short form."""
        return token.writing is Writing.LATIN and not token.is_initial and token.latin not in nickname_groups()

    def levels(self, one: Ints, other: Ints) -> Levels:
        """The levels of pairs of different names, all given by number."""
        found = np.zeros(len(one), dtype=np.uint8)
        both = self.plain[one] & self.plain[other]
        fast, slow = np.flatnonzero(both), np.flatnonzero(~both)
        found[fast] = self._of_two_words(one[fast], other[fast])
        pairs = zip(one[slow].tolist(), other[slow].tolist(), strict=True)
        found[slow] = [tokens_level(self.names.tokens(a), self.names.tokens(b)) for a, b in pairs]
        return found

    def _of_two_words(self, one: Ints, other: Ints) -> Levels:
        a, b = self.pair[one], self.pair[other]
        words = [self._word_levels(a[:, i], b[:, j]) for i in (0, 1) for j in (0, 1)]
        straight = np.maximum(words[0], words[3]) >= np.maximum(words[1], words[2])
        first, second = np.where(straight, words[0], words[1]), np.where(straight, words[3], words[2])
        weakest, strongest = np.minimum(first, second), np.maximum(first, second)
        levels = _NEARNESS[weakest]
        levels[(self.spelling[a] == self.spelling[b]).all(axis=1)] = NameLevel.SAME
        levels[weakest == WordLevel.INITIAL] = NameLevel.PART
        levels[(weakest > 0) & (strongest == WordLevel.INITIAL)] = NameLevel.INITIALS
        contradicting = np.flatnonzero(weakest == WordLevel.DIFFERENT)
        alike = strongest[contradicting] > WordLevel.INITIAL
        levels[contradicting] = np.where(alike, NameLevel.ONE_ALIKE, NameLevel.DIFFERENT)
        given = straight & (words[0] > WordLevel.INITIAL) & ~(self.by_sound[a[:, 0]] | self.by_sound[b[:, 0]])
        levels[contradicting[given[contradicting]]] = NameLevel.FAMILY_CHANGED
        levels[contradicting[self._is_loose(one[contradicting], other[contradicting])]] = NameLevel.LOOSE
        return levels

    def _word_levels(self, one: Ints, other: Ints) -> Levels:
        """Levels of pairs of words; only pairs that can be more than different are looked at closely."""
        levels = np.where(one == other, WordLevel.EQUAL, WordLevel.DIFFERENT).astype(np.uint8)
        rows = np.flatnonzero(one != other)
        total = max(len(self.spelled), 1)
        packed, back = np.unique(one[rows].astype(np.int64) * total + other[rows], return_inverse=True)
        a, b = packed // total, packed % total
        found = np.zeros(len(packed), dtype=np.uint8)
        for row in np.flatnonzero(self._may_agree(a, b)).tolist():
            found[row] = word_level(self.spelled[a[row]], self.spelled[b[row]])
        levels[rows] = found[back]
        return levels

    def _may_agree(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> Flags:
        texts = self.names.latin
        similar = process.cpdist(
            [texts[i] for i in a.tolist()],
            [texts[i] for i in b.tolist()],
            scorer=Jaro.normalized_similarity,
            score_cutoff=_FAR,
            dtype=np.float32,
        )
        may: Flags = (similar > 0) | ~(self.usual[a] | self.usual[b])
        may |= self.latin[a] != self.latin[b]
        may |= self.initial[a] | self.initial[b]
        return may

    def _is_loose(self, one: Ints, other: Ints) -> Flags:
        sizes = self.lengths[one], self.lengths[other]
        shorter, longer = np.minimum(*sizes), np.maximum(*sizes)
        # of n and m letters at most 2n of n + m can agree
        rows = np.flatnonzero((shorter > 6) & (2 * shorter >= (LOOSE_CUT - 0.01) * (shorter + longer)))
        letters = self.names.letters
        alike = process.cpdist(
            [letters[n] for n in one[rows].tolist()],
            [letters[n] for n in other[rows].tolist()],
            scorer=Indel.normalized_similarity,
            dtype=np.float64,
        )
        loose = np.zeros(len(one), dtype=bool)
        loose[rows] = alike >= LOOSE_CUT
        return loose


_NEARNESS = np.array(
    [NameLevel.DIFFERENT, NameLevel.PART, NameLevel.ACROSS, NameLevel.NEAR, NameLevel.ORDER], dtype=np.uint8
)
