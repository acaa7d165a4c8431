"""Compact stores for what a sheet of 100,000 rows leaves to be remembered: plain numbers and bytes, not objects."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterator, MutableMapping
from typing import Generic, TypeVar

EMPTY = 0  # refs are never zero: rows count from one
FEW = 1024
SEVERAL = 2**62  # marks a number whose refs are in a dictionary

Told = tuple[Hashable, ...]
P = TypeVar("P")


class RefTable:
    """Refs by numbers of 64 bits: open addressing in two arrays, at most two thirds full; about 30 bytes a number."""

    __slots__ = ("_count", "_mask", "_numbers", "_refs", "_several")

    def __init__(self) -> None:
        self._several: dict[int, tuple[int, ...]] = {}
        self._make(FEW)

    def get(self, number: int) -> tuple[int, ...]:
        """The refs under a number, in the order in which they came."""
        ref = self._refs[self._place(number)]
        if ref == EMPTY:
            return ()
        return self._several[number] if ref == SEVERAL else (ref,)

    def add(self, number: int, ref: int) -> None:
        """One more ref under a number."""
        place = self._place(number)
        held = self._refs[place]
        if held == EMPTY:
            self._numbers[place], self._refs[place] = number, ref
            self._count += 1
            if self._count * 3 > self._mask * 2:
                self._grow()
        else:
            self._several[number] = (*self.get(number), ref)
            self._refs[place] = SEVERAL

    def _place(self, number: int) -> int:
        place = number & self._mask
        while self._refs[place] != EMPTY and self._numbers[place] != number:
            place = (place + 1) & self._mask
        return place

    def _make(self, size: int) -> None:
        self._count, self._mask = 0, size - 1
        self._numbers, self._refs = array("q", bytes(8 * size)), array("q", bytes(8 * size))

    def _grow(self) -> None:
        numbers, refs = self._numbers, self._refs
        count = self._count
        self._make(2 * len(numbers))
        self._count = count
        for number, ref in zip(numbers, refs, strict=True):
            if ref != EMPTY:
                place = self._place(number)
                self._numbers[place], self._refs[place] = number, ref


class PackedPeople(MutableMapping[int, P], Generic[P]):
    """Records by ref: those of late are objects, all earlier ones packed; what comes back is an object again.

    ``pack`` splits a record into texts and values that many records share, ``unpack`` makes it anew. An object is
    packed after 1,024 others were asked for: until then changes of it are kept, so do not hold one for longer.
    """

    def __init__(
        self,
        pack: Callable[[P], tuple[tuple[str, ...], Told]],
        unpack: Callable[[int, tuple[str, ...], Told], P],
    ) -> None:
        self._pack, self._unpack = pack, unpack
        self._open: dict[int, P] = {}
        self._places: dict[int, int] = {}  # of people of the database
        self._rows = array("q")  # of people of the sheet, by row: place and one, zero where there is none
        self._told: list[Told] = []
        self._texts: list[bytes | tuple[str, ...]] = []
        self._shared: dict[Told, Told] = {}

    def __getitem__(self, ref: int) -> P:
        found = self._open.get(ref)
        if found is None:
            place = self._place(ref)
            if place is None:
                raise KeyError(ref)
            found = self._unpack(ref, _texts(self._texts[place]), self._told[place])
            self[ref] = found
        return found

    def __setitem__(self, ref: int, record: P) -> None:
        self._open[ref] = record
        if len(self._open) > 2 * FEW:
            for early in list(self._open)[:FEW]:
                self._put_away(early, self._open.pop(early))

    def __contains__(self, ref: object) -> bool:
        return ref in self._open or (isinstance(ref, int) and self._place(ref) is not None)

    def __delitem__(self, ref: int) -> None:
        raise TypeError("nobody whom a sheet named is forgotten")

    def __iter__(self) -> Iterator[int]:
        yield from self._places
        yield from (-row for row, place in enumerate(self._rows) if place)
        yield from (ref for ref in self._open if self._place(ref) is None)

    def __len__(self) -> int:
        return len(self._told) + sum(self._place(ref) is None for ref in self._open)

    def _place(self, ref: int) -> int | None:
        if ref > 0:
            return self._places.get(ref)
        place = self._rows[-ref] if -ref < len(self._rows) else 0
        return place - 1 if place else None

    def _put_away(self, ref: int, record: P) -> None:
        texts, told = self._pack(record)
        told = self._shared.setdefault(told, told)
        packed = texts[0].encode("utf-8", "surrogatepass") if len(texts) == 1 else texts
        place = self._place(ref)
        if place is None:
            self._keep_place(ref, len(self._told))
            self._told.append(told)
            self._texts.append(packed)
        else:
            self._told[place], self._texts[place] = told, packed

    def _keep_place(self, ref: int, place: int) -> None:
        if ref > 0:
            self._places[ref] = place
            return
        if -ref >= len(self._rows):
            self._rows.extend([0] * (-ref + 1 - len(self._rows)))
        self._rows[-ref] = place + 1


def _texts(packed: bytes | tuple[str, ...]) -> tuple[str, ...]:
    return (packed.decode("utf-8", "surrogatepass"),) if isinstance(packed, bytes) else packed
