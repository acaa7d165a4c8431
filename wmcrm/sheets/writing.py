"""Rows to CSV and XLSX, so that no cell runs as a formula and reading them back gives the same rows."""

from __future__ import annotations

import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import IO, TYPE_CHECKING

from wmcrm.sheets.cells import cell_text
from wmcrm.sheets.formulas import escape_mark, neutralise

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_QUOTED = re.compile(r"[\s,;|\"<]|^sep=", re.IGNORECASE)
_LONGEST_CELL = 32_767  # of the XLSX format
_WIDEST_COLUMN = 60
_MEASURED_ROWS = 200
_BOM = "\ufeff"
_UNWRITABLE = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")
_EXACT = 10**15  # a number in XLSX keeps 15 digits
_XLSX_OPTIONS: dict[str, object] = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_csv(
    rows: Iterable[Sequence[object]],
    header: Sequence[object] = (),
    *,
    file: IO[bytes] | None = None,
    bom: bool = True,
) -> bytes:
    """The rows as UTF-8 CSV with commas; into ``file``, where one is given, and then b"" is returned.

    The byte order mark makes spreadsheet programs read UTF-8. Text that could run as a formula gets a
    ``'``, which reading takes away again. None is an empty cell; numbers, dates and booleans are
    written as ``Row`` promises to read them.
    """
    target = file or io.BytesIO()
    lines = (_csv_line(row, first=number == 0) for number, row in enumerate(_all(rows, header)))
    target.write(_BOM.encode() if bom else b"")
    target.writelines(line.encode() for line in lines)
    return target.getvalue() if isinstance(target, io.BytesIO) and file is None else b""


def _all(rows: Iterable[Sequence[object]], header: Sequence[object]) -> Iterator[Sequence[object]]:
    return chain([header] if header else [], rows)


def _csv_line(row: Sequence[object], *, first: bool) -> str:
    # The file's first cell is always quoted: no text in it can pass for another kind of file.
    cells = [_csv_cell(value, always=first and index == 0) for index, value in enumerate(row)]
    return ",".join(cells) + "\r\n"


def _csv_cell(value: object, *, always: bool = False) -> str:
    text = neutralise(_clean(value)) if isinstance(value, str) else _text(value)
    return '"' + text.replace('"', '""') + '"' if always or _QUOTED.search(text) else text


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | int | float | dt.date | dt.time | dt.timedelta):
        return cell_text(value)
    return neutralise(_clean(str(value)))


def _clean(text: str) -> str:
    """Without the few characters that no sheet can carry."""
    return _UNWRITABLE.sub("", text)


def write_xlsx(
    rows: Iterable[Sequence[object]],
    header: Sequence[object] = (),
    *,
    file: IO[bytes] | None = None,
    sheet: str = "",
    right_to_left: bool = False,
) -> bytes:
    """The rows as XLSX of one sheet; into ``file``, where one is given, and then b"" is returned.

    Text is written as text, never as a formula, number or link; a text of more than 32,767 characters
    is cut there, as the format holds no more. The header is bold and stays in sight.
    """
    from xlsxwriter import Workbook  # late: 30 ms that reading need not pay

    target = file or io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="wmcrm-") as folder:
        book = Workbook(target, _XLSX_OPTIONS | {"tmpdir": folder})
        page = book.add_worksheet(_sheet_name(sheet))
        if right_to_left:
            page.right_to_left()
        source = iter(rows)
        measured = list(islice(source, _MEASURED_ROWS))
        _set_widths(page, _all(measured, header))
        if header:
            page.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for number, row in enumerate(_all(chain(measured, source), header)):
            for column, value in enumerate(row):
                _write(page, (number, column), value, bold if header and number == 0 else None)
        book.close()
    return target.getvalue() if isinstance(target, io.BytesIO) and file is None else b""


def _sheet_name(name: str) -> str:
    """A name the format allows: 31 characters, none of []:*?/\\, no quote at an end."""
    return re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name)[:31].strip("' ") or "Sheet1"


def _set_widths(page: Worksheet, rows: Iterable[Sequence[object]]) -> None:
    widths: dict[int, int] = {}
    for row in rows:
        for column, value in enumerate(row):
            widths[column] = max(widths.get(column, 0), len(_text(value)))
    for column, width in widths.items():
        page.set_column(column, column, min(width + 2, _WIDEST_COLUMN))


def _write(page: Worksheet, place: tuple[int, int], value: object, style: Format | None) -> None:
    row, column = place
    if isinstance(value, bool):
        page.write_boolean(row, column, value, style)
    elif isinstance(value, int | float) and abs(value) < _EXACT:
        page.write_number(row, column, value, style)
    else:
        text = escape_mark(_clean(value)) if isinstance(value, str) else _plain_text(value)
        if text:
            page.write_string(row, column, text[:_LONGEST_CELL], style)


def _plain_text(value: object) -> str:
    text = _text(value)
    return text[1:] if text[:1] == "'" else text
