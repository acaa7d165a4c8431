"""Rows on their way from the child process to the parent: batches of JSON in one temporary file.

The parent keeps only where each batch lies. JSON and not marshal or pickle, because the child
has read a file that may be hostile.
"""

from __future__ import annotations

import json
import struct
import threading
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO

from wmcrm.sheets.limits import SheetLimits
from wmcrm.sheets.sentences import Params, refusal
from wmcrm.sheets.table import Row

BATCH_ROWS = 512
BATCH_CHARACTERS = 1_000_000
_TRAILER = struct.Struct(">8sQQ")
_MAGIC = b"wmcrm/1\n"
_MAX_FOOTER = 32 * 1024**2


@dataclass(frozen=True, slots=True)
class Batch:
    """Where some rows lie in the spool, and the number of the first of them."""

    offset: int
    length: int
    first_number: int


@dataclass(slots=True)
class TableEntry:
    """What the footer says about one table."""

    name: str
    hidden: bool
    row_count: int = 0
    column_count: int = 0
    batches: list[Batch] = field(default_factory=list)


@dataclass(slots=True)
class Footer:
    """What the child says at its end: the tables, or why it refused."""

    tables: list[TableEntry] = field(default_factory=list)
    notes: list[tuple[str, Params]] = field(default_factory=list)
    encoding: str | None = None
    delimiter: str | None = None
    refused: tuple[str, Params] | None = None


class SpoolWriter:
    """Writes tables row by row, dropping blank rows at the end and empty cells at the end of a row.

    Raises SheetRefusedError when a limit is passed.
    """

    def __init__(self, file: IO[bytes], limits: SheetLimits) -> None:
        self.footer = Footer()
        self._file = file
        self._limits = limits
        self._offset = 0
        self._cells = 0
        self._pending: list[list[str]] = []
        self._characters = 0
        self._blank = 0
        self._written = 0
        self._first = 1

    def begin(self, name: str, *, hidden: bool = False) -> None:
        """Start a table; rows added from now on are its rows, numbered from 1."""
        self.footer.tables.append(TableEntry(name, hidden))
        self._pending, self._characters, self._blank, self._written, self._first = [], 0, 0, 0, 1

    def add(self, cells: list[str]) -> None:
        """Add the next row; a row without any text counts as blank."""
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            self._blank += 1
            return
        self._check(len(cells))
        while self._blank:
            self._blank -= 1
            self._append([])
        self._append(cells)

    def end(self) -> None:
        """Finish the table."""
        self._flush()
        self.footer.tables[-1].row_count = self._written

    def close(self) -> None:
        """Write the footer; without it the parent takes the reading for failed."""
        data = json.dumps(_footer_to_json(self.footer)).encode()
        self._file.write(data + _TRAILER.pack(_MAGIC, self._offset, len(data)))
        self._file.flush()

    def _check(self, width: int) -> None:
        table = self.footer.tables[-1]
        table.column_count = max(table.column_count, width)
        self._cells += width
        if self._written + self._blank >= self._limits.rows:
            raise refusal("too_many_rows", sheet=table.name, limit=self._limits.rows)
        if width > self._limits.columns:
            raise refusal("too_many_columns", sheet=table.name, limit=self._limits.columns)
        if self._cells > self._limits.cells:
            raise refusal("too_many_cells", limit=self._limits.cells)

    def _append(self, cells: list[str]) -> None:
        self._pending.append(cells)
        self._written += 1
        self._characters += sum(map(len, cells))
        if len(self._pending) >= BATCH_ROWS or self._characters > BATCH_CHARACTERS:
            self._flush()

    def _flush(self) -> None:
        if not self._pending:
            return
        text = _to_json(self._pending)
        if "\\u0000" in text:  # no database keeps a NUL
            text = _to_json([[cell.replace("\x00", "") for cell in cells] for cells in self._pending])
        data = text.encode()
        if self._offset + len(data) > self._limits.spool_size:
            raise refusal("too_large", limit=self._limits.spool_size // 1024**2)
        self._file.write(data)
        self.footer.tables[-1].batches.append(Batch(self._offset, len(data), self._first))
        self._offset += len(data)
        self._first += len(self._pending)
        self._pending, self._characters = [], 0


def _to_json(rows: list[list[str]]) -> str:
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _footer_to_json(footer: Footer) -> dict[str, object]:
    return {
        "tables": [
            [t.name, t.hidden, t.row_count, t.column_count] + [[b.offset, b.length, b.first_number] for b in t.batches]
            for t in footer.tables
        ],
        "notes": [[code, dict(params)] for code, params in footer.notes],
        "encoding": footer.encoding,
        "delimiter": footer.delimiter,
        "refused": [footer.refused[0], dict(footer.refused[1])] if footer.refused else None,
    }


def read_footer(file: IO[bytes]) -> Footer | None:
    """The footer of a finished spool, or None where the child did not come to its end."""
    size = file.seek(0, 2)
    if size < _TRAILER.size:
        return None
    file.seek(size - _TRAILER.size)
    magic, offset, length = _TRAILER.unpack(file.read(_TRAILER.size))
    if magic != _MAGIC or length > _MAX_FOOTER or offset + length + _TRAILER.size != size:
        return None
    file.seek(offset)
    raw = json.loads(file.read(length))
    return Footer(
        tables=[_table_from_json(entry) for entry in raw["tables"]],
        notes=[(code, params) for code, params in raw["notes"]],
        encoding=raw["encoding"],
        delimiter=raw["delimiter"],
        refused=tuple(raw["refused"]) if raw["refused"] else None,
    )


def _table_from_json(entry: list[object]) -> TableEntry:
    name, hidden, row_count, column_count, *batches = entry
    return TableEntry(
        name=str(name),
        hidden=bool(hidden),
        row_count=int(str(row_count)),
        column_count=int(str(column_count)),
        batches=[Batch(*batch) for batch in batches if isinstance(batch, list)],
    )


class Spool:
    """The temporary file behind the tables of one reading; closing it deletes the rows, and so does forgetting it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._close = weakref.finalize(self, file.close)

    def read(self, batch: Batch) -> list[list[str]]:
        """The cells of one batch; ValueError once the reading is closed."""
        with self._lock:
            self._file.seek(batch.offset)
            data = self._file.read(batch.length)
        rows: list[list[str]] = json.loads(data)
        return rows

    def close(self) -> None:
        """Delete the rows."""
        self._close()


class SpooledTable:
    """A table read from a spool as often as wanted; one batch of rows is in memory at a time."""

    __slots__ = ("_entry", "_spool")

    def __init__(self, entry: TableEntry, spool: Spool) -> None:
        self._entry = entry
        self._spool = spool

    @property
    def name(self) -> str:
        return self._entry.name

    @property
    def hidden(self) -> bool:
        """True when the workbook hides the sheet."""
        return self._entry.hidden

    @property
    def row_count(self) -> int:
        return self._entry.row_count

    @property
    def column_count(self) -> int:
        return self._entry.column_count

    def __iter__(self) -> Iterator[Row]:
        for batch in self._entry.batches:
            for number, cells in enumerate(self._spool.read(batch), batch.first_number):
                yield Row(number, tuple(cells))

    def head(self, count: int) -> Sequence[Row]:
        return tuple(islice(self, count))

    def __repr__(self) -> str:
        return f"<SpooledTable of {self.row_count} rows and {self.column_count} columns>"
