"""Sheets that name people who were erased, or who are like people we know without sharing a key."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from tests.cast import Cast, add_person, invite_cast
from wmcrm.db import OPERATOR, Session
from wmcrm.importer import Decisions, ImportReport, SignupOptions, apply_signups, find_run, sheet_file, undo_import
from wmcrm.importer.files import import_file
from wmcrm.models import CandidatePair, ImportedRow, ImportKind, Judgement, Person, PersonStatus, Verdict
from wmcrm.privacy import erase_person, make_steward_key, open_hits, seal_person
from wmcrm.sheets import content_hash, read_sheets
from wmcrm.upkeep import refresh_everybody

HEADER = "Full name,Email,Wikimedia username,Country\n"


def import_rows(session: Session, cast: Cast, folder: Path, *rows: str, **options: object) -> ImportReport:
    path = folder / "sheet.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    with read_sheets(path) as file:
        chosen = SignupOptions(event=cast.meetup.public_id, **options)  # type: ignore[arg-type]
        return apply_signups(session, sheet_file(file, content_hash(path)), chosen)


def test_a_sheet_does_not_bring_back_who_was_erased(session: Session, tmp_path: Path) -> None:
    cast = invite_cast(session)
    erase_person(session, cast.aicha, by=OPERATOR)
    session.commit()
    report = import_rows(session, cast, tmp_path, "Aïcha Diop,aicha@example.org,,SN", "Fatou Sow,fatou@example.org,,SN")
    assert (report.counts["skipped"], report.counts["new"]) == (1, 1)
    assert [issue.code for issue in report.issues] == ["withheld"]
    ledger = session.scalars(sa.select(ImportedRow).where(ImportedRow.outcome == "skipped")).one()
    assert (ledger.cells, ledger.reading, ledger.fingerprint) == ([], None, "")
    assert session.scalars(sa.select(Person).where(Person.display_name == "Aïcha Diop")).all() == []


def test_somebody_alike_without_a_common_key_is_held_for_a_person_to_look(session: Session, tmp_path: Path) -> None:
    cast = invite_cast(session)
    known = add_person(session, "Mariama Ndiaye Faye", holder=cast.senegal, username="Mariama NF", country="SN")
    session.commit()
    report = import_rows(session, cast, tmp_path, "Mariama Ndiaye Faye,mariama.nf@example.org,,SN")
    assert report.counts["held"] == 1
    pair = session.scalars(sa.select(CandidatePair)).one()
    assert known.id in {pair.person_a_id, pair.person_b_id}
    held = session.scalars(sa.select(Person).where(Person.status == PersonStatus.HELD)).one()
    assert held.display_name == "Mariama Ndiaye Faye"


def test_who_says_that_they_differ_is_remembered(session: Session, tmp_path: Path) -> None:
    cast = invite_cast(session)
    add_person(session, "Mariama Ndiaye Faye", holder=cast.senegal, username="Mariama NF", country="SN")
    session.commit()
    said = Decisions(different=frozenset({2}))
    report = import_rows(session, cast, tmp_path, "Mariama Ndiaye Faye,mariama.nf@example.org,,SN", decisions=said)
    assert report.counts["new"] == 1
    assert [made.verdict for made in session.scalars(sa.select(Judgement))] == [Verdict.DIFFERENT]


def test_undo_takes_back_who_was_told_apart_in_the_preview(session: Session, tmp_path: Path) -> None:
    cast = invite_cast(session)
    add_person(session, "Mariama Ndiaye Faye", holder=cast.senegal, username="Mariama NF", country="SN")
    session.commit()
    before = session.scalars(sa.select(sa.func.count()).select_from(Person)).one()
    said = Decisions(different=frozenset({2}))
    report = import_rows(session, cast, tmp_path, "Mariama Ndiaye Faye,mariama.nf@example.org,,SN", decisions=said)
    undone = undo_import(session, find_run(session, report.run or ""))
    assert undone.as_dict()["kept"] == {}
    assert session.scalars(sa.select(sa.func.count()).select_from(Person)).one() == before


def told(session: Session) -> list[tuple[str, str]]:
    """The hits that wait for stewards: the sealed person and the name of the record that came in."""
    return [
        (hit.sealed, session.scalars(sa.select(Person.display_name).where(Person.public_id == hit.found)).one())
        for hit in open_hits(session)
    ]


def test_stewards_hear_of_somebody_sealed_whom_a_sheet_adds_to_a_known_person(session: Session, tmp_path: Path) -> None:
    make_steward_key(session, "rosa")
    cast = invite_cast(session)
    known = add_person(session, "Aïcha Diop", holder=cast.senegal, username="Aicha Two")
    refresh_everybody(session)
    seal_person(session, cast.aicha, ["rosa"])
    session.commit()
    import_rows(session, cast, tmp_path, "Aïcha Diop,aicha@example.org,Aicha Two,SN")
    assert told(session) == [(cast.aicha.public_id, known.display_name)]


def test_stewards_hear_of_somebody_sealed_whom_a_file_brings_again(session: Session, tmp_path: Path) -> None:
    make_steward_key(session, "rosa")
    path = tmp_path / "people.csv"
    path.write_text("id,display_name,email\n7,Awa Fall,awa@example.org\n8,Omar Sy,omar@example.org\n", encoding="utf-8")
    assert import_file(session, ImportKind.PEOPLE, path).counts["new"] == 2
    sealed = session.scalars(sa.select(Person).where(Person.display_name == "Awa Fall")).one()
    seal_person(session, sealed, ["rosa"])
    session.commit()
    import_file(session, ImportKind.PEOPLE, path)
    assert told(session) == [(sealed.public_id, "Awa Fall")]
