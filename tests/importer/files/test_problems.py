"""What is wrong in a file of records is said by row and column, and the other rows go on."""

from __future__ import annotations

from datetime import date

import pytest

from tests.importer.files.world import (
    AFFILIATES,
    CONSENTS,
    EVENTS,
    PARTICIPATIONS,
    PEOPLE,
    ROLES,
    bring,
    bring_all,
    rows,
)
from wmcrm.db import Actor, Session
from wmcrm.errors import BadInputError, NotAllowedError
from wmcrm.importer.files import FileOptions
from wmcrm.models import ImportKind, Person, PersonStatus
from wmcrm.normalize import DateOrder


def issues(report: object) -> list[tuple[int, str | None, str]]:
    return [(issue.row, issue.column, issue.code) for issue in report.issues]  # type: ignore[attr-defined]


def test_an_invalid_address_is_an_issue_and_the_person_stays(session: Session) -> None:
    report = bring(session, ImportKind.PEOPLE, PEOPLE.replace("dana@example.net", "dana at nowhere"))

    assert issues(report) == [(5, "email", "email_invalid")]
    assert report.counts["new"] == 4
    assert report.has_problems


def test_a_second_row_of_an_id_is_left_out(session: Session) -> None:
    report = bring(session, ImportKind.PEOPLE, PEOPLE + "13,Another Dana,,,,MA,,,,,\n")

    assert issues(report) == [(6, "id", "duplicate_id")]
    assert (report.counts["new"], report.counts["invalid"]) == (4, 1)


def test_a_row_needs_an_id_and_a_name(session: Session) -> None:
    report = bring(session, ImportKind.PEOPLE, "id,name,email\n,Somebody,\n7,,x@example.org\n8,Third,\n")

    assert issues(report) == [(2, "id", "missing_id"), (3, "name", "no_name")]
    assert (report.counts["new"], report.counts["invalid"]) == (1, 2)


def test_references_to_nobody_leave_the_row_out(session: Session) -> None:
    bring_all(session)

    roles = bring(session, ImportKind.ROLES, ROLES + "4,99,1,treasurer,2024-01-01,\n5,10,99,treasurer,2024-01-01,\n")
    assert issues(roles) == [(5, "person_id", "unknown_reference"), (6, "affiliate_id", "unknown_reference")]
    took = bring(session, ImportKind.PARTICIPATIONS, PARTICIPATIONS + "6,10,99,participant,attended,\n")
    assert issues(took) == [(7, "event_id", "unknown_reference")]
    events = bring(session, ImportKind.EVENTS, EVENTS + "4,Elsewhere,meetup,77,SN,2024-01-01,,\n")
    assert issues(events) == [(5, "affiliate_id", "unknown_reference")]
    consents = bring(session, ImportKind.CONSENTS, CONSENTS + "5,99,newsletter,email,granted,2024-01-01,,email\n")
    assert issues(consents) == [(6, "person_id", "unknown_reference")]


def test_a_reference_that_was_missing_is_found_at_the_next_import(session: Session) -> None:
    bring(session, ImportKind.AFFILIATES, AFFILIATES)
    assert bring(session, ImportKind.ROLES, ROLES).counts["invalid"] == 3

    bring(session, ImportKind.PEOPLE, PEOPLE)

    assert bring(session, ImportKind.ROLES, ROLES).counts["new"] == 3


def test_unknown_words_leave_the_row_out_and_near_ones_are_suggested(session: Session) -> None:
    bring_all(session)
    report = bring(session, ImportKind.ROLES, ROLES + "4,10,1,tresurer,2024-01-01,\n5,10,1,wizard,2024-01-01,\n")

    assert issues(report) == [(5, "kind", "unknown_word"), (6, "kind", "unknown_word")]
    assert [issue.suggestion for issue in report.issues] == ["treasurer", None]
    assert report.counts["invalid"] == 2
    consents = bring(session, ImportKind.CONSENTS, CONSENTS + "5,10,astrology,email,granted,2024-01-01,,email\n")
    assert issues(consents) == [(6, "purpose", "unknown_word")]


@pytest.mark.parametrize(
    ("kind", "line", "column", "code"),
    [
        (ImportKind.ROLES, "9,10,1,treasurer,2024-02-01,2024-02-01", "ended_on", "dates_order"),
        (ImportKind.ROLES, "9,10,1,treasurer,2024-02-01,2024-01-01", "ended_on", "dates_order"),
        (ImportKind.EVENTS, "9,Backwards,meetup,1,SN,2024-02-02,2024-02-01,false", "ends_on", "dates_order"),
        (ImportKind.EVENTS, "9,Never,meetup,1,SN,2024-02-31,,false", "starts_on", "date_invalid"),
        (ImportKind.CONSENTS, "9,10,newsletter,email,withdrawn,2024-02-02,2024-02-01,email", "ended_on", "dates_order"),
        (ImportKind.CONSENTS, "9,10,newsletter,email,granted,31/02/2024,,email", "given_on", "date_invalid"),
        (ImportKind.CONSENTS, "9,10,newsletter,email,voided,2024-02-01,,email", "state", "unknown_word"),
    ],
)
def test_impossible_rows_are_left_out(session: Session, kind: ImportKind, line: str, column: str, code: str) -> None:
    bring_all(session)
    from tests.importer.files.world import FILES

    report = bring(session, kind, FILES[kind] + line + "\n")

    assert [(issue.column, issue.code) for issue in report.issues] == [(column, code)]
    assert report.counts["invalid"] == 1


def test_a_withdrawal_without_a_day_is_not_lost(session: Session) -> None:
    bring_all(session)
    report = bring(session, ImportKind.CONSENTS, CONSENTS + "9,12,newsletter,email,withdrawn,2024-02-01,,email\n")

    assert issues(report) == [(6, "ended_on", "withdrawal_without_day")]
    assert rows(session, "consent_event", "external_id", "on_day")[-1] == ("9/withdrawn", date(2024, 2, 1))


def test_the_same_place_at_an_event_is_taken_once(session: Session) -> None:
    bring_all(session)
    report = bring(
        session,
        ImportKind.PARTICIPATIONS,
        PARTICIPATIONS + "8,12,3,participant,attended,\n9,12,3,participant,no-show,\n",
    )

    assert issues(report) == [(8, None, "same_participation")]
    assert (report.counts["new"], report.counts["skipped"]) == (1, 1)


def test_another_source_meets_the_participation_that_is_there(session: Session) -> None:
    bring_all(session)
    other = FileOptions(source="dashboard")
    public = dict(rows(session, "person", "external_id", "public_id"))
    events = dict(rows(session, "event", "external_id", "public_id"))
    text = f"id,person_id,event_id,role,status\nx1,{public['12']},{events['1']},participant,attended\n"

    report = bring(session, ImportKind.PARTICIPATIONS, text, options=other)

    assert report.counts["matched"] == 1
    assert rows(session, "participation", "attended")[2] == ("yes",)
    assert len(rows(session, "participation", "id")) == 5


def test_facts_of_an_absorbed_record_go_to_its_survivor(session: Session) -> None:
    bring(session, ImportKind.AFFILIATES, AFFILIATES)
    bring(session, ImportKind.PEOPLE, PEOPLE)
    people = {row[1]: row[0] for row in rows(session, "person", "id", "external_id")}
    absorbed = session.get(Person, people["11"])
    assert absorbed
    absorbed.merged_into_id, absorbed.status = people["10"], PersonStatus.MERGED  # type: ignore[assignment]
    session.flush()

    bring(session, ImportKind.ROLES, ROLES)

    assert rows(session, "membership", "person_id", "recorded_for_id")[1] == (people["10"], people["11"])


def test_a_removed_event_is_not_brought_back_by_a_changed_row(session: Session) -> None:
    from wmcrm.models import Event, now_utc

    bring_all(session)
    event = session.get(Event, rows(session, "event", "id")[0][0])
    assert event
    event.removed_at = now_utc()
    session.flush()

    report = bring(session, ImportKind.EVENTS, EVENTS.replace("Dakar edit-a-thon", "Dakar"))

    assert issues(report) == [(2, None, "removed_here")]
    assert report.counts["skipped"] == 1


def test_a_code_belongs_to_one_affiliate(session: Session) -> None:
    text = "id,name,kind,code\n1,One,hub,WSN\n2,Two,hub,WSN\n"

    report = bring(session, ImportKind.AFFILIATES, text)

    assert issues(report) == [(3, "code", "code_taken")]
    assert rows(session, "affiliate", "code") == [("WSN",), (None,)]


def test_days_are_read_in_the_order_of_their_column_or_asked_for(session: Session) -> None:
    bring(session, ImportKind.AFFILIATES, AFFILIATES)
    learned = "id,name,type,date\n1,One,meetup,03/04/2024\n2,Two,meetup,25/04/2024\n"
    assert bring(session, ImportKind.EVENTS, learned).counts["new"] == 2
    assert rows(session, "event", "starts_on")[0] == (date(2024, 4, 3),)

    unclear = "id,name,type,date\n5,Five,meetup,03/04/2024\n"
    assert issues(bring(session, ImportKind.EVENTS, unclear)) == [(2, "date", "date_ambiguous")]
    told = bring(session, ImportKind.EVENTS, unclear, options=FileOptions(date_order=DateOrder.MDY))
    assert told.counts["new"] == 1
    assert rows(session, "event", "starts_on")[-1] == (date(2024, 3, 4),)


def test_too_long_text_never_reaches_the_database(session: Session) -> None:
    report = bring(session, ImportKind.PEOPLE, f"id,name,city\n1,Somebody,{'x' * 500}\n2,{'y' * 500},\n")

    assert issues(report) == [(2, "city", "too_long"), (3, "name", "too_long"), (3, "name", "no_name")]
    assert (report.counts["new"], report.counts["invalid"]) == (1, 1)


def test_only_who_sees_everything_imports_files_of_records(session: Session) -> None:
    session.info["actor"] = Actor(name="editor", account_id=1, affiliate_ids=frozenset({1}))

    with pytest.raises(NotAllowedError):
        bring(session, ImportKind.PEOPLE, PEOPLE)


def test_a_source_needs_a_name(session: Session) -> None:
    with pytest.raises(BadInputError):
        bring(session, ImportKind.PEOPLE, PEOPLE, options=FileOptions(source=" "))
