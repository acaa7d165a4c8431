"""Small counts hidden so that nothing hidden can be computed back; pure, for any report.

A count under the minimum (10 people, or what the settings say) is hidden. Where totals are shown, others are
hidden beside it (complementary suppression), until no hidden count follows from what is shown: neither alone
(the linear equations of the totals leave it open) nor as the sum of those hidden in one line (that sum is 0 or
at least the minimum). Zero is shown: it counts nobody. :func:`publish_in_turn` covers answers to several
filters: a count is hidden where the difference to one shown before would be a small group.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from wmcrm.settings import SAFE_ANSWERS, SAFE_CHOICES, SAFE_PEOPLE

MINIMUM = SAFE_PEOPLE
QUESTION_MINIMUM = SAFE_ANSWERS
OPTION_MINIMUM = SAFE_CHOICES
NEARLY_ZERO = 1e-9
K = TypeVar("K", bound=Hashable)
R = TypeVar("R", bound=Hashable)
C = TypeVar("C", bound=Hashable)
Shown = int | None


@dataclass(frozen=True, slots=True)
class Sum(Generic[K]):
    """A total that is shown beside its parts."""

    total: K
    parts: tuple[K, ...]


@dataclass(frozen=True, slots=True)
class ShownCounts(Generic[K]):
    """Counts with their total; None where hidden."""

    counts: Mapping[K, Shown]
    total: Shown

    @property
    def hidden(self) -> int:
        """How many are hidden, the total included."""
        return sum(value is None for value in (*self.counts.values(), self.total))


@dataclass(frozen=True, slots=True)
class ShownTable(Generic[R, C]):
    """A table with the totals of its rows, its columns and all; None where hidden."""

    cells: Mapping[tuple[R, C], Shown]
    rows: Mapping[R, Shown]
    columns: Mapping[C, Shown]
    total: Shown

    @property
    def hidden(self) -> int:
        """How many are hidden, totals included."""
        everything = (*self.cells.values(), *self.rows.values(), *self.columns.values(), self.total)
        return sum(value is None for value in everything)


def hide_small(counts: Mapping[K, int], *, minimum: int = MINIMUM) -> ShownCounts[K]:
    """Counts that add up to a shown total (each person in one of them), the small ones hidden safely."""
    cells: dict[tuple[str, K | None], int] = {("part", key): count for key, count in counts.items()}
    parts = tuple(cells)
    cells[("total", None)] = sum(counts.values())
    shown = protect(cells, [Sum(("total", None), parts)], minimum=minimum)
    return ShownCounts({key: shown[("part", key)] for key in counts}, shown[("total", None)])


def hide_small_table(cells: Mapping[tuple[R, C], int], *, minimum: int = MINIMUM) -> ShownTable[R, C]:
    """A table of counts (missing cells are 0) with all its totals, the small ones hidden safely."""
    rows = list(dict.fromkeys(row for row, _ in cells))
    columns = list(dict.fromkeys(column for _, column in cells))
    grid: dict[tuple[int, int], int] = {
        (r, c): cells.get((row, column), 0) for r, row in enumerate(rows, 1) for c, column in enumerate(columns, 1)
    }
    over, beside = range(1, len(rows) + 1), range(1, len(columns) + 1)
    grid |= {(r, 0): sum(grid[(r, c)] for c in beside) for r in over}
    grid |= {(0, c): sum(grid[(r, c)] for r in over) for c in beside}
    grid[(0, 0)] = sum(grid[(r, 0)] for r in over)
    sums = [Sum((r, 0), tuple((r, c) for c in beside)) for r in range(len(rows) + 1)]
    sums += [Sum((0, c), tuple((r, c) for r in over)) for c in range(len(columns) + 1)]
    shown = protect(grid, sums, minimum=minimum)
    return ShownTable(
        {(row, column): shown[(r, c)] for r, row in enumerate(rows, 1) for c, column in enumerate(columns, 1)},
        {row: shown[(r, 0)] for r, row in enumerate(rows, 1)},
        {column: shown[(0, c)] for c, column in enumerate(columns, 1)},
        shown[(0, 0)],
    )


def hide_answers(
    options: Mapping[K, int],
    answered: int,
    *,
    question_minimum: int = QUESTION_MINIMUM,
    option_minimum: int = OPTION_MINIMUM,
) -> ShownCounts[K]:
    """Answers to a question: all hidden where few answered, options that few chose hidden safely.

    The options may add up to more than ``answered`` (several could be chosen); their own sum is taken as known.
    """
    if answered < question_minimum:
        return ShownCounts(dict.fromkeys(options), None)
    shown = hide_small(options, minimum=option_minimum)
    return ShownCounts(shown.counts, answered)


def protect(counts: Mapping[K, int], sums: Sequence[Sum[K]], *, minimum: int = MINIMUM) -> dict[K, Shown]:
    """Hide the small counts of any set of counts tied by sums, and as many others as that takes.

    Every key of ``sums`` is a key of ``counts``. At worst everything is hidden that is not 0.
    """
    hidden = {key for key, count in counts.items() if 0 < count < minimum}
    while hidden:
        more = _next_to_hide(counts, sums, hidden, minimum)
        if more is None:
            break
        hidden.add(more)
    return {key: None if key in hidden else count for key, count in counts.items()}


def safe_beside(people: Set[int], published: Iterable[Set[int]], *, minimum: int = MINIMUM) -> bool:
    """Whether the size of a group can be shown beside the sizes of others that were shown before.

    Not if the group is small itself, nor if it and another are one within the other and differ by a few.
    """
    if 0 < len(people) < minimum:
        return False
    for other in published:
        nested = people <= other or other <= people
        if nested and 0 < abs(len(people) - len(other)) < minimum:
            return False
    return True


def publish_in_turn(groups: Mapping[K, Set[int]], *, minimum: int = MINIMUM) -> dict[K, Shown]:
    """The sizes of groups that filters select, the largest first; those hidden whose differences would be small."""
    published: list[Set[int]] = []
    shown: dict[K, Shown] = dict.fromkeys(groups)
    for key, people in sorted(groups.items(), key=lambda item: -len(item[1])):
        if safe_beside(people, published, minimum=minimum):
            published.append(people)
            shown[key] = len(people)
    return shown


def _next_to_hide(counts: Mapping[K, int], sums: Sequence[Sum[K]], hidden: Set[K], minimum: int) -> K | None:
    """A count to hide next, None when nothing hidden can be computed back."""
    for line in sums:
        if _is_open(line, counts, hidden, minimum):
            found = _cheapest(line, counts, hidden)
            if found is not None:
                return found
    for key in _determined(sums, hidden):
        for line in sums:
            found = _cheapest(line, counts, hidden) if key == line.total or key in line.parts else None
            if found is not None:
                return found
    return None


def _is_open(line: Sum[K], counts: Mapping[K, int], hidden: Set[K], minimum: int) -> bool:
    """Whether this line alone gives something away: a hidden count, or the sum of those hidden in it."""
    gone = [key for key in line.parts if key in hidden]
    if line.total in hidden:
        return not gone
    return bool(gone) and (len(gone) == 1 or sum(counts[key] for key in gone) < minimum)


def _cheapest(line: Sum[K], counts: Mapping[K, int], hidden: Set[K]) -> K | None:
    """The smallest count of a line that can be hidden: a part with people, else the total, else a zero."""
    parts = [key for key in line.parts if key not in hidden]
    full = [key for key in parts if counts[key] > 0]
    if full:
        return min(full, key=lambda key: counts[key])
    if line.total not in hidden:
        return line.total
    return parts[0] if parts else None


def _determined(sums: Sequence[Sum[K]], hidden: Set[K]) -> list[K]:
    """The hidden counts that the equations of all totals together leave no choice for."""
    unknown = list(hidden)
    place = {key: number for number, key in enumerate(unknown)}
    equations = np.zeros((len(sums), len(unknown)))
    for number, line in enumerate(sums):
        for key in line.parts:
            if key in place:
                equations[number, place[key]] += 1
        if line.total in place:
            equations[number, place[line.total]] -= 1
    _, values, right = np.linalg.svd(equations)
    rank = int((values > NEARLY_ZERO).sum())
    free = right[rank:]
    return [key for key in unknown if not np.any(np.abs(free[:, place[key]]) > NEARLY_ZERO)]
