"""Nobody can be found behind a small count, nor computed from what is left."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wmcrm.reports import Hiding, hidden_indexes, hide_rows, rounded

counts = st.lists(st.integers(0, 60), max_size=12)
THRESHOLDS = (10, 17)
tables = st.lists(st.fixed_dictionaries({"a": st.integers(0, 40), "b": st.integers(0, 40)}), max_size=8)


def test_counts_under_ten_are_hidden_and_zero_is_nobody() -> None:
    assert hidden_indexes([0, 3, 7, 40]) == {1, 2}


def test_a_lonely_small_count_takes_the_next_with_it() -> None:
    assert hidden_indexes([3, 50, 12]) == {0, 2}


def test_two_small_counts_that_are_few_together_take_another() -> None:
    assert hidden_indexes([2, 3, 50, 12]) == {0, 1, 3}


@pytest.mark.parametrize("least", THRESHOLDS)
@given(counts)
@settings(max_examples=200)
def test_a_total_never_gives_a_hidden_count_away(least: int, values: list[int]) -> None:
    hidden = hidden_indexes(values, least)

    assert all(index in hidden for index, value in enumerate(values) if 0 < value < least)
    shown = [value for index, value in enumerate(values) if index not in hidden]
    if hidden and any(shown):
        assert len(hidden) >= 2
        assert sum(values) - sum(shown) >= least


@pytest.mark.parametrize("least", THRESHOLDS)
@given(tables)
@settings(max_examples=200)
def test_no_column_of_a_table_gives_a_hidden_count_away(least: int, rows: list[dict[str, int]]) -> None:
    made, cells = hide_rows(rows, Hiding(["a", "b"]), least)

    hidden = [index for index, row in enumerate(made) if row["a"] is None]
    assert bool(cells) == any(rows[index][column] for index in hidden for column in "ab")
    for column in "ab":
        assert all(not 0 < row[column] < least for index, row in enumerate(rows) if index not in hidden)
        missing = [rows[index][column] for index in hidden if rows[index][column]]
        if missing and len(hidden) < len(rows):
            assert len(missing) >= 2
            assert sum(missing) >= least


@given(st.integers(0, 10_000))
def test_what_stays_is_rounded_to_fives(count: int) -> None:
    assert rounded(count) % 5 == 0
    assert abs(rounded(count) - count) <= 2


def test_labels_and_missing_figures_stay() -> None:
    made, cells = hide_rows([{"stage": "contact", "n": None}, {"stage": "x", "n": 33}], Hiding(["n"]))

    assert made == [{"stage": "contact", "n": None}, {"stage": "x", "n": 35}]
    assert cells == 0


def test_each_total_is_looked_at_by_itself_and_rates_go_with_their_counts() -> None:
    rows = [
        {"year": "2024", "entered": "all", "people": 40, "rate": 0.5},
        {"year": "2024", "entered": "helper", "people": 4, "rate": 0.25},
        {"year": "2024", "entered": "participant", "people": 36, "rate": 0.53},
        {"year": "2025", "entered": "all", "people": 50, "rate": 0.4},
    ]

    made, cells = hide_rows(rows, Hiding(["people"], derived=["rate"], within=["year"]))

    assert [row["people"] for row in made] == [40, None, None, 50]
    assert [row["rate"] for row in made] == [0.5, None, None, 0.4]
    assert cells == 2
