"""A name as comparable tokens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from wmcrm.matching.scripts import Writing, romanise, skeleton_of_word, writing_of
from wmcrm.matching.wordlists import compound_families, han_variants, honorifics, japanese_families, particles

_SPLIT = re.compile(r"[\s,;/|()\[\]\"·・.،_+&-]+")
_HANDLE = re.compile(r"^(?=.*[^\W\d_])\S*\d\S*$|\s\d{2,}$")
_AND = frozenset("eyi")
_DIGIT = re.compile(r"\d")
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")


_SYLLABIC = frozenset({Writing.HAN, Writing.KANA, Writing.HANGUL})


class Token(NamedTuple):
    """One word of a name: romanised, its writing, its consonant skeleton; as written if not Latin.

    `form` is what makes two words equal: the Latin letters, of ideographs the simplified characters, for
    many that are written differently sound alike.
    """

    latin: str
    writing: Writing
    bones: str
    form: str
    word: str = ""

    @property
    def is_initial(self) -> bool:
        """True for one letter standing for a whole name."""
        return len(self.latin) == 1 and self.writing not in _SYLLABIC


class NameTokens(NamedTuple):
    """The tokens of one name in the order written; `is_handle` when it looks like a username.

    `latin` are the tokens in Latin letters, `joined` is all of them in one word, `forms` what makes names equal.
    """

    tokens: tuple[Token, ...]
    is_handle: bool
    latin: tuple[str, ...]
    joined: str
    forms: tuple[str, ...]


def visible(text: str) -> str:
    """`text` without control, format, symbol and unassigned characters (marks for direction, emoji)."""
    if text.isascii():
        return text
    kept = (c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in _INVISIBLE)
    return "".join(kept)


_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "So", "Sk"})


@lru_cache(maxsize=8192)
def token_of(word: str) -> Token:
    """The token of one word."""
    latin, writing = romanise(word), writing_of(word)
    form = word.translate(han_variants()) if writing is Writing.HAN else latin
    return Token(latin, writing, skeleton_of_word(word), form, "" if writing is Writing.LATIN else word)


def _without_title(tokens: list[Token]) -> list[Token]:
    titles = honorifics()
    if not any(t.latin in titles for t in tokens):
        return tokens
    kept = [t for t in tokens if t.latin not in titles or t.writing is not Writing.LATIN]
    return kept if len(kept) > 1 else tokens


def _unspaced(word: str) -> list[str]:
    """A whole Chinese, Japanese or Korean name written in one: its family name, then the rest."""
    if not 2 <= len(word) <= 5 or word[0] < "㐀":
        return [word]
    writing = writing_of(word)
    if writing not in (Writing.HAN, Writing.HANGUL) or not word.isalpha():
        return [word]
    known = japanese_families()
    family = next((n for n in (3, 2) if word[:n] in known or word[:n] in compound_families()), 0)
    if not family or family >= len(word):
        family = 2 if len(word) >= 4 and writing is Writing.HAN else 1
    return [word[:family], word[family:]]


def _words_of(text: str, is_handle: bool) -> list[str]:
    if is_handle:
        text = _CAMEL.sub(" ", re.sub(r"\d+", " ", text))
    words = text.split()
    if len(words) == 1:
        words = _unspaced(words[0])
    if all(map(str.isalpha, words)):
        return words
    return _SPLIT.split(text.replace("'", "").replace("’", "").replace("`", ""))


def _is_small(token: Token, between: bool) -> bool:
    """A particle before or between; an "and" (Ortega y Gasset) between. The last word never is one."""
    return token.latin in particles() or (between and token.latin in _AND)


@cache
def uncounted_words() -> frozenset[str]:
    """Romanised words that may be no part of a name, by where they stand: titles, particles, an "and"."""
    return honorifics() | particles() | _AND | {""}


def read_name(name: str, token: Callable[[str], Token]) -> NameTokens:
    """The tokens of `name` without titles and particles, each word read by `token`."""
    text = visible(name).strip()
    is_handle = _DIGIT.search(text) is not None and _HANDLE.search(text) is not None
    words = _words_of(text, is_handle)
    tokens = _without_title([t for t in map(token, words) if t.latin])
    return name_of(
        [t for place, t in enumerate(tokens) if place == len(tokens) - 1 or not _is_small(t, place > 0)], is_handle
    )


def name_of(tokens: Sequence[Token], is_handle: bool) -> NameTokens:
    """A name made of `tokens`."""
    latin = tuple([t.latin for t in tokens])
    return NameTokens(tuple(tokens), is_handle, latin, "".join(latin), tuple([t.form for t in tokens]))


@lru_cache(maxsize=8192)
def name_tokens(name: str) -> NameTokens:
    """The tokens of `name` without titles and particles; empty when nothing in it can be compared."""
    return read_name(name, token_of)
