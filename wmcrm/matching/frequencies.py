"""How common names, cities and shared addresses are in the data at hand, within each country."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2

import numpy as np

from wmcrm.matching.bulkkeys import word_sets
from wmcrm.matching.coded import Coded, Longs, code
from wmcrm.matching.nametable import Ints, Names
from wmcrm.matching.profile import Profile

Counts = dict[tuple[str, str], int]

SHARED_BY = 4  # different names on one address or number make it a role mailbox or a family phone
_DEFAULT_WORD_BITS = 8.0
_DEFAULT_CITY_BITS = 4.0
_WORLD = 100.0  # records that the usual rarity of a word counts for beside the data's own
_BACKGROUND = 500.0  # records that the world's frequency counts for beside a country's own


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Counts over one data set; the empty one gives usual values.

    `words` and `names` count records by (country, word) and (country, sorted words); the country "" holds
    all. `cities` counts by city. `shared` holds addresses and numbers carried by SHARED_BY names or more.
    """

    size: int = 0
    countries: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[tuple[str, str], int] = field(default_factory=dict)
    names: Mapping[tuple[str, str], int] = field(default_factory=dict)
    cities: Mapping[str, int] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()

    @classmethod
    def of(cls, profiles: Iterable[Profile]) -> Frequencies:
        """The frequencies of a data set, which is read once."""
        return frequencies_of(code(profiles, keyed=False))

    def word_bits(self, country: str, word: str) -> float:
        """How rare a word of a name is in a country, in bits."""
        if not self.size:
            return _DEFAULT_WORD_BITS
        seen = max(self.words.get(("", word), 1) - 0.5, 0.5)
        everywhere = (seen + _WORLD * 2.0**-_DEFAULT_WORD_BITS) / (self.size + _WORLD)
        here = max(self.words.get((country, word), 1) - 1, 0) if country else 0
        people = self.countries.get(country, 0) if country else 0
        return -log2((here + _BACKGROUND * everywhere) / (people + _BACKGROUND))

    def whole_bits(self, country: str, words: tuple[str, ...], product: float) -> float:
        """How rare a whole name is in a country, given the bits of its words: less so if it is a common one."""
        count = self.names.get((country, " ".join(sorted(words))), 0) if self.size else 0
        if count <= 2:
            return product
        people = self.countries.get(country, 0) + _BACKGROUND
        return -log2(2.0**-product + (count - 2) / people)

    def city_bits(self, city: str) -> float:
        """How rare a city is, in bits."""
        if not self.size:
            return _DEFAULT_CITY_BITS
        return -log2((self.cities.get(city, 1) + 1) / (self.size + 20))


def _shared_values(coded: Coded, column: Ints, texts: Sequence[str]) -> set[str]:
    """Values carried by several different names, by the skeletons of their words."""
    rows, places = np.nonzero(column >= 0)
    values, counts = np.unique(column[rows, places], return_counts=True)
    suspects = np.isin(column[rows, places], values[counts >= SHARED_BY])
    carried: dict[int, set[int]] = defaultdict(set)
    for row, place in zip(rows[suspects].tolist(), places[suspects].tolist(), strict=True):
        carried[int(column[row, place])].add(int(coded.names[row, 0]))
    return {texts[value] for value, names in carried.items() if _different(coded.spelled, names - {-1}) >= SHARED_BY}


def _different(spelled: Names, names: Iterable[int]) -> int:
    """How many of some names differ by the skeletons of their words."""
    return len({tuple(sorted(token.bones for token in spelled.tokens(name).tokens)) for name in names})


def _word_counts(coded: Coded, names: Ints, places: Ints, counts: Longs) -> Counts:
    """How many records of each country, and of all, have a word; those with two and more."""
    spelled, countries = coded.spelled, coded.vocabularies["country"].texts
    numbers: dict[str, int] = {}
    latin = np.array([numbers.setdefault(text, len(numbers)) for text in spelled.latin], dtype=np.int64)
    texts = list(numbers)
    sizes = spelled.sizes[names]
    words = latin[spelled.words_of(names)]
    here, times = np.repeat(places, sizes), np.repeat(counts, sizes)
    found: Counts = {}
    for where in (here, np.full_like(here, -1)):
        packed = (where.astype(np.int64) + 1) * max(len(texts), 1) + words
        distinct, back = np.unique(packed, return_inverse=True)
        seen = np.bincount(back, weights=times, minlength=len(distinct)).astype(np.int64)
        kept = seen >= 2
        for value, count in zip(distinct[kept].tolist(), seen[kept].tolist(), strict=True):
            place, word = divmod(value, len(texts))
            found[countries[place - 1] if place else "", texts[word]] = count
    return found


def _name_counts(coded: Coded, names: Ints, places: Ints, counts: Longs) -> Counts:
    """How many records of each country have a whole name, its words in any order; those with three and more."""
    spelled, countries = coded.spelled, coded.vocabularies["country"].texts
    whole = word_sets(spelled)[names]
    order = np.lexsort((places, whole))
    ordered, where = whole[order], places[order]
    edges = np.flatnonzero(np.r_[True, (ordered[1:] != ordered[:-1]) | (where[1:] != where[:-1])])
    seen = np.add.reduceat(counts[order], edges) if len(order) else counts
    found: Counts = {}
    for edge, count in zip(edges[seen >= 3].tolist(), seen[seen >= 3].tolist(), strict=True):
        words = spelled.latin_of(int(names[order[edge]]))
        place = int(where[edge])
        found[countries[place] if place >= 0 else "", " ".join(sorted(words))] = count
    return found


def frequencies_of(coded: Coded) -> Frequencies:
    """The frequencies of coded records."""
    known = coded.names[:, 0] >= 0
    base = len(coded.vocabularies["country"].texts) + 1
    packed = coded.names[known, 0].astype(np.int64) * base + coded.country[known] + 1
    values, counts = np.unique(packed, return_counts=True)
    held = (values // base).astype(np.int32), (values % base).astype(np.int32) - 1, counts.astype(np.int64)
    texts = {name: vocabulary.texts for name, vocabulary in coded.vocabularies.items()}
    countries = np.bincount(coded.country[coded.country >= 0], minlength=len(texts["country"])).tolist()
    cities = np.bincount(coded.city[coded.city >= 0], minlength=len(texts["city"])).tolist()
    shared = _shared_values(coded, coded.emails, texts["emails"])
    shared |= _shared_values(coded, coded.phones, texts["phones"])
    return Frequencies(
        len(coded),
        dict(zip(texts["country"], countries, strict=True)),
        _word_counts(coded, *held),
        _name_counts(coded, *held),
        dict(zip(texts["city"], cities, strict=True)),
        frozenset(shared),
    )
