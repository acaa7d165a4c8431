"""Files and pasted cells as tables: the one way in for whatever somebody hands over."""

from __future__ import annotations

import hashlib
import io
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from wmcrm.sheets.delimited import Records, guess_delimiter, sep_line
from wmcrm.sheets.formulas import restore
from wmcrm.sheets.jail import read_in_jail
from wmcrm.sheets.kinds import FileKind
from wmcrm.sheets.limits import SheetLimits
from wmcrm.sheets.sentences import ReadNote, refusal
from wmcrm.sheets.sniff import sniff
from wmcrm.sheets.spool import Footer, Spool, SpooledTable
from wmcrm.sheets.table import MemoryTable, Row

DEFAULT_LIMITS = SheetLimits()
_HASH_CHUNK = 1024**2


@dataclass(slots=True)
class ReadFile:
    """What was read from one file; close it, or use it in ``with``, to delete the spooled rows."""

    kind: FileKind
    encoding: str | None
    delimiter: str | None
    tables: tuple[SpooledTable | MemoryTable, ...]
    notes: tuple[ReadNote, ...]
    _spool: Spool | None = field(default=None, repr=False)

    @property
    def visible_tables(self) -> tuple[SpooledTable | MemoryTable, ...]:
        """The tables that are taken by default: not hidden, and with at least one row."""
        return tuple(table for table in self.tables if not table.hidden and table.row_count)

    def close(self) -> None:
        """Delete the spooled rows; the tables cannot be iterated any more."""
        if self._spool:
            self._spool.close()

    def __enter__(self) -> ReadFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_sheets(
    path: Path,
    *,
    limits: SheetLimits = DEFAULT_LIMITS,
    encoding: str | None = None,
    delimiter: str | None = None,
    name: str | None = None,
) -> ReadFile:
    """Read a file of rows, whatever its name says, in a child process bound by ``limits``.

    ``encoding`` and ``delimiter`` override the guess for text files; ``name`` names the table of a
    text file (by default it has none, as a file's name may be personal).
    Raises SheetRefusedError whose ``code`` is a key of ``sentences.REFUSALS``.
    """
    with Path(path).open("rb") as file:
        return _read(file, _job(encoding, delimiter, name), limits)


def read_bytes(
    data: bytes,
    *,
    limits: SheetLimits = DEFAULT_LIMITS,
    encoding: str | None = None,
    delimiter: str | None = None,
    name: str | None = None,
) -> ReadFile:
    """Read the bytes of a file as ``read_sheets`` reads a file."""
    if len(data) > limits.file_size:
        raise refusal("too_large", limit=limits.file_size // 1024**2)
    with tempfile.TemporaryFile(prefix="wmcrm-") as file:
        file.write(data)
        file.flush()
        return _read(file, _job(encoding, delimiter, name), limits)


def _job(encoding: str | None, delimiter: str | None, name: str | None) -> dict[str, str]:
    given = {"encoding": encoding, "delimiter": delimiter, "name": name}
    return {key: value for key, value in given.items() if value}


def _read(file: BinaryIO, job: dict[str, str], limits: SheetLimits) -> ReadFile:
    seen = sniff(file, limits)
    rows, footer = read_in_jail(file, {**job, "kind": seen.kind.value}, limits)
    spool = Spool(rows)
    tables = tuple(SpooledTable(entry, spool) for entry in footer.tables)
    if not any(table.row_count for table in tables):
        spool.close()
        raise refusal("no_rows")
    return ReadFile(seen.kind, footer.encoding, footer.delimiter, tables, _notes(seen.notes, footer), spool)


def _notes(codes: tuple[str, ...], footer: Footer) -> tuple[ReadNote, ...]:
    return (*(ReadNote(code) for code in codes), *(ReadNote(code, params) for code, params in footer.notes))


def read_pasted(text: str) -> ReadFile:
    """Read cells pasted from a spreadsheet program (tabs) or typed with commas, in this process.

    Raises SheetRefusedError ``empty`` where there is no cell and ``too_large`` beyond 2 MB of text.
    """
    if len(text) > _PASTED_LIMIT:
        raise refusal("too_large", limit=_PASTED_LIMIT // 1024**2)
    text = text.replace("\x00", "")
    named, skip = sep_line(text)
    text = text[skip:]
    delimiter = named or ("\t" if "\t" in text else guess_delimiter(text))
    records = Records(text, delimiter)
    rows = [Row(number, tuple(restore(cell) for cell in record)) for number, record in enumerate(records, start=1)]
    while rows and rows[-1].is_blank:
        rows.pop()
    if not rows:
        raise refusal("empty")
    notes = tuple(ReadNote("unclosed_quote", {"line": line}) for line in records.unclosed)
    return ReadFile(FileKind.PASTED, None, delimiter, (MemoryTable("", tuple(rows)),), notes)


_PASTED_LIMIT = 2 * 1024**2


def content_hash(source: bytes | Path) -> str:
    """The SHA-256 of a file's bytes in hexadecimal: the same file is known again by it."""
    digest = hashlib.sha256()
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        while chunk := file.read(_HASH_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
