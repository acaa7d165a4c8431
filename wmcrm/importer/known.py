"""What is known of the people whom the rows of a sheet may be: from the database, and from the sheet so far."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from wmcrm.importer.answers import ConsentSaid, Key
from wmcrm.importer.packed import PackedPeople, RefTable, Told
from wmcrm.importer.signups import KeyKind

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class KnownPresence:
    """A participation as it stands: its id (None = this sheet makes it), or by which row of the sheet it came."""

    role: str
    registration: str
    attended: bool | None
    registered_on: date | None
    record_id: int | None = None
    from_sheet: bool = False


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person of the database as far as an import needs to know; ``removed`` keys were taken away by somebody."""

    person_id: int
    names: tuple[str, ...] = field(repr=False)
    keys: frozenset[Key] = field(repr=False)
    removed: frozenset[Key] = field(default=frozenset(), repr=False)
    languages: frozenset[str] = frozenset()
    country: str | None = field(default=None, repr=False)
    city: str | None = field(default=None, repr=False)
    presences: tuple[KnownPresence, ...] = ()
    consents: frozenset[ConsentSaid] = frozenset()
    is_held_here: bool = True
    in_scope: bool = True
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """The people of the database who carry any key of some rows."""

    people: Mapping[int, KnownPerson] = field(default_factory=dict)
    carriers: Mapping[Key, tuple[int, ...]] = field(default_factory=dict)


NOBODY_KNOWN = KnownPeople()


@dataclass(slots=True)
class SheetPerson:
    """Somebody the sheet has named so far: a person of the database (positive ref) or of the sheet (minus the row).

    For people of the database it holds what the sheet adds, and their state as the sheet leaves it.
    """

    ref: int
    row: int
    key_kinds: frozenset[KeyKind] = frozenset()
    names: tuple[str, ...] = field(default=(), repr=False)
    candidates: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    country: str | None = field(default=None, repr=False)
    city: str | None = field(default=None, repr=False)
    from_sheet: frozenset[str] = frozenset()
    presences: tuple[KnownPresence, ...] = ()
    consents: tuple[ConsentSaid, ...] = ()


def _pack(person: SheetPerson) -> tuple[tuple[str, ...], Told]:
    row = 0 if person.row == -person.ref else person.row
    return person.names, (
        row,
        person.key_kinds,
        person.candidates,
        person.languages,
        person.country,
        person.city,
        person.from_sheet,
        person.presences,
        person.consents,
    )


def _unpack(ref: int, names: tuple[str, ...], told: Told) -> SheetPerson:
    row, key_kinds, *others = told
    return SheetPerson(ref, row or -ref, key_kinds, names, *others)  # type: ignore[arg-type]


@dataclass(slots=True)
class SheetMemory:
    """Whom the sheet has named so far, by the keys of their rows; compact, for sheets of 100,000 rows.

    Keys are kept as hashes of 64 bits within this process; what they point to is compared by name too.
    """

    people: PackedPeople[SheetPerson] = field(default_factory=lambda: PackedPeople(_pack, _unpack))
    _carriers: RefTable = field(default_factory=RefTable)
    _repeats: dict[int, int] = field(default_factory=dict)
    _shared: dict[object, object] = field(default_factory=dict)

    def shared(self, value: T) -> T:
        """One object for equal values: most people of a sheet have the same languages, days and roles."""
        return self._shared.setdefault(value, value)  # type: ignore[return-value]

    def carriers(self, key: Key) -> tuple[int, ...]:
        """The people of the sheet who carry a key, as refs."""
        return self._carriers.get(hash(key))

    def refs(self, keys: Iterable[Key]) -> tuple[int, ...]:
        """The people of the sheet who carry any of these keys, in the order of the sheet."""
        found = dict.fromkeys(ref for key in keys for ref in self.carriers(key))
        return tuple(sorted(found, key=lambda ref: self.people[ref].row)) if len(found) > 1 else tuple(found)

    def remember(self, ref: int, keys: Iterable[Key]) -> None:
        """From now on this person carries these keys."""
        person = self.people[ref]
        for key in keys:
            if key.kind not in person.key_kinds:
                person.key_kinds = self.shared(person.key_kinds | {key.kind})
            number = hash(key)
            if ref not in self._carriers.get(number):
                self._carriers.add(number, ref)

    def count(self, fingerprint: int) -> int:
        """How often a row of this content was seen before; this time is counted."""
        seen = self._repeats.get(fingerprint, 0)
        self._repeats[fingerprint] = seen + 1
        return seen
