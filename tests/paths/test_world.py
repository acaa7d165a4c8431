"""The stages and figures of a whole movement, against a second reading of the model that shares no code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest

from tests.paths import oracle
from tests.paths.world import world_facts, world_folder
from wmcrm.paths import Facts, PathOfPerson, Stage, conversion, paths_of, stage_counts, time_to_stage

DAYS = [dt.date(2020, 2, 29), dt.date(2022, 6, 30), dt.date(2024, 2, 29), dt.date(2026, 11, 21)]


@pytest.fixture(scope="module")
def facts() -> Facts:
    return world_facts(world_folder())


def printed(path: PathOfPerson) -> Mapping[str, object]:
    """The path as the oracle writes it."""
    return {
        "highest": path.highest.code,
        "highest_on": path.highest_on.isoformat() if path.highest_on else None,
        "current": path.current.code,
        "activity": path.activity.value,
        "skipped": [stage.code for stage in path.skipped],
        "reached": path.days(),
    }


@pytest.mark.parametrize("as_of", DAYS)
def test_everybody_stands_where_the_second_reading_puts_them(facts: Facts, as_of: dt.date) -> None:
    expected = oracle.walk(world_folder(), as_of)
    found = {str(person): printed(path) for person, path in paths_of(facts, as_of).items()}
    assert found == expected


def test_the_world_has_people_on_every_stage(facts: Facts) -> None:
    counts = stage_counts(paths_of(facts, DAYS[-1]).values())
    assert all(count.ever for count in counts)


@pytest.mark.parametrize("months", [3, 6, 12, 24])
def test_cohorts_convert_as_the_second_reading_counts(facts: Facts, months: int) -> None:
    rows = conversion(paths_of(facts, DAYS[-1]).values(), windows=(months,))
    found = {row.cohort.first.year: (row.people, row.converted, row.too_young) for row in rows if row.entered is None}
    assert found == oracle.conversion(world_folder(), DAYS[-1], months)


@pytest.mark.parametrize(("start", "goal"), [(1, 2), (1, 3), (1, 5), (3, 4), (4, 5), (5, 7)])
def test_median_times_are_those_of_the_second_reading(facts: Facts, start: int, goal: int) -> None:
    found = time_to_stage(paths_of(facts, DAYS[-1]).values(), Stage(start), Stage(goal))
    expected = oracle.median_days(world_folder(), DAYS[-1], Stage(start).code, Stage(goal).code)
    assert found.median == expected
