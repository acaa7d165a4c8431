from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from tests.paths.story import AICHA, CHEN, DANA, EFUA, GHANA, NOW, OMAR, SENEGAL, Story, day
from wmcrm.errors import BadInputError
from wmcrm.paths import LATEST, Activity, PersonFact, Rule, Stage, add_months, gather, occasions, path_model, paths_of


def test_an_organizer_who_never_participated_is_an_organizer_with_four_skipped_stages() -> None:
    story = Story()
    story.went(AICHA, "organizer", "2026-03-01")
    path = story.path()
    assert (path.highest, path.highest_on) == (Stage.ORGANIZER, day("2026-03-01"))
    assert [stage.code for stage in path.skipped] == ["participant", "returning", "helper", "co_organizer"]
    assert story.reached() == {"organizer": "2026-03-01"}


def test_a_record_without_any_deed_is_a_contact_without_a_day() -> None:
    story = Story()
    story.person(AICHA)
    path = story.path()
    assert (path.highest, path.highest_on, path.current) == (Stage.CONTACT, None, Stage.CONTACT)
    assert (path.activity, path.skipped, dict(path.reached)) == (Activity.NONE, (), {})


def test_who_only_registered_has_done_nothing_yet() -> None:
    story = Story()
    story.did(AICHA, "participant", story.event("2026-03-01"), attended=None, registered=True)
    assert story.path().highest is Stage.CONTACT


def test_a_registration_counts_as_presumed_where_nobody_kept_attendance() -> None:
    story = Story()
    event = story.event("2026-03-01", tracked_attendance=False)
    story.did(AICHA, "participant", event, attended=None, registered=True)
    reached = story.path().reached[Stage.PARTICIPANT]
    assert reached.day == day("2026-03-01")
    assert reached.evidence[0].presumed


@pytest.mark.parametrize(("attended", "presumed"), [(None, True), (True, False)])
def test_an_occasion_is_presumed_only_while_nothing_surer_stands_behind_it(
    attended: bool | None, presumed: bool
) -> None:
    story = Story()
    event = story.event("2026-03-01", tracked_attendance=False)
    story.did(AICHA, "participant", event, attended=None, registered=True)
    story.did(AICHA, "participant", event, attended=attended, registered=True)
    assert story.path().reached[Stage.PARTICIPANT].evidence[0].presumed is presumed


def test_being_waitlisted_is_not_presumed_to_be_there() -> None:
    story = Story()
    event = story.event("2026-03-01", tracked_attendance=False)
    story.did(AICHA, "participant", event, attended=None, registered=False)
    assert story.path().highest is Stage.CONTACT


@pytest.mark.parametrize("tracked", [True, False])
def test_a_no_show_never_counts(tracked: bool) -> None:
    story = Story()
    event = story.event("2026-03-01", tracked_attendance=tracked)
    story.did(AICHA, "organizer", event, attended=False, registered=True)
    assert story.path().highest is Stage.CONTACT


def test_contributing_counts_where_attendance_is_unknown() -> None:
    story = Story()
    story.did(AICHA, "participant", story.event("2026-03-01"), attended=None, contributed=True)
    assert story.path().highest is Stage.PARTICIPANT


def test_a_cancelled_registration_never_counts() -> None:
    story = Story()
    story.did(AICHA, "participant", story.event("2026-03-01"), cancelled=True)
    assert story.path().highest is Stage.CONTACT


def test_a_self_report_that_nobody_confirmed_is_no_evidence() -> None:
    story = Story()
    story.did(AICHA, "organizer", story.event("2026-03-01"), confirmed=False)
    assert story.path().highest is Stage.CONTACT


def test_a_cancelled_event_that_was_led_makes_no_organizer() -> None:
    story = Story()
    story.did(AICHA, "lead", story.event("2026-03-01", held=False))
    path = story.path()
    assert (path.highest, path.activity) == (Stage.CONTACT, Activity.NONE)


@pytest.mark.parametrize("capacity", ["staff", "interpreter"])
@pytest.mark.parametrize("role", ["participant", "interpreter", "helper", "staff"])
def test_paid_duty_makes_neither_a_participant_nor_a_helper(capacity: str, role: str) -> None:
    story = Story()
    story.did(CHEN, role, story.event("2026-03-01"), capacity=capacity)
    path = story.path(CHEN)
    assert (path.highest, path.activity) == (Stage.CONTACT, Activity.NONE)


def test_staff_who_organize_are_organizers() -> None:
    story = Story()
    story.did(CHEN, "organizer", story.event("2026-03-01"), capacity="staff")
    assert story.path(CHEN).highest is Stage.ORGANIZER


def test_an_unpaid_interpreter_is_a_helper() -> None:
    story = Story()
    story.did(OMAR, "interpreter", story.event("2026-03-01"))
    assert story.path(OMAR).highest is Stage.HELPER


def test_a_sponsor_contact_is_active_on_no_stage() -> None:
    story = Story()
    story.did(DANA, "sponsor_contact", story.event("2026-03-01"))
    path = story.path(DANA)
    assert (path.highest, path.activity) == (Stage.CONTACT, Activity.ACTIVE)


def test_two_events_on_one_day_do_not_make_somebody_return() -> None:
    story = Story()
    story.went(AICHA, "participant", "2026-03-01", "2026-03-01")
    assert story.path().highest is Stage.PARTICIPANT


def test_two_events_on_different_days_make_somebody_return_on_the_later() -> None:
    story = Story()
    story.went(AICHA, "participant", "2026-03-02", "2026-03-01")
    assert story.reached() == {"participant": "2026-03-01", "returning": "2026-03-02"}


def test_a_multi_day_event_with_several_sessions_is_one_occasion_on_its_first_day() -> None:
    story = Story()
    event = story.event("2026-03-01")
    for _session in range(3):
        story.did(AICHA, "participant", event)
    facts = story.facts()
    found = occasions(facts.participations, facts.events)
    assert [(one.day, one.participations) for one in found[AICHA]] == [(day("2026-03-01"), (1, 2, 3))]
    assert story.path().highest is Stage.PARTICIPANT


def test_one_missed_session_does_not_undo_the_one_attended() -> None:
    story = Story()
    event = story.event("2026-03-01")
    story.did(AICHA, "participant", event, attended=False)
    story.did(AICHA, "participant", event)
    assert story.path().highest is Stage.PARTICIPANT


def test_several_roles_of_one_family_at_one_event_are_one_occasion() -> None:
    story = Story()
    event = story.event("2026-03-01")
    for role in ("organizer", "creator", "lead", "photographer"):
        story.did(AICHA, role, event)
    facts = story.facts()
    assert len(occasions(facts.participations, facts.events)[AICHA]) == 2


def test_several_events_of_one_programme_on_one_day_are_one_occasion() -> None:
    story = Story()
    for on in ("2025-01-01", "2025-01-01", "2025-12-01"):
        story.did(AICHA, "organizer", story.event(on, programme=99))
    assert story.path().highest is Stage.ORGANIZER
    story.did(AICHA, "organizer", story.event("2025-06-01", programme=99))
    assert story.path().highest is Stage.SUSTAINED


def test_an_event_that_spans_midnight_happens_on_its_first_local_day() -> None:
    """An evening in Dakar that ends after midnight has one day, whatever the day in UTC."""
    story = Story()
    story.did(AICHA, "participant", story.event("2025-12-31"))
    assert story.reached() == {"participant": "2025-12-31"}
    assert story.path(as_of="2025-12-31").highest is Stage.PARTICIPANT
    assert story.path(as_of="2025-12-30").highest is Stage.CONTACT


@pytest.mark.parametrize(("second", "returns"), [("2026-02-28", True), ("2026-03-01", False), ("2024-03-01", True)])
def test_24_months_after_a_leap_day_end_on_28_february(second: str, returns: bool) -> None:
    story = Story()
    story.went(AICHA, "participant", "2024-02-29", second)
    assert (Stage.RETURNING in story.path().reached) is returns


def test_a_third_event_can_close_the_gap_that_the_second_left() -> None:
    story = Story()
    story.went(AICHA, "participant", "2018-01-01", "2022-01-01", "2022-05-01")
    assert story.reached() == {"participant": "2018-01-01", "returning": "2022-05-01"}


@pytest.mark.parametrize("role", sorted(LATEST.helping_roles))
def test_helping_roles_make_a_helper(role: str) -> None:
    story = Story()
    story.went(OMAR, role, "2026-03-01")
    assert story.path(OMAR).highest is Stage.HELPER


@pytest.mark.parametrize("role", ["trainer", "facilitator", "co_organizer", "committee", "coordinator"])
def test_carrying_roles_make_a_co_organizer(role: str) -> None:
    story = Story()
    story.went(OMAR, role, "2026-03-01")
    assert story.path(OMAR).highest is Stage.CO_ORGANIZER


def test_three_months_of_work_on_an_initiative_make_a_co_organizer() -> None:
    story = Story()
    story.involved(OMAR, "working", "2025-11-30", "2026-02-28")
    story.involved(DANA, "working", "2025-11-30", "2026-02-27")
    assert story.reached(OMAR) == {"co_organizer": "2026-02-28"}
    assert story.path(DANA).highest is Stage.CONTACT


@pytest.mark.parametrize("kind", ["interested", "advising", "steward"])
def test_being_interested_in_an_initiative_is_a_signal_and_no_stage(kind: str) -> None:
    story = Story()
    story.involved(OMAR, kind, "2020-01-01")
    assert story.path(OMAR).highest is Stage.CONTACT


def test_leading_an_initiative_makes_an_organizer_at_once() -> None:
    story = Story()
    story.involved(OMAR, "leading", "2026-01-10")
    assert story.reached(OMAR) == {"organizer": "2026-01-10"}


def test_a_programme_lead_is_an_organizer_at_once() -> None:
    story = Story()
    story.held(CHEN, "programme_lead", "2026-01-10", "2026-01-11")
    assert story.reached(CHEN) == {"organizer": "2026-01-10"}


@pytest.mark.parametrize(
    ("days", "sustained"),
    [
        (("2025-01-01", "2025-03-01", "2025-06-30"), "2025-06-30"),  # 180 days
        (("2025-01-01", "2025-03-01", "2025-06-29"), None),  # 179 days
        (("2024-02-29", "2025-03-01", "2026-02-28"), "2026-02-28"),
        (("2024-02-29", "2025-03-01", "2026-03-01"), None),
        (("2025-01-01", "2025-12-01"), None),
        (("2022-01-01", "2024-06-01", "2024-07-01", "2025-01-01"), "2025-01-01"),
        (("2025-01-01", "2025-01-01", "2025-12-01"), "2025-12-01"),
    ],
)
def test_three_organized_occasions_over_180_days_to_24_months_sustain(
    days: tuple[str, ...], sustained: str | None
) -> None:
    story = Story()
    story.went(AICHA, "organizer", *days)
    assert story.reached().get("sustained") == sustained


@pytest.mark.parametrize("position", ["group_contact_1", "group_contact_2", "board_member", "chair", "treasurer"])
def test_a_trusted_position_of_six_months_makes_a_multiplier(position: str) -> None:
    story = Story()
    story.held(DANA, position, "2025-08-31")
    assert story.reached(DANA) == {"multiplier": "2026-02-28"}
    assert story.path(DANA, "2026-02-27").highest is Stage.CONTACT


def test_a_position_that_ended_one_day_before_its_sixth_month_makes_none() -> None:
    story = Story()
    story.held(DANA, "chair", "2025-01-01", "2025-06-30")
    story.held(OMAR, "chair", "2025-01-01", "2025-07-01")
    assert story.path(DANA).highest is Stage.CONTACT
    assert story.reached(OMAR) == {"multiplier": "2025-07-01"}


def test_being_a_member_for_years_is_no_stage_but_activity() -> None:
    story = Story()
    story.held(DANA, "member", "2015-01-01")
    path = story.path(DANA)
    assert (path.highest, path.activity, path.last_on) == (Stage.CONTACT, Activity.ACTIVE, NOW)


def test_organizing_for_two_affiliates_makes_a_multiplier_on_the_day_of_the_second() -> None:
    story = Story()
    story.did(AICHA, "organizer", story.event("2025-01-01"))
    story.did(AICHA, "organizer", story.event("2025-02-01"))
    story.did(AICHA, "lead", story.event("2025-03-01", host=GHANA))
    reached = story.path().reached[Stage.MULTIPLIER]
    assert (reached.day, reached.rule) == (day("2025-03-01"), Rule.SEVERAL_AFFILIATES)
    assert [evidence.about for evidence in reached.evidence] == [(1,), (3,)]


def test_organizing_in_two_countries_makes_a_multiplier() -> None:
    story = Story()
    story.did(AICHA, "organizer", story.event("2025-01-01", country="SN"))
    story.did(AICHA, "organizer", story.event("2025-02-01", country=None))
    assert story.path().highest is Stage.ORGANIZER
    story.did(AICHA, "organizer", story.event("2025-03-01", country="ML"))
    assert story.path().reached[Stage.MULTIPLIER].rule == Rule.SEVERAL_COUNTRIES


def training(*, then: tuple[str, str], trainer: int = AICHA, host: int = SENEGAL) -> Story:
    """Omar and Dana attend a training and later organize."""
    story = Story()
    event = story.event("2024-02-29")
    story.did(trainer, "trainer", event)
    story.did(OMAR, "participant", event)
    story.did(DANA, "helper", event)
    for person, on in zip((OMAR, DANA), then, strict=True):
        story.did(person, "organizer", story.event(on, host=host))
    return story


def test_a_training_after_which_two_attendees_organize_for_its_host_makes_a_multiplier() -> None:
    story = training(then=("2025-05-01", "2024-06-01"))
    assert story.reached() == {"co_organizer": "2024-02-29", "multiplier": "2025-05-01"}
    assert story.path().reached[Stage.MULTIPLIER].rule == Rule.TRAINED
    assert story.path(as_of="2025-04-30").highest is Stage.CO_ORGANIZER


@pytest.mark.parametrize(
    ("then", "host"),
    [
        (("2024-06-01", "2026-03-01"), SENEGAL),  # a day too late
        (("2024-06-01", "2024-02-29"), SENEGAL),  # not later
        (("2024-06-01", "2024-07-01"), GHANA),  # for somebody else
    ],
)
def test_a_training_does_not_count_when_the_organizing_is_not_its_fruit(then: tuple[str, str], host: int) -> None:
    assert training(then=then, host=host).path().highest is Stage.CO_ORGANIZER


def test_the_24_months_of_a_training_on_a_leap_day_end_on_28_february() -> None:
    assert training(then=("2024-06-01", "2026-02-28")).path().highest is Stage.MULTIPLIER


def test_who_had_organized_for_the_host_before_the_training_is_no_newcomer() -> None:
    story = training(then=("2024-06-01", "2024-07-01"))
    story.went(DANA, "organizer", "2023-01-01")
    assert story.path().highest is Stage.CO_ORGANIZER


def test_the_trainer_is_not_their_own_newcomer() -> None:
    story = training(then=("2024-06-01", "2024-07-01"), trainer=DANA)
    assert story.path(DANA).highest is Stage.ORGANIZER


def test_who_was_registered_for_the_training_and_stayed_away_is_no_newcomer() -> None:
    story = training(then=("2024-06-01", "2024-07-01"))
    story.participations[1] = dataclasses.replace(story.participations[1], attended=False)
    assert story.path().highest is Stage.CO_ORGANIZER


def test_a_facilitator_of_the_same_event_trained_nobody() -> None:
    story = training(then=("2024-06-01", "2024-07-01"))
    story.did(EFUA, "facilitator", 1)
    assert story.path(EFUA).highest is Stage.CO_ORGANIZER


def test_a_mentor_of_somebody_who_then_co_organizes_is_a_multiplier() -> None:
    story = Story()
    story.mentored(AICHA, OMAR, "2025-01-01")
    story.went(OMAR, "helper", "2025-02-01")
    assert story.path().highest is Stage.CONTACT
    story.went(OMAR, "coordinator", "2025-03-01")
    assert story.reached() == {"multiplier": "2025-03-01"}


def test_a_stage_the_mentee_had_before_the_mentoring_is_not_the_mentors_work() -> None:
    story = Story()
    story.went(OMAR, "coordinator", "2025-01-01", "2025-03-01")
    story.mentored(AICHA, OMAR, "2025-01-01")
    assert story.path().highest is Stage.CONTACT
    story.went(OMAR, "organizer", "2025-04-01")
    assert story.reached() == {"multiplier": "2025-04-01"}


def test_mentors_in_a_circle_lift_each_other_only_from_a_real_deed() -> None:
    story = Story()
    story.mentored(AICHA, OMAR, "2025-01-01")
    story.mentored(OMAR, AICHA, "2025-01-01")
    assert story.path().highest is Stage.CONTACT
    story.went(DANA, "organizer", "2025-05-01")
    story.mentored(OMAR, DANA, "2025-01-01")
    assert story.reached(OMAR) == {"multiplier": "2025-05-01"}
    assert story.reached(AICHA) == {"multiplier": "2025-05-01"}


def test_a_mentor_whose_mentee_was_there_already_lifts_no_mentor_of_theirs() -> None:
    story = Story()
    story.mentored(EFUA, AICHA, "2024-01-01")
    story.mentored(AICHA, OMAR, "2025-05-01")
    story.went(OMAR, "coordinator", "2025-05-01")
    assert story.path(AICHA).highest is Stage.CONTACT
    assert story.path(EFUA).highest is Stage.CONTACT


def test_a_non_editor_without_an_account_reaches_the_last_stage() -> None:
    """No account, no edit count and no grant is even part of the facts."""
    story = Story()
    story.went(EFUA, "organizer", "2025-01-01", "2025-04-01", "2025-10-01")
    story.held(EFUA, "chair", "2025-06-01")
    assert story.path(EFUA).highest is Stage.MULTIPLIER
    assert {field.name for field in dataclasses.fields(PersonFact)} == {"id", "entry_route", "stepped_back_on"}


def test_a_dormant_multiplier_keeps_the_highest_and_stands_on_contact_now() -> None:
    story = Story()
    story.held(DANA, "treasurer", "2015-01-01", "2020-01-01")
    path = story.path(DANA)
    assert (path.highest, path.current, path.activity) == (Stage.MULTIPLIER, Stage.CONTACT, Activity.DORMANT)


def test_somebody_who_stepped_back_keeps_every_stage() -> None:
    story = Story()
    story.person(AICHA, stepped_back_on=day("2026-06-01"))
    story.went(AICHA, "organizer", "2026-05-01")
    path = story.path()
    assert (path.activity, path.highest, path.current) == (Activity.STEPPED_BACK, Stage.ORGANIZER, Stage.ORGANIZER)
    assert story.path(as_of="2026-05-31").activity is Activity.ACTIVE


@pytest.mark.parametrize(
    ("as_of", "activity"),
    [
        ("2025-02-28", Activity.ACTIVE),
        ("2025-03-01", Activity.QUIET),
        ("2026-02-28", Activity.QUIET),
        ("2026-03-01", Activity.DORMANT),
        ("2024-02-28", Activity.NONE),
    ],
)
def test_activity_turns_quiet_after_12_and_dormant_after_24_months(as_of: str, activity: Activity) -> None:
    story = Story()
    story.went(AICHA, "participant", "2024-02-29")
    assert story.path(as_of=as_of).activity is activity


def test_an_ended_position_is_activity_up_to_its_last_day() -> None:
    story = Story()
    story.held(CHEN, "staff", "2020-01-01", "2025-11-22")
    assert story.path(CHEN).activity is Activity.ACTIVE
    story.positions[0] = dataclasses.replace(story.positions[0], until=day("2025-11-21"))
    assert story.path(CHEN).activity is Activity.QUIET


def test_current_forgets_what_lies_24_months_back() -> None:
    story = Story()
    story.went(AICHA, "organizer", "2024-11-21")
    story.went(AICHA, "participant", "2024-11-22")
    path = story.path()
    assert (path.highest, path.current) == (Stage.ORGANIZER, Stage.PARTICIPANT)


def test_current_needs_both_of_two_facts_in_the_window() -> None:
    story = Story()
    story.went(AICHA, "participant", "2024-06-01", "2025-06-01")
    path = story.path()
    assert (path.highest, path.current) == (Stage.RETURNING, Stage.PARTICIPANT)


def test_a_position_that_had_lasted_long_enough_counts_while_it_is_held_in_the_window() -> None:
    story = Story()
    story.held(DANA, "chair", "2015-01-01", "2024-11-23")
    story.held(OMAR, "chair", "2015-01-01", "2024-11-22")
    story.held(EFUA, "chair", "2025-01-01", "2025-07-01")
    assert story.path(DANA).current is Stage.MULTIPLIER
    assert story.path(OMAR).current is Stage.CONTACT
    assert story.path(EFUA).highest is Stage.MULTIPLIER
    assert story.path(EFUA).current is Stage.CONTACT  # on the day it had lasted six months it was held no more


def test_as_of_a_day_nothing_later_is_known() -> None:
    story = Story()
    story.went(AICHA, "participant", "2025-01-01", "2025-02-01")
    story.went(AICHA, "organizer", "2025-03-01")
    assert story.reached(as_of="2025-01-31") == {"participant": "2025-01-01"}
    assert story.path(as_of="2025-02-28").highest is Stage.RETURNING
    assert story.path(as_of="2024-12-31").activity is Activity.NONE


def moved(story: Story, origin: int, target: int) -> Story:
    """The story after a merge: every fact of one record now belongs to the other."""
    story.people.pop(origin)
    story.participations = [
        dataclasses.replace(row, person=target) if row.person == origin else row for row in story.participations
    ]
    return story


def test_a_merge_lifts_2_to_6_and_its_unmerge_restores_both() -> None:
    def two_records() -> Story:
        story = Story()
        story.went(AICHA, "participant", "2025-01-01", "2025-02-01")
        story.went(OMAR, "organizer", "2025-03-01", "2025-05-01", "2025-10-01")
        return story

    before = paths_of(two_records().facts(), NOW)
    assert (before[AICHA].highest, before[OMAR].highest) == (Stage.RETURNING, Stage.SUSTAINED)
    united = moved(two_records(), OMAR, AICHA).path()
    assert (united.highest, len(united.reached)) == (Stage.SUSTAINED, 4)
    assert paths_of(two_records().facts(), NOW) == before


def test_an_erased_person_goes_and_what_they_were_for_others_stays_only_as_long_as_their_rows() -> None:
    story = training(then=("2024-06-01", "2024-07-01"))
    story.people.pop(DANA)
    paths = paths_of(story.facts(), NOW)
    assert DANA not in paths
    assert paths[AICHA].highest is Stage.MULTIPLIER


def test_every_stage_day_carries_its_evidence_and_the_version() -> None:
    story = training(then=("2024-06-01", "2024-07-01"))
    for path in paths_of(story.facts(), NOW).values():
        assert path.version == 1
        for reached in path.reached.values():
            assert reached.evidence
            assert max(evidence.day for evidence in reached.evidence) <= reached.day


def test_version_1_says_what_was_published() -> None:
    shown = LATEST.definitions()
    numbers = {name: value for name, value in shown.items() if isinstance(value, int)}
    assert numbers == {
        "version": 1,
        "returning_within_months": 24,
        "working_months": 3,
        "sustained_occasions": 3,
        "sustained_least_days": 180,
        "sustained_within_months": 24,
        "multiplier_position_months": 6,
        "multiplier_affiliates": 2,
        "multiplier_countries": 2,
        "trained_people": 2,
        "trained_within_months": 24,
        "current_months": 24,
        "active_months": 12,
        "quiet_months": 24,
        "load_days": 90,
        "load_events": 5,
        "signal_months": 12,
    }
    assert shown["mentored_stage"] == "co_organizer"
    assert shown["ready_stages"] == ["helper", "returning"]
    assert shown["paid_capacities"] == ["interpreter", "staff"]
    assert shown["published_on"] == "2026-11-21"
    with pytest.raises(dataclasses.FrozenInstanceError):
        LATEST.working_months = 1  # type: ignore[misc]


def test_an_unpublished_version_is_refused_with_the_published_ones() -> None:
    assert path_model() is path_model(1)
    with pytest.raises(BadInputError, match="version 9; published are: 1"):
        path_model(9)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-02-29", 24, "2026-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -24, "2024-01-15"),
        ("2025-12-31", 2, "2026-02-28"),
    ],
)
def test_months_are_calendar_months_clamped_to_their_end(start: str, months: int, end: str) -> None:
    assert add_months(day(start), months) == day(end)


def test_months_stop_at_the_ends_of_the_calendar() -> None:
    assert add_months(dt.date.max, 6) == dt.date.max
    assert add_months(dt.date.min, -6) == dt.date.min


def test_gathering_keeps_people_without_events() -> None:
    story = Story()
    story.held(CHEN, "staff", "2020-01-01")
    assert gather(story.facts())[CHEN].occasions == ()
