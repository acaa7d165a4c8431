"""An import of a file of records can be taken back, and made again."""

from __future__ import annotations

from tests.importer.files.world import FILES, bring, bring_all, rows
from wmcrm.db import Session
from wmcrm.importer import failed_rows, find_run, run_rows, undo_import
from wmcrm.importer.report import ImportReport
from wmcrm.models import ImportKind, Person

PEOPLE = FILES[ImportKind.PEOPLE]
KEPT = ("affiliate", "event", "event_host", "event_topic", "person", "person_name", "wiki_account", "contact_point",
        "language_skill", "holding", "membership", "participation", "person_search", "match_key")  # fmt: skip


def take_back(session: Session, report: ImportReport) -> None:
    assert report.run
    undo_import(session, find_run(session, report.run))


def test_people_without_consents_go_and_come_again(session: Session) -> None:
    reports = [bring(session, kind, FILES[kind]) for kind in list(FILES)[:5]]

    for report in reversed(reports):
        take_back(session, report)

    assert {table: len(rows(session, table, *_first(table))) for table in KEPT} == dict.fromkeys(KEPT, 0)
    again = [bring(session, kind, FILES[kind]) for kind in list(FILES)[:5]]
    assert [report.counts["new"] for report in again] == [report.counts["new"] for report in reports]


def _first(table: str) -> tuple[str]:
    return ("person_id",) if table in {"person_search", "match_key"} else ("id",)


def test_an_update_is_put_back(session: Session) -> None:
    bring(session, ImportKind.PEOPLE, PEOPLE)
    before = rows(session, "person", "display_name", "sort_name", "residence_city")
    report = bring(
        session, ImportKind.PEOPLE, PEOPLE.replace("SN,Dakar", "SN,Thiès").replace("Aïcha Diop", "Aïcha Sarr")
    )

    take_back(session, report)

    assert rows(session, "person", "display_name", "sort_name", "residence_city") == before
    assert bring(session, ImportKind.PEOPLE, PEOPLE).counts["unchanged"] == 4


def test_a_person_somebody_worked_with_stays(session: Session) -> None:
    report = bring(session, ImportKind.PEOPLE, PEOPLE)
    person = session.get(Person, rows(session, "person", "id")[0][0])
    assert person
    person.residence_city = "Rufisque"
    session.flush()

    take_back(session, report)

    assert rows(session, "person", "residence_city") == [("Rufisque",)]


def test_consents_that_were_taken_back_can_be_given_again_by_the_same_file(session: Session) -> None:
    reports = bring_all(session)
    take_back(session, reports[-1])
    standings = sorted(row[0] for row in rows(session, "consent_state", "standing"))
    assert standings == ["refused", "withdrawn"]

    again = bring(session, ImportKind.CONSENTS, FILES[ImportKind.CONSENTS])

    assert again.counts["updated"] + again.counts["new"] == 3
    standings = sorted(row[0] for row in rows(session, "consent_state", "standing"))
    assert standings == ["given", "refused", "unproven", "withdrawn"]
    assert bring(session, ImportKind.CONSENTS, FILES[ImportKind.CONSENTS]).counts["unchanged"] == 4


def test_a_file_that_came_twice_can_come_again_once_the_first_is_taken_back(session: Session) -> None:
    """The second changed nothing because the first had: it does not stand for what the first did."""
    reports = bring_all(session)
    assert bring(session, ImportKind.CONSENTS, FILES[ImportKind.CONSENTS]).counts["unchanged"] == 4
    take_back(session, reports[-1])

    again = bring(session, ImportKind.CONSENTS, FILES[ImportKind.CONSENTS])

    assert again.counts["updated"] + again.counts["new"] == 3
    standings = sorted(row[0] for row in rows(session, "consent_state", "standing"))
    assert standings == ["given", "refused", "unproven", "withdrawn"]


def test_an_update_that_came_twice_can_come_again_once_the_first_is_taken_back(session: Session) -> None:
    bring(session, ImportKind.PEOPLE, PEOPLE)
    moved = PEOPLE.replace("SN,Dakar", "SN,Thiès")
    report = bring(session, ImportKind.PEOPLE, moved)
    changed = rows(session, "person", "residence_city")
    assert bring(session, ImportKind.PEOPLE, moved).counts["unchanged"] == 4
    take_back(session, report)
    assert rows(session, "person", "residence_city") != changed

    bring(session, ImportKind.PEOPLE, moved)

    assert rows(session, "person", "residence_city") == changed


def test_the_rows_of_an_import_are_listed_with_their_people(session: Session) -> None:
    report = bring(session, ImportKind.PEOPLE, PEOPLE)

    listed = list(run_rows(session, find_run(session, str(report.run))))

    assert [row["kind"] for row in listed] == ["header", "person", "person", "person", "person"]
    first = listed[1]
    assert (first["external_id"], first["outcome"], first["email"]) == ("10", "new", "aicha@example.org")
    assert (first["phone"], first["languages"]) == ("+221771234567", ["fr", "wo"])
    assert str(first["person"]).startswith("p_")


def test_rows_to_mend_come_back_under_their_own_header(session: Session) -> None:
    report = bring(
        session, ImportKind.PEOPLE, PEOPLE.replace("dana@example.net", "dana at nowhere") + ",Nobody,,,,,,,,,\n"
    )

    failed = failed_rows(session, find_run(session, str(report.run)))

    assert failed.header[:2] == ("id", "display_name")
    assert [row[1] for row in failed.rows] == ["Dana2000", "Nobody"]
    assert "missing" in failed.rows[1][-1] or "empty" in failed.rows[1][-1]
