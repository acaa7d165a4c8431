"""Tokens of any script -> Latin letters, and the consonant skeleton that survives transliteration."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from anyascii import anyascii


class Writing(StrEnum):
    """The writing of one token, as far as it changes how names are compared."""

    LATIN = "latin"
    ARABIC = "arabic"
    HEBREW = "hebrew"
    CYRILLIC = "cyrillic"
    GREEK = "greek"
    INDIC = "indic"
    HAN = "han"
    KANA = "kana"
    HANGUL = "hangul"
    OTHER = "other"


_RANGES: tuple[tuple[int, int, Writing], ...] = (
    (0x0041, 0x024F, Writing.LATIN),
    (0x0370, 0x03FF, Writing.GREEK),
    (0x0400, 0x052F, Writing.CYRILLIC),
    (0x0590, 0x05FF, Writing.HEBREW),
    (0x0600, 0x077F, Writing.ARABIC),
    (0x08A0, 0x08FF, Writing.ARABIC),
    (0x0900, 0x0DFF, Writing.INDIC),
    (0x1100, 0x11FF, Writing.HANGUL),
    (0x1E00, 0x1EFF, Writing.LATIN),
    (0x1F00, 0x1FFF, Writing.GREEK),
    (0x3040, 0x30FF, Writing.KANA),
    (0x3400, 0x9FFF, Writing.HAN),
    (0xAC00, 0xD7AF, Writing.HANGUL),
    (0xF900, 0xFAFF, Writing.HAN),
    (0xFB50, 0xFDFF, Writing.ARABIC),
    (0xFE70, 0xFEFF, Writing.ARABIC),
    (0x20000, 0x3FFFF, Writing.HAN),
)

# Letters that anyascii drops or writes in a way no passport does.
_ARABIC = {
    "ع": "a", "ء": "", "أ": "a", "إ": "i", "آ": "a", "ا": "a", "ؤ": "o", "ئ": "i", "ى": "a", "ة": "a",
    "و": "w", "ي": "y", "ی": "y", "ش": "sh", "خ": "kh", "غ": "gh", "ث": "th", "ذ": "dh", "ج": "j",
    "چ": "ch", "ژ": "zh", "پ": "p", "گ": "g", "ڤ": "v", "ق": "q", "ط": "t", "ض": "d", "ص": "s", "ظ": "z",
    "ح": "h", "ه": "h", "ک": "k", "ہ": "h", "ے": "e", "ں": "n", "ٹ": "t", "ڈ": "d", "ڑ": "r", "ھ": "h",
}  # fmt: skip
_HEBREW = {
    "א": "a", "ע": "a", "ו": "w", "ש": "sh", "צ": "ts", "ץ": "ts", "כ": "kh", "ך": "kh", "ח": "h",
    "ה": "h", "י": "y", "ט": "t", "ק": "k", "פ": "p", "ף": "f", "ב": "b", "ת": "t",
}  # fmt: skip
_INDIC = {"ं": "n", "ং": "n", "ં": "n", "ਂ": "n", "ం": "n", "ಂ": "n", "ം": "m", "ଂ": "n"}
_TABLES: Mapping[Writing, Mapping[str, str]] = MappingProxyType(
    {Writing.ARABIC: _ARABIC, Writing.HEBREW: _HEBREW, Writing.INDIC: _INDIC}
)
_ARTICLE = re.compile(r"^(?:ال|אל־|ה־)(?=\w{3})")


@lru_cache(maxsize=4096)
def _writing_of_letter(letter: str) -> Writing:
    code = ord(letter)
    for low, high, writing in _RANGES:
        if low <= code <= high:
            return writing
    return Writing.OTHER


def writing_of(text: str) -> Writing:
    """The writing of the first letter of `text`; OTHER when it has no letter."""
    for letter in text:
        if letter.isalpha():
            return _writing_of_letter(letter)
    return Writing.OTHER


_NO_SIGNS = {code: None for code in range(128) if not chr(code).isalnum()}


def romanise(token: str) -> str:
    """`token` in lower-case Latin letters and digits only; "" when nothing can be written so."""
    if token.isascii():
        lower = token.lower()
        return lower if lower.isalnum() else lower.translate(_NO_SIGNS)
    return _romanised(token)


@lru_cache(maxsize=8192)
def _romanised(token: str) -> str:
    writing = writing_of(token)
    table = _TABLES.get(writing)
    if table is not None:
        bare = _ARTICLE.sub("", unicodedata.normalize("NFKC", token))
        token = "".join(table.get(c, c) for c in bare)
    plain = anyascii(token).lower()
    if writing is Writing.INDIC:
        plain = re.sub(r"c(?!h)", "ch", plain)
    return "".join(c for c in plain if c.isalnum())


_DIGRAPHS = re.compile(r"sch|tch|tsh|dzh|dsch|ch|sh|zh|dj|kh|gh|ph|th|dh|bh|jh|ck|cz|sz|ts|tz|x|c(?=[eiy])")
_CLASS = {
    "sch": "s", "tch": "s", "tsh": "s", "dsch": "g", "ch": "s", "sh": "s", "zh": "g", "dj": "g", "dzh": "g",
    "kh": "k", "gh": "g", "ph": "b", "th": "t", "dh": "d", "bh": "b", "jh": "g", "ck": "k", "cz": "s",
    "sz": "s", "ts": "s", "tz": "s", "x": "ks", "c": "s",
}  # fmt: skip
_LETTER_CLASS = {
    "ش": "s", "خ": "k", "غ": "g", "ث": "t", "ذ": "d", "چ": "s", "ژ": "g", "ש": "s", "צ": "s", "ץ": "s",
    "כ": "k", "ך": "k", "ם": "m", "ן": "n", "ל": "l", "מ": "m", "נ": "n", "ס": "s", "ר": "r", "ד": "d",
    "ג": "g", "ז": "s", "م": "m", "ن": "n", "ل": "l", "ر": "r", "د": "d", "ز": "s", "س": "s", "ب": "b",
    "ت": "t", "ف": "b", "ك": "k",
}  # fmt: skip


class _Classes(dict[int, str]):
    """A table for `str.translate` that leaves out every letter it does not name."""

    def __missing__(self, code: int) -> None:
        return None


_SINGLE = _Classes({ord(a): b for a, b in zip("bdghklmnrstpfvqcjz", "bdghklmnrstbbbkkgs", strict=True)})
_SINGLE_LINES = _Classes(_SINGLE | {ord("\n"): "\n"})
_DOUBLED = re.compile(r"(.)\1+")
_LATE_H = re.compile(r"(?<=[^\n])h(?=\n|\Z)")


@lru_cache(maxsize=8192)
def skeleton(latin: str) -> str:
    """The consonant classes of a romanised token: what is left when vowels and voicing vary.

    Labials fall together, so do sibilants, velar stops, and `g` with `j`; an `h` that no vowel
    follows is silent. Two spellings of one name in different scripts mostly share it.
    """
    text = _DIGRAPHS.sub(lambda found: _CLASS[found.group()], latin)
    return _reduced(text)


def skeletons(words: Sequence[str]) -> list[str]:
    """The skeletons of many words in Latin letters, worked out in one go."""
    text = _DIGRAPHS.sub(lambda found: _CLASS[found.group()], "\n".join(words))
    bare = _LATE_H.sub("", text).translate(_SINGLE_LINES)
    return _DOUBLED.sub(r"\1", bare).split("\n") if words else []


@lru_cache(maxsize=8192)
def skeleton_of_word(word: str) -> str:
    """The skeleton of a word as written: letter by letter where the script writes consonants only.

    In Arabic and Hebrew two letters may stand where Latin writes a digraph (z and h are not zh).
    """
    writing = writing_of(word)
    if writing not in (Writing.ARABIC, Writing.HEBREW):
        return skeleton(romanise(word))
    bare = _ARTICLE.sub("", unicodedata.normalize("NFKC", word))
    table = _TABLES[writing]
    letters = (_LETTER_CLASS.get(letter, table.get(letter, "")) for letter in bare)
    return _reduced("".join(letters))


def _reduced(text: str) -> str:
    """Classes of consonants only, each once; an `h` at the end is silent."""
    if len(text) > 1 and text[-1] == "h":
        text = text[:-1]
    return _DOUBLED.sub(r"\1", text.translate(_SINGLE))


# Letters that another script's spelling may hide: a v that is written as a vowel sign, a ch that is one
# breath in Hebrew, a th or dh that is s or z in speech, the Greek pairs for ng, b and d.
_VARIANTS: tuple[tuple[str, str], ...] = (
    ("v", ""), ("w", "v"), ("ch", "h"), ("ch", "k"), ("th", "s"), ("dh", "z"), ("gg", "ng"), ("mp", "b"), ("nt", "d"),
)  # fmt: skip


@lru_cache(maxsize=8192)
def variant_skeletons(latin: str, bones: str) -> frozenset[str]:
    """`bones` and the skeletons of other ways in which the same sounds are spelled."""
    changed = {skeleton(latin.replace(old, new)) for old, new in _VARIANTS if old in latin}
    return frozenset(changed | {bones})
