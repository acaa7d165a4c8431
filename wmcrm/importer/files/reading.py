"""Rows of a file of records as drafts: parsed values and issues, nothing looked up yet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wmcrm.importer.files.cells import Cells, FileReader, file_reader
from wmcrm.importer.files.columns import FileColumns
from wmcrm.importer.files.people_cells import read_person
from wmcrm.importer.files.records import (
    read_affiliate,
    read_consent,
    read_event,
    read_participation,
    read_role,
)
from wmcrm.importer.report import RowIssue
from wmcrm.models.kinds import ImportKind
from wmcrm.normalize import DateOrder
from wmcrm.sheets.table import Row, Table

Values = dict[str, object]

READERS: Mapping[ImportKind, Callable[[Cells], Values]] = {
    ImportKind.AFFILIATES: read_affiliate,
    ImportKind.EVENTS: read_event,
    ImportKind.PEOPLE: read_person,
    ImportKind.ROLES: read_role,
    ImportKind.PARTICIPATIONS: read_participation,
    ImportKind.CONSENTS: read_consent,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """One row as read. ``values`` holds only what the row says: a blank cell has no key.

    ``usable`` is false when the row cannot be kept, for the reasons in ``issues``.
    """

    row: int
    external_id: str
    values: Values = field(repr=False)
    cells: tuple[str, ...] = field(repr=False)
    fingerprint: str = ""
    issues: tuple[RowIssue, ...] = ()
    usable: bool = True


def read_drafts(
    kind: ImportKind, table: Table, columns: FileColumns, date_order: DateOrder | None = None
) -> Iterator[Draft]:
    """The rows below the header as drafts, blank rows left out; a second row with an id is not usable."""
    reader = file_reader(columns, table, date_order)
    seen: dict[str, int] = {}
    for row in table:
        if row.number > columns.header_row and not row.is_blank:
            yield _draft(READERS[kind], reader, _storable(row), seen)


def row_fingerprint(places: Sequence[tuple[str, int]], row: Row) -> str:
    """What tells whether a row says the same as before; ``places`` are fields with their columns, in order."""
    text = "\x1f".join([f"{name}={row.cell(index).strip()}" for name, index in places])
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _storable(row: Row) -> Row:
    """PostgreSQL keeps no NUL in any text."""
    if not any("\x00" in cell for cell in row.cells):
        return row
    return Row(row.number, tuple(cell.replace("\x00", "") for cell in row.cells))


def _draft(read: Callable[[Cells], Values], reader: FileReader, row: Row, seen: dict[str, int]) -> Draft:
    cells = Cells(reader, row)
    external_id = cells.key()
    if external_id in seen and external_id:
        first = seen[external_id]
        cells.reject("id", "duplicate_id", f"Row {first} has the id {external_id} already; ids are unique", external_id)
    seen.setdefault(external_id, row.number)
    values = {} if cells.rejected else read(cells)
    return Draft(
        row=row.number,
        external_id=external_id,
        values={name: value for name, value in values.items() if value is not None},
        cells=row.cells,
        fingerprint=row_fingerprint(reader.ordered, row),
        issues=tuple(cells.issues),
        usable=not cells.rejected,
    )
