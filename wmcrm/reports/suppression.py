"""Small counts hidden so that nobody can be found behind them, nor computed from what is left.

A row of which any figure counts somebody, but fewer people than the threshold (ten, or what the settings
say), is hidden as a whole; if then one row alone would be missing from a total, or all hidden rows together
still counted fewer, the smallest of the others is hidden too. What stays is rounded to the nearest five, so that two
overlapping filters do not give away the difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wmcrm.privacy.small_counts import MINIMUM

LEAST_PEOPLE = MINIMUM
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


@dataclass(frozen=True, slots=True)
class Hiding:
    """What of a table is hidden: ``people`` count people, ``derived`` follow from them and go with their row.

    Rows that are equal in ``within`` make up one total; without it all rows of the table do. ``labels`` are
    further columns that tell rows apart beside the first.
    """

    people: Sequence[str]
    derived: Sequence[str] = ()
    within: Sequence[str] = ()
    labels: Sequence[str] = ()


def hide_rows(
    rows: Sequence[Mapping[str, Cell]], hiding: Hiding, least: int = LEAST_PEOPLE
) -> tuple[list[dict[str, Cell]], int]:
    """The rows with small figures hidden (None), the others rounded, and how many figures were hidden."""
    groups: dict[tuple[Cell, ...], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        groups[tuple(row[name] for name in hiding.within)].append(index)
    hidden = {index for group in groups.values() for index in _hidden_of(rows, group, hiding, least)}
    made = [_row(row, hiding, hide=index in hidden) for index, row in enumerate(rows)]
    cells = sum(_count(rows[index].get(column)) > 0 for index in hidden for column in hiding.people)
    return made, cells


def _hidden_of(rows: Sequence[Mapping[str, Cell]], group: Sequence[int], hiding: Hiding, least: int) -> set[int]:
    """Which rows of one total are hidden, by their places in the table."""
    own = [rows[index] for index in group]
    hidden: set[int] = set()
    for column in hiding.people:
        hidden |= hidden_indexes([_count(row.get(column)) for row in own], least)
    return {group[place] for place in _enough(hidden, own, hiding.people, least)}


def _enough(hidden: set[int], rows: Sequence[Mapping[str, Cell]], columns: Sequence[str], least: int) -> set[int]:
    """Hide whole rows until no column gives its hidden figures away by its total."""
    rest = sorted((index for index in range(len(rows)) if index not in hidden), key=lambda i: _weight(rows[i], columns))
    while hidden and rest and any(_told(hidden, rows, column, least) for column in columns):
        hidden.add(rest.pop(0))
    return hidden


def _told(hidden: Iterable[int], rows: Sequence[Mapping[str, Cell]], column: str, least: int) -> bool:
    counts = [count for index in hidden if (count := _count(rows[index].get(column)))]
    return len(counts) == 1 or 0 < sum(counts) < least


def _weight(row: Mapping[str, Cell], columns: Sequence[str]) -> int:
    return max((_count(row.get(column)) for column in columns), default=0)


def _count(cell: Cell) -> int:
    return cell if isinstance(cell, int) and not isinstance(cell, bool) else 0


def _row(row: Mapping[str, Cell], hiding: Hiding, *, hide: bool) -> dict[str, Cell]:
    made = dict(row)
    for column in hiding.people:
        if row.get(column) is not None:
            made[column] = None if hide else rounded(_count(row[column]))
    if hide:
        made.update(dict.fromkeys(hiding.derived))
    return made
