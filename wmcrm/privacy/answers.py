"""Answers to the questions of sign-up sheets: kept for a purpose until a day, then made into figures and deleted."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.errors import BadInputError
from wmcrm.models import AnswerAggregate, Purpose, SignupQuestion, metadata, now_utc
from wmcrm.privacy.rules import retention_rules
from wmcrm.privacy.small_counts import hide_answers
from wmcrm.privacy.thresholds import least_counts
from wmcrm.settings import LeastCounts

ANSWER = metadata.tables["signup_answer"]
QUESTION = metadata.tables["signup_question"]
BATCH = 500
SAFE_COUNTS = LeastCounts()
LONGEST_ANSWER = 1000
LONGEST_OPTION = 300
# Between several choices of one answer. A comma stands inside answers too often.
BETWEEN = re.compile(r"\s*[;┋|\n]\s*")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is stored: of which event, in which words, for which purpose, kept until when."""

    wording: str
    purpose: str
    until: dt.date
    event_id: int | None = None
    holder_affiliate_id: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What one person answered, and the row of the sheet that says so."""

    person_id: int
    answer: str = field(repr=False)
    source_row_id: int | None = None


def keep_answers(session: Session, asked: Asked, given: Sequence[Given]) -> SignupQuestion:
    """Store the answers to a question; the same question of the same event is asked once, later answers win.

    Raises BadInputError as check_asked does.
    """
    check_asked(session, asked)
    question = _question(session, asked)
    people = [one.person_id for one in given]
    for start in range(0, len(people), BATCH):
        old = ANSWER.c.person_id.in_(people[start : start + BATCH])
        session.execute(sa.delete(ANSWER).where(ANSWER.c.question_id == question.id, old))
    last = {one.person_id: one for one in given if one.answer.strip()}
    if last:
        session.execute(sa.insert(ANSWER), [_row(session, question, one) for one in last.values()])
    return question


def check_asked(session: Session, asked: Asked) -> None:
    """Refuse (BadInputError) an unknown purpose, and a last day that is past or later than the retention allows.

    So is a question that was made into figures already.
    """
    latest = retention_rules(session)["signup_answers"].last_day_kept(now_utc().date())
    if not now_utc().date() <= asked.until <= latest:
        raise BadInputError("Answers are kept until a day from today to {latest}.", latest=latest.isoformat())
    _purpose(session, asked.purpose)
    found = _found(session, asked)
    if found is not None and found.summed_on is not None:
        raise BadInputError("The answers to this question were made into figures already; nothing is added to them.")


def forget_answers_of(session: Session, row_ids: sa.Select[int]) -> int:
    """Delete the answers that these rows of a sheet brought (their import was undone), and questions left without."""
    brought = ANSWER.c.source_row_id.in_(row_ids)
    asked = list(session.scalars(sa.select(ANSWER.c.question_id).where(brought).distinct()))
    done = session.execute(sa.delete(ANSWER).where(brought))
    answered = sa.exists().where(ANSWER.c.question_id == QUESTION.c.id)
    session.execute(
        sa.delete(QUESTION).where(QUESTION.c.id.in_(asked), QUESTION.c.summed_on.is_(None), sa.not_(answered))
    )
    return int(getattr(done, "rowcount", 0))


def options_of(answers: Collection[str]) -> Counter[str]:
    """How many gave each choice; an answer with several choices counts once at each."""
    counts: Counter[str] = Counter()
    for answer in answers:
        counts.update({part.strip()[:LONGEST_OPTION] for part in BETWEEN.split(answer) if part.strip()})
    return counts


def figures_of(answers: Collection[str], least: LeastCounts = SAFE_COUNTS) -> tuple[Mapping[str, int], int | None]:
    """The options that may be shown with their counts, and how many answered; None where too few did."""
    return shown_figures(options_of(answers), len(answers), least)


def shown_figures(
    options: Mapping[str, int], answered: int, least: LeastCounts
) -> tuple[Mapping[str, int], int | None]:
    """Of counted options those that may be shown, and how many answered."""
    shown = hide_answers(options, answered, question_minimum=least.answers, option_minimum=least.choices)
    return {option: count for option, count in shown.counts.items() if count is not None}, shown.total


def sum_up(session: Session, answer_ids: Sequence[int]) -> None:
    """Make figures of the questions that these answers belong to, and delete their answers.

    Only what may be shown is kept: an option of a few people is often their own words.
    """
    questions: set[int] = set()
    for start in range(0, len(answer_ids), BATCH):
        batch = ANSWER.c.id.in_(answer_ids[start : start + BATCH])
        questions.update(session.scalars(sa.select(ANSWER.c.question_id).where(batch)))
    for number in sorted(questions):
        mine = ANSWER.c.question_id == number
        counted = ANSWER.c.removed_at.is_(None)
        answers = session.scalars(sa.select(ANSWER.c.answer).where(mine, counted)).all()
        options, answered = figures_of(answers, least_counts(session))
        kept = [{"question_id": number, "option": option, "people": count} for option, count in options.items()]
        if kept:
            session.execute(sa.insert(metadata.tables[str(AnswerAggregate.__tablename__)]), kept)
        values = {"answered": answered, "summed_on": now_utc().date()}
        session.execute(sa.update(QUESTION).where(QUESTION.c.id == number).values(**values))
        session.execute(sa.delete(ANSWER).where(mine))


def answers_past(edge: dt.date, today: dt.date) -> sa.Select[int]:
    """The answers whose day has come, or that are older than the rule allows."""
    start = dt.datetime.combine(edge, dt.time(), tzinfo=dt.UTC)
    past = sa.or_(QUESTION.c.until < today, QUESTION.c.asked_at < start)
    return sa.select(ANSWER.c.id).join(QUESTION, QUESTION.c.id == ANSWER.c.question_id).where(past)


def _question(session: Session, asked: Asked) -> SignupQuestion:
    purpose = _purpose(session, asked.purpose)
    found = _found(session, asked)
    if found is None:
        found = SignupQuestion(
            event_id=asked.event_id,
            wording=_wording(asked),
            purpose_id=purpose.id,
            until=asked.until,
            holder_affiliate_id=asked.holder_affiliate_id,
        )
        session.add(found)
    found.purpose_id, found.until = purpose.id, asked.until
    session.flush()
    return found


def _purpose(session: Session, code: str) -> Purpose:
    purpose: Purpose | None = session.scalars(sa.select(Purpose).where(col(Purpose.code) == code)).first()
    if purpose is None:
        raise BadInputError("There is no purpose {purpose}.", purpose=code)
    return purpose


def _found(session: Session, asked: Asked) -> SignupQuestion | None:
    """The question that an affiliate asked at an event in these words."""
    query = sa.select(SignupQuestion).where(
        col(SignupQuestion.wording) == _wording(asked),
        col(SignupQuestion.event_id) == asked.event_id,
        col(SignupQuestion.holder_affiliate_id).is_not_distinct_from(asked.holder_affiliate_id),
    )
    found: SignupQuestion | None = session.scalars(query.order_by(col(SignupQuestion.id).desc())).first()
    return found


def _wording(asked: Asked) -> str:
    return asked.wording.strip()[:500]


def _row(session: Session, question: SignupQuestion, one: Given) -> dict[str, object]:
    return {
        "question_id": question.id,
        "person_id": one.person_id,
        "recorded_for_id": one.person_id,
        "answer": one.answer.strip()[:LONGEST_ANSWER],
        "source_row_id": one.source_row_id,
        "holder_affiliate_id": question.holder_affiliate_id,
        "recorded_at": now_utc(),
        "recorded_by_id": actor_of(session).account_id,
    }
