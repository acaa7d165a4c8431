"""The stored signs that somebody may want to do more: initiatives, skills, trainings, mentors."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import (
    Attendance,
    Event,
    EventRole,
    EventStatus,
    EventType,
    Involvement,
    InvolvementKind,
    Mentorship,
    Participation,
    PersonSkill,
    Skill,
    SkillKind,
)
from wmcrm.months import add_months
from wmcrm.paths.evidence import SELF_REPORT
from wmcrm.paths.reading import each_listed_path
from wmcrm.paths.ready import Ready, Signal, SignalKind, ready_for_next_step
from wmcrm.paths.rules import LATEST, PathModel
from wmcrm.paths.selection import EVERYBODY, Asked, live

ORGANIZING_SKILL = "organizing"
Found = sa.Select[int, dt.date | None]


def ready_people(
    session: Session, as_of: dt.date, *, asked: Asked = EVERYBODY, model: PathModel = LATEST
) -> tuple[Ready, ...]:
    """Return who is ready for the next step, of those that may be listed to whoever acts."""
    signals = load_signals(session, as_of, model)
    return ready_for_next_step(each_listed_path(session, as_of, asked=asked, model=model), signals, model)


def load_signals(session: Session, as_of: dt.date, model: PathModel = LATEST) -> dict[int, list[Signal]]:
    """Return the signals of the model's months up to ``as_of``, by person id.

    Wanting to organize is the wanted skill ``organizing``, or a self-report of organizing still to be confirmed.
    """
    since = add_months(as_of, -model.signal_months)
    found: dict[int, list[Signal]] = defaultdict(list)
    for kind, query in _queries(since, as_of, model):
        for person, day in session.execute(query):
            if day is not None:
                found[person].append(Signal(day, kind))
    return dict(found)


def _queries(since: dt.date, as_of: dt.date, model: PathModel) -> Iterator[tuple[SignalKind, Found]]:
    yield (
        SignalKind.WANTS_TO_ORGANIZE,
        _skills(SkillKind.WANTS, since, as_of).where(col(Skill.code) == ORGANIZING_SKILL),
    )
    yield SignalKind.WANTS_TO_ORGANIZE, _unconfirmed_organizing(since, as_of, model)
    yield SignalKind.SKILL_OFFERED, _skills(SkillKind.OFFERS, since, as_of)
    yield SignalKind.TRAINING_FINISHED, _trainings(since, as_of)
    yield (
        SignalKind.INTERESTED_IN_INITIATIVE,
        sa.select(col(Involvement.person_id), col(Involvement.since))
        .where(live(Involvement), col(Involvement.kind) == InvolvementKind.INTERESTED)
        .where(col(Involvement.since).between(since, as_of)),
    )
    yield (
        SignalKind.MENTOR_ASSIGNED,
        sa.select(col(Mentorship.mentee_id), col(Mentorship.since))
        .where(live(Mentorship))
        .where(col(Mentorship.since).between(since, as_of)),
    )


def _skills(kind: SkillKind, since: dt.date, as_of: dt.date) -> Found:
    return (
        sa.select(col(PersonSkill.person_id), col(PersonSkill.on_day))
        .join(Skill, col(Skill.id) == col(PersonSkill.skill_id))
        .where(live(PersonSkill), col(PersonSkill.kind) == kind, col(PersonSkill.on_day).between(since, as_of))
    )


def _trainings(since: dt.date, as_of: dt.date) -> Found:
    """A training is finished on the last day of its event, by those who came to learn."""
    last_day = sa.func.coalesce(col(Event.ends_on), col(Event.starts_on), type_=sa.Date)
    is_training = sa.or_(
        col(Event.event_type) == EventType.TRAINING_SEMINAR,
        col(Event.second_type) == EventType.TRAINING_SEMINAR,
    )
    return (
        sa.select(col(Participation.person_id), last_day)
        .join(Event, col(Event.id) == col(Participation.event_id))
        .where(live(Participation), live(Event), col(Event.status) == EventStatus.HELD, is_training)
        .where(col(Participation.event_role) == EventRole.PARTICIPANT)
        .where(col(Participation.attended) == Attendance.YES, last_day.between(since, as_of))
    )


def _unconfirmed_organizing(since: dt.date, as_of: dt.date, model: PathModel) -> Found:
    return (
        sa.select(col(Participation.person_id), col(Event.starts_on))
        .join(Event, col(Event.id) == col(Participation.event_id))
        .where(live(Participation), live(Event), col(Participation.source) == SELF_REPORT)
        .where(col(Participation.confirmed_by_id).is_(None), col(Participation.source_row_id).is_(None))
        .where(col(Participation.event_role).in_(sorted(model.organized_roles)))
        .where(col(Event.starts_on).between(since, as_of))
    )
