"""Answers of sign-up sheets: kept for a purpose until a day, then figures in which nobody can be found."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_person, invite_cast
from tests.days import soon, today
from tests.importer.sheets import bring, run_of
from wmcrm.db import OPERATOR, Session
from wmcrm.errors import BadInputError, ConflictError
from wmcrm.importer import undo_import
from wmcrm.importer.questions import keep_column
from wmcrm.models import AnswerAggregate, SignupAnswer, SignupQuestion
from wmcrm.privacy import Asked, Given, apply_purge, erase_person, keep_answers, make_export, purge
from wmcrm.reports import Question, make_report

SIZES = ("S",) * 3 + ("M",) * 12 + ("L",) * 6 + ("XL",) * 5


@pytest.fixture
def cast(session: Session) -> Cast:
    return invite_cast(session)


def answer_shirts(session: Session, cast: Cast, sizes: tuple[str, ...] = SIZES) -> SignupQuestion:
    asked = Asked("T-shirt", "event_logistics", soon(), cast.meetup.id, cast.senegal.id)
    people = [add_person(session, f"Volunteer {number}", holder=cast.senegal).id for number in range(len(sizes))]
    return keep_answers(session, asked, [Given(one, size) for one, size in zip(people, sizes, strict=True)])


def run_purge(session: Session, today: dt.date) -> int:
    return dict(apply_purge(session, purge(session, today=today, clock_confirmed=True)))["signup_answers"]


def test_answers_become_figures_at_their_day_and_small_ones_are_not_kept(session: Session, cast: Cast) -> None:
    question = answer_shirts(session, cast)
    assert run_purge(session, soon()) == 0
    assert run_purge(session, soon() + dt.timedelta(days=1)) == len(SIZES)
    assert session.scalars(sa.select(SignupAnswer)).all() == []
    kept = {row.option: row.people for row in session.scalars(sa.select(AnswerAggregate))}
    assert "S" not in kept and kept["M"] == 12 and len(kept) < 3  # one more goes, or S would follow from the sum
    session.refresh(question)
    assert (question.answered, question.summed_on) == (len(SIZES), today())
    with pytest.raises(BadInputError, match="figures already"):
        answer_shirts(session, cast)


def test_a_question_that_few_answered_leaves_nothing(session: Session, cast: Cast) -> None:
    question = answer_shirts(session, cast, SIZES[:9])
    run_purge(session, soon() + dt.timedelta(days=1))
    session.refresh(question)
    assert question.answered is None and session.scalars(sa.select(AnswerAggregate)).all() == []


def test_the_report_says_the_same_before_and_after(session: Session, cast: Cast) -> None:
    answer_shirts(session, cast)

    def figures() -> dict[object, object]:
        made = make_report(session, "answers", Question(as_of=today() + dt.timedelta(days=90)))
        return {row["option"]: (row["people"], row["answered"]) for row in made.rows}

    before = figures()
    assert before["M"] == (12, len(SIZES)) and "S" not in before
    run_purge(session, soon() + dt.timedelta(days=1))
    assert figures() == before


def test_an_answer_needs_a_purpose_and_a_near_end_and_a_later_one_wins(session: Session, cast: Cast) -> None:
    asked = Asked("T-shirt", "event_logistics", soon(), cast.meetup.id, cast.senegal.id)
    keep_answers(session, asked, [Given(cast.omar.id, "S"), Given(cast.omar.id, "M"), Given(cast.aicha.id, " ")])
    keep_answers(session, asked, [Given(cast.omar.id, "L")])
    assert [row.answer for row in session.scalars(sa.select(SignupAnswer))] == ["L"]
    for wrong in (
        Asked("T-shirt", "no_purpose", soon(), cast.meetup.id),
        Asked("T-shirt", "event_logistics", today() + dt.timedelta(days=400), cast.meetup.id),
        Asked("T-shirt", "event_logistics", today() - dt.timedelta(days=1), cast.meetup.id),
    ):
        with pytest.raises(BadInputError):
            keep_answers(session, wrong, [Given(cast.omar.id, "S")])


def test_answers_are_in_the_export_and_go_with_the_person(session: Session, cast: Cast) -> None:
    asked = Asked("Which topics?", "event_logistics", soon(), cast.meetup.id, cast.senegal.id)
    keep_answers(session, asked, [Given(cast.omar.id, "maps; photos")])
    assert "maps; photos" in make_export(session, cast.omar).document
    erase_person(session, cast.omar, by=OPERATOR)
    assert session.scalars(sa.select(SignupAnswer)).all() == []


def test_a_column_of_an_imported_sheet_is_kept_and_goes_when_the_import_is_taken_back(
    session: Session, cast: Cast
) -> None:
    sheet = "Name,E-mail,T-shirt,Religion\nAwa,awa@example.org,M,none\nModou,modou@example.org,,\n"
    run = run_of(session, bring(session, sheet, cast.meetup))
    question, answered = keep_column(session, run, "T-shirt", purpose="event_logistics", until=soon())
    assert (question.event_id, answered) == (cast.meetup.id, 1)
    with pytest.raises(BadInputError, match="such answers are not kept"):
        keep_column(session, run, "Religion", purpose="event_logistics", until=soon())
    with pytest.raises(BadInputError, match="its columns are"):
        keep_column(session, run, "Shoes", purpose="event_logistics", until=soon())
    undo_import(session, run)
    assert session.scalars(sa.select(SignupAnswer)).all() == []
    with pytest.raises(ConflictError):
        keep_column(session, run, "T-shirt", purpose="event_logistics", until=soon())
