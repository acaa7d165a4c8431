"""The level of agreement of many pairs in every field, at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from wmcrm.matching.coded import DEPTH, Coded, Ints
from wmcrm.matching.frequencies import Frequencies
from wmcrm.matching.keys import username_form
from wmcrm.matching.levels import EmailLevel, PhoneLevel, PlainLevel, UsernameLevel
from wmcrm.matching.namepairs import NamePairs
from wmcrm.matching.names import NameLevel

Levels = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Compared:
    """Levels of each pair, shape (pairs, fields), and the rarity in bits of what they share."""

    levels: Levels
    name_bits: Floats
    city_bits: Floats

    def take(self, rows: NDArray[np.intp]) -> Compared:
        """The comparisons at `rows`."""
        return Compared(self.levels[rows], self.name_bits[rows], self.city_bits[rows])

    @classmethod
    def joined(cls, parts: Sequence[Compared]) -> Compared:
        """Several blocks of comparisons as one."""
        return cls(
            np.concatenate([part.levels for part in parts]),
            np.concatenate([part.name_bits for part in parts]),
            np.concatenate([part.city_bits for part in parts]),
        )


def _best(one: Ints, other: Ints, compare: Callable[[Ints, Ints], Levels]) -> Levels:
    """The highest level over all combinations of the values that two records have of one field."""
    best = compare(one[:, 0], other[:, 0])
    for i in range(DEPTH):
        for j in range(DEPTH):
            both = (one[:, i] >= 0) & (other[:, j] >= 0)
            if (i or j) and both.any():
                rows = np.flatnonzero(both)
                best[rows] = np.maximum(best[rows], compare(one[rows, i], other[rows, j]))
    return best


def _presence(one: Ints, other: Ints) -> Levels:
    return ((one >= 0) & (other >= 0)).astype(np.uint8)


def _distances(a: Sequence[str], b: Sequence[str], limit: int) -> NDArray[np.int32]:
    found: NDArray[np.int32] = process.cpdist(
        a, b, scorer=OSA.distance, score_cutoff=limit, workers=2 if len(a) > 20_000 else 1, dtype=np.int32
    )
    return found


def _slips(texts: Sequence[str], one: Ints, other: Ints, rows: NDArray[np.intp], least: int) -> NDArray[np.intp]:
    """Of `rows`, those whose texts, `least` letters or longer, are one slip apart."""
    a, b = [texts[i] for i in one[rows].tolist()], [texts[i] for i in other[rows].tolist()]
    near = _distances(a, b, 1) <= 1
    long = np.fromiter((min(len(x), len(y)) >= least for x, y in zip(a, b, strict=True)), bool, len(a))
    slipped: NDArray[np.intp] = rows[near & long]
    return slipped


class Comparer:
    """Compares pairs of coded records; holds what is worked out once for all pairs."""

    def __init__(self, coded: Coded, frequencies: Frequencies) -> None:
        self.coded = coded
        self.frequencies = frequencies
        self.texts = {name: vocabulary.texts for name, vocabulary in coded.vocabularies.items()}
        self.locals = [username_form(email.rpartition("@")[0]) for email in self.texts["emails"]]
        self.name_pairs = NamePairs(self.texts["names"])
        self.empty_names = np.array([not name.tokens for name in self.name_pairs.tokens] + [True], dtype=bool)
        self.local_of = coded.vocabularies["usernames"].numbers

    def compare(self, first: Ints, second: Ints) -> Compared:
        """The levels of the pairs (first[k], second[k])."""
        coded = self.coded
        columns: list[Levels] = [
            self._names(first, second),
            self._usernames(first, second),
            self._emails(first, second),
            _best(coded.phones[first], coded.phones[second], self._phone),
            _equal(coded.country[first], coded.country[second]),
            _equal(coded.city[first], coded.city[second]),
            _overlap(coded.affiliations[first], coded.affiliations[second]),
            _common_language(coded.languages[first], coded.languages[second]),
        ]
        levels = np.stack(columns, axis=1)
        return Compared(levels, self._name_bits(first, second, columns[0]), self._city_bits(first))

    def _names(self, first: Ints, second: Ints) -> Levels:
        one, other = self.coded.names[first], self.coded.names[second]
        return _best(one, other, self._name)

    def _name(self, one: Ints, other: Ints) -> Levels:
        levels = np.where(_presence(one, other), NameLevel.SAME, NameLevel.MISSING).astype(np.uint8)
        rows = np.flatnonzero((one != other) & (levels > 0))
        total = len(self.texts["names"])
        packed, back = np.unique(one[rows].astype(np.int64) * total + other[rows], return_inverse=True)
        found = self.name_pairs.levels((packed // total).astype(np.int32), (packed % total).astype(np.int32))
        levels[rows] = found[back]
        levels[self.empty_names[one] & (one == other)] = NameLevel.MISSING
        return levels

    def _usernames(self, first: Ints, second: Ints) -> Levels:
        coded = self.coded
        levels = _best(coded.usernames[first], coded.usernames[second], self._username)
        of_name = self._username_of_name()
        for a, b in ((first, second), (second, first)):
            open_ = np.flatnonzero((levels < UsernameLevel.NAME_LIKE) & (coded.usernames[a, 0] >= 0))
            named = of_name[coded.names[b[open_], 0]]
            hit = (named >= 0) & (named == coded.usernames[a[open_], 0])
            levels[open_[hit]] = UsernameLevel.NAME_LIKE
        return levels

    def _username_of_name(self) -> Ints:
        """For each name (and at the end for none) the username that is spelled like it, or -1."""
        numbers = self.local_of
        return np.array([numbers.get(username_form(text), -1) for text in self.texts["names"]] + [-1], dtype=np.int32)

    def _username(self, one: Ints, other: Ints) -> Levels:
        levels = _presence(one, other)
        levels[(one == other) & (one >= 0)] = UsernameLevel.EQUAL
        rows = np.flatnonzero(levels == UsernameLevel.DIFFERENT)
        near = _slips(self.texts["usernames"], one, other, rows, 6)
        texts = self.texts["usernames"]
        same_digits = [_digits(texts[one[r]]) == _digits(texts[other[r]]) for r in near.tolist()]
        levels[near[np.array(same_digits, dtype=bool)]] = UsernameLevel.NEAR
        return levels

    def _emails(self, first: Ints, second: Ints) -> Levels:
        coded = self.coded
        levels = _best(coded.emails[first], coded.emails[second], self._email)
        named = self._username_of_name()
        user_of = np.array([self.local_of.get(text, -1) for text in self.locals] + [-1], dtype=np.int32)
        for a, b in ((first, second), (second, first)):
            open_ = np.flatnonzero((levels < EmailLevel.USERNAME) & (coded.emails[a, 0] >= 0))
            user = user_of[coded.emails[a[open_], 0]]
            telling = (user != named[coded.names[a[open_], 0]]) & (user != named[coded.names[b[open_], 0]])
            hit = (user >= 0) & (user == coded.usernames[b[open_], 0]) & telling
            levels[open_[hit]] = EmailLevel.USERNAME
        return levels

    def _email(self, one: Ints, other: Ints) -> Levels:
        levels = _presence(one, other)
        texts, shared = self.texts["emails"], self.frequencies.shared
        same = np.flatnonzero((one == other) & (one >= 0))
        for row in same.tolist():
            levels[row] = EmailLevel.SHARED if texts[one[row]] in shared else EmailLevel.EQUAL
        rows = np.flatnonzero(levels == EmailLevel.DIFFERENT)
        local_a = [self.locals[i] for i in one[rows].tolist()]
        local_b = [self.locals[i] for i in other[rows].tolist()]
        like = np.fromiter((_local_level(a, b) for a, b in zip(local_a, local_b, strict=True)), np.uint8, len(rows))
        levels[rows] = like
        apart = rows[like == EmailLevel.DIFFERENT]
        levels[_slips(texts, one, other, apart, 12)] = EmailLevel.NEAR
        return levels

    def _phone(self, one: Ints, other: Ints) -> Levels:
        levels = _presence(one, other)
        texts, shared = self.texts["phones"], self.frequencies.shared
        for row in np.flatnonzero((one == other) & (one >= 0)).tolist():
            levels[row] = PhoneLevel.SHARED if texts[one[row]] in shared else PhoneLevel.EQUAL
        rows = np.flatnonzero(levels == PhoneLevel.DIFFERENT)
        levels[_slips(texts, one, other, rows, 8)] = PhoneLevel.NEAR
        tails = [texts[one[r]][-8:] == texts[other[r]][-8:] for r in rows.tolist()]
        levels[rows[np.array(tails, dtype=bool)]] = PhoneLevel.TAIL
        return levels

    def _name_bits(self, first: Ints, second: Ints, levels: Levels) -> Floats:
        """The rarity of what the names share: whole name from DROPPED up, its commonest word below."""
        bits = np.zeros(len(first), dtype=np.float32)
        whole = levels >= NameLevel.DROPPED
        rows = np.flatnonzero(whole | (levels == NameLevel.ONE_ALIKE) | (levels == NameLevel.PART))
        if len(rows):
            one, other = self._rarities(first[rows]), self._rarities(second[rows])
            bits[rows] = np.where(whole[rows], np.minimum(one[0], other[0]), np.minimum(one[1], other[1]))
        return bits

    def _rarities(self, records: Ints) -> tuple[Floats, Floats]:
        """Bits of the whole name and of its commonest word in the record's country."""
        base = len(self.texts["country"]) + 1
        packed = (self.coded.names[records, 0].astype(np.int64) + 1) * base + self.coded.country[records] + 1
        values, back = np.unique(packed, return_inverse=True)
        bits = np.array([self._bits_of(*divmod(value, base)) for value in values.tolist()], dtype=np.float32)
        return bits[back, 0], bits[back, 1]

    def _bits_of(self, name: int, country: int) -> tuple[float, float]:
        words = self.name_pairs.tokens[name - 1].latin if name else ()
        if not words:
            return 0.0, 0.0
        place = self.texts["country"][country - 1] if country else ""
        each = [self.frequencies.word_bits(place, word) for word in words]
        return self.frequencies.whole_bits(place, words, sum(each)), min(each)

    def _city_bits(self, first: Ints) -> Floats:
        bits = [self.frequencies.city_bits(city) for city in self.texts["city"]] + [0.0]
        return np.array(bits, dtype=np.float32)[self.coded.city[first]]


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _local_level(a: str, b: str) -> EmailLevel:
    if a != b or len(a) < 5:
        return EmailLevel.DIFFERENT
    return EmailLevel.LOCAL_DIGITS if any(c.isdigit() for c in a) else EmailLevel.LOCAL


def _equal(one: Ints, other: Ints) -> Levels:
    levels = _presence(one, other)
    levels[(one == other) & (one >= 0)] = PlainLevel.EQUAL
    return levels


def _overlap(one: Ints, other: Ints) -> Levels:
    return _best(one, other, _equal)


def _common_language(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> Levels:
    levels = ((one > 0) & (other > 0)).astype(np.uint8)
    levels[(one & other) > 0] = PlainLevel.EQUAL
    return levels
