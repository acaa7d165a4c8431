"""A sheet becomes attendance: who is new, who is known, what is added, what is held."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests.cast import Cast, add_event, add_person
from tests.importer.sheets import (
    bring,
    counts,
    dump,
    options,
    outcomes,
    person_of,
    presence,
    run_of,
    settled_cast,
    sheet,
)
from wmcrm.db import Session
from wmcrm.errors import BadInputError, NotFoundError
from wmcrm.importer import (
    Decisions,
    NewEvent,
    PlanMovedError,
    RowsMean,
    SignupOptions,
    apply_signups,
    plan_signups,
    run_rows,
)
from wmcrm.importer.mapping import NoIdentifyingColumnError
from wmcrm.models import (
    Attendance,
    CandidatePair,
    Capacity,
    Change,
    ContactPoint,
    Event,
    EventHost,
    Holding,
    ImportedRow,
    Judgement,
    Participation,
    Person,
    PersonName,
    PersonSearch,
    PersonStatus,
    Registration,
    Verdict,
    WikiAccount,
)

SHEET = """
Name,Email,Phone,Username,Country
Aïcha Diop,aicha@example.org,+221 77 765 43 21,,
Fatou Sow,fatou@example.org,,FatouS,Senegal
Omar Ba,,77 123 45 67,,
"""


@pytest.fixture
def cast(session: Session) -> Cast:
    return settled_cast(session)


def test_a_sheet_becomes_attendance(session: Session, cast: Cast) -> None:
    report = bring(session, SHEET, cast.meetup)

    assert counts(report) == {"matched": 1, "new": 1, "updated": 1}
    assert outcomes(session, report) == {2: ("updated", "email"), 3: ("new", None), 4: ("matched", "phone")}
    for person in (cast.aicha, cast.omar, person_of(session, report, 3)):
        assert presence(session, person, cast.meetup).attended is Attendance.YES


def test_every_row_of_the_sheet_is_in_the_ledger(session: Session, cast: Cast) -> None:
    text = "Dakar meetup\n\nName,Email\nFatou Sow,fatou@example.org\nTotal,1\n"
    report = bring(session, text, cast.meetup)
    rows = list(run_rows(session, run_of(session, report)))
    assert [(row["row"], row["kind"], row["outcome"]) for row in rows] == [
        (1, "title", "skipped"),
        (2, "blank", None),
        (3, "header", None),
        (4, "person", "new"),
        (5, "total", "skipped"),
    ]
    assert report.rows == 3


def test_a_new_person_has_all_that_the_row_says_and_where_it_came_from(session: Session, cast: Cast) -> None:
    report = bring(session, SHEET, cast.meetup)
    fatou = person_of(session, report, 3)
    assert (fatou.display_name, fatou.residence_country, fatou.status) == ("Fatou Sow", "SN", PersonStatus.ACTIVE)
    point = session.scalars(sa.select(ContactPoint).where(col(ContactPoint.person_id) == fatou.id)).one()
    assert (point.normalized, point.preferred, point.holder_affiliate_id) == (
        "fatou@example.org",
        True,
        cast.senegal.id,
    )
    ledger = session.get(ImportedRow, point.source_row_id)
    assert ledger
    assert (ledger.row_number, ledger.person_id) == (3, fatou.id)
    assert session.scalars(sa.select(Holding).where(col(Holding.person_id) == fatou.id)).one()
    assert session.get(PersonSearch, fatou.id)
    change = session.scalars(sa.select(Change).where(col(Change.subject_id) == fatou.id)).one()
    assert change.run_id == run_of(session, report).id


def test_blanks_are_filled_and_ours_is_kept_on_conflict(session: Session, cast: Cast) -> None:
    text = "Name,Username,Country,City\nAïcha Diop,Aicha D,Chile,Dakar\n"
    report = bring(session, text, cast.meetup)
    session.refresh(cast.aicha)
    assert (cast.aicha.residence_country, cast.aicha.residence_city) == ("SN", "Dakar")
    assert [(issue.code, issue.severity, issue.value) for issue in report.issues] == [("value_conflict", "info", "CL")]
    assert not report.has_problems


def test_new_values_are_added_beside_the_old(session: Session, cast: Cast) -> None:
    text = "Name,Username,Email,Phone\nAïcha Diop,Aicha D,second@example.org,+221 70 111 22 33\n"
    bring(session, text, cast.meetup)
    points = session.scalars(
        sa.select(ContactPoint).where(col(ContactPoint.person_id) == cast.aicha.id).order_by(col(ContactPoint.id))
    ).all()
    assert [(point.normalized, point.preferred) for point in points] == [
        ("aicha@example.org", False),
        ("second@example.org", False),
        ("+221701112233", False),
    ]


def test_a_shared_mailbox_is_held_as_a_provisional_person_with_a_candidate(session: Session, cast: Cast) -> None:
    report = bring(session, "Name,Email\nIbrahima Fall,aicha@example.org\n", cast.meetup)
    held = person_of(session, report, 2)
    assert outcomes(session, report) == {2: ("held", None)}
    assert held.status is PersonStatus.HELD
    assert presence(session, held, cast.meetup).attended is Attendance.YES
    assert session.get(PersonSearch, held.id) is None
    pair = session.scalars(sa.select(CandidatePair)).one()
    assert {pair.person_a_id, pair.person_b_id} == {cast.aicha.id, held.id}
    assert (pair.probability, pair.model_version) == (0.5, "exact-keys-1")
    assert "aicha@" not in str(pair.reasons)
    ledger = session.scalars(sa.select(ImportedRow).where(col(ImportedRow.row_number) == 2)).one()
    assert ledger.candidates == [cast.aicha.id]


def test_the_same_person_twice_is_one_person_and_the_later_answer_counts(session: Session, cast: Cast) -> None:
    text = (
        "Name,Email,City,Attended\n"
        "Fatou Sow,fatou@example.org,Thiès,no\n"
        "Omar Ba,x@example.org,,\n"
        "Sow Fatou,fatou@example.org,Dakar,yes\n"
    )
    report = bring(session, text, cast.meetup)
    assert outcomes(session, report)[4] == ("updated", "row 2")
    fatou = person_of(session, report, 2)
    assert person_of(session, report, 4) is fatou
    session.refresh(fatou)
    assert fatou.residence_city == "Dakar"
    assert presence(session, fatou, cast.meetup).attended is Attendance.YES
    assert "same_person_twice" in {issue.code for issue in report.issues}


def test_rows_mean_what_the_column_says_else_whether_the_event_is_past(session: Session, cast: Cast) -> None:
    coming = add_event(session, "Next year", dt.date(2999, 1, 1), host=cast.senegal)
    report = bring(session, "Name,Email\nFatou Sow,fatou@example.org\n", coming)
    found = presence(session, person_of(session, report, 2), coming)
    assert (found.registration, found.attended) == (Registration.REGISTERED, Attendance.UNKNOWN)

    text = "Name,Email,Attended\nA B,a@example.org,yes\nC D,c@example.org,no\nE F,e@example.org,\n"
    by_column = bring(session, text, cast.meetup)
    assert [presence(session, person_of(session, by_column, row), cast.meetup).attended.value for row in (2, 3, 4)] == [
        "yes",
        "no",
        "unknown",
    ]

    told = bring(session, "Name,Email\nG H,g@example.org\n", cast.meetup, rows_mean=RowsMean.REGISTERED)
    assert presence(session, person_of(session, told, 2), cast.meetup).attended is Attendance.UNKNOWN


def test_only_stronger_knowledge_changes_a_participation(session: Session, cast: Cast) -> None:
    header = "Name,Username,Registration status,Attended\n"
    bring(session, header + "Aïcha Diop,Aicha D,registered,\n", cast.meetup)
    bring(session, header + "Aïcha Diop,Aicha D,registered,yes\n", cast.meetup)
    found = presence(session, cast.aicha, cast.meetup)
    session.refresh(found)
    assert (found.attended, found.version) == (Attendance.YES, 2)
    report = bring(session, header + "Aïcha Diop,Aicha D,cancelled,no\n", cast.meetup)
    session.refresh(found)
    assert (found.registration, found.attended) == (Registration.REGISTERED, Attendance.YES)
    assert {issue.code for issue in report.issues} == {"value_conflict"}


def test_staff_accounts_take_part_as_staff(session: Session, cast: Cast) -> None:
    report = bring(session, "Name,Username\nRita Vo,RVo (WMF)\n", cast.meetup)
    assert presence(session, person_of(session, report, 2), cast.meetup).capacity is Capacity.STAFF


def test_a_row_that_names_nobody_is_invalid_and_a_problem(session: Session, cast: Cast) -> None:
    report = bring(session, "Name,Email,City\nFatou Sow,f@example.org,Dakar\n,not an address,Dakar\n", cast.meetup)
    assert counts(report) == {"invalid": 1, "new": 1}
    assert report.has_problems


def test_the_preview_is_the_plan_and_stores_nothing(session: Session, cast: Cast) -> None:
    before = dump(session)
    plan = plan_signups(session, sheet(SHEET), options(cast.meetup), keep_rows=10)
    assert dump(session) == before
    assert [action.row.number for action in plan.actions] == [1, 2, 3, 4]
    report = apply_signups(session, sheet(SHEET), options(cast.meetup), confirmed=plan.report.fingerprint)
    assert (report.counts, report.fingerprint) == (plan.report.counts, plan.report.fingerprint)


def test_a_plan_that_data_overtook_is_refused_with_the_new_plan(session: Session, cast: Cast) -> None:
    plan = plan_signups(session, sheet(SHEET), options(cast.meetup))
    add_person(session, "Fatou Sow", email="fatou@example.org", holder=cast.senegal)
    with pytest.raises(PlanMovedError) as refused:
        apply_signups(session, sheet(SHEET), options(cast.meetup), confirmed=plan.report.fingerprint)
    assert refused.value.report.counts["updated"] == 2


def test_chunks_do_not_change_the_plan(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    text = SHEET + "Sow Fatou,fatou@example.org,+221 70 111 22 33,,\nAïcha Diop,,+221 77 765 43 21,,Chile\n"
    whole = plan_signups(session, sheet(text), options(cast.meetup)).report
    monkeypatch.setattr("wmcrm.importer.stages.CHUNK_ROWS", 1)
    parts = plan_signups(session, sheet(text), options(cast.meetup)).report
    applied = apply_signups(session, sheet(text), options(cast.meetup))
    assert whole.fingerprint == parts.fingerprint == applied.fingerprint


def test_a_new_event_comes_with_its_sheet(session: Session, cast: Cast) -> None:
    described = NewEvent("Thiès meetup", dt.date(2026, 4, 1), "Senegal", "Africa/Dakar", "meetup")
    told = SignupOptions(new_event=described, affiliate="WSN")
    report = apply_signups(session, sheet(SHEET), told)
    event = session.scalars(sa.select(Event).where(col(Event.title) == "Thiès meetup")).one()
    assert (event.country, event.timezone, report.event) == ("SN", "Africa/Dakar", event.public_id)
    assert session.scalars(sa.select(EventHost).where(col(EventHost.event_id) == event.id)).one()
    assert len(session.scalars(sa.select(Participation).where(col(Participation.event_id) == event.id)).all()) == 3


@pytest.mark.parametrize(
    ("text", "details", "error"),
    [
        ("Colour,Size\nred,12\n", {"event": "Dakar meetup"}, NoIdentifyingColumnError),
        (SHEET, {"event": "No such event"}, NotFoundError),
        (SHEET, {}, BadInputError),
        (SHEET, {"new_event": NewEvent("T", dt.date(2026, 1, 1), "Atlantis")}, BadInputError),
        (SHEET, {"new_event": NewEvent("T", dt.date(2026, 1, 1), None, "Mars/Base")}, BadInputError),
        (SHEET, {"event": "Dakar meetup", "consent_purpose": "anything"}, BadInputError),
        (SHEET, {"event": "Dakar meetup", "maps": ("Colour=email",)}, BadInputError),
    ],
)
def test_what_cannot_be_used_is_refused(
    session: Session, cast: Cast, text: str, details: dict[str, object], error: type[Exception]
) -> None:
    before = dump(session)
    with pytest.raises(error):
        apply_signups(session, sheet(text), SignupOptions(**details))  # type: ignore[arg-type]
    assert dump(session) == before


def test_a_decision_settles_a_row_and_not_the_same_is_remembered(session: Session, cast: Cast) -> None:
    text = "Name,Email\nIbrahima Fall,aicha@example.org\nKhady Fall,omar@example.org\n"
    add_person(session, "Omar Ba", email="omar@example.org", holder=cast.senegal)
    decisions = Decisions(same={2: cast.aicha.id}, different=frozenset({3}))
    report = bring(session, text, cast.meetup, decisions=decisions)
    assert outcomes(session, report) == {2: ("updated", "decision"), 3: ("new", None)}
    judged = session.scalars(sa.select(Judgement)).one()
    assert judged.verdict is Verdict.DIFFERENT


def test_a_mapping_that_was_told_is_remembered_but_never_its_purpose(session: Session, cast: Cast) -> None:
    text = "Full name,Badge,Email,OK?\nFatou Sow,Fatou,fatou@example.org,yes\n"
    told = ("Badge=username", "OK?=consent:newsletter")
    first = bring(session, text, cast.meetup, maps=told)
    assert [column.field for column in first.mapping] == ["full_name", "username", "email", "consent_contact"]
    other = text.replace("Sow,Fatou,fatou", "Fall,Khady,khady")
    second = plan_signups(session, sheet(other), options(cast.meetup)).report
    assert [(column.field, column.purpose) for column in second.mapping] == [
        ("full_name", None),
        ("username", None),
        ("email", None),
        ("consent_contact", None),
    ]


def test_a_person_of_nothing_but_a_username_is_complete(session: Session, cast: Cast) -> None:
    report = bring(session, "Username\nUser:tux_lover\nhttps://fr.wikipedia.org/wiki/Utilisateur:OmarB\n", cast.meetup)
    assert outcomes(session, report) == {2: ("new", None), 3: ("matched", "username")}
    made = person_of(session, report, 2)
    assert made.display_name == "Tux lover"
    assert session.scalars(sa.select(WikiAccount).where(col(WikiAccount.person_id) == made.id)).one()
    assert session.scalars(sa.select(PersonName).where(col(PersonName.person_id) == made.id)).all() == []
    assert len(session.scalars(sa.select(Person)).all()) == 5
