"""A workbook into the spool, sheet by sheet; runs in the child process only."""

from __future__ import annotations

import io
from collections.abc import Iterator

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from wmcrm.sheets.cells import cell_text
from wmcrm.sheets.kinds import FileKind
from wmcrm.sheets.limits import SheetLimits
from wmcrm.sheets.markup import Findings, SheetMarkup, scan
from wmcrm.sheets.sentences import refusal
from wmcrm.sheets.spool import SpoolWriter

Ranges = list[tuple[tuple[int, int], tuple[int, int]]]


def read_workbook(data: bytes, kind: FileKind, writer: SpoolWriter, limits: SheetLimits) -> None:
    """Spool every sheet of a workbook. Raises SheetRefusedError with the codes of ``sentences``."""
    findings = scan(data, kind, limits)
    writer.footer.notes.extend(findings.notes)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for meta in book.sheets_metadata:
            _spool_sheet(book, meta, findings, writer, limits)
    except PasswordError as error:
        raise refusal("encrypted") from error
    except (CalamineError, ValueError, OverflowError) as error:
        raise refusal("unreadable") from error


def _spool_sheet(
    book: CalamineWorkbook,
    meta: SheetMetadata,
    findings: Findings,
    writer: SpoolWriter,
    limits: SheetLimits,
) -> None:
    name = meta.name
    notes = writer.footer.notes
    if meta.typ is not SheetTypeEnum.WorkSheet:
        notes.append(("not_a_grid", {"sheet": name}))
        return
    hidden = meta.visible is not SheetVisibleEnum.Visible
    if hidden:
        notes.append(("hidden_sheet", {"sheet": name}))
    sheet = book.get_sheet_by_name(name)
    _check_extent(sheet, name, limits)
    markup = findings.of(name)
    writer.begin(name, hidden=hidden)
    for cells in _rows(sheet, markup, writer):
        writer.add(cells)
    writer.end()
    if not hidden:
        notes.extend(markup.notes(name))


def _check_extent(sheet: CalamineSheet, name: str, limits: SheetLimits) -> None:
    """Refuse before iterating: calamine pads the rows above and between without end."""
    if sheet.end is None:
        return
    row, column = sheet.end
    if row >= limits.rows:
        raise refusal("too_many_rows", sheet=name, limit=limits.rows)
    if column >= limits.columns:
        raise refusal("too_many_columns", sheet=name, limit=limits.columns)


def _rows(sheet: CalamineSheet, markup: SheetMarkup, writer: SpoolWriter) -> Iterator[list[str]]:
    if sheet.start is None:
        return
    left = [""] * sheet.start[1]
    merges = _FilledDown(sheet.merged_cell_ranges or [])
    for index, values in enumerate(sheet.iter_rows()):
        cells = left + [cell if type(cell) is str and cell[:1] != "'" else cell_text(cell) for cell in values]
        for column, text in markup.errors.get(index, ()):
            _put(cells, column, text)
        merges.apply(index, cells)
        yield cells
    if merges.filled:
        writer.footer.notes.append(("merged_cells", {"sheet": sheet.name, "count": merges.filled}))


def _put(cells: list[str], column: int, text: str) -> None:
    if column < len(cells) and not cells[column]:
        cells[column] = text


class _FilledDown:
    """Repeats the label of a merged cell in each of its rows, in its first column.

    Across columns nothing is repeated: a title over six columns is one title.
    """

    def __init__(self, ranges: Ranges) -> None:
        self.filled = 0
        tall = [(top, left, bottom) for (top, left), (bottom, _) in ranges if bottom > top]
        self._waiting = sorted(tall, reverse=True)
        self._open: dict[int, tuple[int, str]] = {}

    def apply(self, row: int, cells: list[str]) -> None:
        for column, (bottom, text) in list(self._open.items()):
            if row > bottom:
                del self._open[column]
            else:
                _put(cells, column, text)
        while self._waiting and self._waiting[-1][0] <= row:
            _, column, bottom = self._waiting.pop()
            text = cells[column] if column < len(cells) else ""
            if text and bottom > row:
                self._open[column] = (bottom, text)
                self.filled += 1
