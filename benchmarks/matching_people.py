"""Invented people of many countries in any number, with duplicates: for time and memory of scans."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

from matching_shapes import typo

from wmcrm.matching import Profile

COUNTRIES = [
    "FR",
    "IN",
    "GB",
    "IT",
    "DE",
    "EG",
    "NG",
    "UA",
    "JP",
    "ID",
    "BD",
    "CN",
    "TR",
    "BR",
    "ES",
    "MX",
    "US",
    "CA",
    "PL",
    "CZ",
    "NL",
    "SE",
    "KE",
    "ZA",
    "GH",
    "MA",
    "DZ",
    "TN",
    "SA",
    "IQ",
    "PK",
    "NP",
    "LK",
    "PH",
    "VN",
    "TH",
    "KR",
    "AR",
    "CL",
    "PE",
]
_STARTS = [
    "b",
    "br",
    "c",
    "ch",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "pr",
    "r",
    "s",
    "sh",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "y",
    "z",
]
_MIDDLES = ["a", "e", "i", "o", "u", "ai", "au", "ei", "ia", "io"]
_ENDS = ["", "n", "r", "s", "l", "m", "t", "nd", "rt", "sk"]


def _words(draw: random.Random, count: int, syllables: int) -> list[str]:
    found: set[str] = set()
    while len(found) < count:
        parts = [draw.choice(_STARTS) + draw.choice(_MIDDLES) for _ in range(draw.randint(1, syllables))]
        found.add("".join(parts) + draw.choice(_STARTS) + draw.choice(_MIDDLES) + draw.choice(_ENDS))
    return sorted(word.capitalize() for word in found)


class World:
    """Names and cities of each country, some common, most rare."""

    def __init__(self, seed: int = 1) -> None:
        self.draw = random.Random(seed)
        self.givens = {c: _words(self.draw, 800, 2) for c in COUNTRIES}
        self.families = {c: _words(self.draw, 2500, 3) for c in COUNTRIES}
        self.cities = {c: _words(self.draw, 60, 2) for c in COUNTRIES}
        self.weights = list(accumulate(1 / (rank + 12) for rank in range(2500)))

    def _pick(self, words: list[str]) -> str:
        place = bisect(self.weights, self.draw.random() * self.weights[len(words) - 1])
        return words[min(place, len(words) - 1)]

    def person(self, key: int) -> Profile:
        """One invented person."""
        draw = self.draw
        country = COUNTRIES[min(int(draw.expovariate(0.12)), len(COUNTRIES) - 1)]
        given, family = self._pick(self.givens[country]), self._pick(self.families[country])
        number = draw.randrange(10_000)
        local = draw.choice([f"{given}.{family}", f"{given}{number}", f"{given[0]}{family}{number % 1000}"]).lower()
        username = draw.choice(
            [
                f"{family}{self._pick(self.givens[country])}{number}",
                f"{given}{family[0]}{number % 100}",
                f"{given} {family}",
                "",
            ]
        )
        return Profile(
            key,
            (f"{given} {family}",),
            given,
            family,
            (username,) if username else (),
            (f"{local}@{draw.choice(['gmail.com', 'mail.example', 'post.example', 'web.example'])}",)
            if draw.random() < 0.8
            else (),
            (f"+{draw.randrange(10**10, 10**11)}",) if draw.random() < 0.45 else (),
            country,
            self._pick(self.cities[country]) if draw.random() < 0.65 else "",
            (),
            ("en",),
        )

    def again(self, key: int, one: Profile) -> Profile:
        """Another record of the same person, with other contacts and slips."""
        draw = self.draw
        changes: dict[str, tuple[str, ...]] = {}
        if draw.random() < 0.25:
            changes["names"] = (typo(draw, one.names[0]),)
        if draw.random() < 0.3:
            changes["usernames"] = ()
        if draw.random() < 0.35:
            changes["emails"] = ()
        return replace(one, key=key, **changes)


def labelled(count: int, seed: int = 1) -> Iterator[tuple[Profile, int]]:
    """`count` records with the number of the person, of which about one in twelve is a second one of an earlier person."""
    world = World(seed)
    recent: list[tuple[Profile, int]] = []
    for key in range(count):
        if recent and world.draw.random() < 0.08:
            one, entity = world.draw.choice(recent)
            yield world.again(key, one), entity
            continue
        person = world.person(key)
        recent.append((person, key))
        if len(recent) > 500:
            recent.pop(world.draw.randrange(500))
        yield person, key


def people(count: int, seed: int = 1) -> Iterator[Profile]:
    """The records of `labelled`."""
    return (person for person, _ in labelled(count, seed))
