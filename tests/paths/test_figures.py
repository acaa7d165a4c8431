from __future__ import annotations

import datetime as dt

import pytest

from tests.paths.story import AICHA, CHEN, DANA, EFUA, GHANA, NOW, OMAR, SENEGAL, Story, day
from wmcrm.paths import (
    Activity,
    Grain,
    PathOfPerson,
    Spell,
    Stage,
    active_organizers,
    affiliates_on_one,
    cohort_of,
    conversion,
    entry_routes,
    gather,
    kaplan_meier,
    multipliers_per_100_organizers,
    newly_reached,
    overloaded,
    paths_of,
    quantile,
    returns,
    stage_counts,
    stops,
    time_to_stage,
    times_between_stages,
    top_tenth,
)


def everybody(story: Story, as_of: dt.date = NOW) -> list[PathOfPerson]:
    return list(paths_of(story.facts(), as_of).values())


def small_movement() -> Story:
    story = Story()
    story.person(AICHA, entry_route="event")
    story.person(OMAR, entry_route="event")
    story.person(CHEN, entry_route="staff_hire")
    story.person(EFUA)
    story.went(AICHA, "participant", "2024-01-10", "2024-03-10")
    story.went(AICHA, "organizer", "2025-02-01")
    story.went(OMAR, "participant", "2024-05-01")
    story.went(CHEN, "organizer", "2026-10-01")
    return story


def test_people_are_counted_by_highest_by_current_and_by_stages_ever_reached() -> None:
    counts = {
        count.stage: (count.highest, count.current, count.ever) for count in stage_counts(everybody(small_movement()))
    }
    assert counts[Stage.CONTACT] == (1, 2, 4)
    assert counts[Stage.PARTICIPANT] == (1, 0, 2)
    assert counts[Stage.RETURNING] == (0, 0, 1)
    assert counts[Stage.ORGANIZER] == (2, 2, 2)


def test_newly_reached_counts_the_days_of_the_period_with_both_ends() -> None:
    found = newly_reached(everybody(small_movement()), day("2024-01-10"), day("2024-05-01"))
    assert found[Stage.PARTICIPANT] == 2
    assert found[Stage.RETURNING] == 1
    assert found[Stage.ORGANIZER] == 0
    assert Stage.CONTACT not in found


def test_where_people_stop_is_their_highest_stage_and_how_long_they_have_been_away() -> None:
    found = {stop.stage: stop for stop in stops(everybody(small_movement()))}
    assert found[Stage.PARTICIPANT].stopped == 1
    assert found[Stage.ORGANIZER].by_activity[Activity.QUIET] == 1
    assert (found[Stage.ORGANIZER].people, found[Stage.ORGANIZER].stopped) == (2, 0)


def test_entry_routes_tell_where_people_came_in_and_what_they_skipped() -> None:
    found = {row.route: row for row in entry_routes(everybody(small_movement()))}
    assert list(found) == ["event", "staff_hire", "unknown"]
    assert found["event"].entered[Stage.PARTICIPANT] == 2
    assert found["event"].skipped[Stage.HELPER] == 1
    assert found["staff_hire"].entered[Stage.ORGANIZER] == 1
    assert (found["staff_hire"].skipping, found["unknown"].skipping) == (1, 0)
    assert found["unknown"].entered[Stage.CONTACT] == 1


def test_conversion_is_by_cohort_of_the_first_occasion_and_marks_the_too_young() -> None:
    rows = {
        (row.cohort.label, row.entered, row.months): (row.people, row.converted, row.too_young)
        for row in conversion(everybody(small_movement()))
    }
    assert rows["2024", None, 3] == (2, 1, False)
    assert rows["2024", Stage.PARTICIPANT, 24] == (2, 1, True)  # December's people would have until December 2026
    assert rows["2026", Stage.ORGANIZER, 3] == (1, 0, True)
    assert rows["2024", None, 12] == (2, 1, False)


def test_a_stage_reached_one_day_after_the_window_is_no_conversion() -> None:
    story = Story()
    story.went(AICHA, "participant", "2024-01-31", "2024-05-01")
    rows = {row.months: row.converted for row in conversion(everybody(story)) if row.entered is None}
    assert rows == {3: 0, 6: 1, 12: 1, 24: 1}


@pytest.mark.parametrize(
    ("grain", "label", "last"),
    [
        (Grain.YEAR, "2024", "2024-12-31"),
        (Grain.QUARTER, "2024-Q1", "2024-03-31"),
        (Grain.MONTH, "2024-02", "2024-02-29"),
    ],
)
def test_cohorts_are_years_quarters_or_months(grain: Grain, label: str, last: str) -> None:
    cohort = cohort_of(day("2024-02-10"), grain)
    assert (cohort.label, cohort.last) == (label, day(last))


def test_the_return_rate_counts_only_those_who_have_had_the_time() -> None:
    story = small_movement()
    found = {row.months: row for row in returns(gather(story.facts()), everybody(story))}
    assert (found[3].people, found[3].returned, found[3].too_young) == (2, 1, 1)
    assert (found[24].people, found[24].returned, found[24].too_young) == (2, 1, 1)


def test_a_second_event_on_the_first_day_is_no_return() -> None:
    story = Story()
    story.went(AICHA, "participant", "2024-01-01", "2024-01-01")
    assert all(row.returned == 0 for row in returns(gather(story.facts()), everybody(story)))


def test_kaplan_meier_agrees_with_a_table_worked_by_hand() -> None:
    """6 people: arrived at 6, 6, 10; left unseen at 6, 9, 11 -> 4/6, then half of that."""
    spells = [Spell(6, True), Spell(6, True), Spell(6, False), Spell(9, False), Spell(10, True), Spell(11, False)]
    steps = kaplan_meier(spells)
    assert [(step.days, step.at_risk, step.arrived) for step in steps] == [(6, 6, 2), (10, 2, 1)]
    assert [round(step.under_way, 6) for step in steps] == [0.666667, 0.333333]
    assert (quantile(steps, 0.25), quantile(steps, 0.5), quantile(steps, 0.75)) == (6, 10, None)


def test_without_censoring_the_median_is_the_ordinary_median() -> None:
    steps = kaplan_meier(Spell(days, True) for days in range(1, 102))
    assert (quantile(steps, 0.25), quantile(steps, 0.5), quantile(steps, 0.75)) == (26, 51, 76)


def test_a_rate_of_exactly_a_half_is_not_lost_to_rounding() -> None:
    steps = kaplan_meier(Spell(days, True) for days in range(1, 11))
    assert quantile(steps, 0.5) == 5


def test_nobody_under_way_gives_no_curve() -> None:
    assert kaplan_meier([]) == ()
    estimate = time_to_stage([], Stage.PARTICIPANT, Stage.ORGANIZER)
    assert (estimate.people, estimate.median) == (0, None)


def test_who_has_not_arrived_is_censored_and_who_came_from_above_is_left_out() -> None:
    story = Story()
    story.went(AICHA, "participant", "2025-01-01")
    story.went(AICHA, "organizer", "2025-01-31")
    story.went(OMAR, "participant", "2025-01-01")
    story.went(DANA, "organizer", "2025-01-01")
    story.went(DANA, "participant", "2025-02-01")
    estimate = time_to_stage(everybody(story), Stage.PARTICIPANT, Stage.ORGANIZER)
    assert (estimate.people, estimate.arrived) == (2, 1)
    assert (estimate.lower, estimate.median, estimate.upper) == (30, 30, None)


def test_two_stages_on_one_day_are_no_days_apart() -> None:
    story = Story()
    story.went(AICHA, "participant", "2025-01-01")
    story.went(AICHA, "organizer", "2025-01-01")
    estimate = time_to_stage(everybody(story), Stage.PARTICIPANT, Stage.ORGANIZER)
    assert (estimate.people, estimate.arrived, estimate.median) == (1, 1, 0)


def test_times_are_given_from_each_stage_to_the_next() -> None:
    found = times_between_stages(everybody(small_movement()))
    assert (found[0].start.code, found[0].goal.code) == ("participant", "returning")
    assert len(found) == 6


def test_the_top_tenth_is_rounded_up_and_its_share_is_of_events() -> None:
    story = Story()
    for person in range(1, 12):
        story.went(person, "organizer", "2026-01-01")
    story.went(AICHA, "organizer", "2026-02-01", "2026-03-01")
    story.did(OMAR, "organizer", 1)
    found = top_tenth(gather(story.facts()).values(), day("2026-01-01"), day("2026-12-31"))
    assert (found.organizers, found.top, found.events, found.events_of_top) == (11, 2, 13, 4)
    assert found.share == pytest.approx(4 / 13)


def test_without_organizers_the_top_tenth_has_no_share() -> None:
    assert top_tenth([], day("2026-01-01"), day("2026-12-31")).share is None


def test_an_affiliate_hangs_on_one_when_only_one_organized_for_it_within_12_months() -> None:
    story = Story()
    story.did(AICHA, "organizer", story.event("2025-11-21"))
    story.did(OMAR, "organizer", story.event("2025-11-20"))
    for person in (DANA, EFUA):
        story.did(person, "lead", story.event("2026-05-01", host=GHANA))
    story.did(CHEN, "co_organizer", story.event("2026-05-01"))
    evidence = gather(story.facts()).values()
    assert active_organizers(evidence, NOW) == {SENEGAL: {AICHA}, GHANA: {DANA, EFUA}}
    assert affiliates_on_one(evidence, NOW) == {SENEGAL: AICHA}


def test_more_than_five_organized_events_in_90_days_are_too_many() -> None:
    story = Story()
    for person, first in ((AICHA, "2026-08-24"), (OMAR, "2026-08-23")):
        story.went(person, "organizer", first, *(f"2026-1{month}-01" for month in (0, 1)))
        story.went(person, "organizer", "2026-10-10", "2026-10-20", "2026-11-21")
    found = overloaded(gather(story.facts()).values(), NOW)
    assert [(load.person, load.occasions, load.affiliates) for load in found] == [(AICHA, 6, {SENEGAL})]


def test_multipliers_are_counted_per_100_organizers() -> None:
    story = Story()
    assert multipliers_per_100_organizers(everybody(story)) is None
    for person in (AICHA, OMAR, CHEN, DANA):
        story.went(person, "organizer", "2026-01-01")
    story.held(DANA, "chair", "2025-01-01")
    assert multipliers_per_100_organizers(everybody(story)) == 25.0
