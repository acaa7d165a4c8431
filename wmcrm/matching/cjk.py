"""Chinese, Japanese and Korean names against Latin spellings: by how they may be read aloud."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import islice, product

from anyascii import anyascii

from wmcrm.matching.scripts import Writing
from wmcrm.matching.tokens import Token
from wmcrm.matching.wordlists import lines

BY_SOUND = frozenset({Writing.HAN, Writing.KANA, Writing.HANGUL})
_DOUBLED = re.compile(r"(.)\1+")
_MOST_READINGS = 24
_LONGEST_WHOLE = 3


@cache
def _rules(language: str) -> tuple[tuple[str, str], ...]:
    found = [rule.partition("=") for line in lines("sounds.txt") if line[0] == language for rule in line[1:]]
    return tuple((old, new) for old, _, new in found)


@cache
def _readings(name: str) -> Mapping[str, tuple[str, ...]]:
    """A file of readings: written form -> Latin spellings, of all its lines."""
    found: dict[str, list[str]] = {}
    for written, *spellings in lines(name):
        found.setdefault(written, []).extend(spellings)
    return {written: tuple(dict.fromkeys(spellings)) for written, spellings in found.items()}


@lru_cache(maxsize=8192)
def sound(language: str, latin: str) -> str:
    """One form for the Latin spellings of a sound in `language` (mandarin, japanese, korean)."""
    for old, new in _rules(language):
        latin = latin.replace(old, new)
    return language[0] + _DOUBLED.sub(r"\1", latin)


def _spelled_out(parts: Iterable[tuple[str, ...]]) -> list[str]:
    return ["".join(choice) for choice in islice(product(*parts), _MOST_READINGS)]


def _japanese(word: str) -> list[str]:
    """Readings of ideographs (and kana among them): the whole name, or by its known beginnings and letters."""
    table = _readings("japanese.txt")
    if word in table:
        return list(table[word])
    parts: list[tuple[str, ...]] = []
    at = 0
    while at < len(word):
        size = next((n for n in range(_LONGEST_WHOLE, 0, -1) if word[at : at + n] in table), 0)
        parts.append(table[word[at : at + size]] if size else (anyascii(word[at]).lower(),))
        at += size or 1
    return _spelled_out(parts)


def _korean(word: str) -> list[str]:
    table = _readings("korean.txt")
    return _spelled_out((*table.get(syllable, ()), anyascii(syllable).lower()) for syllable in word)


def _chinese(word: str, latin: str) -> list[str]:
    return [latin, *_readings("chinese.txt").get(word, ())]


def latin_readings(token: Token) -> list[str]:
    """The Latin spellings under which a word in an East Asian script may be met, a few."""
    match token.writing:
        case Writing.HAN:
            return list(dict.fromkeys([*_chinese(token.word, token.latin)[:3], *_japanese(token.word)[:3]]))
        case Writing.HANGUL:
            return list(dict.fromkeys(_korean(token.word)))[:4]
        case _:
            return [token.latin]


@lru_cache(maxsize=8192)
def sounds_of(token: Token) -> frozenset[str]:
    """The sounds of a word, each with its language: of Latin words in every language, of others as read."""
    match token.writing:
        case Writing.HAN:
            chinese = {sound("mandarin", latin) for latin in _chinese(token.word, token.latin)}
            return frozenset(chinese | {sound("japanese", latin) for latin in _japanese(token.word)})
        case Writing.KANA:
            return frozenset({sound("japanese", token.latin)})
        case Writing.HANGUL:
            return frozenset(sound("korean", latin) for latin in _korean(token.word))
        case _:
            return frozenset(sound(language, token.latin) for language in ("mandarin", "japanese", "korean"))


def readings_meet(a: Token, b: Token) -> bool:
    """True when two words, at least one in an East Asian script, may be read the same."""
    return not sounds_of(a).isdisjoint(sounds_of(b))
