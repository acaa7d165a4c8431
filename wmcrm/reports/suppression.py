"""Small counts hidden so that nobody can be found behind them, nor computed from what is left.

Rule: trust.md's retention of small cells. A row of which any figure counts 1 to 9 people is hidden as a
whole; if then one row alone would be missing from a total, or all hidden rows together still counted fewer
than ten, the smallest of the others is hidden too. What stays is rounded to the nearest five, so that two
overlapping filters do not give away the difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

LEAST_PEOPLE = 10
ROUNDED_TO = 5
Cell = str | int | float | bool | None


def hidden_indexes(counts: Sequence[int], least: int = LEAST_PEOPLE) -> frozenset[int]:
    """Which cells of a list with a known total must be hidden; zero is no person and stays.

    Never exactly one cell, and never cells that count fewer than ``least`` together, unless nothing is left
    to hide.
    """
    hidden = {index for index, count in enumerate(counts) if 0 < count < least}
    rest = sorted((index for index, count in enumerate(counts) if count >= least), key=lambda index: counts[index])
    while hidden and rest and (len(hidden) == 1 or sum(counts[index] for index in hidden) < least):
        hidden.add(rest.pop(0))
    return frozenset(hidden)


def rounded(count: int, base: int = ROUNDED_TO) -> int:
    """The nearest multiple of ``base``; halves go up."""
    return (count + base // 2) // base * base


def hide_rows(
    rows: Sequence[Mapping[str, Cell]], columns: Sequence[str], *, least: int = LEAST_PEOPLE
) -> tuple[list[dict[str, Cell]], int]:
    """The rows with their people figures hidden (None) where they are small, and how many cells that were.

    ``columns`` are the figures that count people; every column has a total that a reader may know.
    """
    hidden: set[int] = set()
    for column in columns:
        hidden |= hidden_indexes([_count(row.get(column)) for row in rows], least)
    hidden = _enough(hidden, rows, columns)
    made = [_row(row, columns, index in hidden) for index, row in enumerate(rows)]
    return made, sum(_count(row.get(column)) > 0 for row in (rows[index] for index in hidden) for column in columns)


def _enough(hidden: set[int], rows: Sequence[Mapping[str, Cell]], columns: Sequence[str]) -> set[int]:
    """Hide whole rows until no column gives its hidden figures away by its total."""
    rest = sorted((index for index in range(len(rows)) if index not in hidden), key=lambda i: _weight(rows[i], columns))
    while hidden and rest and any(_told(hidden, rows, column) for column in columns):
        hidden.add(rest.pop(0))
    return hidden


def _told(hidden: Iterable[int], rows: Sequence[Mapping[str, Cell]], column: str) -> bool:
    counts = [count for index in hidden if (count := _count(rows[index].get(column)))]
    return len(counts) == 1 or 0 < sum(counts) < LEAST_PEOPLE


def _weight(row: Mapping[str, Cell], columns: Sequence[str]) -> int:
    return max((_count(row.get(column)) for column in columns), default=0)


def _count(cell: Cell) -> int:
    return cell if isinstance(cell, int) and not isinstance(cell, bool) else 0


def _row(row: Mapping[str, Cell], columns: Sequence[str], hide: bool) -> dict[str, Cell]:
    made = dict(row)
    for column in columns:
        if row.get(column) is not None:
            made[column] = None if hide else rounded(_count(row[column]))
    return made
