"""The questions that sign-up sheets of an event asked: how many answered, and for who works with them each answer."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.models import (
    AccessLogEntry,
    AnswerAggregate,
    Event,
    Person,
    Protection,
    Purpose,
    SignupAnswer,
    SignupQuestion,
    may_hold,
)


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question: what for, kept until when, how many answered; after that day the figures that may be shown."""

    wording: str
    purpose: str
    until: dt.date
    answered: int | None
    summed_on: dt.date | None
    figures: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What one person answered: handle with care, never log it."""

    question: str
    person: str
    name: str = field(repr=False)
    answer: str = field(repr=False)


def questions_at(session: Session, event: Event) -> list[QuestionLine]:
    """The questions that the actor's affiliates asked at an event."""
    query = sa.select(SignupQuestion, col(Purpose.code)).join(
        Purpose, col(Purpose.id) == col(SignupQuestion.purpose_id)
    )
    rows = session.execute(query.where(col(SignupQuestion.event_id) == event.id).order_by(col(SignupQuestion.id)))
    own = [(one, purpose) for one, purpose in rows if may_hold(session, one.holder_affiliate_id)]
    ids = [one.id for one, _ in own]
    answered, figures = _answered(session, ids), _figures(session, ids)
    return [
        QuestionLine(
            wording=one.wording,
            purpose=purpose,
            until=one.until,
            answered=one.answered if one.summed_on else answered.get(one.id, 0),
            summed_on=one.summed_on,
            figures=figures[one.id],
        )
        for one, purpose in own
    ]


def read_answers(session: Session, event: Event) -> list[AnswerLine]:
    """Every answer at an event that the actor's scope has, question by question; logged."""
    query = (
        sa.select(
            col(SignupQuestion.wording), col(Person.public_id), col(Person.display_name), col(SignupAnswer.answer)
        )
        .join(SignupQuestion, col(SignupQuestion.id) == col(SignupAnswer.question_id))
        .join(Person, col(Person.id) == col(SignupAnswer.person_id))
        .where(col(SignupQuestion.event_id) == event.id, col(SignupAnswer.removed_at).is_(None))
        .where(col(Person.protection) != Protection.SEALED)
        .order_by(col(SignupQuestion.id), col(Person.sort_name), col(Person.id))
    )
    found = [AnswerLine(*row) for row in session.execute(query)]
    actor, people = actor_of(session), len({line.person for line in found})
    session.add(
        AccessLogEntry(
            account_id=actor.account_id, actor=actor.name, action="answers_read", record_id=event.id, people=people
        )
    )
    session.flush()
    return found


def _answered(session: Session, ids: Sequence[int]) -> dict[int, int]:
    query = sa.select(col(SignupAnswer.question_id), sa.func.count()).where(
        col(SignupAnswer.question_id).in_(ids), col(SignupAnswer.removed_at).is_(None)
    )
    return {number: count for number, count in session.execute(query.group_by(col(SignupAnswer.question_id)))}


def _figures(session: Session, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    query = sa.select(col(AnswerAggregate.question_id), col(AnswerAggregate.option), col(AnswerAggregate.people)).where(
        col(AnswerAggregate.question_id).in_(ids)
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for number, option, people in session.execute(query.order_by(col(AnswerAggregate.people).desc())):
        found[number][option] = people
    return found
