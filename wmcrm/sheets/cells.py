"""Typed cells of a workbook as text, without loss and without a spreadsheet program's display format."""

from __future__ import annotations

import datetime as dt

from wmcrm.sheets.formulas import restore

CellValue = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta

_EXACT = 1e15  # above it a spreadsheet program keeps no unit digits: 2.12612E+20 has lost some


def cell_text(value: CellValue) -> str:
    """The text of one cell as ``Row`` promises it."""
    if isinstance(value, str):
        return restore(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, dt.timedelta):
        return _duration_text(value)
    if isinstance(value, dt.datetime):
        return _moment(value)
    return value.isoformat()


def number_text(value: float) -> str:
    """A number without a needless fraction; with an exponent where digits are already lost."""
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return repr(value).upper() if value == value else "#NUM!"


def _moment(value: dt.datetime) -> str:
    # Spreadsheets store a fraction of a day: 12:30:00 may come as 12:29:59.9995.
    rounded = (value + dt.timedelta(microseconds=500)).replace(microsecond=0)
    near = abs(value - rounded) <= dt.timedelta(milliseconds=1)
    return (rounded if near else value).isoformat(sep=" ")


def _duration_text(value: dt.timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
