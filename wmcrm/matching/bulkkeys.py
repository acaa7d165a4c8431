"""The keys of many records at once: the rules of `keys`, worked out on columns of numbers.

Parts of a key (a skeleton, an initial, a place) are hashed once for each distinct text, and the hashes of a key's
parts are added; so two parts in either order are one key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wmcrm.matching.cjk import BY_SOUND
from wmcrm.matching.keys import KeyKind, bones_keys, email_letters, sounds
from wmcrm.matching.nametable import Flags, Ints, Names
from wmcrm.matching.scripts import Writing

Hashes = NDArray[np.uint64]
_SHORT = 6  # letters under which two of three words may be one given name (Kim Min-jun)
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True, slots=True)
class Keyed:
    """Keys of one kind: `hashes[k]` is a key of the record or value `owners[k]`."""

    kind: KeyKind
    hashes: Hashes
    owners: Ints

    def salted(self) -> NDArray[np.int64]:
        """The keys as signed numbers that differ from those of other kinds."""
        salt = np.uint64(hash(self.kind.value) & (2**64 - 1))
        return (self.hashes ^ salt).view(np.int64)

    def of_records(self, records: Ints, values: Ints, total: int) -> Keyed:
        """The keys of values as keys of the records that hold them; `values[k]` is held by `records[k]`."""
        order = np.argsort(self.owners, kind="stable")
        starts = np.searchsorted(self.owners[order], np.arange(total + 1))
        held = values >= 0
        records, values = records[held], values[held]
        counts = starts[values + 1] - starts[values]
        ends = np.cumsum(counts)
        within = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
        places = order[np.repeat(starts[values], counts) + within]
        return Keyed(self.kind, self.hashes[places], np.repeat(records, counts))


def hashed(texts: Sequence[str], salt: str = "") -> Hashes:
    """A well mixed number for each text, the same for equal texts and salts within one process."""
    numbers = np.fromiter(map(hash, texts), dtype=np.int64, count=len(texts)).view(np.uint64)
    mixed = (numbers ^ np.uint64(hash(salt) & (2**64 - 1))) + _ODD
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX[0]
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX[1]
    result: Hashes = mixed ^ (mixed >> np.uint64(31))
    return result


def _joined(kind: KeyKind, parts: Sequence[tuple[Hashes, Ints]]) -> Keyed:
    return Keyed(kind, np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts]))


@dataclass(frozen=True, slots=True)
class NameKeys:
    """The keys of names by their numbers; `places` are to be completed with the place of a record."""

    whole: Keyed
    local: Keyed
    bones: Keyed
    places: Keyed


def name_keys(names: Names) -> NameKeys:
    """The keys of every name: of names without letters none."""
    sizes = names.sizes
    telling = np.array([bool(text) and not text.isdigit() for text in names.joined[: len(sizes)]], dtype=bool)
    known = np.flatnonzero(telling).astype(np.int32)
    several = np.flatnonzero(telling & (sizes > 1)).astype(np.int32)
    ends = names.flat[names.starts[several]], names.flat[names.starts[several + 1] - 1]
    joined = [names.joined[n] for n in known.tolist()]
    return NameKeys(
        Keyed(KeyKind.NAME, word_sets(names)[known], known),
        _joined(KeyKind.LOCAL, [(hashed(joined), known), (hashed(_turned(names, several, ends[0])), several)]),
        _bones(names, several, *ends),
        _places(names, several, *ends),
    )


def word_sets(names: Names) -> Hashes:
    """A number for the words of each name, whatever their order; 0 for names without words."""
    if not len(names.handle):
        return np.empty(0, dtype=np.uint64)
    words = np.r_[hashed(names.latin)[names.flat], np.uint64(0)]
    return np.where(names.sizes > 0, np.add.reduceat(words, names.starts[:-1]), np.uint64(0))


def word_set_hashes(texts: Iterable[str]) -> Hashes:
    """The numbers that `word_sets` gives names of these words, apart by spaces."""
    return np.array([hashed(text.split()).sum(dtype=np.uint64) for text in texts], dtype=np.uint64)


def _turned(names: Names, several: Ints, first: Ints) -> list[str]:
    """Each name in one word, its first word at the end."""
    heads = [names.latin[w] for w in first.tolist()]
    return [names.joined[n][len(head) :] + head for n, head in zip(several.tolist(), heads, strict=True)]


def _bones(names: Names, several: Ints, first: Ints, last: Ints) -> Keyed:
    """The sounds of the first and the last word; of names that can be read in more ways each way."""
    by_sound = np.array([token.writing in BY_SOUND for token in names.words], dtype=bool)
    short = np.array([len(text) < _SHORT for text in names.latin], dtype=bool)
    starts = names.starts[several]
    three = names.sizes[several] == 3
    many = by_sound[first] | by_sound[last]
    many[three] |= short[names.flat[starts[three][:, None] + np.arange(3)]].all(axis=1)
    sound = hashed([sounds(token) for token in names.words], "sound")
    found = [(sound[first[~many]] + sound[last[~many]], several[~many])]
    ways = [(n, one, other) for n in several[many].tolist() for one, other in bones_keys(names.tokens(n))]
    one, other = hashed([way[1] for way in ways], "sound"), hashed([way[2] for way in ways], "sound")
    found.append((one + other, np.array([way[0] for way in ways], dtype=np.int32)))
    return _joined(KeyKind.BONES, found)


def _places(names: Names, several: Ints, first: Ints, last: Ints) -> Keyed:
    """Each word's skeleton with the other's initial."""
    bones = hashed([token.bones for token in names.words], "bones")
    initial = hashed([text[0] for text in names.latin], "initial")
    long = np.array([len(token.bones) > 1 for token in names.words], dtype=bool)
    han = np.array([token.writing is Writing.HAN for token in names.words], dtype=bool)
    found = []
    for one, other in ((first, last), (last, first)):
        chosen: Flags = long[one] & ~han[other]
        found.append((bones[one[chosen]] + initial[other[chosen]], several[chosen]))
    return _joined(KeyKind.PLACE, found)


def email_keys(emails: Sequence[str], plain: Sequence[str]) -> Iterator[Keyed]:
    """The keys of addresses in their form for comparison, `plain` being the part before the @ in Latin letters."""
    numbers = np.arange(len(emails), dtype=np.int32)
    local = np.array([text.rfind("@") > 0 for text in emails], dtype=bool)
    yield Keyed(KeyKind.EMAIL, hashed(emails)[local], numbers[local])
    letters = [email_letters(text) for text in plain]
    user = local & np.array([len(a) > 5 and len(b) > 1 for a, b in zip(plain, letters, strict=True)], dtype=bool)
    yield Keyed(KeyKind.USERNAME, hashed(plain)[user], numbers[user])
    name = local & np.array([len(text) > 6 for text in letters], dtype=bool)
    yield Keyed(KeyKind.LOCAL, hashed(letters)[name], numbers[name])


def place_keys(named: Keyed, place: Ints, places: Sequence[str]) -> Keyed:
    """Name keys of records completed with one place of each record, by its number in `places`."""
    where = place[named.owners]
    held = where >= 0
    return Keyed(KeyKind.PLACE, named.hashes[held] + hashed(places, "place")[where[held]], named.owners[held])
