"""The level of agreement of many pairs in every field, at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from wmcrm.matching.bulkkeys import word_set_hashes, word_sets
from wmcrm.matching.coded import DEPTH, Coded
from wmcrm.matching.frequencies import Frequencies
from wmcrm.matching.levels import EmailLevel, PhoneLevel, PlainLevel, UsernameLevel
from wmcrm.matching.namepairs import NamePairs
from wmcrm.matching.names import NameLevel
from wmcrm.matching.nametable import Ints

Levels = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]
_ONE_WORD = (NameLevel.ONE_ALIKE, NameLevel.FAMILY_CHANGED, NameLevel.PART)  # names that share a word and no more
_HAS_DIGIT = re.compile(r"\d")


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


class _Texts:
    """Texts by number with their lengths, to see which are one slip apart."""

    def __init__(self, texts: Sequence[str], least: int) -> None:
        self.texts = texts
        self.least = least
        self.lengths = np.array([len(text) for text in texts], dtype=np.int32)

    def slips(self, one: Ints, other: Ints, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Of `rows`, those whose texts, `least` letters or longer, are one slip apart."""
        long, short = self.lengths[one[rows]], self.lengths[other[rows]]
        rows = rows[(np.minimum(long, short) >= self.least) & (np.abs(long - short) <= 1)]
        a, b = [self.texts[i] for i in one[rows].tolist()], [self.texts[i] for i in other[rows].tolist()]
        slipped: NDArray[np.intp] = rows[_distances(a, b, 1) <= 1]
        return slipped


class Comparer:
    """Compares pairs of coded records; holds what is worked out once for all pairs."""

    def __init__(self, coded: Coded, frequencies: Frequencies) -> None:
        self.coded = coded
        self.frequencies = frequencies
        self.texts = {name: vocabulary.texts for name, vocabulary in coded.vocabularies.items()}
        self.names = coded.spelled
        self.name_pairs = NamePairs(coded.spelled)
        self.sets = word_sets(coded.spelled)
        # Counts read back from a scan can be asked for but not listed.
        listed = isinstance(frequencies.names, dict)
        self.common = word_set_hashes({words for _, words in frequencies.names}) if listed else self.sets
        self.empty_names = np.r_[coded.spelled.sizes == 0, True]
        self.usernames, self.emails = _Texts(self.texts["usernames"], 6), _Texts(self.texts["emails"], 12)
        self.phones = _Texts(self.texts["phones"], 8)
        self.shared = {
            name: np.array([text in frequencies.shared for text in self.texts[name]] + [False], dtype=bool)
            for name in ("emails", "phones")
        }
        numbers = coded.vocabularies["usernames"].numbers
        self.user_of_email = np.array([numbers.get(text, -1) for text in coded.mailboxes.locals] + [-1], dtype=np.int32)
        self.user_of_name = np.array([numbers.get(text, -1) for text in self.names.as_usernames] + [-1], dtype=np.int32)
        self.local, self.digits = _locals(coded.mailboxes.locals)
        self.tail = _numbered([text[-8:] for text in self.texts["phones"]])

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
        total = len(self.names.texts)
        packed, back = np.unique(one[rows].astype(np.int64) * total + other[rows], return_inverse=True)
        found = self.name_pairs.levels((packed // total).astype(np.int32), (packed % total).astype(np.int32))
        levels[rows] = found[back]
        levels[self.empty_names[one] & (one == other)] = NameLevel.MISSING
        return levels

    def _usernames(self, first: Ints, second: Ints) -> Levels:
        coded = self.coded
        levels = _best(coded.usernames[first], coded.usernames[second], self._username)
        for a, b in ((first, second), (second, first)):
            open_ = np.flatnonzero((levels < UsernameLevel.NAME_LIKE) & (coded.usernames[a, 0] >= 0))
            named = self.user_of_name[coded.names[b[open_], 0]]
            hit = (named >= 0) & (named == coded.usernames[a[open_], 0])
            levels[open_[hit]] = UsernameLevel.NAME_LIKE
        return levels

    def _username(self, one: Ints, other: Ints) -> Levels:
        levels = _presence(one, other)
        levels[(one == other) & (one >= 0)] = UsernameLevel.EQUAL
        near = self.usernames.slips(one, other, np.flatnonzero(levels == UsernameLevel.DIFFERENT))
        texts = self.texts["usernames"]
        same_digits = [_digits(texts[one[r]]) == _digits(texts[other[r]]) for r in near.tolist()]
        levels[near[np.array(same_digits, dtype=bool)]] = UsernameLevel.NEAR
        return levels

    def _emails(self, first: Ints, second: Ints) -> Levels:
        coded, named = self.coded, self.user_of_name
        levels = _best(coded.emails[first], coded.emails[second], self._email)
        for a, b in ((first, second), (second, first)):
            open_ = np.flatnonzero((levels < EmailLevel.USERNAME) & (coded.emails[a, 0] >= 0))
            user = self.user_of_email[coded.emails[a[open_], 0]]
            telling = (user != named[coded.names[a[open_], 0]]) & (user != named[coded.names[b[open_], 0]])
            hit = (user >= 0) & (user == coded.usernames[b[open_], 0]) & telling
            levels[open_[hit]] = EmailLevel.USERNAME
        return levels

    def _email(self, one: Ints, other: Ints) -> Levels:
        levels = _presence(one, other)
        same = (one == other) & (one >= 0)
        levels[same] = np.where(self.shared["emails"][one[same]], EmailLevel.SHARED, EmailLevel.EQUAL)
        rows = np.flatnonzero(levels == EmailLevel.DIFFERENT)
        local = self.local[one[rows]]
        alike = rows[(local == self.local[other[rows]]) & (local >= 0)]
        levels[alike] = np.where(self.digits[one[alike]], EmailLevel.LOCAL_DIGITS, EmailLevel.LOCAL)
        apart = rows[levels[rows] == EmailLevel.DIFFERENT]
        levels[self.emails.slips(one, other, apart)] = EmailLevel.NEAR
        return levels

    def _phone(self, one: Ints, other: Ints) -> Levels:
        levels = _presence(one, other)
        same = (one == other) & (one >= 0)
        levels[same] = np.where(self.shared["phones"][one[same]], PhoneLevel.SHARED, PhoneLevel.EQUAL)
        rows = np.flatnonzero(levels == PhoneLevel.DIFFERENT)
        levels[self.phones.slips(one, other, rows)] = PhoneLevel.NEAR
        levels[rows[self.tail[one[rows]] == self.tail[other[rows]]]] = PhoneLevel.TAIL
        return levels

    def _name_bits(self, first: Ints, second: Ints, levels: Levels) -> Floats:
        """The rarity of what the names share: whole name from DROPPED up, its commonest word below."""
        bits = np.zeros(len(first), dtype=np.float32)
        whole = levels >= NameLevel.DROPPED
        rows = np.flatnonzero(whole | np.isin(levels, _ONE_WORD))
        if len(rows):
            one, other = self._rarities(first[rows]), self._rarities(second[rows])
            bits[rows] = np.where(whole[rows], np.minimum(one[0], other[0]), np.minimum(one[1], other[1]))
        return bits

    def _rarities(self, records: Ints) -> tuple[Floats, Floats]:
        """Bits of the whole name and of its commonest word in the record's country."""
        base = len(self.texts["country"]) + 1
        packed = (self.coded.names[records, 0].astype(np.int64) + 1) * base + self.coded.country[records] + 1
        values, back = np.unique(packed, return_inverse=True)
        names, places = (values // base - 1).astype(np.int32), (values % base).astype(np.int32)
        sizes = np.where(names >= 0, self.names.sizes[names], 0)
        whole, least = np.zeros(len(values)), np.zeros(len(values))
        spelled = np.flatnonzero(sizes)
        if len(spelled):
            each = self._word_bits(self.names.words_of(names[spelled]), np.repeat(places[spelled], sizes[spelled]))
            starts = np.cumsum(sizes[spelled]) - sizes[spelled]
            whole[spelled], least[spelled] = np.add.reduceat(each, starts), np.minimum.reduceat(each, starts)
            common = spelled[np.isin(self.sets[names[spelled]], self.common)]
            for row in common.tolist():
                words, place = self.names.latin_of(int(names[row])), self._place(int(places[row]))
                whole[row] = self.frequencies.whole_bits(place, words, float(whole[row]))
        return whole[back].astype(np.float32), least[back].astype(np.float32)

    def _place(self, number: int) -> str:
        return self.texts["country"][number - 1] if number else ""

    def _word_bits(self, words: Ints, places: Ints) -> NDArray[np.float64]:
        """How rare each of some words is in the country at its side."""
        base = len(self.texts["country"]) + 1
        distinct, back = np.unique(words.astype(np.int64) * base + places, return_inverse=True)
        latin, rare, of = self.names.latin, self.frequencies.word_bits, ["", *self.texts["country"]]
        pairs = zip((distinct // base).tolist(), (distinct % base).tolist(), strict=True)
        bits: NDArray[np.float64] = np.array([rare(of[place], latin[word]) for word, place in pairs], dtype=float)[back]
        return bits

    def _city_bits(self, first: Ints) -> Floats:
        bits = [self.frequencies.city_bits(city) for city in self.texts["city"]] + [0.0]
        return np.array(bits, dtype=np.float32)[self.coded.city[first]]


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _numbered(texts: Sequence[str]) -> Ints:
    """A number for each text, the same for equal ones."""
    places: dict[str, int] = {}
    return np.array([places.setdefault(text, len(places)) for text in texts], dtype=np.int32)


def _locals(texts: Sequence[str]) -> tuple[Ints, Flags]:
    """For each part before the @ its number, -1 where it is short, and whether it holds a digit."""
    numbers = _numbered(texts)
    numbers[np.array([len(text) < 5 for text in texts], dtype=bool)] = -1
    return numbers, np.array([_HAS_DIGIT.search(text) is not None for text in texts], dtype=bool)


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
