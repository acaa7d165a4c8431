"""Text as typed to text that can be stored, searched and compared.

Rules: Unicode NFC for what is stored (as MediaWiki does), NFKD with marks off for what is compared.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from functools import lru_cache

from wmcrm.normalize.scripts import SCRIPT_NAMES, SCRIPT_STARTS

# Direction marks and embeddings, zero width space and word joiner, invisible operators, soft hyphen,
# Mongolian vowel separator, tatweel, NUL, byte order mark, interlinear anchors.
_INVISIBLE = (
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u00ad\u034f\u061c\u180e\u0640\x00\ufeff\ufff9-\ufffb"
)
_DROPPED = re.compile(f"[{_INVISIBLE}\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x01-\x1f\x7f-\x9f]")
# Joiners carry meaning only inside words of the scripts that use them: Arabic, Syriac, N'Ko, Indic to
# Myanmar, Khmer, Mongolian.
_JOINING = "\u0600-\u07ff\u0860-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc"
_STRAY_JOINERS = re.compile(f"(?<![{_JOINING}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_JOINING}\u200c\u200d])")
_DOUBLED_JOINERS = re.compile("([\u200c\u200d])[\u200c\u200d]+")


def clean_text(text: str) -> str:
    """Return the text as it may be stored: NFC, nothing invisible, white space collapsed.

    Zero width joiner and non-joiner stay inside words of Persian, Indic and other joining scripts,
    where they change what is read; everywhere else they go.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = _DROPPED.sub("", text)
    text = _CONTROLS.sub(" ", text)
    if "\u200c" in text or "\u200d" in text:
        text = _DOUBLED_JOINERS.sub(r"\1", _STRAY_JOINERS.sub("", text))
    return " ".join(unicodedata.normalize("NFC", text).split())


# Letters that have no decomposition but that people type without their stroke, hook or tail.
_LETTERS = {
    "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "þ": "th",
    "ŋ": "n", "ŧ": "t", "ə": "e", "ɛ": "e", "ɔ": "o", "ɓ": "b", "ɗ": "d", "ɖ": "d", "ƙ": "k", "ƴ": "y",
    "ɣ": "g", "ƒ": "f", "ʋ": "v", "ɩ": "i", "ɨ": "i", "ʉ": "u", "ƥ": "p", "ƈ": "c", "ƭ": "t", "ɲ": "n",
    "ʻ": "", "ʼ": "", "ʽ": "", "ʾ": "", "ʿ": "", "ʹ": "", "ʺ": "", "ˈ": "", "ꞌ": "", "׳": "", "״": "",
    # Arabic script: one alef, one yeh, one kaf, one heh; the lone hamza is often left out.
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ے": "ي", "ې": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ہ": "ه", "ۃ": "ه",
    "ھ": "ه", "ە": "ه", "ء": "", "ٴ": "", "ـ": "",
    # Devanagari: nukta and the moon dot are left out or swapped in everyday typing.
    "\u093c": "", "\u0901": "\u0902",
}  # fmt: skip
# Letters of their own in Russian, Belarusian and Ukrainian, though Unicode takes them apart; ё is
# written е by most and so is not among them.
_WHOLE = frozenset("йўї")
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0711\u0730-\u074a\u08ca-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]"
)
_APOSTROPHES = re.compile(r"(?<=\w)['’‘`´＇](?=\w)")
_JOINERS = re.compile("[\u200b-\u200f\u00ad\u2060]")


def _fold_character(character: str) -> str:
    lowered = character.casefold()
    if lowered in _WHOLE:
        return lowered
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", lowered).casefold())
    return "".join(map(_fold_part, parts))


def _fold_part(part: str) -> str:
    if part in _LETTERS:
        return _LETTERS[part]
    category = unicodedata.category(part)
    if category == "Nd":
        return str(unicodedata.decimal(part))
    if category == "Cf" or _MARKS.match(part):
        return ""
    return part if category[0] in "LNM" else " "


class _FoldTable(dict[int, str]):
    """A translation table that learns each character when it first meets it."""

    def __missing__(self, code_point: int) -> str:
        folded = self[code_point] = _fold_character(chr(code_point))
        return folded


_FOLD = _FoldTable()


def fold(text: str) -> str:
    """Return the one folded form in which texts are searched and matched.

    Case, marks, strokes, apostrophes inside words and the spelling variants of Arabic script go;
    digits of every script become ASCII; other punctuation becomes one space. Vowel signs of Indic
    scripts and kana voicing stay, for without them another word is read. ``fold(fold(x)) == fold(x)``.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", _JOINERS.sub("", text))
    if "'" in text or not text.isascii():
        text = _APOSTROPHES.sub("", text)
    folded = " ".join(text.translate(_FOLD).split())
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


def sort_name(text: str) -> str:
    """Return the key by which a name is put in order: the whole name folded, in the order written.

    Names are not taken apart: which part is the family name cannot be known from the text. A name
    without any letter keeps its cleaned text, so that it never sorts as nothing.
    """
    return fold(text) or clean_text(text).casefold()


@lru_cache(maxsize=4096)
def _script_of_character(character: str) -> str:
    if not character.isalpha():
        return "Zyyy"
    return SCRIPT_NAMES[bisect_right(SCRIPT_STARTS, ord(character)) - 1]


def script_of(text: str) -> str:
    """Return the ISO 15924 code of the script of most letters, "Zyyy" where there are none.

    Japanese is ``Jpan`` as soon as kana stand among the ideographs, Korean ``Kore``; ideographs alone
    are ``Hani``, because a name does not tell simplified from traditional.
    """
    if text.isascii():
        return "Latn" if any(map(str.isalpha, text)) else "Zyyy"
    counts = Counter(map(_script_of_character, unicodedata.normalize("NFKC", text)))
    del counts["Zyyy"]
    if kana := counts.pop("Kana", 0):
        counts["Jpan"] = kana + counts.pop("Hani", 0)
    if hangul := counts.pop("Hang", 0):
        counts["Kore"] = hangul + counts.pop("Hani", 0)
    return max(counts, key=lambda code: counts[code]) if counts else "Zyyy"
