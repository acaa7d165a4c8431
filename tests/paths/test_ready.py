from __future__ import annotations

import dataclasses

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests.paths.stored import store
from tests.paths.story import AICHA, CHEN, DANA, EFUA, NOW, OMAR, Story, day
from wmcrm.db import NOBODY, Session
from wmcrm.models import Event, EventType, Participation, PersonSkill, Skill, SkillKind
from wmcrm.paths import Signal, SignalKind, load_signals, paths_of, ready_for_next_step, ready_people

OFFERED = Signal(day("2025-11-21"), SignalKind.SKILL_OFFERED)


def helper_story() -> Story:
    story = Story()
    story.went(AICHA, "helper", "2026-03-01")
    return story


@pytest.mark.parametrize(
    ("on", "ready"), [("2025-11-21", True), ("2025-11-20", False), ("2026-11-21", True), ("2026-11-22", False)]
)
def test_a_signal_holds_for_12_months(on: str, ready: bool) -> None:
    paths = paths_of(helper_story().facts(), NOW).values()
    signal = dataclasses.replace(OFFERED, day=day(on))
    assert bool(ready_for_next_step(paths, {AICHA: [signal]})) is ready


@pytest.mark.parametrize(
    ("role", "days", "ready"),
    [
        ("participant", ("2026-03-01",), False),
        ("participant", ("2026-03-01", "2026-04-01"), True),
        ("speaker", ("2026-03-01",), True),
        ("trainer", ("2026-03-01",), False),
        ("speaker", ("2020-03-01",), False),
    ],
)
def test_ready_are_those_who_return_or_help_now(role: str, days: tuple[str, ...], ready: bool) -> None:
    story = Story()
    story.went(AICHA, role, *days)
    assert bool(ready_for_next_step(paths_of(story.facts(), NOW).values(), {AICHA: [OFFERED]})) is ready


def test_who_stepped_back_is_left_alone() -> None:
    story = helper_story()
    story.person(AICHA, stepped_back_on=day("2026-06-01"))
    assert not ready_for_next_step(paths_of(story.facts(), NOW).values(), {AICHA: [OFFERED]})


def test_a_signal_alone_moves_nobody() -> None:
    story = Story()
    story.person(AICHA)
    assert not ready_for_next_step(paths_of(story.facts(), NOW).values(), {AICHA: [OFFERED]})


def store_signals(session: Session) -> None:
    story = helper_story()
    story.involved(OMAR, "interested", "2026-05-01")
    story.mentored(CHEN, DANA, "2026-06-01")
    story.did(EFUA, "participant", story.event("2026-07-01"))
    story.did(AICHA, "organizer", story.event("2026-08-01"))
    story.person(DANA)
    store(session, story.facts())
    session.execute(
        sa.update(Event)
        .where(col(Event.id) == 2)
        .values(event_type=EventType.TRAINING_SEMINAR, ends_on=day("2026-07-03"))
    )
    session.execute(sa.update(Participation).where(col(Participation.id) == 3).values(source="self_report"))
    skill, other = Skill(code="organizing", label="Organizing"), Skill(code="photography", label="Photography")
    session.add_all([skill, other])
    session.flush()
    session.add_all(
        [
            _skill(OMAR, skill, SkillKind.WANTS, "2026-09-01"),
            _skill(OMAR, other, SkillKind.WANTS, "2026-09-02"),
            _skill(AICHA, other, SkillKind.OFFERS, "2026-09-03"),
            _skill(AICHA, other, SkillKind.OFFERS, "2024-09-03"),
        ]
    )
    session.flush()


def test_signals_are_read_from_skills_initiatives_trainings_and_mentors(session: Session) -> None:
    store_signals(session)
    found = {person: sorted(signals) for person, signals in load_signals(session, NOW).items()}
    assert found == {
        AICHA: [
            Signal(day("2026-08-01"), SignalKind.WANTS_TO_ORGANIZE),
            Signal(day("2026-09-03"), SignalKind.SKILL_OFFERED),
        ],
        OMAR: [
            Signal(day("2026-05-01"), SignalKind.INTERESTED_IN_INITIATIVE),
            Signal(day("2026-09-01"), SignalKind.WANTS_TO_ORGANIZE),
        ],
        DANA: [Signal(day("2026-06-01"), SignalKind.MENTOR_ASSIGNED)],
        EFUA: [Signal(day("2026-07-03"), SignalKind.TRAINING_FINISHED)],
    }
    (ready,) = ready_people(session, NOW)
    assert (ready.path.person, len(ready.signals)) == (AICHA, 2)
    session.info["actor"] = NOBODY
    assert ready_people(session, NOW) == ()


def _skill(person: int, skill: Skill, kind: SkillKind, on: str) -> PersonSkill:
    return PersonSkill(person_id=person, recorded_for_id=person, skill_id=skill.id, kind=kind, on_day=day(on))
