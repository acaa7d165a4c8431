"""Whatever stands in the cells, a file of records is taken or refused: nothing breaks, nothing is half stored."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.importer.files.world import FILES, bring, bring_all, rows
from wmcrm.db import Session
from wmcrm.errors import WmcrmError
from wmcrm.importer.files import import_read_file
from wmcrm.importer.files.columns import FIELDS
from wmcrm.importer.report import OUTCOMES
from wmcrm.models import ImportKind
from wmcrm.sheets.kinds import FileKind
from wmcrm.sheets.reading import ReadFile
from wmcrm.sheets.table import MemoryTable, Row

TYPED = [
    "1", "10", "12", "yes", "no", "2024-02-30", "31/12/2024", "9999-12-31", "0001-01-01", "newsletter", "granted",
    "withdrawn", "organizer", "attended", "user group", "meetup", "FR", "fr; wo", "a@example.org", "+33 6", "x" * 500,
    "a@example.org; b@example.org", "\u200f\u202e", "=1+1", "\x00", "p_000000000000", "1e400", "-", "٣", "Aïcha",
]  # fmt: skip
cells = st.one_of(st.sampled_from(TYPED), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))


@st.composite
def tables(draw: st.DrawFn) -> tuple[ImportKind, MemoryTable]:
    kind = draw(st.sampled_from(list(FILES)))
    names = list(FIELDS[kind])
    drawn = draw(st.lists(st.lists(cells, min_size=len(names), max_size=len(names)), min_size=1, max_size=6))
    body = [Row(number, tuple(row)) for number, row in enumerate(drawn, 2)]
    return kind, MemoryTable("", (Row(1, tuple(names)), *body))


def take(session: Session, kind: ImportKind, table: MemoryTable) -> dict[str, int]:
    file = ReadFile(FileKind.PASTED, None, None, (table,), ())
    report = import_read_file(session, kind, file, file_hash="0" * 64)
    assert sum(report.counts[outcome] for outcome in OUTCOMES) == report.rows
    assert all(issue.message for issue in report.issues)
    return dict(report.counts)


def test_any_cells_are_taken_or_told_and_a_second_time_changes_nothing(session: Session) -> None:
    bring_all(session)

    @given(tables())
    @settings(max_examples=40)
    def take_twice(drawn: tuple[ImportKind, MemoryTable]) -> None:
        kind, table = drawn
        savepoint = session.begin_nested()
        try:
            first = take(session, kind, table)
            again = take(session, kind, table)
        finally:
            savepoint.rollback()
        assert (again["new"], again["updated"]) == (0, 0)
        assert again["invalid"] >= first["invalid"]

    take_twice()


def test_any_header_is_read_or_refused(session: Session) -> None:
    @given(st.lists(cells, min_size=1, max_size=8), st.sampled_from(list(FILES)))
    @settings(max_examples=40)
    def read(header: list[str], kind: ImportKind) -> None:
        table = MemoryTable("", (Row(1, tuple(header)), Row(2, tuple("1" for _ in header))))
        try:
            take(session, kind, table)
        except WmcrmError as refused:
            assert "no column" in str(refused)

    read()


def test_files_about_different_people_can_come_in_any_order(session: Session) -> None:
    people = FILES[ImportKind.PEOPLE].splitlines()
    halves = ["\n".join([people[0], *part]) + "\n" for part in (people[1:3], people[3:])]

    def stored() -> set[tuple[object, ...]]:
        return set(rows(session, "person", "external_id", "display_name", "residence_country"))

    savepoint = session.begin_nested()
    for half in halves:
        bring(session, ImportKind.PEOPLE, half)
    one_way = stored()
    savepoint.rollback()
    for half in reversed(halves):
        bring(session, ImportKind.PEOPLE, half)

    assert stored() == one_way
