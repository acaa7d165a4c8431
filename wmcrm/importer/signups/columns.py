"""The columns of a mapped sheet by what they mean, ready for reading many rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wmcrm.importer.mapping import ColumnGuess, ColumnMapping, Layout, SheetField
from wmcrm.importer.signups.signup import SheetContext
from wmcrm.normalize import DateOrder, learn_date_order, parse_date
from wmcrm.sheets.table import Row, Table

DATED = (SheetField.SIGNED_UP_AT, SheetField.EVENT_DATE, SheetField.ATTENDED)
_MOST_DATES = 4000
_EARLIEST_SIGN_UP = timedelta(days=400)
_LATEST_SIGN_UP = timedelta(days=60)

# Fields kept as typed, beside those that have a place of their own in a sign-up.
OTHERS = (
    SheetField.REGION,
    SheetField.POSTAL_CODE,
    SheetField.ROLE,
    SheetField.EVENT_NAME,
    SheetField.EVENT_DATE,
    SheetField.EXPERIENCE,
    SheetField.NOTES,
    SheetField.EXTERNAL_ID,
    SheetField.TICKET_TYPE,
    SheetField.TAGS,
    SheetField.WIKI,
    SheetField.GENDER,
    SheetField.AGE,
)


@dataclass(frozen=True, slots=True)
class Columns:
    """For each field its columns in the order of the sheet, and the date order of the dated ones."""

    by_field: Mapping[SheetField, tuple[ColumnGuess, ...]]
    others: tuple[tuple[SheetField, ColumnGuess], ...]
    orders: Mapping[int, DateOrder | None]

    def of(self, meant: SheetField) -> tuple[ColumnGuess, ...]:
        """The columns of a field, none where the sheet has none."""
        return self.by_field[meant]

    @property
    def mapped(self) -> Iterable[ColumnGuess]:
        """Every column that means something."""
        return (guess for guesses in self.by_field.values() for guess in guesses)


def prepare_columns(table: Table, layout: Layout, mapping: ColumnMapping, context: SheetContext) -> Columns:
    """Sort the columns by field and learn the order of dates of each dated column from all its values."""
    by_field: dict[SheetField, tuple[ColumnGuess, ...]] = dict.fromkeys(SheetField, ())
    for guess in mapping:
        if guess.field is not None:
            by_field[guess.field] = (*by_field[guess.field], guess)
    dated = [guess.column for meant in DATED for guess in by_field[meant]]
    others = tuple((meant, guess) for meant in OTHERS for guess in by_field[meant])
    return Columns(by_field, others, _orders(table, layout, dated, context))


def _orders(table: Table, layout: Layout, columns: Sequence[int], context: SheetContext) -> dict[int, DateOrder | None]:
    if context.date_order is not None:
        return dict.fromkeys(columns, context.date_order)
    if not columns:
        return {}
    distinct: dict[int, set[str]] = {column: set() for column in columns}
    for row in _data_rows(table, layout):
        cells = row.cells
        for column, dates in distinct.items():
            if column < len(cells) and cells[column] and len(dates) < _MOST_DATES:
                dates.add(_day_part(cells[column]))
    return {
        column: learn_date_order(dates) or _order_by_the_event(dates, context) for column, dates in distinct.items()
    }


def _order_by_the_event(dates: set[str], context: SheetContext) -> DateOrder | None:
    """The one order in which every date falls near the event; None where several do or no event is known.

    "14/3/26" can be 2014 as well as 2026: sign-ups are made in the year before an event and soon after.
    """
    starts, ends = context.event_starts_on, context.event_ends_on or context.event_starts_on
    if starts is None or ends is None or not dates:
        return None
    first, last = starts - _EARLIEST_SIGN_UP, ends + _LATEST_SIGN_UP
    fitting = [order for order in DateOrder if _all_between(dates, order, first, last)]
    return fitting[0] if len(fitting) == 1 else None


def _all_between(dates: set[str], order: DateOrder, first: date, last: date) -> bool:
    read = [parsed.first for text in dates if (parsed := parse_date(text, order)).values or parsed.problems]
    return bool(read) and all(day is not None and first <= day <= last for day in read)


def _data_rows(table: Table, layout: Layout) -> Iterator[Row]:
    return (row for row in table if row.number >= layout.first_row)


def _day_part(text: str) -> str:
    """The date without its time, so that a day's many moments count once."""
    day, _, _ = text.strip().replace("T", " ").partition(" ")
    return day if any(sign in day for sign in "-/.") and len(day) >= 6 else text.strip()
