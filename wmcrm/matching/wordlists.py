"""Our own word lists about names: honorifics, particles, nicknames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files


def lines(name: str) -> Iterator[list[str]]:
    """The lines of one of our data files as words, without comments."""
    text = files("wmcrm.matching").joinpath("data", name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split()


@cache
def honorifics() -> frozenset[str]:
    """Titles and suffixes that are no part of a name, romanised."""
    return frozenset(word for line in lines("honorifics.txt") for word in line)


@cache
def particles() -> frozenset[str]:
    """Small words inside family names that are often dropped, romanised."""
    return frozenset(word for line in lines("particles.txt") for word in line)


@cache
def nickname_groups() -> Mapping[str, frozenset[int]]:
    """Each form of a given name -> the numbers of the lines it stands on."""
    groups: dict[str, set[int]] = {}
    for number, line in enumerate(lines("nicknames.txt")):
        for word in line:
            groups.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


@cache
def japanese_families() -> frozenset[str]:
    """Japanese family names of two ideographs and more."""
    return frozenset(words[0] for words in lines("japanese.txt") if len(words[0]) > 1)


@cache
def role_names() -> frozenset[str]:
    """Local parts of mailboxes that belong to a function, not to a person."""
    return frozenset(word for line in lines("role_names.txt") for word in line)


@cache
def compound_families() -> frozenset[str]:
    """Chinese and Korean family names of two characters."""
    return frozenset(word for line in lines("compound_families.txt") for word in line)


@cache
def han_variants() -> Mapping[int, str]:
    """A table for `str.translate`: each ideograph's one form among traditional, old and simplified ones."""
    pairs = {ord(pair[0]): pair[1] for line in lines("han_variants.txt") for pair in line if pair[0] != pair[1]}
    return {code: pairs.get(ord(form), form) for code, form in pairs.items()}
