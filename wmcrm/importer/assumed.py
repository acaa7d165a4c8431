"""How the dates of a sheet are read, so that somebody can say otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wmcrm.importer.draftsheet import DraftSheet
from wmcrm.importer.mapping import ColumnMapping, sample_rows
from wmcrm.importer.signups import SheetContext
from wmcrm.importer.signups.columns import DATED, prepare_columns
from wmcrm.normalize import DateOrder, parse_date


@dataclass(frozen=True, slots=True)
class DateReading:
    """A dated column: a date as typed, the day it is read as (None: undecided), every day it could be."""

    header: str
    typed: str
    order: DateOrder | None
    day: date | None
    readings: tuple[tuple[DateOrder, date], ...]


def date_readings(sheet: DraftSheet, mapping: ColumnMapping, context: SheetContext) -> tuple[DateReading, ...]:
    """The dated columns of which a date can be read in several ways."""
    columns = prepare_columns(sheet.table, sheet.layout, mapping, context)
    headers = {guess.column: guess.header for meant in DATED for guess in columns.of(meant)}
    samples = sample_rows(sheet.table, sheet.layout)
    found = []
    for column, header in headers.items():
        typed = {cells[column].strip() for cells in samples if column < len(cells)}
        told = next((reading for text in sorted(typed) if (reading := _ways(text)) and len(reading[1]) > 1), None)
        if told is not None:
            order = columns.orders.get(column)
            day = dict(told[1]).get(order) if order else None
            found.append(DateReading(header, told[0], order, day, told[1]))
    return tuple(found)


def _ways(text: str) -> tuple[str, tuple[tuple[DateOrder, date], ...]] | None:
    """The part of a cell that is a date, with the different days that it can mean."""
    day_part = text.replace("T", " ").partition(" ")[0]
    ways: dict[date, DateOrder] = {}
    for order in DateOrder:
        day = parse_date(day_part, order).first
        if day is not None:
            ways.setdefault(day, order)
    return (day_part, tuple((order, day) for day, order in ways.items())) if ways else None
