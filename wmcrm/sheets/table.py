"""A sheet as rows of text: what every reader gives and every other part takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the number the spreadsheet program shows and its cells as text ("" for empty).

    Typed cells become text without loss: whole numbers without a fraction ("612345678"), dates as
    "2026-03-04", moments as "2026-03-04 12:00:00", booleans as "TRUE" and "FALSE", errors as "#DIV/0!".
    """

    number: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        """True when no cell holds more than white space."""
        return not any(cell.strip() for cell in self.cells)

    def cell(self, index: int) -> str:
        """The cell at ``index`` (from 0), "" where the row is shorter: empty cells at its end are dropped."""
        return self.cells[index] if index < len(self.cells) else ""


class Table(Protocol):
    """Rows of one sheet; may be iterated any number of times without holding all rows in memory."""

    @property
    def name(self) -> str: ...

    @property
    def row_count(self) -> int: ...

    @property
    def column_count(self) -> int: ...

    def __iter__(self) -> Iterator[Row]: ...

    def head(self, count: int) -> Sequence[Row]: ...


@dataclass(frozen=True, slots=True)
class MemoryTable:
    """A table whose rows are in memory: for pasted cells, small sheets and tests."""

    name: str
    rows: tuple[Row, ...]
    hidden: bool = False

    @property
    def row_count(self) -> int:
        return len(self.rows)

    @property
    def column_count(self) -> int:
        return max((len(row.cells) for row in self.rows), default=0)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def head(self, count: int) -> Sequence[Row]:
        return self.rows[:count]
