"""The same sheet twice is the sheet once; an overlapping sheet brings only what is new."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_event
from tests.importer.sheets import bring, counts, dump, outcomes, person_of, presence, run_of, settled_cast
from wmcrm.db import Session
from wmcrm.importer import failed_rows, undo_import
from wmcrm.models import Attendance, Person

SHEET = """
Name,Email,Phone
Aïcha Diop,aicha@example.org,
Fatou Sow,fatou@example.org,
Ibrahima Fall,aicha@example.org,
Khady,,
Khady,,
"""


@pytest.fixture
def cast(session: Session) -> Cast:
    return settled_cast(session)


def people(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Person)) or 0


def test_a_second_import_changes_nothing(session: Session, cast: Cast) -> None:
    first = bring(session, SHEET, cast.meetup)
    assert counts(first) == {"held": 1, "matched": 1, "new": 3}
    before = dump(session)

    second = bring(session, SHEET, cast.meetup)

    assert counts(second) == {"unchanged": 5}
    assert second.already_imported
    assert not first.already_imported
    assert dump(session) == before


def test_an_overlapping_sheet_brings_only_its_new_rows(session: Session, cast: Cast) -> None:
    bring(session, SHEET, cast.meetup)
    more = bring(session, SHEET + "Khady,,\nAwa Ndiaye,awa@example.org,\n", cast.meetup)
    assert counts(more) == {"held": 1, "new": 1, "unchanged": 5}
    assert not more.already_imported


def test_a_third_namesake_is_held_because_two_were_there(session: Session, cast: Cast) -> None:
    bring(session, SHEET, cast.meetup)
    more = bring(session, SHEET + "Khady,,\n", cast.meetup)
    assert outcomes(session, more)[7] == ("held", None)


def test_for_another_event_a_name_alone_is_somebody_new(session: Session, cast: Cast) -> None:
    bring(session, SHEET, cast.meetup)
    other = add_event(session, "Another", cast.meetup.starts_on, host=cast.senegal)
    report = bring(session, SHEET, other)
    assert counts(report)["new"] == 2


def test_attendance_in_a_later_copy_is_an_update_of_the_same_participation(session: Session, cast: Cast) -> None:
    first = bring(session, "Name,Email,Attended\nFatou Sow,fatou@example.org,\n", cast.meetup)
    later = bring(session, "Name,Email,Attended\nFatou Sow,fatou@example.org,yes\n", cast.meetup)
    fatou = person_of(session, first, 2)
    assert outcomes(session, later) == {2: ("matched", "email")}
    found = presence(session, fatou, cast.meetup)
    session.refresh(found)
    assert found.attended is Attendance.YES


def test_an_undone_import_is_forgotten(session: Session, cast: Cast) -> None:
    first = bring(session, SHEET, cast.meetup)
    undo_import(session, run_of(session, first))
    again = bring(session, SHEET, cast.meetup)
    assert counts(again) == counts(first)
    assert not again.already_imported


def test_mended_rows_come_back_alone(session: Session, cast: Cast) -> None:
    text = "Name,Email,City,Country\nFatou Sow,fatou@example.org,Dakar,SN\n,nowhere at all,Dakar,SN\n,,Thiès,SN\n"
    first = bring(session, text, cast.meetup)
    before = people(session)

    failed = failed_rows(session, run_of(session, first))

    assert failed.header == ("Name", "Email", "City", "Country", "Row", "Problem")
    assert [row[4] for row in failed.rows] == ["3", "4"]
    assert all(row[5] for row in failed.rows)
    lines = [",".join(failed.header)]
    lines += ["Awa Ndiaye,awa@example.org,Dakar,SN,3,mended", "Marième Ly,,Thiès,SN,4,mended"]
    second = bring(session, "\n".join(lines) + "\n", cast.meetup)
    assert counts(second) == {"new": 2}
    assert people(session) == before + 2


def test_a_mended_telephone_does_not_make_a_second_person(session: Session, cast: Cast) -> None:
    bring(session, "Name,Phone\nKhady Fall,12\n", cast.meetup)
    mended = bring(session, "Name,Phone\nKhady Fall,+221 77 555 66 77\n", cast.meetup)
    assert outcomes(session, mended) == {2: ("held", None)}


def test_a_value_that_somebody_removed_does_not_come_back(session: Session, cast: Cast) -> None:
    text = "Name,Username,Email\nAïcha Diop,Aicha D,old@example.org\n"
    bring(session, text.replace("old@", "aicha@"), cast.meetup)
    before = dump(session)
    bring(session, text.replace("old@", "aicha@").replace("Aïcha Diop", "Diop Aïcha"), cast.meetup)
    assert dump(session) == before
