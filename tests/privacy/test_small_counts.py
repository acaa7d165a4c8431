"""Small counts are not shown, and nobody can compute them from what is shown."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wmcrm.errors import SettingsError
from wmcrm.privacy import shown_figures
from wmcrm.privacy.small_counts import (
    MINIMUM,
    ShownTable,
    Sum,
    hide_answers,
    hide_small,
    hide_small_table,
    protect,
    publish_in_turn,
    safe_beside,
)
from wmcrm.reports.suppression import LEAST_PEOPLE, ROUNDED_TO, Hiding, hide_rows, rounded
from wmcrm.settings import LeastCounts, read_settings

COUNTS = st.one_of(st.integers(0, 12), st.integers(0, 40), st.integers(0, 1000))


def solvable(equations: list[dict[object, int]], unknown: list[object]) -> set[object]:
    """The unknowns that the equations fix, by exact elimination: the attacker's arithmetic."""
    rows = [[Fraction(one.get(key, 0)) for key in unknown] for one in equations]
    lead = 0
    for column in range(len(unknown)):
        pivot = next((r for r in range(lead, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[lead], rows[pivot] = rows[pivot], rows[lead]
        rows[lead] = [value / rows[lead][column] for value in rows[lead]]
        for r, row in enumerate(rows):
            if r != lead and row[column]:
                rows[r] = [a - row[column] * b for a, b in zip(row, rows[lead], strict=True)]
        lead += 1
    return {unknown[next(i for i, v in enumerate(row) if v)] for row in rows if sum(1 for v in row if v) == 1}


def attack(table: ShownTable[int, int], rows: int, columns: int) -> set[object]:
    shown = {("c", r, c): table.cells[(r, c)] for r in range(rows) for c in range(columns)}
    shown |= {("r", r): table.rows[r] for r in range(rows)} | {("k", c): table.columns[c] for c in range(columns)}
    shown["t"] = table.total
    lines = [({("c", r, c): 1 for c in range(columns)} | {("r", r): -1}) for r in range(rows)]
    lines += [({("c", r, c): 1 for r in range(rows)} | {("k", c): -1}) for c in range(columns)]
    lines += [{("r", r): 1 for r in range(rows)} | {"t": -1}, {("k", c): 1 for c in range(columns)} | {"t": -1}]
    return solvable(lines, [key for key, value in shown.items() if value is None])


def test_a_small_count_takes_another_with_it() -> None:
    shown = hide_small({"SN": 3, "CL": 40, "GH": 25})
    assert (shown.counts, shown.total) == ({"SN": None, "CL": 40, "GH": None}, 68)
    assert shown.hidden == 2


def test_two_small_counts_that_are_few_together_take_a_third() -> None:
    assert hide_small({"SN": 3, "CL": 4, "GH": 25, "FR": 60}).counts == {"SN": None, "CL": None, "GH": None, "FR": 60}


def test_a_single_count_hides_its_total() -> None:
    shown = hide_small({"SN": 3, "CL": 0})
    assert (shown.counts, shown.total) == ({"SN": None, "CL": 0}, None)


def test_large_counts_and_zeros_are_shown() -> None:
    shown = hide_small({"SN": 10, "CL": 0, "GH": 99})
    assert (shown.counts, shown.total, shown.hidden) == ({"SN": 10, "CL": 0, "GH": 99}, 109, 0)
    assert hide_small({}).total == 0


def test_a_cell_between_two_blocks_of_hidden_ones_is_protected_too() -> None:
    """Every line has two hidden cells, yet one of them follows from all totals together (a bridge)."""
    grid = {(r, c): 50 for r in range(5) for c in range(5)}
    block = [(0, 0), (0, 1), (1, 0), (1, 1), (3, 3), (3, 4), (4, 3), (4, 4)]
    for cell in [*block, (1, 3)]:
        grid[cell] = 9
    shown = hide_small_table(grid)
    assert attack(shown, 5, 5) == set()


def test_answers_to_a_question_few_answered_are_all_hidden() -> None:
    assert hide_answers({"yes": 6, "no": 3}, 9).counts == {"yes": None, "no": None}
    shown = hide_answers({"yes": 60, "no": 30, "maybe": 4}, 94)
    assert (shown.counts, shown.total) == ({"yes": 60, "no": None, "maybe": None}, 94)


@given(st.lists(COUNTS, max_size=8), st.integers(2, 15))
@settings(max_examples=150)
def test_no_small_count_of_a_list_is_shown_or_computed(counts: list[int], minimum: int) -> None:
    shown = hide_small(dict(enumerate(counts)), minimum=minimum)
    assert all(value is None or value == 0 or value >= minimum for value in (*shown.counts.values(), shown.total))
    assert all(value is None or value == counts[key] for key, value in shown.counts.items())
    gone = [counts[key] for key, value in shown.counts.items() if value is None]
    if shown.total is not None:
        assert len(gone) != 1 and (not gone or sum(gone) >= minimum)


@given(st.integers(1, 4), st.integers(1, 4), st.data())
@settings(max_examples=150)
def test_no_small_count_of_a_table_is_shown_or_computed(rows: int, columns: int, data: st.DataObject) -> None:
    grid = {(r, c): data.draw(COUNTS) for r in range(rows) for c in range(columns)}
    table = hide_small_table(grid)
    everything = [*table.cells.values(), *table.rows.values(), *table.columns.values(), table.total]
    assert all(value is None or value == 0 or value >= MINIMUM for value in everything)
    assert attack(table, rows, columns) == set()
    for r in range(rows):
        gone = [grid[(r, c)] for c in range(columns) if table.cells[(r, c)] is None]
        assert table.rows[r] is None or not gone or sum(gone) >= MINIMUM
    for c in range(columns):
        gone = [grid[(r, c)] for r in range(rows) if table.cells[(r, c)] is None]
        assert table.columns[c] is None or not gone or sum(gone) >= MINIMUM


@given(st.lists(st.frozensets(st.integers(0, 40)), max_size=8), st.integers(1, 12))
@settings(max_examples=150)
def test_two_filters_never_differ_by_a_small_group(groups: list[frozenset[int]], minimum: int) -> None:
    # filters that narrow each other are the dangerous ones
    narrowed = [group & groups[0] for group in groups] if groups else []
    filters = dict(enumerate([*groups, *narrowed]))
    shown = publish_in_turn(filters, minimum=minimum)
    visible = [filters[key] for key, count in shown.items() if count is not None]
    for one in visible:
        assert not 0 < len(one) < minimum
        for other in visible:
            if one <= other:
                assert not 0 < len(other) - len(one) < minimum


def test_a_filter_beside_a_shown_one() -> None:
    everybody = frozenset(range(100))
    assert not safe_beside(everybody - {7}, [everybody])
    assert safe_beside(everybody - frozenset(range(10)), [everybody])
    assert safe_beside(everybody, [everybody])
    assert not safe_beside(frozenset(range(9)), [])
    assert safe_beside(frozenset(), [])


def test_sums_of_any_shape_are_protected() -> None:
    """Regions of countries of a continent: a tree of totals."""
    counts = {"world": 100, "africa": 60, "asia": 40, "SN": 57, "GH": 3, "IN": 40}
    sums = [Sum("world", ("africa", "asia")), Sum("africa", ("SN", "GH")), Sum("asia", ("IN",))]
    shown = protect(counts, sums)
    assert shown["GH"] is None and shown["SN"] is None
    assert all(a >= b for a, b in pairwise([shown["world"] or 0, shown["africa"] or 0]))


@pytest.mark.parametrize("least", [LEAST_PEOPLE, 25])
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), min_size=1, max_size=6))
def test_two_filters_of_a_published_report_give_no_small_group_away(least: int, groups: list[tuple[int, int]]) -> None:
    """The wider filter finds a few more people in each group: how many cannot be computed from both tables."""
    hiding = Hiding(("people",))
    narrow = [{"group": str(place), "people": count} for place, (count, _) in enumerate(groups)]
    wide = [{"group": str(place), "people": count + more} for place, (count, more) in enumerate(groups)]
    shown = [hide_rows(rows, hiding, least)[0] for rows in (narrow, wide)]
    for (count, more), first, second in zip(groups, *shown, strict=True):
        if more == 0 or first["people"] is None or second["people"] is None:
            continue
        fit = [
            other
            for mine in range(count + more + ROUNDED_TO + 1)
            for other in range(10)
            if _told(mine, least) == first["people"] and _told(mine + other, least) == second["people"]
        ]
        assert more in fit and len(set(fit)) > 1, (count, more)


def _told(count: int, least: int) -> int | None:
    """What a published table says of a count by itself: nothing of a small one, 0 of nobody."""
    return None if 0 < count < least else rounded(count)


def test_a_threshold_is_never_below_the_safe_one() -> None:
    told = read_settings({"WMCRM_LEAST_PEOPLE": "25", "WMCRM_LEAST_CHOICES": "8"}).least_counts
    assert told == LeastCounts(people=25, answers=10, choices=8)
    for name, unsafe in (("PEOPLE", "9"), ("ANSWERS", "0"), ("CHOICES", "4"), ("PEOPLE", "ten"), ("PEOPLE", "-25")):
        with pytest.raises(SettingsError, match=f"WMCRM_LEAST_{name} is a whole number from"):
            _ = read_settings({f"WMCRM_LEAST_{name}": unsafe}).least_counts


def test_answers_follow_the_threshold_also_where_they_were_summed_before() -> None:
    options, stricter = {"yes": 60, "no": 30, "tea": 7, "rice": 6}, LeastCounts(people=10, answers=10, choices=8)
    assert shown_figures(options, 103, LeastCounts()) == (options, 103)
    assert shown_figures(options, 103, stricter) == ({"yes": 60, "no": 30}, 103)
    assert shown_figures(options, 103, LeastCounts(answers=104)) == ({}, None)
