"""Bytes to tables and back: knows files, not the movement."""

from __future__ import annotations

from wmcrm.sheets.kinds import FileKind
from wmcrm.sheets.limits import SheetLimits
from wmcrm.sheets.reading import ReadFile, content_hash, read_bytes, read_pasted, read_sheets
from wmcrm.sheets.sentences import ReadNote
from wmcrm.sheets.table import MemoryTable, Row, Table

__all__ = [
    "FileKind",
    "MemoryTable",
    "ReadFile",
    "ReadNote",
    "Row",
    "SheetLimits",
    "Table",
    "content_hash",
    "read_bytes",
    "read_pasted",
    "read_sheets",
]
