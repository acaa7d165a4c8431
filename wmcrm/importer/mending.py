"""Cells of a sheet that somebody put right before the import: laid over the table, never written into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wmcrm.sheets import Row, Table

Cells = Mapping[int, Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class MendedTable:
    """A table in which some cells read as they were mended: ``cells`` is row number to column (from 0) to text."""

    table: Table
    cells: Cells = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """The name of the table beneath."""
        return self.table.name

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return self.table.row_count

    @property
    def column_count(self) -> int:
        """How many columns the widest row has."""
        return self.table.column_count

    def __iter__(self) -> Iterator[Row]:
        return map(self._mended, self.table)

    def head(self, count: int) -> Sequence[Row]:
        """The first rows."""
        return [self._mended(row) for row in self.table.head(count)]

    def _mended(self, row: Row) -> Row:
        told = self.cells.get(row.number)
        if not told:
            return row
        width = max(len(row.cells), max(told) + 1)
        return Row(row.number, tuple(told.get(column, row.cell(column)) for column in range(width)))


def mended(table: Table, cells: Cells) -> Table:
    """The table with some cells put right; the table itself where there are none."""
    return MendedTable(table, cells) if cells else table
