"""What people answered when they signed up: figures only, of each question of each event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import AnswerAggregate, Event, Person, SignupAnswer, SignupQuestion
from wmcrm.privacy import figures_of
from wmcrm.reports.asked import counted_people, coverage_sentence, held_events
from wmcrm.reports.report import Line, Question, Report
from wmcrm.reports.suppression import Hiding

COLUMNS = ("event", "question", "option", "people", "answered", "answers_until")
DEFINITIONS = {
    "people": "how many chose the option; options of under 5 people, and what would give them away, are left out",
    "answered": "how many answered; a question that fewer than 10 answered is left out",
    "answers_until": "the day after which single answers are deleted; empty when they were",
}
HIDING = Hiding(people=("people",), labels=("question", "option"), within=("event", "question"))


def answers_report(session: Session, question: Question) -> Report:
    """A line for each option that may be shown, of every question that enough people answered."""
    query = (
        sa.select(SignupQuestion, col(Event.public_id))
        .join(Event, col(Event.id) == col(SignupQuestion.event_id))
        .where(held_events(question))
        .order_by(col(Event.starts_on), col(SignupQuestion.id))
    )
    asked = [(found, event) for found, event in session.execute(query)]
    ids = [found.id for found, _ in asked]
    live, summed = _answers(session, ids), _figures(session, ids)
    rows = [line for found, event in asked for line in _lines(found, event, live, summed)]
    return Report(
        name="answers",
        title="Answers of sign-ups",
        question=question,
        definitions=DEFINITIONS,
        coverage=coverage_sentence(session, question),
        columns=COLUMNS,
        rows=rows,
        n=sum({(row["event"], row["question"]): int(row["answered"] or 0) for row in rows}.values()),
        hiding=HIDING,
    )


def _lines(
    found: SignupQuestion, event: str, live: Mapping[int, Sequence[str]], summed: Mapping[int, Mapping[str, int]]
) -> list[Line]:
    if found.summed_on is not None:
        options, answered, until = summed.get(found.id, {}), found.answered, None
    else:
        options, answered = figures_of(live.get(found.id, ()))
        until = found.until.isoformat()
    return [
        {
            "event": event,
            "question": found.wording,
            "option": option,
            "people": count,
            "answered": answered,
            "answers_until": until,
        }
        for option, count in sorted(options.items(), key=lambda item: (-item[1], item[0]))
    ]


def _answers(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    query = (
        sa.select(col(SignupAnswer.question_id), col(SignupAnswer.answer))
        .join(Person, col(Person.id) == col(SignupAnswer.person_id))
        .where(col(SignupAnswer.question_id).in_(ids), col(SignupAnswer.removed_at).is_(None), counted_people())
    )
    found: dict[int, list[str]] = defaultdict(list)
    for number, answer in session.execute(query):
        found[number].append(answer)
    return found


def _figures(session: Session, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    query = sa.select(col(AnswerAggregate.question_id), col(AnswerAggregate.option), col(AnswerAggregate.people)).where(
        col(AnswerAggregate.question_id).in_(ids)
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for number, option, people in session.execute(query):
        found[number][option] = people
    return found
