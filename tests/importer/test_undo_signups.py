"""An import of sign-ups taken back: what it made goes, what it changed is as before, later work stays."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests.cast import Cast, add_event
from tests.importer.sheets import bring, counts, dump, options, person_of, presence, run_of, settled_cast, sheet
from wmcrm.db import Session
from wmcrm.errors import ConflictError
from wmcrm.importer import ConsentTerms, NewEvent, SignupOptions, apply_signups, undo_import
from wmcrm.models import Change, ConsentEvent, ConsentState, ContactPoint, Event, Participation, Person, PersonStatus

SHEET = """
Name,Email,Phone,Username,City,Attended
Aïcha Diop,aicha@example.org,+221 77 765 43 21,,Dakar,yes
Fatou Sow,fatou@example.org,,FatouS,Thiès,yes
Ibrahima Fall,aicha@example.org,,,,no
Sow Fatou,fatou@example.org,,,Dakar,
Khady,,,,,
"""
CONSENTS = """
Name,Email,May we write to you?
Aïcha Diop,aicha@example.org,yes
Fatou Sow,fatou@example.org,yes
Khady Fall,khady@example.org,no
"""
TERMS = ConsentTerms("v1", dt.date(2026, 3, 4), "Aïcha")


@pytest.fixture
def cast(session: Session) -> Cast:
    return settled_cast(session)


def test_everything_is_as_before(session: Session, cast: Cast) -> None:
    before = dump(session)
    report = bring(session, SHEET, cast.meetup)
    assert dump(session) != before

    undone = undo_import(session, run_of(session, report))

    assert dump(session) == before
    assert not undone.kept
    assert undone.reversed["person"] == 3
    assert undone.reversed["values"] == 1


def test_it_can_be_imported_and_undone_again(session: Session, cast: Cast) -> None:
    before = dump(session)
    for _ in range(2):
        report = bring(session, SHEET, cast.meetup)
        undo_import(session, run_of(session, report))
    assert dump(session) == before
    with pytest.raises(ConflictError):
        undo_import(session, run_of(session, report))


def test_undoing_is_in_the_history_and_can_be_told_apart(session: Session, cast: Cast) -> None:
    report = bring(session, SHEET, cast.meetup)
    run = run_of(session, report)
    undo_import(session, run)
    notes = session.scalars(
        sa.select(Change.note).where(col(Change.subject_id) == cast.aicha.id, col(Change.run_id) == run.id)  # type: ignore[call-overload]
    ).all()
    assert notes == [None, "import undone"]


def test_a_person_somebody_worked_with_stays_without_the_participation(session: Session, cast: Cast) -> None:
    report = bring(session, SHEET, cast.meetup)
    fatou = person_of(session, report, 3)
    fatou.pronouns = "she"
    session.flush()

    undone = undo_import(session, run_of(session, report))

    assert session.get(Person, fatou.id)
    assert undone.kept["edited_later"] > 0
    assert session.scalars(sa.select(ContactPoint).where(col(ContactPoint.person_id) == fatou.id)).one()
    assert not session.scalars(sa.select(Participation).where(col(Participation.person_id) == fatou.id)).all()


def test_a_value_that_was_changed_again_is_kept(session: Session, cast: Cast) -> None:
    report = bring(session, SHEET, cast.meetup)
    session.refresh(cast.aicha)
    assert cast.aicha.residence_city == "Dakar"
    cast.aicha.residence_city = "Rufisque"
    session.flush()
    undo_import(session, run_of(session, report))
    session.refresh(cast.aicha)
    assert cast.aicha.residence_city == "Rufisque"


def test_an_attendance_that_was_corrected_by_hand_is_kept(session: Session, cast: Cast) -> None:
    report = bring(session, SHEET, cast.meetup)
    found = presence(session, cast.aicha, cast.meetup)
    found.contributed = True
    session.flush()
    undone = undo_import(session, run_of(session, report))
    assert presence(session, cast.aicha, cast.meetup).contributed
    assert undone.kept["edited_later"] == 1


def test_people_whom_a_later_sheet_names_stay(session: Session, cast: Cast) -> None:
    first = bring(session, SHEET, cast.meetup)
    other = add_event(session, "Later", dt.date(2026, 5, 1), host=cast.senegal)
    second = bring(session, "Name,Email\nFatou Sow,fatou@example.org\n", other)
    fatou = person_of(session, second, 2)

    undo_import(session, run_of(session, first))

    assert session.get(Person, fatou.id)
    events = session.scalars(
        sa.select(Participation.event_id).where(col(Participation.person_id) == fatou.id)  # type: ignore[call-overload]
    ).all()
    assert events == [other.id]


def test_undone_in_either_order_two_imports_leave_nothing(session: Session, cast: Cast) -> None:
    before = dump(session)
    first = bring(session, SHEET, cast.meetup)
    second = bring(session, SHEET, cast.meetup)
    kept = undo_import(session, run_of(session, first))
    assert kept.kept["named_by_a_later_import"] > 0
    undo_import(session, run_of(session, second))
    assert dump(session) != before  # what the first made stayed for the second; the first is told so

    third = bring(session, SHEET, cast.meetup)
    undo_import(session, run_of(session, third))


def test_a_new_event_goes_with_its_import_unless_it_is_used(session: Session, cast: Cast) -> None:
    before = dump(session)
    described = SignupOptions(new_event=NewEvent("Thiès", dt.date(2026, 4, 1)), affiliate="WSN")
    report = apply_signups(session, sheet(SHEET), described)
    undo_import(session, run_of(session, report))
    assert dump(session) == before

    report = apply_signups(session, sheet(SHEET), described)
    event = session.scalars(sa.select(Event).where(col(Event.title) == "Thiès")).one()
    session.add(Participation(person_id=cast.omar.id, recorded_for_id=cast.omar.id, event_id=event.id))
    session.flush()
    undo_import(session, run_of(session, report))
    assert session.get(Event, event.id)


def test_given_consents_are_voided_and_refusals_stay(session: Session, cast: Cast) -> None:
    told = options(cast.meetup, maps=("May we write to you?=consent:newsletter",), terms=TERMS)
    report = apply_signups(session, sheet(CONSENTS), told)
    assert sorted(session.scalars(sa.select(ConsentState.standing))) == ["given", "given", "refused"]  # type: ignore[call-overload]
    khady, fatou = person_of(session, report, 4), person_of(session, report, 3)

    undone = undo_import(session, run_of(session, report))

    assert (undone.reversed["consent_voided"], undone.cannot["refused_consent"]) == (2, 1)
    assert session.scalars(sa.select(ConsentState.standing)).all() == ["refused"]  # type: ignore[call-overload]
    assert len(session.scalars(sa.select(ConsentEvent)).all()) == 5
    session.expire_all()
    assert (khady.status, khady.removed_at) == (PersonStatus.ACTIVE, None)
    assert fatou.removed_at is not None
    assert not session.scalars(sa.select(ContactPoint).where(col(ContactPoint.person_id) == fatou.id)).all()

    again = apply_signups(session, sheet(CONSENTS), told)
    assert counts(again) == {"matched": 2, "new": 1}
    assert sorted(session.scalars(sa.select(ConsentState.standing))) == ["given", "given", "refused"]  # type: ignore[call-overload]
