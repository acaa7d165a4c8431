"""The kinds of file that are read."""

from __future__ import annotations

from enum import StrEnum


class FileKind(StrEnum):
    """What a file is by its bytes, whatever its name says."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    TEXT = "text"
    PASTED = "pasted"
