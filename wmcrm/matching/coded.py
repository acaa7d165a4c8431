"""Many profiles as columns of numbers, so that millions of pairs can be compared at once."""

from __future__ import annotations

import gc
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from wmcrm.matching.bulkkeys import Keyed, email_keys, hashed, name_keys, place_keys
from wmcrm.matching.keys import KeyKind, email_text, phone_form, username_form
from wmcrm.matching.nametable import Ints, Names, NameTable
from wmcrm.matching.profile import Profile
from wmcrm.matching.scripts import romanise

Longs = NDArray[np.int64]
DEPTH = 3  # values of one field that are compared; further ones are only looked up by
KINDS = tuple(KeyKind)
_VOCABULARIES = ("usernames", "emails", "phones", "affiliations", "country", "city", "languages")
_AT_ONCE = 20_000  # profiles held at a time
_NO_KEYS = Keyed(KeyKind.NAME, np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int32))


class Vocabulary:
    """Distinct texts in the order met; a text's number is its place."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    @property
    def texts(self) -> list[str]:
        """All texts in the order of their numbers."""
        return list(self.numbers)

    def numbered(self, texts: Iterable[str]) -> list[int]:
        """The number of each text, newly given where it is new; -1 for the empty text."""
        numbers = self.numbers
        return [numbers.setdefault(text, len(numbers)) if text else -1 for text in texts]


class Ragged:
    """Any number of values for each record, by number."""

    def __init__(self) -> None:
        self.values = array("i")
        self.counts = array("i")

    def put(self, held: Sequence[Sequence[str]], numbered: Callable[[list[str]], list[int]]) -> list[int]:
        """Take the values of some more records and give their numbers in one list."""
        numbers = numbered([text for texts in held for text in texts])
        self.counts.extend(map(len, held))
        self.values.extend(numbers)
        return numbers

    def flat(self) -> tuple[Ints, Ints]:
        """Records and their values, one row for each value."""
        counts = np.array(self.counts, dtype=np.int32)
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts), np.array(self.values, dtype=np.int32)

    def wide(self) -> Ints:
        """Shape (records, DEPTH): the first distinct values of each record, -1 where there is none."""
        counts, values = np.array(self.counts, dtype=np.int32), np.array(self.values, dtype=np.int32)
        wide = np.full((len(counts), DEPTH), -1, dtype=np.int32)
        starts = np.cumsum(counts) - counts
        single = counts == 1
        wide[single, 0] = values[starts[single]]
        for record in np.flatnonzero(counts > 1).tolist():
            held = values[starts[record] : starts[record] + counts[record]].tolist()
            distinct = list(dict.fromkeys(n for n in held if n >= 0))[:DEPTH]
            wide[record, : len(distinct)] = distinct
        return wide


@dataclass(frozen=True, slots=True)
class Emails:
    """Distinct addresses in their form for comparison, with the part before the @ in Latin letters."""

    texts: Sequence[str]
    locals: Sequence[str]


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
    spelled: Names
    mailboxes: Emails
    vocabularies: dict[str, Vocabulary]

    def __len__(self) -> int:
        return len(self.ids)


class Coder:
    """Takes profiles and gives their columns; keeps no profile."""

    def __init__(self) -> None:
        self.vocabularies = {
            name: Vocabulary()
            for name in ("usernames", "emails", "phones", "affiliations", "country", "city", "languages")
        }
        self.names = NameTable()
        self.named, self.used, self.mailed, self.phoned, self.affiliated = (Ragged() for _ in range(5))
        self.handles: list[tuple[int, int]] = []  # records with a username and another in the place of the name
        self.country, self.city = array("i"), array("i")
        self.languages = array("Q")
        self.language_sets: dict[tuple[str, ...], int] = {}
        self.ids: list[int | str] = []

    def extend(self, profiles: Iterable[Profile]) -> None:
        """Take more records."""
        rest = iter(profiles)
        while some := list(islice(rest, _AT_ONCE)):
            self._take(some)

    def _take(self, some: list[Profile]) -> None:
        number = {name: vocabulary.numbered for name, vocabulary in self.vocabularies.items()}
        names = [p.names or p.all_names() for p in some]
        shown = self._handles(names, self.named.put(names, self.names.numbered))
        self._put_usernames(some, shown)
        self.ids.extend([p.key for p in some])
        self.mailed.put([p.emails for p in some], lambda texts: number["emails"](map(email_text, texts)))
        self.phoned.put([p.phones for p in some], lambda texts: number["phones"](map(phone_form, texts)))
        self.affiliated.put([p.affiliations for p in some], number["affiliations"])
        self.country.extend(number["country"]([p.country for p in some]))
        self.city.extend(number["city"]([p.city.casefold().strip() for p in some]))
        self.languages.extend([self._language_bits(p.languages) for p in some])

    def _handles(self, names: list[tuple[str, ...]], numbers: list[int]) -> dict[int, list[str]]:
        """For records (by place) with names that look like a username, these names."""
        looks = {self.names.texts[n] for n in self.names.handles.intersection(numbers)}
        if not looks:
            return {}
        found = {place: [text for text in texts if text in looks] for place, texts in enumerate(names)}
        return {place: texts for place, texts in found.items() if texts}

    def _put_usernames(self, some: list[Profile], shown: dict[int, list[str]]) -> None:
        """Usernames, or where there are none the names that look like one."""
        numbered = self.vocabularies["usernames"].numbered
        for place, texts in shown.items():
            if some[place].usernames:
                forms = numbered(map(username_form, texts))
                self.handles.extend([(len(self.ids) + place, form) for form in forms])
        held = [p.usernames or shown.get(place, ()) for place, p in enumerate(some)]
        self.used.put(held, lambda texts: numbered(map(username_form, texts)))

    def _language_bits(self, languages: tuple[str, ...]) -> int:
        bits = self.language_sets.get(languages)
        if bits is None:
            bits = 0
            for number in self.vocabularies["languages"].numbered(map(str.casefold, languages)):
                bits |= 1 << (number % 64)
            self.language_sets[languages] = bits
        return bits

    def _keys(self, names: Names, country: Ints, city: Ints, plain: list[str]) -> Iterator[Keyed]:
        """The keys of all records, kind by kind."""
        of = self.vocabularies
        made, named = name_keys(names), self.named.flat()
        for keyed in (made.whole, made.local, made.bones):
            yield keyed.of_records(*named, len(names.starts) - 1)
        open_ = made.places.of_records(*named, len(names.starts) - 1)
        yield place_keys(open_, city, of["city"].texts)
        yield place_keys(open_, country, of["country"].texts)
        for keyed in email_keys(of["emails"].texts, plain):
            yield keyed.of_records(*self.mailed.flat(), len(plain))
        usernames, phones = hashed(of["usernames"].texts), hashed([text[-8:] for text in of["phones"].texts])
        shown = np.array(self.handles, dtype=np.int32).reshape(-1, 2)
        for records, values in (self.used.flat(), (shown[:, 0], shown[:, 1])):
            yield Keyed(KeyKind.USERNAME, usernames[values[values >= 0]], records[values >= 0])
        records, values = self.phoned.flat()
        yield Keyed(KeyKind.PHONE, phones[values[values >= 0]], records[values >= 0])

    def coded(self, *, keyed: bool = True) -> Coded:
        """The columns of all records taken so far; without keys where no pairs are to be found."""
        names = self.names.frozen()
        country, city = np.array(self.country, dtype=np.int32), np.array(self.city, dtype=np.int32)
        emails = self.vocabularies["emails"].texts
        ends = [email.rpartition("@")[0] for email in emails]
        plain = [romanise(end) for end in ends]
        keys = [_NO_KEYS, *(self._keys(names, country, city, plain) if keyed else ())]
        kinds = [np.full(len(some.owners), KINDS.index(some.kind), dtype=np.uint8) for some in keys]
        return Coded(
            self.ids,
            names=self.named.wide(),
            usernames=self.used.wide(),
            emails=self.mailed.wide(),
            phones=self.phoned.wide(),
            affiliations=self.affiliated.wide(),
            country=country,
            city=city,
            languages=np.array(self.languages, dtype=np.uint64),
            key_hash=np.concatenate([some.salted() for some in keys]),
            key_kind=np.concatenate(kinds),
            key_record=np.concatenate([some.owners for some in keys]),
            spelled=names,
            mailboxes=Emails(emails, [text or username_form(end) for text, end in zip(plain, ends, strict=True)]),
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


def code(profiles: Iterable[Profile], *, keyed: bool = True) -> Coded:
    """The columns of `profiles`, which are read once and not kept; without keys where no pairs are to be found."""
    coder = Coder()
    with collecting_paused():
        coder.extend(profiles)
        return coder.coded(keyed=keyed)
