"""A column that is mapped as answers: kept with the import, for a purpose until a day, and gone with its undo."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.cast import Cast, invite_cast
from tests.importer.sheets import bring, run_of, sheet
from wmcrm.db import OPERATOR, Session
from wmcrm.errors import BadInputError
from wmcrm.importer import SignupOptions, apply_signups, plan_signups, undo_import
from wmcrm.models import AccessLogEntry, ImportRun, Person, SavedMapping, SignupAnswer, SignupQuestion, now_utc
from wmcrm.privacy import apply_purge, erase_person, purge, questions_at, read_answers

TODAY = now_utc().date()
SOON = TODAY + dt.timedelta(days=20)
SHEET = "Name,E-mail,T-shirt,T-shirt,Religion\nAwa,awa@example.org,M,old,none\nModou,modou@example.org,,,\n"
SHIRTS = f"T-shirt=answer:event_logistics/{SOON.isoformat()}"


@pytest.fixture
def cast(session: Session) -> Cast:
    return invite_cast(session)


def answers(session: Session) -> list[str]:
    return list(session.scalars(sa.select(SignupAnswer.answer).order_by(SignupAnswer.id)))


def test_mapped_answers_come_with_the_import_and_go_with_its_undo(session: Session, cast: Cast) -> None:
    report = bring(session, SHEET, cast.meetup, maps=(SHIRTS,))
    assert answers(session) == ["M"]
    question = session.scalars(sa.select(SignupQuestion)).one()
    assert (question.wording, question.event_id, question.until) == ("T-shirt", cast.meetup.id, SOON)
    told = next(column for column in report.as_dict()["mapping"] if column["header"] == "T-shirt")  # type: ignore[union-attr]
    assert told["field"] == f"answer:event_logistics/{SOON}"
    undo_import(session, run_of(session, report))
    assert (answers(session), session.scalars(sa.select(SignupQuestion)).all()) == ([], [])


def test_a_plan_stores_no_answer_and_another_sheet_does_not_repeat_the_purpose(session: Session, cast: Cast) -> None:
    options = SignupOptions(event=cast.meetup.public_id, maps=(SHIRTS,))
    plan_signups(session, sheet(SHEET), options)
    assert answers(session) == []
    bring(session, SHEET, cast.meetup, maps=(SHIRTS,))
    assert "event_logistics" not in str(session.scalars(sa.select(SavedMapping)).one().mapping)
    bring(session, SHEET.replace("awa@", "binta@").replace("Awa", "Binta"), cast.meetup)
    assert answers(session) == ["M"]


def test_the_second_column_of_a_header_is_a_question_of_its_own(session: Session, cast: Cast) -> None:
    bring(session, SHEET, cast.meetup, maps=(f"T-shirt#2=answer:event_logistics/{SOON}",))
    assert answers(session) == ["old"]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("T-shirt=answer", "what the answers"),
        ("T-shirt=answer:event_logistics", "what the answers"),
        ("T-shirt=answer:event_logistics/soon", "what the answers"),
        (f"T-shirt=answer:/{SOON}", "what the answers"),
        (f"T-shirt=answer:no_purpose/{SOON}", "no purpose no_purpose"),
        (f"T-shirt=answer:event_logistics/{TODAY - dt.timedelta(days=1)}", "from today to"),
        (f"T-shirt=answer:event_logistics/{TODAY + dt.timedelta(days=400)}", "from today to"),
        (f"Religion=answer:event_logistics/{SOON}", "such answers are not kept"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_one_line_before_anything_is_stored(
    session: Session, cast: Cast, told: str, why: str
) -> None:
    for attempt in (
        lambda o: plan_signups(session, sheet(SHEET), o),
        lambda o: apply_signups(session, sheet(SHEET), o),
    ):
        with pytest.raises(BadInputError, match=why) as refusal:
            attempt(SignupOptions(event=cast.meetup.public_id, maps=(told,)))
        assert "\n" not in str(refusal.value)
    assert session.scalars(sa.select(ImportRun)).all() == []


def test_the_purge_makes_figures_of_mapped_answers(session: Session, cast: Cast) -> None:
    people = "".join(f"Person {number},p{number}@example.org,{'ML'[number % 2]},,\n" for number in range(24))
    bring(session, SHEET.split("\n")[0] + "\n" + people, cast.meetup, maps=(SHIRTS,))
    (before,) = questions_at(session, cast.meetup)
    assert (before.answered, before.summed_on, before.figures) == (24, None, {})
    later = SOON + dt.timedelta(days=1)
    assert dict(apply_purge(session, purge(session, today=later, clock_confirmed=True)))["signup_answers"] == 24
    (after,) = questions_at(session, cast.meetup)
    assert (after.answered, after.figures, answers(session)) == (24, {"M": 12, "L": 12}, [])
    with pytest.raises(BadInputError, match="figures already"):
        bring(session, SHEET, cast.meetup, maps=(SHIRTS,))


def test_reading_answers_is_logged_and_shows_nobody_who_was_erased(session: Session, cast: Cast) -> None:
    bring(session, SHEET.replace(",,,\n", ",S,,\n"), cast.meetup, maps=(SHIRTS,))
    lines = read_answers(session, cast.meetup)
    assert [(line.question, line.name, line.answer) for line in lines] == [
        ("T-shirt", "Awa", "M"),
        ("T-shirt", "Modou", "S"),
    ]
    entry = session.scalars(sa.select(AccessLogEntry).order_by(AccessLogEntry.id.desc())).first()
    assert entry is not None and (entry.action, entry.people, entry.record_id) == ("answers_read", 2, cast.meetup.id)
    awa = session.scalars(sa.select(Person).where(Person.display_name == "Awa")).one()
    erase_person(session, awa, by=OPERATOR)
    assert [line.answer for line in read_answers(session, cast.meetup)] == ["S"]


def test_two_affiliates_ask_the_same_at_one_event_each_for_itself(session: Session, cast: Cast) -> None:
    bring(session, SHEET, cast.meetup, maps=(SHIRTS,))
    sooner = SOON - dt.timedelta(days=9)
    other = SHEET.replace("awa@", "binta@").replace("Awa", "Binta")
    bring(session, other, cast.meetup, maps=(f"T-shirt=answer:newsletter/{sooner}",), affiliate="WCL")
    kept = session.execute(sa.select(SignupQuestion.until, SignupQuestion.holder_affiliate_id)).all()
    assert sorted(kept) == [(sooner, cast.chile.id), (SOON, cast.senegal.id)]
