"""What people answered when they signed up: figures only, of each question of each event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import AnswerAggregate, Event, Person, SignupAnswer, SignupQuestion
from wmcrm.privacy import figures_of, least_counts, shown_figures
from wmcrm.reports.asked import counted_people, coverage_sentence, held_events
from wmcrm.reports.report import Line, Question, Report
from wmcrm.reports.suppression import Hiding
from wmcrm.settings import LeastCounts

COLUMNS = ("event", "question", "option", "people", "answered", "answers_until")
DEFINITIONS = {
    "people": "how many chose the option; options of under {choices} people, and what would tell them, are left out",
    "answered": "how many answered; a question that fewer than {answers} answered is left out",
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
    least = least_counts(session)
    rows = [line for found, event in asked for line in _lines(found, event, (live, summed), least)]
    return Report(
        name="answers",
        title="Answers of sign-ups",
        question=question,
        definitions={name: text.format_map(asdict(least)) for name, text in DEFINITIONS.items()},
        coverage=coverage_sentence(session, question),
        columns=COLUMNS,
        rows=rows,
        n=sum({(row["event"], row["question"]): int(row["answered"] or 0) for row in rows}.values()),
        hiding=HIDING,
    )


def _lines(
    found: SignupQuestion,
    event: str,
    known: tuple[Mapping[int, Sequence[str]], Mapping[int, Mapping[str, int]]],
    least: LeastCounts,
) -> list[Line]:
    live, summed = known
    if found.summed_on is not None:  # what was kept may be less than is shown today
        options, answered = shown_figures(summed.get(found.id, {}), found.answered or 0, least)
        until = None
    else:
        options, answered = figures_of(live.get(found.id, ()), least)
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
