"""What must hold of any facts whatever."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from wmcrm.paths import (
    EventFact,
    Facts,
    Involvement,
    Mentorship,
    Participation,
    PersonFact,
    Position,
    Stage,
    paths_of,
)

PEOPLE = range(1, 7)
START = dt.date(2018, 1, 31)
ROLES = ["participant", "helper", "trainer", "co_organizer", "organizer", "lead", "staff"]
days = st.integers(0, 3000).map(lambda number: START + dt.timedelta(days=number))
persons = st.sampled_from(PEOPLE)


@st.composite
def spans(draw: st.DrawFn) -> tuple[dt.date, dt.date | None]:
    since = draw(days)
    length = draw(st.none() | st.integers(1, 1500))
    return since, None if length is None else since + dt.timedelta(days=length)


@st.composite
def participations(draw: st.DrawFn, number: int) -> Participation:
    return Participation(
        id=number,
        person=draw(persons),
        event=draw(st.integers(1, 12)),
        role=draw(st.sampled_from(ROLES)),
        attended=draw(st.sampled_from([True, True, True, False, None])),
        registered=draw(st.booleans()),
        capacity=draw(st.sampled_from(["participant", "participant", "staff"])),
    )


@st.composite
def events(draw: st.DrawFn, number: int) -> EventFact:
    return EventFact(
        id=number,
        day=draw(days),
        affiliates=frozenset(draw(st.lists(st.integers(1, 3), max_size=2))),
        country=draw(st.sampled_from(["SN", "GH", None])),
        programme=draw(st.sampled_from([None, None, 1])),
        held=draw(st.integers(0, 9)) > 0,
        tracked_attendance=draw(st.booleans()),
    )


@st.composite
def worlds(draw: st.DrawFn, mentoring: bool = True) -> Facts:
    size = draw(st.integers(0, 40))
    positions = []
    for number in range(draw(st.integers(0, 4))):
        since, until = draw(spans())
        post = draw(st.sampled_from(["chair", "programme_lead", "member"]))
        positions.append(Position(number, draw(persons), 1, post, since, until))
    involvements = []
    for number in range(draw(st.integers(0, 3))):
        since, until = draw(spans())
        kind = draw(st.sampled_from(["leading", "working", "interested"]))
        involvements.append(Involvement(number, draw(persons), 1, kind, since, until))
    mentorships = []
    for number in range(draw(st.integers(0, 4)) if mentoring else 0):
        mentor, mentee = draw(st.permutations(PEOPLE))[:2]
        since, until = draw(spans())
        mentorships.append(Mentorship(number, mentor, mentee, since, until))
    return Facts(
        people={person: PersonFact(person) for person in PEOPLE},
        events={number: draw(events(number)) for number in range(1, 13)},
        participations=[draw(participations(number)) for number in range(size)],
        positions=positions,
        involvements=involvements,
        mentorships=mentorships,
    )


@given(worlds(), days, days)
@settings(max_examples=70)
def test_the_highest_never_falls_and_no_stage_day_moves_as_time_goes_on(
    facts: Facts, one: dt.date, other: dt.date
) -> None:
    early, late = sorted((one, other))
    before, after = paths_of(facts, early), paths_of(facts, late)
    for person in PEOPLE:
        assert before[person].highest <= after[person].highest
        assert dict(before[person].reached) == {
            stage: reached for stage, reached in after[person].reached.items() if reached.day <= early
        }


@given(worlds(), days)
@settings(max_examples=70)
def test_current_is_never_above_highest(facts: Facts, as_of: dt.date) -> None:
    assert all(path.current <= path.highest for path in paths_of(facts, as_of).values())


@given(worlds(), st.randoms(use_true_random=False), days)
@settings(max_examples=50)
def test_the_order_of_the_rows_changes_nothing(facts: Facts, random: object, as_of: dt.date) -> None:
    def mixed(rows: object) -> list[object]:
        copy = list(rows)  # type: ignore[call-overload]
        random.shuffle(copy)  # type: ignore[attr-defined]
        return copy

    shuffled = replace(
        facts,
        people=dict(mixed(facts.people.items())),  # type: ignore[arg-type]
        participations=mixed(facts.participations),
        positions=mixed(facts.positions),
        involvements=mixed(facts.involvements),
        mentorships=mixed(facts.mentorships),
    )
    assert paths_of(shuffled, as_of) == paths_of(facts, as_of)


@given(worlds(mentoring=False), participations(999), days)
@settings(max_examples=70)
def test_one_more_fact_about_a_person_never_lowers_that_person(
    facts: Facts, more: Participation, as_of: dt.date
) -> None:
    """One day may come earlier, none later; who merged unites two people's facts in this way."""
    before = paths_of(facts, as_of)[more.person]
    after = paths_of(replace(facts, participations=[*facts.participations, more]), as_of)[more.person]
    assert after.highest >= before.highest
    for stage, reached in before.reached.items():
        assert after.reached[stage].day <= reached.day


@given(worlds(mentoring=False), days)
@settings(max_examples=50)
def test_a_merged_person_stands_at_least_as_high_as_either_and_unmerging_restores_both(
    facts: Facts, as_of: dt.date
) -> None:
    """Own deeds only: a pair that trained each other's pupils may lose a newcomer by being one person."""
    facts = replace(facts, participations=[row for row in facts.participations if row.role != "trainer"])
    before = paths_of(facts, as_of)
    united = replace(
        facts,
        participations=[replace(row, person=1) if row.person == 2 else row for row in facts.participations],
        positions=[replace(row, person=1) if row.person == 2 else row for row in facts.positions],
        involvements=[replace(row, person=1) if row.person == 2 else row for row in facts.involvements],
    )
    after = paths_of(united, as_of)
    assert after[1].highest >= max(before[1].highest, before[2].highest)
    assert after[2].highest is Stage.CONTACT
    assert set(before[1].reached) | set(before[2].reached) <= set(after[1].reached)
    assert paths_of(facts, as_of) == before


@given(worlds(), days)
@settings(max_examples=60)
def test_skipped_stages_are_those_below_the_highest_that_were_never_reached(facts: Facts, as_of: dt.date) -> None:
    for path in paths_of(facts, as_of).values():
        below = {stage for stage in Stage if Stage.CONTACT < stage <= path.highest}
        assert set(path.skipped) | set(path.reached) == below
        assert not set(path.skipped) & set(path.reached)
