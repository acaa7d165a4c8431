"""Files of records become the movement's tables, each row once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.importer.files.world import (
    AFFILIATES,
    CONSENTS,
    EVENTS,
    FILES,
    PARTICIPATIONS,
    PEOPLE,
    ROLES,
    bring,
    bring_all,
    rows,
    with_columns,
)
from wmcrm.db import Session
from wmcrm.errors import BadInputError
from wmcrm.importer.files import FileOptions, import_file
from wmcrm.models import ImportKind, ImportRun, ImportState


def counts(report: object) -> dict[str, int]:
    return {name: number for name, number in report.counts.items() if number}  # type: ignore[attr-defined]


def test_affiliates_keep_their_ids_types_and_countries(session: Session) -> None:
    report = bring(session, ImportKind.AFFILIATES, AFFILIATES)

    assert counts(report) == {"new": 3}
    assert rows(session, "affiliate", "external_id", "affiliate_type", "country", "founded_on") == [
        ("1", "user_group", "SN", date(2012, 11, 7)),
        ("2", "chapter", "MA", date(2009, 6, 16)),
        ("3", "partner", None, None),
    ]


def test_events_take_the_kinds_of_the_office_and_their_organizing_host(session: Session) -> None:
    bring(session, ImportKind.AFFILIATES, AFFILIATES)
    bring(session, ImportKind.EVENTS, EVENTS)

    assert rows(session, "event", "event_type", "second_type", "event_format", "status", "timezone") == [
        ("editing_event", None, "in_person", "held", "UTC"),
        ("media_upload_event", "contest", "online", "held", "UTC"),
        ("workshop", None, "in_person", "held", "UTC"),
    ]
    assert rows(session, "event", "tracks_attendance") == [(True,)] * 3
    affiliates = dict(rows(session, "affiliate", "external_id", "id"))
    assert [row[0] for row in rows(session, "event_host", "affiliate_id")] == [
        affiliates["1"],
        affiliates["2"],
        affiliates["2"],
    ]
    assert [row[0] for row in rows(session, "event_topic", "topic")] == ["glam"]


def test_people_keep_names_accounts_contact_points_and_languages(session: Session) -> None:
    report = bring(session, ImportKind.PEOPLE, PEOPLE)

    assert counts(report) == {"new": 4}
    assert rows(session, "person", "display_name", "residence_country", "source", "external_id", "recorded_at")[0] == (
        "Aïcha Diop",
        "SN",
        "file",
        "10",
        datetime(2024, 1, 5, 12, tzinfo=UTC),
    )
    assert rows(session, "person_name", "name", "given_name", "family_name", "script") == [
        ("Aïcha Diop", "Aïcha", "Diop", "Latn"),
        ("Omar", None, None, "Latn"),
        ("陳 美玲", "美玲", "陳", "Hani"),
    ]
    assert rows(session, "wiki_account", "username") == [("Aicha D",), ("Omar editor",), ("Dana2000",)]
    assert rows(session, "contact_point", "kind", "value", "normalized", "preferred")[:3] == [
        ("email", "aicha@example.org", "aicha@example.org", True),
        ("email", "a.diop@example.com", "a.diop@example.com", False),
        ("phone", "+221 77 123 45 67", "+221771234567", True),
    ]
    assert [row[0] for row in rows(session, "language_skill", "language")] == ["fr", "wo", "fr", "zh", "ar", "en"]
    assert len(rows(session, "person_search", "person_id")) == 4


def test_two_people_of_one_username_are_two_people(session: Session) -> None:
    twins = "id,username,email\n1,Aicha D,a@example.org\n2,Aicha D,a@example.org\n"

    assert counts(bring(session, ImportKind.PEOPLE, twins)) == {"new": 2}
    assert len(rows(session, "person", "id")) == 2


def test_roles_become_positions_and_the_affiliate_holds_the_person(session: Session) -> None:
    bring_all(session)

    assert rows(session, "membership", "position", "title", "since", "until") == [
        ("member", "volunteer organizer", date(2024, 1, 10), None),
        ("programme_lead", "GLAM coordinator", date(2024, 1, 10), date(2025, 1, 10)),
        ("board_member", None, date(2023, 5, 1), None),
    ]
    people = {row[1]: row[0] for row in rows(session, "person", "external_id", "id")}
    affiliates = {row[1]: row[0] for row in rows(session, "affiliate", "external_id", "id")}
    held = {(people[p], affiliates[a]) for p, a in rows(session, "holding", "person_id", "holder_affiliate_id")}  # type: ignore[index]
    assert held == {("10", "1"), ("11", "1"), ("13", "2"), ("12", "1"), ("10", "2")}


def test_participations_tell_registration_attendance_and_role_apart(session: Session) -> None:
    bring_all(session)

    assert rows(session, "participation", "event_role", "registration", "attended", "registered_on") == [
        ("organizer", "registered", "yes", date(2024, 2, 20)),
        ("participant", "registered", "yes", date(2024, 2, 25)),
        ("participant", "registered", "no", date(2024, 2, 26)),
        ("helper", "cancelled", "unknown", date(2024, 8, 20)),
        ("co_organizer", "registered", "yes", date(2024, 8, 21)),
    ]
    summaries = rows(session, "person_summary", "person_id", "occasions", "organized", "deepest_role")
    people = {row[1]: row[0] for row in rows(session, "person", "external_id", "id")}
    assert {people[row[0]]: row[1:] for row in summaries}["10"] == (2, 1, 5)


def test_a_withdrawn_consent_was_given_first_and_a_sheet_is_only_a_claim(session: Session) -> None:
    bring_all(session)

    assert rows(session, "consent_event", "external_id", "decision", "on_day", "channel", "method", "proven") == [
        ("1", "given", date(2024, 1, 5), "email", "form", True),
        ("2", "given", date(2024, 1, 5), "whatsapp", "import", False),
        ("3", "given", date(2024, 1, 6), "talk_page", "spoken", True),
        ("3/withdrawn", "withdrawn", date(2024, 6, 1), "talk_page", "spoken", True),
        ("4", "refused", date(2024, 2, 1), "email", "email", True),
    ]
    standings = sorted(row[0] for row in rows(session, "consent_state", "standing"))
    assert standings == ["given", "refused", "unproven", "withdrawn"]
    notices = {row[0] for row in rows(session, "privacy_notice", "version")}
    assert "unrecorded" in notices


def test_a_second_import_changes_nothing(session: Session) -> None:
    first = bring_all(session)
    tables = ("affiliate", "event", "person", "membership", "participation", "consent_event", "holding", "change")
    before = {table: len(rows(session, table, "id")) for table in tables}

    second = bring_all(session)

    assert [report.counts["unchanged"] for report in second] == [report.counts["new"] for report in first]
    assert not any(report.counts["new"] or report.counts["updated"] for report in second)
    assert {table: len(rows(session, table, "id")) for table in tables} == before
    assert all(report.already_imported for report in second)


def test_the_order_and_the_names_of_the_columns_do_not_matter(session: Session) -> None:
    bring_all(session)
    shuffled = with_columns(
        PEOPLE,
        ["email>E-mail", "id>ID", "languages>Languages", "created_at", "family_name>Last name", "phone>Phone number",
         "given_name>First name", "display_name>Full name", "username>User name", "city>Town", "country>Country"],
    )  # fmt: skip

    assert counts(bring(session, ImportKind.PEOPLE, shuffled)) == {"unchanged": 4}


def test_a_changed_row_updates_and_a_blank_cell_keeps_what_is_here(session: Session) -> None:
    bring_all(session)
    changed = PEOPLE.replace("SN,Dakar,aicha@example.org; a.diop@example.com", "SN,Thiès,new@example.org").replace(
        "fr; wo", ""
    )

    assert counts(bring(session, ImportKind.PEOPLE, changed)) == {"updated": 1, "unchanged": 3}
    assert rows(session, "person", "residence_city")[0] == ("Thiès",)
    emails = [row[0] for row in rows(session, "contact_point", "normalized")]
    assert {"aicha@example.org", "a.diop@example.com", "new@example.org"} <= set(emails)
    assert ("wo",) in rows(session, "language_skill", "language")


def test_a_corrected_name_is_corrected_in_place(session: Session) -> None:
    bring(session, ImportKind.PEOPLE, PEOPLE)

    report = bring(session, ImportKind.PEOPLE, PEOPLE.replace("Aïcha Diop,Aïcha,Diop", "Aïcha Diopp,Aïcha,Diopp"))

    assert counts(report) == {"updated": 1, "unchanged": 3}
    assert rows(session, "person_name", "name", "family_name")[0] == ("Aïcha Diopp", "Diopp")
    assert rows(session, "person", "sort_name")[0] == ("aicha diopp",)
    assert len(rows(session, "person_name", "id")) == 3


def test_what_staff_edited_stays_when_the_same_file_comes_again(session: Session) -> None:
    from wmcrm.models import Person

    bring(session, ImportKind.PEOPLE, PEOPLE)
    person = session.get(Person, rows(session, "person", "id")[0][0])
    assert person
    person.residence_city = "Rufisque"
    session.flush()

    assert counts(bring(session, ImportKind.PEOPLE, PEOPLE)) == {"unchanged": 4}
    session.refresh(person)
    assert person.residence_city == "Rufisque"


def test_other_kinds_update_too(session: Session) -> None:
    bring_all(session)

    assert counts(bring(session, ImportKind.AFFILIATES, AFFILIATES.replace("user group", "chapter")))["updated"] == 1
    moved = EVENTS.replace("photo contest,2,MA", "photo contest,1,MA").replace("Museum day", "Night of museums")
    assert counts(bring(session, ImportKind.EVENTS, moved)) == {"updated": 2, "unchanged": 1}
    assert len(rows(session, "event_host", "id")) == 4
    ended = ROLES.replace("2023-05-01,", "2023-05-01,2025-05-01")
    assert counts(bring(session, ImportKind.ROLES, ended)) == {"updated": 1, "unchanged": 2}
    came = PARTICIPATIONS.replace("3,12,1,participant,no-show", "3,12,1,participant,attended")
    assert counts(bring(session, ImportKind.PARTICIPATIONS, came)) == {"updated": 1, "unchanged": 4}
    assert rows(session, "participation", "attended")[2] == ("yes",)


def test_a_consent_that_was_withdrawn_since_is_appended(session: Session) -> None:
    bring_all(session)
    later = CONSENTS.replace(
        "1,10,newsletter,email,granted,2024-01-05,", "1,10,newsletter,email,withdrawn,2024-01-05,2025-03-01"
    )

    assert counts(bring(session, ImportKind.CONSENTS, later)) == {"updated": 1, "unchanged": 3}
    assert rows(session, "consent_event", "external_id", "decision")[-1] == ("1/withdrawn", "withdrawn")
    assert sorted(row[0] for row in rows(session, "consent_state", "standing")).count("withdrawn") == 2

    refused = CONSENTS.replace("1,10,newsletter,email,granted", "1,10,newsletter,email,refused")
    assert counts(bring(session, ImportKind.CONSENTS, refused)) == {"updated": 1, "unchanged": 3}
    assert rows(session, "consent_event", "external_id")[-1] == ("1/refused/2024-01-05",)


def test_ids_are_unique_within_their_source_only(session: Session) -> None:
    bring(session, ImportKind.PEOPLE, PEOPLE)

    report = bring(session, ImportKind.PEOPLE, PEOPLE, options=FileOptions(source="dashboard"))

    assert counts(report) == {"new": 4}
    unknown = bring(session, ImportKind.ROLES, ROLES, options=FileOptions(source="elsewhere"))
    assert counts(unknown) == {"invalid": 3}


def test_a_holder_holds_everybody_of_the_file(session: Session) -> None:
    bring(session, ImportKind.AFFILIATES, AFFILIATES)
    holder = rows(session, "affiliate", "id")[0][0]
    assert isinstance(holder, int)

    bring(session, ImportKind.PEOPLE, PEOPLE, options=FileOptions(holder_id=holder))

    assert [row[0] for row in rows(session, "holding", "holder_affiliate_id")] == [holder] * 4
    assert {row[0] for row in rows(session, "contact_point", "holder_affiliate_id")} == {holder}


def test_a_file_is_read_from_its_path(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE, encoding="utf-8")

    assert counts(import_file(session, ImportKind.PEOPLE, path)) == {"new": 4}


def test_a_plan_counts_the_same_and_stores_nothing(session: Session) -> None:
    planned = bring(session, ImportKind.PEOPLE, PEOPLE, plan=True)

    assert (planned.state, planned.run, counts(planned)) == ("planned", None, {"new": 4})
    assert rows(session, "person", "id") == []
    assert rows(session, "import_run", "id") == []


def test_a_run_has_a_ledger_and_a_history(session: Session) -> None:
    report = bring(session, ImportKind.PEOPLE, PEOPLE)

    runs = rows(session, "import_run", "public_id", "state", "kind", "id")
    assert runs[0][:3] == (report.run, ImportState.APPLIED, "people")
    run = session.get(ImportRun, runs[0][3])
    assert run is not None
    assert run.counts["new"] == 4
    ledger = rows(session, "imported_row", "row_number", "kind", "outcome", "external_id", "person_id")
    people = [row[0] for row in rows(session, "person", "id")]
    assert ledger[0] == (1, "header", None, None, None)
    assert ledger[1:] == [(number, "person", "new", str(8 + number), people[number - 2]) for number in range(2, 6)]
    changes = rows(session, "change", "subject_table", "subject_id", "run_id")
    assert changes == [("person", person_id, run.id) for person_id in people]


@pytest.mark.parametrize("kind", list(FILES))
def test_a_file_without_ids_is_refused_with_what_it_needs(session: Session, kind: ImportKind) -> None:
    with pytest.raises(BadInputError, match="has no column id"):
        bring(session, kind, FILES[kind].replace("id,", "nothing,", 1))


def test_parts_of_a_long_file_do_not_show(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wmcrm.importer.files.importing.PART", 2)
    twice = PARTICIPATIONS + "8,10,1,organizer,attended,\n"

    first = [bring(session, kind, text) for kind, text in {**FILES, ImportKind.PARTICIPATIONS: twice}.items()]
    again = bring(session, ImportKind.PARTICIPATIONS, twice)

    assert [counts(report) for report in first] == [
        {"new": 3},
        {"new": 3},
        {"new": 4},
        {"new": 3},
        {"new": 5, "skipped": 1},
        {"new": 4},
    ]
    assert counts(again) == {"unchanged": 5, "skipped": 1}
