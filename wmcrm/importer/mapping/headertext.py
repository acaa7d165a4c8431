"""A header as typed -> the forms under which the table of terms can know it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Accents of Latin, Greek and Cyrillic letters, Arabic vowel signs, Indic nuktas: typed or left out
# at will. Vowel signs of Indic scripts are letters and stay.
_IGNORED_MARKS = frozenset([*range(0x0300, 0x0370), *range(0x064B, 0x0660), 0x0670, 0x093C, 0x09BC, 0x0A3C, 0x1DC0])
_LETTERS = str.maketrans(
    {
        "ı": "i",
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "æ": "ae",
        "œ": "oe",
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ئ": "ي",
        "ة": "ه",
        "ك": "ک",
        "ـ": None,
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "′": "'",
        "−": "-",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
        "\u00ad": None,
        "_": " ",
    }
)
_NUMBERING = re.compile(r"^\s*(?:q?\s?\(?\d{1,3}\s*[.、,)\]:：．]|q\d{1,3}\b|[ivx]{1,4}\.\s|\d{1,3}\s*-\s)\s*", re.I)
_MARKER = re.compile(
    r"[*✱＊†]|[(（\[【]\s*(?:required|obligatoire|obligatorio|obrigatório|requerido|erforderlich|pflichtfeld|wajib|"
    r"必填|必填项|必須|必需|zorunlu|obbligatorio|wymagane|обязательно|обов.язково|إلزامي|مطلوب|अनिवार्य|optional|"
    r"facultatif|optionnel|opcional|freiwillig|opsional|选填|選填|任意|isteğe bağlı|facoltativo|opcjonalnie|"
    r"необязательно|اختياري|वैकल्पिक)\s*[)）\]】]",
    re.I,
)
_PARENTHESIS = re.compile(r"[(（\[【{][^()（）\[\]【】{}]*[)）\]】}]?")
_INSIDE = re.compile(r"[(（\[【{]([^()（）\[\]【】{}]+)[)）\]】}]?")
_EDGES = " \t\r\n:：?？؟!！.。,，،;；؛¿¡\"“”«»'*#-|/\\=>•·"
_SPLIT = re.compile(r"\s*(?:\r?\n|[|│｜/／]|\s[-–—]\s|[:：]\s|::)\s*")
_OR = re.compile(
    r"\s+(?:or|and|&|ou|et|o|y|e|oder|und|или|и|або|чи|та|یا|و|أو|atau|dan|veya|ve|au|na|lub|albo|i|of|en|या|और|বা|ও)\s+"
    r"|或者?|和|または|及び",
    re.I,
)
_EXPLAINED = re.compile(r"\r?\n|\s[-–—]\s|[:：]\s")
_LATIN_RUN = re.compile(r"[a-z][a-z '.-]*[a-z]")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*", re.UNICODE)
_SPACES = re.compile(r"\s+")
_HASH_ONLY = re.compile(r"^[#№]+$")


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)
    kept = (
        letter
        for letter in parts
        if ord(letter) not in _IGNORED_MARKS and not (unicodedata.category(letter) == "Cf" and letter != "\u200c")
    )
    return unicodedata.normalize("NFC", "".join(kept))


@lru_cache(maxsize=16384)
def header_key(text: str) -> str:
    """The form under which two writings of one header are equal: folded, trimmed, unnumbered."""
    folded = unicodedata.normalize("NFKC", text).replace("\x00", "").casefold().translate(_LETTERS)
    folded = _SPACES.sub(" ", _without_marks(folded).replace("\u200c", " ")).strip()
    if _HASH_ONLY.match(folded):
        return "#"
    return folded.strip(_EDGES) or folded


def _cleaned(text: str) -> str:
    # before NFKC: "№" would become "No", "①" a digit
    text = _MARKER.sub(" ", text.strip("\ufeff \t\r\n"))
    return _NUMBERING.sub("", text, count=1) or text


@lru_cache(maxsize=4096)
def header_variants(header: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The whole header in its writings, most literal first; and the parts of a bilingual one.

    The whole: as it stands, without numbering and required marks, without what is in parentheses.
    The parts: what stands between slashes, bars, line breaks and dashes, and in parentheses.
    """
    cleaned = _cleaned(header)
    bare = _PARENTHESIS.sub(" ", cleaned)
    whole = _keys([header, cleaned, bare])
    texts = (bare, *_INSIDE.findall(cleaned))
    parts = [part for text in texts for line in _SPLIT.split(text) for part in _OR.split(line)]
    return whole, tuple(key for key in _keys(parts) if key not in whole)


@lru_cache(maxsize=4096)
def header_head(header: str) -> str:
    """The folded header before its explanation: before the line break, the dash or the colon."""
    return header_key(_EXPLAINED.split(_PARENTHESIS.sub(" ", _cleaned(header)).strip(), maxsplit=1)[0])


@lru_cache(maxsize=4096)
def script_parts(header: str) -> tuple[str, ...]:
    """The Latin and the other part of a header in two scripts ("姓名 Name"), () for other headers."""
    key = header_key(_PARENTHESIS.sub(" ", _cleaned(header)))
    latin = " ".join(_LATIN_RUN.findall(key))
    other = header_key(_LATIN_RUN.sub(" ", key))
    return (latin, other) if latin and any(map(str.isalpha, other)) else ()


def _keys(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in map(header_key, texts) if key))


def is_unspaced(letter: str) -> bool:
    """True for letters of scripts written without spaces (Han, kana, Thai, Lao, Khmer, Burmese)."""
    code = ord(letter)
    return (
        0x0E00 <= code <= 0x0EFF
        or 0x1000 <= code <= 0x109F
        or 0x1780 <= code <= 0x17FF
        or (0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF)
    )


def words_of(key: str) -> list[str]:
    """The words of a folded header; elided articles ("d'utilisateur") are words of their own."""
    return [part for word in _WORD.findall(key) for part in _unelided(word)]


def _unelided(word: str) -> Iterator[str]:
    head, mark, tail = word.partition("'")
    if tail == "s":
        yield head
    elif mark and len(head) <= 2 and tail:
        yield head
        yield tail
    else:
        yield _without_article(word.replace("'", "").strip("."))


def _without_article(word: str) -> str:
    """Arabic joins the article and light prepositions to the word; headers use them or not."""
    for prefix in ("وال", "بال", "ال", "لل"):
        if word.startswith(prefix) and len(word) >= len(prefix) + 3:
            return word[len(prefix) :]
    return word
