"""Many profiles as columns of numbers, so that millions of pairs can be compared at once."""

from __future__ import annotations

import gc
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wmcrm.matching.keys import KeyKind, email_form, phone_form, raw_keys, username_form
from wmcrm.matching.profile import Profile
from wmcrm.matching.tokens import name_tokens

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
DEPTH = 3  # values of one field that are compared; further ones are only looked up by
KINDS = tuple(KeyKind)
_KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}


@dataclass(slots=True)
class Vocabulary:
    """Distinct texts in the order met; a text's number is its place."""

    texts: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, text: str) -> int:
        """The number of `text`, newly given where it is new; -1 for the empty text."""
        if not text:
            return -1
        found = self.numbers.get(text)
        if found is None:
            found = self.numbers[text] = len(self.texts)
            self.texts.append(text)
        return found


@dataclass(frozen=True, slots=True)
class Coded:
    """Profiles as columns. Values are numbers in the vocabularies, -1 where there is none.

    `names`, `usernames`, `emails`, `phones`, `affiliations` have shape (records, DEPTH), `country` and
    `city` (records,); `languages` is a bit set. `key_*` hold one entry for each key of each record.
    """

    ids: list[int | str]
    names: Ints
    usernames: Ints
    emails: Ints
    phones: Ints
    affiliations: Ints
    country: Ints
    city: Ints
    languages: NDArray[np.uint64]
    key_hash: Longs
    key_kind: NDArray[np.uint8]
    key_record: Ints
    vocabularies: dict[str, Vocabulary]

    def __len__(self) -> int:
        return len(self.ids)


_EMPTY = [-1] * DEPTH


def _padded(numbers: list[int]) -> list[int]:
    distinct = list(dict.fromkeys(n for n in numbers if n >= 0))[:DEPTH]
    return distinct + _EMPTY[len(distinct) :]


_MULTIPLE = ("names", "usernames", "emails", "phones", "affiliations")


def _handles(names: Sequence[str]) -> list[str]:
    return [name for name in names if name_tokens(name).is_handle]


class Coder:
    """Takes profiles one by one and gives their columns; keeps no profile."""

    def __init__(self) -> None:
        self.vocabularies = {name: Vocabulary() for name in (*_MULTIPLE, "country", "city", "languages")}
        self.columns = {name: array("i") for name in (*_MULTIPLE, "country", "city")}
        self.languages = array("Q")
        self.ids: list[int | str] = []
        self.key_hash = array("q")
        self.key_kind = array("B")
        self.key_record = array("i")

    def add(self, profile: Profile) -> None:
        """Take one more record."""
        record = len(self.ids)
        self.ids.append(profile.key)
        keys = raw_keys(profile)
        self.key_hash.extend([hash(key) for key in keys])
        self.key_kind.extend([_KIND_NUMBER[kind] for kind, _ in keys])
        self.key_record.extend([record] * len(keys))
        names = profile.all_names()
        self._put("names", names)
        self._put("usernames", [username_form(u) for u in profile.usernames or _handles(names)])
        self._put("emails", ["@".join(email_form(e)) for e in profile.emails])
        self._put("phones", [phone_form(p) for p in profile.phones])
        self._put("affiliations", profile.affiliations)
        self.columns["country"].append(self.vocabularies["country"].number(profile.country))
        self.columns["city"].append(self.vocabularies["city"].number(profile.city.casefold().strip()))
        self.languages.append(self._language_bits(profile.languages))

    def _put(self, name: str, texts: Sequence[str]) -> None:
        column = self.columns[name]
        if not texts:
            column.extend(_EMPTY)
        elif len(texts) == 1:
            column.append(self.vocabularies[name].number(texts[0]))
            column.extend(_EMPTY[1:])
        else:
            column.extend(_padded([self.vocabularies[name].number(text) for text in texts]))

    def _language_bits(self, languages: Iterable[str]) -> int:
        bits = 0
        for language in languages:
            bits |= 1 << (self.vocabularies["languages"].number(language.casefold()) % 64)
        return bits

    def coded(self) -> Coded:
        """The columns of all records taken so far."""
        flat = {name: np.frombuffer(column, dtype=np.int32) for name, column in self.columns.items()}
        wide = {name: flat[name].reshape(-1, DEPTH) for name in _MULTIPLE}
        return Coded(
            self.ids,
            **wide,
            country=flat["country"],
            city=flat["city"],
            languages=np.frombuffer(self.languages, dtype=np.uint64),
            key_hash=np.frombuffer(self.key_hash, dtype=np.int64),
            key_kind=np.frombuffer(self.key_kind, dtype=np.uint8),
            key_record=np.frombuffer(self.key_record, dtype=np.int32),
            vocabularies=self.vocabularies,
        )


@contextmanager
def collecting_paused() -> Iterator[None]:
    """No garbage collection meanwhile: millions of small values are made here and none in cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def code(profiles: Iterable[Profile]) -> Coded:
    """The columns of `profiles`, which are read once and not kept."""
    coder = Coder()
    with collecting_paused():
        for profile in profiles:
            coder.add(profile)
    return coder.coded()
