"""Which table of a file holds the sign-ups."""

from __future__ import annotations

from dataclasses import dataclass

from wmcrm.errors import BadInputError
from wmcrm.importer.mapping import NoIdentifyingColumnError, find_layout
from wmcrm.importer.report import RowIssue
from wmcrm.importer.sheetrows import map_sheet
from wmcrm.sheets import ReadFile, Table

WORRYING = frozenset({"undecodable", "unclosed_quote", "hidden_rows"})


@dataclass(frozen=True, slots=True)
class SheetFile:
    """A table, the hash of the file it came from (the same file is known by it), and what reading it noticed."""

    table: Table
    file_hash: str
    notes: tuple[RowIssue, ...] = ()


def sheet_file(file: ReadFile, file_hash: str, name: str | None = None) -> SheetFile:
    """The table of a file that is to be imported: the named one, or the first that names people."""
    table = choose_table(file, name)
    return SheetFile(table, file_hash, notes_of(file, table))


def choose_table(file: ReadFile, name: str | None = None) -> Table:
    """The table of a name, else the first that is not hidden and whose columns name people.

    Raises BadInputError for a name that no table has. Where no table names people, the first is returned:
    planning it says what is missing.
    """
    if name is not None:
        found = [table for table in file.tables if table.name.strip() == name.strip()]
        if not found:
            names = ", ".join(table.name for table in file.tables if table.name) or "(one table without a name)"
            raise BadInputError("The file has no sheet {name}; its sheets are: {names}", name=name, names=names)
        return found[0]
    visible = file.visible_tables or file.tables
    return next((table for table in visible if len(visible) > 1 and _names_people(table)), visible[0])


def notes_of(file: ReadFile, table: Table) -> tuple[RowIssue, ...]:
    """What was noticed while the file was read, and which tables were left out."""
    notes = [
        RowIssue(0, None, note.code, note.message, "warning" if note.code in WORRYING else "info")
        for note in file.notes
    ]
    others = [other.name for other in file.tables if other is not table and other.row_count]
    if others:
        message = f"Only the sheet {table.name} was read; name another with --sheet: {', '.join(others)}"
        notes.append(RowIssue(0, None, "other_sheets", message, "info", value=", ".join(others)))
    return tuple(notes)


def _names_people(table: Table) -> bool:
    try:
        map_sheet(table, find_layout(table))
    except NoIdentifyingColumnError:
        return False
    return True
