"""Words that stand for yes, for no, for nothing and for a row of totals, in many languages.

Source: ``data/words.json``, the project's own table. A word that is not in it means nothing: consent
and attendance are never guessed.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files

from wmcrm.normalize.text import clean_text, fold

_TRIMMED = " \t.,;:!¡。、،؛'\"“”„«»"


def _key(text: str) -> str:
    # Signs such as "✓" or "-" fold to nothing and "+1" is not "1", so these are compared as written.
    folded = fold(text)
    if folded and not folded.isdigit():
        return folded
    return clean_text(text).replace("\ufe0f", "").casefold()


@lru_cache(maxsize=1)
def _words() -> dict[str, frozenset[str]]:
    table = json.loads(files("wmcrm.normalize").joinpath("data/words.json").read_text("utf-8"))
    return {
        "yes": frozenset(_key(word) for words in table["yes"].values() for word in words),
        "no": frozenset(_key(word) for words in table["no"].values() for word in words),
        "yes_begins": frozenset(map(_key, table["yes_begins"])),
        "no_begins": frozenset(map(_key, table["no_begins"])),
        "doubt": frozenset(map(_key, table["doubt"])),
        "total": frozenset(map(_key, table["total"])),
        "empty": frozenset(map(_key, table["empty"])),
    }


@lru_cache(maxsize=4096)
def parse_yes_no(text: str) -> bool | None:
    """Return what the word says in any of the languages known, None for every other text.

    The label of a ticked box ("I agree to be contacted about ...") is read by how it begins, and only
    where no word of it denies or limits. A word that means yes in one language and no in another gives
    None, for the language is not known.
    """
    key = _key(text)
    yes, no = key in _words()["yes"], key in _words()["no"]
    if yes or no:
        return None if yes == no else yes
    if _begins(key, "no_begins"):
        return False
    return True if _begins(key, "yes_begins") and not _limits(key) else None


@lru_cache(maxsize=2)
def _beginnings(kind: str) -> tuple[str, ...]:
    return tuple(_words()[kind])


def _begins(key: str, with_one_of: str) -> bool:
    return key.startswith(_beginnings(with_one_of))


def _limits(key: str) -> bool:
    doubts = _words()["doubt"]
    # Chinese and Japanese write no spaces between words, so their words of doubt are looked for anywhere.
    return any(word in doubts for word in key.split()) or any(word in key for word in doubts if word > "\u3000")


@lru_cache(maxsize=4096)
def is_placeholder(text: str) -> bool:
    """Tell whether the text stands for nothing: empty, a dash, "n/a", "none", in any language."""
    key = _key(text.strip(_TRIMMED)) or ""
    return not key or key in _words()["empty"]


@lru_cache(maxsize=4096)
def is_total_word(text: str) -> bool:
    """Tell whether the text heads a row of totals."""
    return _key(text.rstrip(" :：=")) in _words()["total"]
