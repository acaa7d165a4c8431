"""Rows of a mapped sheet -> sign-ups and what was wrong with them, one row at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from wmcrm.importer.mapping import ColumnGuess, ColumnMapping, Layout, Registration, RowKind, SheetField
from wmcrm.importer.signups import issues as wrong
from wmcrm.importer.signups.columns import Columns, prepare_columns
from wmcrm.importer.signups.hints import country_of_city
from wmcrm.importer.signups.issues import Issue, from_problem
from wmcrm.importer.signups.names import clean_name, joined_name, names_several
from wmcrm.importer.signups.roles import asks_for_event_role, capacity_of, event_role_of, part_in_block
from wmcrm.importer.signups.signup import Capacity, SheetContext, Signup, SignupRow
from wmcrm.importer.signups.standing import consents_of, standing_of
from wmcrm.normalize import (
    Parsed,
    clean_text,
    is_placeholder,
    is_staff_username,
    parse_country,
    parse_emails,
    parse_excel_serial,
    parse_languages,
    parse_moment,
    parse_phones,
    parse_username,
)
from wmcrm.sheets.table import Row, Table

_FORMULA_ERRORS = frozenset(
    {"#div/0!", "#ref!", "#value!", "#name?", "#num!", "#null!", "#error!", "#spill!", "#calc!"}
)

_TYPED_MOMENT = re.compile(r"[12]\d{3}-[01]\d-[0-3]\d [0-2]\d:[0-5]\d:[0-5]\d", re.ASCII)


def read_signups(table: Table, layout: Layout, mapping: ColumnMapping, context: SheetContext) -> Iterator[SignupRow]:
    """Give every row of the sheet in order, people with their sign-up; nothing is held but one row.

    The order of dates of a column is learned first, in a pass of its own over the table.
    """
    reader = _Reader(layout, prepare_columns(table, layout, mapping, context), context)
    for row in table:
        yield reader.read(row)


@dataclass(slots=True)
class _Reader:
    """What is the same for all rows, and which columns' undecidable dates have been told."""

    layout: Layout
    columns: Columns
    context: SheetContext
    told_dates: set[int] = field(default_factory=set)
    mapped: tuple[ColumnGuess, ...] = ()
    width: int = 0

    def __post_init__(self) -> None:
        self.mapped = tuple(self.columns.mapped)
        self.width = max((guess.column + 1 for guess in self.mapped), default=0)

    def read(self, row: Row) -> SignupRow:
        kind = self.layout.row_kind(row)
        if kind is not RowKind.PERSON:
            return SignupRow(row.number, kind, row.cells)
        found: list[Issue] = []
        cells = [cell.strip() for cell in self.layout.aligned(row)]
        cells.extend([""] * (self.width - len(cells)))
        if any(cell[:1] == "#" for cell in cells):
            self._take_out_formula_errors(row.number, cells, found)
        signup = _RowReader(row.number, cells, self, found).signup()
        if signup is not None and self.layout.blocks:
            signup = self._in_block(row, signup)
        return SignupRow(row.number, kind, row.cells, signup, tuple(found))

    def _take_out_formula_errors(self, number: int, cells: list[str], found: list[Issue]) -> None:
        for guess in self.mapped:
            text = cells[guess.column]
            if text.casefold() in _FORMULA_ERRORS:
                cells[guess.column] = ""
                found.append(wrong.formula_error(number, guess.header, text))

    def _in_block(self, row: Row, signup: Signup) -> Signup:
        block = self.layout.block_of(row)
        role, capacity = part_in_block(block.title) if block is not None else (None, None)
        return replace(signup, event_role=role, capacity=capacity) if capacity else signup


@dataclass(slots=True)
class _RowReader:
    """One row being read: its cells in the columns of the header, and the issues found so far."""

    number: int
    cells: list[str]
    sheet: _Reader
    found: list[Issue]

    def signup(self) -> Signup | None:
        """The sign-up, None where the row names nobody or several people."""
        columns = self.sheet.columns
        first, last = self._name(SheetField.FIRST_NAME), self._name(SheetField.LAST_NAME)
        whole = self._name(SheetField.FULL_NAME) or joined_name(first, last)
        country = self._country()
        emails = self._values(SheetField.EMAIL, parse_emails)
        phones = self._phones(country)
        usernames = self._values(SheetField.USERNAME, parse_username)
        if names_several(self._raw_name() or whole, max(len(emails), len(phones))):
            self.found.append(wrong.several_people(self.number, self._name_header(), whole))
            return None
        if not (whole or emails or phones or usernames):
            self.found.append(wrong.nobody(self.number))
            return None
        standing = standing_of(self.number, self.cell, columns, self.sheet.context.rows_mean, self.found)
        role, capacity = self._part(usernames)
        return Signup(
            full_name=whole,
            first_name=first,
            last_name=last,
            emails=emails,
            phones=phones,
            usernames=usernames,
            country=country,
            city=self._text(SheetField.CITY),
            languages=self._values(SheetField.LANGUAGE, parse_languages),
            affiliation=self._text(SheetField.AFFILIATION),
            consents=consents_of(self.number, self.cell, columns, self.found),
            attended=standing.attended,
            registration=standing.registration or Registration.REGISTERED,
            event_role=role,
            capacity=capacity,
            signed_up_at=self._signed_up_at(),
            others=self._others(),
        )

    def cell(self, guess: ColumnGuess) -> str:
        """The text of a column in this row, "" where it is empty."""
        return self.cells[guess.column]

    def _phones(self, country: str | None) -> tuple[str, ...]:
        """The numbers, read for the row's country, else for its city's, else for the event's."""

        def read(text: str) -> Parsed[str]:
            parsed = parse_phones(text, country=country or country_of_city(self._text(SheetField.CITY)))
            event_country = self.sheet.context.event_country
            if parsed.values or country or not event_country:
                return parsed
            return parse_phones(text, country=event_country)

        return self._values(SheetField.PHONE, read)

    def _values(self, meant: SheetField, parse: Callable[[str], Parsed[str]]) -> tuple[str, ...]:
        values: tuple[str, ...] = ()
        for guess in self.sheet.columns.of(meant):
            if text := self.cell(guess):
                parsed = parse(text)
                values += parsed.values
                self._report(parsed, guess)
        return values if len(values) < 2 else tuple(dict.fromkeys(values))

    def _report(self, parsed: Parsed[str], guess: ColumnGuess) -> None:
        for problem in parsed.problems:
            self.found.append(from_problem(problem, self.number, guess.header))

    def _text(self, meant: SheetField) -> str:
        for guess in self.sheet.columns.of(meant):
            text = self.cell(guess)
            if text and not is_placeholder(text):
                return clean_text(text)
        return ""

    def _name(self, meant: SheetField) -> str:
        for guess in self.sheet.columns.of(meant):
            if name := clean_name(self.cell(guess)):
                return name
        return ""

    def _raw_name(self) -> str:
        """The cell of the whole name with its line breaks, which cleaning would take away."""
        return next((self.cell(guess) for guess in self.sheet.columns.of(SheetField.FULL_NAME)), "")

    def _name_header(self) -> str:
        names = (SheetField.FULL_NAME, SheetField.FIRST_NAME, SheetField.LAST_NAME)
        return next((guess.header for meant in names for guess in self.sheet.columns.of(meant)), "")

    def _country(self) -> str | None:
        codes = self._values(SheetField.COUNTRY, parse_country)
        return codes[0] if codes else None

    def _part(self, usernames: tuple[str, ...]) -> tuple[str | None, Capacity | None]:
        """The role in the event that the role or the ticket column names, and the capacity with it."""
        columns = self.sheet.columns
        asked = [guess for guess in columns.of(SheetField.ROLE) if asks_for_event_role(guess.header)]
        role = None
        for guess in (*asked, *columns.of(SheetField.TICKET_TYPE)):
            role = role or event_role_of(self.cell(guess))
        staff = any(map(is_staff_username, usernames))
        return role, Capacity.STAFF if staff else capacity_of(role)

    def _signed_up_at(self) -> datetime | None:
        for guess in self.sheet.columns.of(SheetField.SIGNED_UP_AT):
            text = self.cell(guess)
            if text:
                return self._moment(text, guess)
        return None

    def _moment(self, text: str, guess: ColumnGuess) -> datetime | None:
        if _TYPED_MOMENT.fullmatch(text):  # as readers write typed cells: most rows of most exports
            with suppress(ValueError):
                return datetime.fromisoformat(text)
        parsed = parse_moment(text, self.sheet.columns.orders.get(guess.column))
        if parsed.first is None and text.replace(".", "", 1).isdecimal():
            parsed = parse_excel_serial(text)
        for problem in parsed.problems:
            if problem.code != "date_ambiguous":
                self.found.append(from_problem(problem, self.number, guess.header))
            elif guess.column not in self.sheet.told_dates:
                self.sheet.told_dates.add(guess.column)
                self.found.append(wrong.date_order_unknown(self.number, guess.header, problem))
        return parsed.first

    def _others(self) -> tuple[tuple[SheetField, str], ...]:
        return tuple(
            (meant, clean_text(text))
            for meant, guess in self.sheet.columns.others
            if (text := self.cell(guess)) and not is_placeholder(text)
        )
