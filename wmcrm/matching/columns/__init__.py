"""Duplicates in a file of people without a database: columns told or guessed, weights learned."""

from __future__ import annotations

from wmcrm.matching.columns.kinds import ColumnKind, guess_kind
from wmcrm.matching.columns.table import FileResult, dedupe_table

__all__ = ["ColumnKind", "FileResult", "dedupe_table", "guess_kind"]
