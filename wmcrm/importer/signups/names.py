"""Names as the sheet has them, and cells that name several people."""

from __future__ import annotations

import re

from wmcrm.normalize import clean_text, is_placeholder, script_of

_SURE = re.compile(r"\s*(?:\r?\n|[;；&＆]|\s\+\s|\s(?:and|AND)\s)\s*")
# "et", "y", "e", "und", "и": between two people, but also inside one name (Ortega y Gasset), so they
# part people only where each brought an address.
_LIKELY = re.compile(
    r"\s*(?:\r?\n|[;；&＆/／+、]|\s(?:and|et|y|e|und|en|och|og|i|и|та|ve|dan|na|و|और|ও|と|和)\s)\s*", re.I
)
_FAMILY_FIRST = frozenset({"Hani", "Han", "Hiragana", "Katakana", "Hangul", "Hira", "Kana", "Hang"})
_LETTER = re.compile(r"[^\W\d_]{2}")


def names_several(name: str, contacts: int) -> bool:
    """True for "Ana & Joe", and for "Ana et Joe" or "Ana / Joe" with two addresses beside them."""
    if not name or len(name) < 5:
        return False
    parts = _named(_SURE, name)
    if parts >= 2:
        return True
    return contacts >= 2 and _named(_LIKELY, name) >= 2


def _named(separator: re.Pattern[str], name: str) -> int:
    parts = [part for part in separator.split(name) if _LETTER.search(part)]
    # The same name in two scripts on two lines is one person.
    if len(parts) == 2 and script_of(parts[0]) != script_of(parts[1]):
        return 1
    return len(parts)


def clean_name(text: str) -> str:
    """The name as it may be stored, "" for what holds no letter or stands for nothing."""
    cleaned = clean_text(text)
    return "" if is_placeholder(cleaned) or not any(map(str.isalpha, cleaned)) else cleaned


def joined_name(first: str, last: str) -> str:
    """The whole name from its parts: family name first in Han, kana and Hangul, else given name first."""
    if not first or not last:
        return first or last
    if script_of(first) in _FAMILY_FIRST and script_of(last) in _FAMILY_FIRST:
        return f"{last} {first}"
    return f"{first} {last}"
