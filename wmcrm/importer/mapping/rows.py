"""What one row of a sheet is: somebody, a total, a note, a header again, or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

from wmcrm.importer.mapping.fields import NAME_FIELDS, SheetField
from wmcrm.importer.mapping.headertext import header_key
from wmcrm.normalize import fold, is_total_word


class RowKind(StrEnum):
    """What a row of a sheet holds."""

    HEADER = "header"
    TITLE = "title"
    NOTE = "note"
    TOTAL = "total"
    BLANK = "blank"
    PERSON = "person"


_NUMBER = re.compile(r"^[-+(]?[\d٠-٩۰-۹०-९০-৯]+(?:[.,][\d٠-٩۰-۹०-९০-৯]+)*\)?\s?[%€$£¥]?$")
_DIGITS = re.compile(r"[\d٠-٩۰-۹०-९০-৯]+(?:st|nd|rd|th|er|re|e|ème|º|ª|\.)?")
_WRAPPED = re.compile(r"^\s*([-–—_=*~#+>•.]{1,}).*?([-–—_=*~#<•]{1,})\s*$|^\s*(?:[-–—=*~>•]{2,}|[•▪►→※])\s*\S")
_BLANKS_TO_FILL = re.compile(r"_{3,}|\.{5,}|…{2,}")
_PUNCTUATION = re.compile(r"[^\w\s]+")
_UNTICKED = frozenset({"false", "0", "no", "falsch", "faux", "falso", "ложь", "☐"})
_IMPORT_ID = '{"importid"'


@dataclass(frozen=True, slots=True)
class RowProfile:
    """What must be known of a table to tell its rows: the meaning of the columns and their headers."""

    fields: tuple[SheetField | None, ...]
    header_keys: frozenset[str]
    width: int


@cache
def _table() -> tuple[frozenset[str], frozenset[str]]:
    data = json.loads(files("wmcrm.importer").joinpath("data/words.json").read_text("utf-8"))
    totals = frozenset(fold(word) for words in data["total"].values() for word in words)
    notes = frozenset(fold(word) for words in data["note"].values() for word in words)
    return totals, notes


@lru_cache(maxsize=4096)
def is_total_label(text: str) -> bool:
    """True for "Total", "Total: 35", "35 participants in total" and the like, in many languages."""
    totals, _ = _table()
    stripped = fold(_PUNCTUATION.sub(" ", _DIGITS.sub(" ", text)))
    return bool(stripped) and (stripped in totals or is_total_word(text))


def kind_of(cells: Sequence[str], profile: RowProfile) -> RowKind:
    """The kind of a row below the header; cells stand in the columns of the header."""
    if any("@" in cell for cell in cells):
        return RowKind.PERSON
    filled = [(column, cell.strip()) for column, cell in enumerate(cells) if cell and not cell.isspace()]
    if not filled or _is_prepared_line(filled, profile):
        return RowKind.BLANK
    if _is_header_again(filled, profile):
        return RowKind.HEADER
    if _is_total(filled):
        return RowKind.TOTAL
    return RowKind.NOTE if _is_note(filled, profile) else RowKind.PERSON


def _field(column: int, profile: RowProfile) -> SheetField | None:
    return profile.fields[column] if column < len(profile.fields) else None


def _is_prepared_line(filled: Sequence[tuple[int, str]], profile: RowProfile) -> bool:
    """A line waiting for somebody: only its printed number, or boxes nobody ticked."""
    return all(
        (_field(column, profile) is SheetField.ROW_NO and _NUMBER.match(cell.rstrip(".)")))
        or cell.casefold() in _UNTICKED
        for column, cell in filled
    )


def _is_header_again(filled: Sequence[tuple[int, str]], profile: RowProfile) -> bool:
    if filled[0][1].casefold().startswith(_IMPORT_ID):
        return True
    same = sum(1 for _, cell in filled if len(cell) < 200 and header_key(cell) in profile.header_keys)
    if len(profile.header_keys) < 2:
        return same == len(filled)
    return same >= 2 and same >= 0.6 * len(filled)


def _is_total(filled: Sequence[tuple[int, str]]) -> bool:
    labels = [cell for _, cell in filled if len(cell) < 60 and is_total_label(cell)]
    if not labels:
        return False
    others = [cell for _, cell in filled if cell not in labels]
    return all(_NUMBER.match(cell) for cell in others) and not _NUMBER.match(labels[0])


def _is_note(filled: Sequence[tuple[int, str]], profile: RowProfile) -> bool:
    told = [(column, cell) for column, cell in filled if _field(column, profile) is not SheetField.ROW_NO]
    if not told:
        return True  # words where the number of the line should stand
    numbered = len(told) < len(filled)
    if len({cell for _, cell in filled}) == 1 and len(filled) >= 3:
        return True  # a merged label, filled into every column
    text = told[0][1]
    if len(told) == 1 and not (numbered and _NUMBER.match(filled[0][1])):
        return _is_lone_note(told[0], filled, profile)
    if len(told) <= 2 and not numbered:
        return _BLANKS_TO_FILL.search(text) is not None or text.endswith((":", "："))
    return False


def _is_lone_note(cell: tuple[int, str], filled: Sequence[tuple[int, str]], profile: RowProfile) -> bool:
    column, text = cell
    if looks_like_note(text):
        return True
    field = _field(column, profile)
    if field is SheetField.USERNAME or field is SheetField.PHONE:
        return False
    if field in NAME_FIELDS:
        return _is_long(text) or (len(filled) > 1)
    if SheetField.ROW_NO in profile.fields or profile.width > 1:
        return field is not SheetField.EMAIL
    return False


def _is_long(text: str) -> bool:
    return len(text.split()) > 7 or len(text) > 60


def has_blanks_to_fill(text: str) -> bool:
    """True for a line left open for a pen: "Signature: ______"."""
    return _BLANKS_TO_FILL.search(text) is not None


@lru_cache(maxsize=4096)
def looks_like_note(text: str) -> bool:
    """True for a line that speaks to the reader: "— Day two —", "Walk-ins below:", "Signature ____"."""
    if _WRAPPED.match(text) or _BLANKS_TO_FILL.search(text) or text.rstrip().endswith((":", "：", "؛")):
        return True
    bare = fold(_PUNCTUATION.sub(" ", _DIGITS.sub(" ", text)))
    if not bare:
        return False
    _, notes = _table()
    words = bare.split()
    return _tiled(tuple(words), notes)


def _tiled(words: tuple[str, ...], notes: frozenset[str]) -> bool:
    """True when the words are nothing but note phrases, at most two small words between them."""
    if not words:
        return True
    for size in range(len(words), 0, -1):
        if " ".join(words[:size]) in notes:
            rest = words[size:]
            return (len(rest) <= 2 and all(len(word) <= 3 for word in rest)) or _tiled(rest, notes)
    return False
