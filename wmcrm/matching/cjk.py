"""Chinese, Japanese and Korean names against Latin spellings: by how they may be read aloud."""

from __future__ import annotations

import re
from functools import lru_cache

from wmcrm.matching.scripts import Writing
from wmcrm.matching.tokens import Token

_DOUBLED = re.compile(r"(.)\1+")
_MANDARIN = (
    ("hs", "x"), ("zh", "j"), ("ch", "j"), ("q", "j"), ("sh", "s"), ("x", "s"), ("ts", "z"), ("tz", "z"),
    ("c", "z"), ("p", "b"), ("t", "d"), ("k", "g"), ("ong", "ung"), ("ieh", "ie"), ("ueh", "ue"), ("iou", "iu"),
    ("ieou", "iu"), ("eou", "iu"), ("uei", "ui"), ("ien", "ian"), ("uo", "o"), ("wo", "o"), ("ou", "o"),
    ("yi", "i"), ("wu", "u"), ("yu", "u"), ("ee", "i"), ("eh", "e"), ("ih", "i"), ("oo", "u"), ("iang", "ang"), ("ia", "a"),
)  # fmt: skip
_JAPANESE = (
    ("oh", "o"), ("ou", "o"), ("oo", "o"), ("uu", "u"), ("aa", "a"), ("ii", "i"), ("tsu", "tu"), ("shi", "si"), ("chi", "ti"),
    ("sh", "sy"), ("ch", "ty"), ("ji", "zi"), ("j", "zy"), ("fu", "hu"), ("mb", "nb"), ("mp", "np"), ("mm", "nm"),
)  # fmt: skip
_KOREAN = (
    ("sh", "s"), ("ch", "c"), ("j", "c"), ("kk", "k"), ("g", "k"), ("d", "t"), ("b", "p"), ("r", "l"), ("ck", "k"),
    ("yeo", "yo"), ("eo", "o"), ("eu", "u"), ("oo", "u"), ("ou", "u"), ("woo", "u"), ("wu", "u"), ("ae", "e"), ("ai", "e"),
    ("ay", "e"), ("ee", "i"), ("ui", "i"), ("oe", "we"), ("u", "o"), ("ya", "a"), ("ye", "e"), ("yo", "o"), ("yi", "i"), ("h", ""),
)  # fmt: skip


def _rewritten(latin: str, rules: tuple[tuple[str, str], ...]) -> str:
    for old, new in rules:
        latin = latin.replace(old, new)
    return _DOUBLED.sub(r"\1", latin)


@lru_cache(maxsize=100_000)
def mandarin_key(latin: str) -> str:
    """One form for pinyin, Wade-Giles and everyday spellings of a Mandarin name."""
    return _rewritten(latin, _MANDARIN)


@lru_cache(maxsize=100_000)
def japanese_key(latin: str) -> str:
    """One form for Hepburn, Kunrei and everyday spellings of a Japanese name."""
    return _rewritten(latin, _JAPANESE)


@lru_cache(maxsize=100_000)
def korean_key(latin: str) -> str:
    """One form for the Revised, McCune-Reischauer and everyday spellings of a Korean name."""
    return _rewritten(latin, _KOREAN)


@lru_cache(maxsize=100_000)
def sound_keys(token: Token) -> frozenset[str]:
    """The sounds by which a word in an East Asian script may be written in Latin, prefixed by language."""
    match token.writing:
        case Writing.HAN:
            return frozenset({"c" + mandarin_key(token.latin)})
        case Writing.KANA:
            return frozenset({"j" + japanese_key(token.latin)})
        case Writing.HANGUL:
            return frozenset({"k" + korean_key(token.latin)})
        case _:
            latin = token.latin
            return frozenset({"c" + mandarin_key(latin), "j" + japanese_key(latin), "k" + korean_key(latin)})


def readings_meet(a: Token, b: Token) -> bool:
    """True when two words, at least one in an East Asian script, may be read the same."""
    return not sound_keys(a).isdisjoint(sound_keys(b))
