"""Bytes to tables and back: knows files, not the movement."""

from __future__ import annotations

from wmcrm.sheets.kinds import FileKind
from wmcrm.sheets.limits import SheetLimits
from wmcrm.sheets.reading import ReadFile, content_hash, read_bytes, read_pasted, read_sheets
from wmcrm.sheets.sentences import ReadNote
from wmcrm.sheets.spool import SpooledTable
from wmcrm.sheets.table import MemoryTable, Row, Table
from wmcrm.sheets.writing import write_csv, write_xlsx

__all__ = [
    "FileKind",
    "MemoryTable",
    "ReadFile",
    "ReadNote",
    "Row",
    "SheetLimits",
    "SpooledTable",
    "Table",
    "content_hash",
    "read_bytes",
    "read_pasted",
    "read_sheets",
    "write_csv",
    "write_xlsx",
]
