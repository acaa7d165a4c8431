"""How common names, cities and shared addresses are in the data at hand, within each country."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log2

import numpy as np

from wmcrm.matching.coded import Coded, Ints, code
from wmcrm.matching.profile import Profile
from wmcrm.matching.tokens import name_tokens

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
        return frequencies_of(code(profiles))

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


def _shared_values(coded: Coded, column: Ints, texts: list[str]) -> set[str]:
    """Values carried by several different names, by the skeletons of their words."""
    if not texts:
        return set()
    values, counts = np.unique(column[column >= 0], return_counts=True)
    suspects = values[counts >= SHARED_BY]
    spelled = coded.vocabularies["names"].texts
    shared = set()
    for value in suspects.tolist():
        records = np.flatnonzero((column == value).any(axis=1))
        names = {coded.names[r, 0] for r in records.tolist()} - {-1}
        families = {tuple(sorted(t.bones for t in name_tokens(spelled[n]).tokens)) for n in names}
        if len(families) >= SHARED_BY:
            shared.add(texts[value])
    return shared


def _name_counts(coded: Coded) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    countries = coded.vocabularies["country"].texts
    names = coded.vocabularies["names"].texts
    known = coded.names[:, 0] >= 0
    base = len(countries) + 1
    packed = coded.names[known, 0].astype(np.int64) * base + coded.country[known] + 1
    words: Counter[tuple[str, str]] = Counter()
    wholes: Counter[tuple[str, str]] = Counter()
    for value, count in zip(*(a.tolist() for a in np.unique(packed, return_counts=True)), strict=True):
        name, place = divmod(value, base)
        country = countries[place - 1] if place else ""
        latin = name_tokens(names[name]).latin
        for word in latin:
            words[country, word] += count
            if country:
                words["", word] += count
        wholes[country, " ".join(sorted(latin))] += count
    return words, wholes


def _kept(counts: Counter[tuple[str, str]], least: int) -> dict[tuple[str, str], int]:
    return {key: count for key, count in counts.items() if count >= least}


def frequencies_of(coded: Coded) -> Frequencies:
    """The frequencies of coded records."""
    words, wholes = _name_counts(coded)
    texts = {name: vocabulary.texts for name, vocabulary in coded.vocabularies.items()}
    countries = np.bincount(coded.country[coded.country >= 0], minlength=len(texts["country"])).tolist()
    cities = np.bincount(coded.city[coded.city >= 0], minlength=len(texts["city"])).tolist()
    shared = _shared_values(coded, coded.emails, texts["emails"])
    shared |= _shared_values(coded, coded.phones, texts["phones"])
    return Frequencies(
        len(coded),
        dict(zip(texts["country"], countries, strict=True)),
        _kept(words, 2),
        _kept(wholes, 3),
        dict(zip(texts["city"], cities, strict=True)),
        frozenset(shared),
    )
