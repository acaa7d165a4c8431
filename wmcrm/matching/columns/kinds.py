"""What a column of an unknown file holds: told, or guessed from its header and its values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files

from wmcrm.errors import BadInputError
from wmcrm.matching.scripts import romanise


class ColumnKind(StrEnum):
    """How the values of a column are compared."""

    NAME = "name"
    GIVEN = "given"
    FAMILY = "family"
    USERNAME = "username"
    EMAIL = "email"
    PHONE = "phone"
    COUNTRY = "country"
    CITY = "city"
    LANGUAGE = "language"
    AFFILIATION = "affiliation"
    DATE = "date"
    POSTCODE = "postcode"
    IDENTIFIER = "identifier"
    PLACE = "place"
    TEXT = "text"
    CATEGORY = "category"
    IGNORE = "ignore"


_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+$")
_DATE = re.compile(r"^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|(?:1[89]|20)\d{6})$")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_PHONE = re.compile(r"^(?:\+|00)[\d\s().-]{6,}$")
_SAMPLE = 2000


@cache
def _headers() -> Mapping[str, ColumnKind]:
    text = files("wmcrm.matching").joinpath("data", "columns.txt").read_text(encoding="utf-8")
    found: dict[str, ColumnKind] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            kind, _, words = line.partition(":")
            found.update((_plain(word), ColumnKind(kind)) for word in words.split(","))
    return found


def _plain(header: str) -> str:
    return " ".join(filter(None, (romanise(word) for word in re.split(r"[\W_]+", header))))


def _of_header(header: str) -> ColumnKind | None:
    plain = _plain(header)
    exact = _headers().get(plain)
    if exact is not None:
        return exact
    words = plain.split()
    spans = [" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)]
    for span in sorted(spans, key=len, reverse=True):
        if span in _headers() and len(span) > 3:
            return _headers()[span]
    return None


def _share(pattern: re.Pattern[str], values: Sequence[str]) -> float:
    return sum(bool(pattern.search(value)) for value in values) / max(len(values), 1)


def _of_values(values: Sequence[str]) -> ColumnKind:
    for pattern, kind in ((_EMAIL, ColumnKind.EMAIL), (_PHONE, ColumnKind.PHONE), (_DATE, ColumnKind.DATE)):
        if _share(pattern, values) > 0.7:
            return kind
    distinct = len(set(values))
    if distinct <= max(12, len(values) // 100):
        return ColumnKind.CATEGORY
    if _share(re.compile(r"^[\w-]*\d[\w-]*$"), values) > 0.9 and distinct > 0.8 * len(values):
        return ColumnKind.IDENTIFIER
    return ColumnKind.TEXT


def guess_kind(header: str, values: Sequence[str]) -> ColumnKind:
    """The kind of one column from its header and its filled values; values overrule the header."""
    sample = [value.strip() for value in values[:_SAMPLE]]
    if not sample or len(set(sample)) == 1 or _share(_MOMENT, sample) > 0.7:
        return ColumnKind.IGNORE
    named, seen = _of_header(header), _of_values(sample)
    if seen is ColumnKind.EMAIL or (named is ColumnKind.EMAIL and _share(_EMAIL, sample) < 0.3):
        return seen
    if named is ColumnKind.DATE and seen is not ColumnKind.DATE:
        return ColumnKind.DATE if _share(re.compile(r"\d{4}"), sample) > 0.5 else seen
    return named or seen


def column_kinds(
    header: Sequence[str], rows: Sequence[Sequence[str]], id_column: str, told: Mapping[str, str]
) -> list[ColumnKind]:
    """The kind of each column; BadInputError for a told column or kind that does not exist."""
    for column, kind in told.items():
        if column not in header:
            raise BadInputError("There is no column called {column}; check its spelling", column=column)
        if kind not in set(ColumnKind):
            kinds = ", ".join(ColumnKind)
            raise BadInputError("{kind} is no kind of column; the kinds are {kinds}", kind=kind, kinds=kinds)
    found: list[ColumnKind] = []
    for place, name in enumerate(header):
        if name == id_column:
            found.append(ColumnKind.IGNORE)
        elif name in told:
            found.append(ColumnKind(told[name]))
        else:
            found.append(guess_kind(name, [row[place] for row in rows if place < len(row) and row[place].strip()]))
    return found


def without_repeats(kinds: list[ColumnKind]) -> list[ColumnKind]:
    """The kinds with whole names left out where their parts have columns, for they say nothing twice."""
    parts = {ColumnKind.GIVEN, ColumnKind.FAMILY} <= set(kinds)
    return [ColumnKind.IGNORE if parts and kind is ColumnKind.NAME else kind for kind in kinds]
