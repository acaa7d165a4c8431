"""Small tables for tests, typed as comma separated text."""

from __future__ import annotations

import csv
import io

from wmcrm.importer.mapping import Layout, find_layout, sample_rows, suggest_mapping
from wmcrm.importer.mapping.guess import ColumnMapping
from wmcrm.importer.signups import RowsMean, SheetContext, SignupRow, read_signups
from wmcrm.sheets import MemoryTable, Row


def table_of(text: str) -> MemoryTable:
    rows = csv.reader(io.StringIO(text.lstrip("\n")))
    return MemoryTable("sheet", tuple(Row(number, tuple(cells)) for number, cells in enumerate(rows, 1)))


def kinds_of(text: str) -> list[str]:
    table = table_of(text)
    layout = find_layout(table)
    return [layout.row_kind(row).value for row in table]


def mapped(table: MemoryTable) -> tuple[Layout, ColumnMapping]:
    layout = find_layout(table)
    return layout, suggest_mapping(layout.headers, sample_rows(table, layout), source=layout.source)


def read(text: str, *, mapping: ColumnMapping | None = None, **context: object) -> list[SignupRow]:
    table = table_of(text)
    layout, guessed = mapped(table)
    told = SheetContext(**({"rows_mean": RowsMean.COLUMN} | context))  # type: ignore[arg-type]
    return list(read_signups(table, layout, mapping or guessed, told))


def people(text: str, **context: object) -> list[SignupRow]:
    return [row for row in read(text, **context) if row.kind == "person"]
