"""The cells of one row, read by field; what is wrong becomes issues and the row goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeVar

from wmcrm.importer.files.columns import FileColumn, FileColumns
from wmcrm.importer.files.issues import ERROR, issue_of, row_issue
from wmcrm.importer.files.words import code_of, read_word
from wmcrm.importer.report import RowIssue
from wmcrm.normalize import (
    DateOrder,
    Parsed,
    clean_text,
    is_placeholder,
    learn_date_order,
    parse_country,
    parse_date,
    parse_moment,
    parse_yes_no,
)
from wmcrm.sheets.table import Row, Table

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
DATE_FIELDS = frozenset({"founded_on", "starts_on", "ends_on", "created_at", "started_on", "ended_on", "given_on"}) | {
    "registered_on"
}
ID_LENGTH = 200


@dataclass(slots=True)
class FileReader:
    """What all rows of a file share: the places of its fields, the order of its dates, words already read."""

    places: Mapping[str, FileColumn]
    orders: Mapping[str, DateOrder | None]
    words: dict[tuple[str, str], object] = field(default_factory=dict)
    ordered: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        self.ordered = tuple(sorted((name, column.index) for name, column in self.places.items()))


def file_reader(columns: FileColumns, table: Table, date_order: DateOrder | None) -> FileReader:
    """A reader of a file; where no order of dates is given it is learned from each column's values."""
    places = columns.places
    dated = {name: column for name, column in places.items() if name in DATE_FIELDS}
    orders: dict[str, DateOrder | None] = dict.fromkeys(dated, date_order)
    if date_order is None:
        values: dict[str, set[str]] = {name: set() for name in dated}
        for row in table:
            if row.number > columns.header_row:
                for name, column in dated.items():
                    values[name].add(row.cell(column.index))
        orders = {name: _learned(found) for name, found in values.items()}
    return FileReader(places, orders)


def _learned(values: set[str]) -> DateOrder | None:
    written = [value for value in values if value.strip()]
    if all(ISO_DAY.match(value) for value in written):
        return DateOrder.YMD
    return learn_date_order(written)


def external_key(cell: str) -> str:
    """An id as it is kept; ``12.0`` of a spreadsheet is ``12``."""
    return clean_text(cell).removesuffix(".0")


class Cells:
    """The cells of one row by field. ``issues`` grows as they are read; ``rejected`` ends the row."""

    __slots__ = ("_reader", "_row", "issues", "rejected")

    def __init__(self, reader: FileReader, row: Row) -> None:
        self._reader = reader
        self._row = row
        self.issues: list[RowIssue] = []
        self.rejected = False

    @property
    def number(self) -> int:
        """The row's number as the spreadsheet program shows it."""
        return self._row.number

    def raw(self, name: str) -> str:
        """The cell as typed, "" where the file has no such column."""
        column = self._reader.places.get(name)
        return self._row.cell(column.index).strip() if column else ""

    def header(self, name: str) -> str | None:
        """The header of a field's column as typed."""
        column = self._reader.places.get(name)
        return column.header if column else None

    def text(self, name: str, limit: int = 300) -> str | None:
        """The cell as it may be stored; None for blanks, dashes and what is too long."""
        raw = self.raw(name)
        if not raw or (len(raw) < 20 and is_placeholder(raw)):
            return None
        text = clean_text(raw)
        if len(text) > limit:
            self.warn(name, "too_long", f"'{text[:40]}…' is longer than {limit} characters; shorten it", text)
            return None
        return text or None

    def needed(self, name: str, limit: int = 300) -> str:
        """The cell of a field without which the row cannot be kept."""
        text = self.text(name, limit)
        if text is None and not self.rejected:
            self.reject(name, "missing_value", f"Column {self.header(name) or name} is empty; fill it in")
        return text or ""

    def key(self, name: str = "id") -> str:
        """An id as other files refer to it; ``12.0`` of a spreadsheet is ``12``."""
        raw = external_key(self.raw(name))
        if not raw:
            self.reject(name, "missing_id", f"Column {self.header(name) or name} is empty; every row needs one")
        elif len(raw) > ID_LENGTH:
            self.reject(name, "too_long", f"An id has at most {ID_LENGTH} characters")
        return raw[:ID_LENGTH]

    def word(self, name: str, kind: type[E], synonyms: Mapping[str, E], *, needed: bool = False) -> E | None:
        """The member of a vocabulary that the cell names; an unknown word rejects the row when needed."""
        return self.known(name, lambda raw: read_word(raw, kind, synonyms), list(kind), needed=needed)

    def known(self, name: str, read: Callable[[str], T | None], codes: list[E], *, needed: bool) -> T | None:
        """What ``read`` makes of the cell's word; ``codes`` are what the message offers instead."""
        raw = self.raw(name)
        if not raw:
            if needed:
                self.needed(name)
            return None
        key = (name, raw)
        if key not in self._reader.words:
            self._reader.words[key] = read(raw)
        found: T | None = self._reader.words[key]  # type: ignore[assignment]
        if found is None:
            self._unknown_word(name, raw, [code.value for code in codes], needed)
        return found

    def day(self, name: str) -> date | None:
        """The day the cell names; what is no day is an issue."""
        raw = self.raw(name)
        if not raw:
            return None
        if len(raw) == 10 and ISO_DAY.fullmatch(raw):
            try:
                return date.fromisoformat(raw)
            except ValueError:
                pass  # said by the parser below
        return self._parsed(name, parse_date(raw, self._reader.orders.get(name)))

    def needed_day(self, name: str) -> date | None:
        """The day without which the row cannot be kept."""
        day = self.day(name)
        if day is None and self.raw(name):
            self.rejected = True
        elif day is None:
            self.needed(name)
        return day

    def moment(self, name: str) -> datetime | None:
        """The moment the cell names, in UTC."""
        found = self._parsed(name, parse_moment(self.raw(name), self._reader.orders.get(name)))
        return found.replace(tzinfo=UTC) if found else None

    def flag(self, name: str) -> bool | None:
        """Yes or no; an unknown word is an issue and means nothing."""
        raw = self.raw(name)
        if not raw:
            return None
        found = parse_yes_no(raw)
        if found is None:
            self.warn(name, "unknown_word", f"'{raw}' is neither yes nor no; write yes or no", raw)
        return found

    def country(self, name: str = "country") -> str | None:
        """The country's code; an unknown one is an issue."""
        raw = self.raw(name)
        return self._parsed(name, parse_country(raw)) if raw else None

    def several(self, name: str, parsed: Parsed[T]) -> tuple[T, ...]:
        """The values of a cell that may hold several; its problems become issues."""
        header = self.header(name)
        self.issues += [issue_of(self.number, header, problem) for problem in parsed.problems]
        return parsed.values

    def warn(self, name: str, code: str, message: str, value: str = "") -> None:
        """An issue of a cell that is left out while the row is kept."""
        self.issues.append(row_issue(self.number, self.header(name), code, message, value))

    def reject(self, name: str, code: str, message: str, value: str = "") -> None:
        """An issue that the row cannot be kept with."""
        self.rejected = True
        self.warn(name, code, message, value)

    def _parsed(self, name: str, parsed: Parsed[T]) -> T | None:
        values = self.several(name, parsed)
        return values[0] if values else None

    def _unknown_word(self, name: str, raw: str, codes: list[str], rejects: bool) -> None:
        from rapidfuzz import fuzz, process

        near = process.extractOne(code_of(raw), codes, scorer=fuzz.ratio, score_cutoff=70)
        message = f"'{raw}' is none of {', '.join(codes)}"
        suggestion = near[0] if near else None
        self.rejected = self.rejected or rejects
        self.issues.append(RowIssue(self.number, self.header(name), "unknown_word", message, ERROR, raw, suggestion))
