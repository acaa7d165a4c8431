"""Reads a file of contacts with its truth: `people.csv` beside `people.truth.csv`."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from wmcrm.matching import Profile
from wmcrm.matching.candidates import candidate_pairs
from wmcrm.matching.coded import Coded, code
from wmcrm.matching.compare import Compared, Comparer
from wmcrm.matching.frequencies import Frequencies, frequencies_of
from wmcrm.normalize import canonical_username


@dataclass(frozen=True)
class Labelled:
    """Records with the entity of each."""

    people: list[Profile]
    entity: dict[int | str, str]

    def half(self, number: int) -> Labelled:
        """Half of the entities, always the same."""
        kept = [p for p in self.people if crc32(self.entity[p.key].encode()) % 2 == number]
        return Labelled(kept, self.entity)

    def truth(self) -> set[frozenset[int | str]]:
        """The pairs of records of one person."""
        members: dict[str, list[int | str]] = defaultdict(list)
        for person in self.people:
            members[self.entity[person.key]].append(person.key)
        return {frozenset(pair) for keys in members.values() for pair in combinations(keys, 2)}


@dataclass(frozen=True)
class CandidatePairs:
    """All candidate pairs of a data set, compared, with what is true."""

    coded: Coded
    frequencies: Frequencies
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    compared: Compared
    same: NDArray[np.bool_]
    total: int


def _values(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def read(path: Path) -> Labelled:
    """The records of a file and the entities of its truth file."""
    with path.open(encoding="utf-8", newline="") as file:
        people = [_profile(row) for row in csv.DictReader(file)]
    with path.with_suffix(".truth.csv").open(encoding="utf-8", newline="") as file:
        entity: dict[int | str, str] = {int(row["id"]): row["entity_id"] for row in csv.DictReader(file)}
    return Labelled(people, entity)


def _profile(row: dict[str, str]) -> Profile:
    username = canonical_username(row["username"])
    return Profile(
        int(row["id"]),
        (row["display_name"],) if row["display_name"] else (),
        row["given_name"],
        row["family_name"],
        (username,) if username else (),
        _values(row["email"]),
        _values(row["phone"]),
        row["country"],
        row["city"],
        (),
        _values(row["languages"]),
    )


def labelled_pairs(data: Labelled) -> CandidatePairs:
    """Every candidate pair of the data, compared."""
    coded = code(data.people)
    first, second = candidate_pairs(coded)
    frequencies = frequencies_of(coded)
    compared = Comparer(coded, frequencies).compare(first, second)
    keys = [data.entity[key] for key in coded.ids]
    same = np.array([keys[a] == keys[b] for a, b in zip(first.tolist(), second.tolist(), strict=True)], dtype=bool)
    return CandidatePairs(coded, frequencies, first, second, compared, same, len(data.truth()))
