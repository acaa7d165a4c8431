"""What a workbook holds comes out as text, with a note for what a person should know."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
import zipfile

import openpyxl
import pytest

from tests.sheets.zoo import ROWS, bare_xlsx, ods, saved, xls, xlsx, zipped
from wmcrm.sheets import FileKind, ReadFile, SpooledTable, Table, read_bytes


def texts(file: ReadFile, table: int = 0) -> list[tuple[str, ...]]:
    return [row.cells for row in file.tables[table]]


def note_codes(file: ReadFile) -> list[str]:
    return [note.code for note in file.notes]


@pytest.mark.parametrize(("build", "kind"), [(xlsx, FileKind.XLSX), (ods, FileKind.ODS), (xls, FileKind.XLS)])
def test_the_kind_is_told_by_the_bytes_and_the_rows_are_read(build, kind) -> None:  # type: ignore[no-untyped-def]
    with read_bytes(build(ROWS)) as file:
        assert file.kind is kind
        assert texts(file) == [tuple(row) for row in ROWS]
        assert [row.number for row in file.tables[0].head(3)] == [1, 2, 3]
        assert (file.tables[0].name, file.tables[0].row_count, file.tables[0].column_count) == ("Sheet1", 41, 3) or (
            kind is FileKind.XLSX and file.tables[0].name == "Sheet"
        )


def test_a_phone_number_typed_as_a_number_keeps_no_fraction() -> None:
    with read_bytes(xlsx([[612345678.0, 7, 0.25, 2.12612e20, -3.5]])) as file:
        assert texts(file) == [("612345678", "7", "0.25", "2.12612E+20", "-3.5")]


def test_dates_times_and_yes_or_no_are_written_the_iso_way() -> None:
    row = [
        dt.date(2026, 3, 4),
        dt.datetime(2026, 3, 4, 12, 30),  # noqa: DTZ001  a sheet has no zone
        dt.time(9, 5),
        dt.timedelta(hours=30),
        True,
        False,
    ]
    with read_bytes(xlsx([row])) as file:
        assert texts(file) == [("2026-03-04", "2026-03-04 12:30:00", "09:05:00", "30:00:00", "TRUE", "FALSE")]


def test_an_old_workbook_keeps_its_dates_and_accents() -> None:
    with read_bytes(xls([["Aïcha", dt.date(2026, 3, 4), 612345678.0, True]])) as file:
        assert texts(file) == [("Aïcha", "2026-03-04", "612345678", "TRUE")]


def test_rows_and_columns_keep_the_place_the_spreadsheet_program_shows() -> None:
    book = openpyxl.Workbook()
    book.active["C3"], book.active["D7"] = "Name", "Omar"
    with read_bytes(saved(book)) as file:
        rows = {row.number: row.cells for row in file.tables[0] if not row.is_blank}
    assert rows == {3: ("", "", "Name"), 7: ("", "", "", "Omar")}


def test_two_tables_with_a_blank_line_between_stay_apart() -> None:
    with read_bytes(xlsx([["Name"], ["Omar"], [], ["City"], ["Dakar"]])) as file:
        assert [row.is_blank for row in file.tables[0]] == [False, False, True, False, False]


def test_blank_rows_at_the_end_do_not_count() -> None:
    empty = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(2, 2_000))
    first = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c><c r="XFD1" s="0"/></row>'
    with read_bytes(bare_xlsx(first + empty)) as file:
        assert (file.tables[0].row_count, file.tables[0].column_count) == (1, 1)


def test_a_merged_label_is_filled_down_but_a_merged_title_is_not_repeated_across() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [["Sign-ups", "", ""], ["Dakar", "Aïcha", "x"], ["", "Omar", "y"], ["", "Chen", "z"]]:
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A2:A4")
    with read_bytes(saved(book)) as file:
        assert texts(file)[0] == ("Sign-ups",)
        assert [cells[0] for cells in texts(file)[1:]] == ["Dakar", "Dakar", "Dakar"]
        assert note_codes(file) == ["merged_cells"]


def test_a_hidden_sheet_is_listed_but_not_taken() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Name"])
    secret = book.create_sheet("Secret")
    secret.append(["Name of a source"])
    secret.sheet_state = "veryHidden"
    with read_bytes(saved(book)) as file:
        assert [(table.name, table.hidden) for table in file.tables] == [("Sheet", False), ("Secret", True)]
        assert [table.name for table in file.visible_tables] == ["Sheet"]
        assert note_codes(file) == ["hidden_sheet"]


def test_hidden_rows_and_columns_are_read_and_told() -> None:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.active.row_dimensions[5].hidden = True
    book.active.column_dimensions["B"].hidden = True
    with read_bytes(saved(book)) as file:
        assert len(texts(file)) == len(ROWS)
        messages = [note.message for note in file.notes]
    assert messages == [
        "The sheet Sheet has 2 hidden rows, which were read: 3, 5.",
        "The sheet Sheet has hidden columns, which were read: B.",
    ]


def test_a_formula_gives_its_last_value_and_an_error_its_name() -> None:
    cells = (
        '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="C1" t="str"><f>A1&amp;"x"</f><v>2x</v></c>'
    )
    with read_bytes(bare_xlsx(f'<row r="1">{cells}</row>')) as file:
        assert texts(file) == [("2", "#DIV/0!", "2x")]
        assert [note.message for note in file.notes] == [
            "The sheet Sheet1 has 1 cells with an error, for example B1 #DIV/0!."
        ]


def test_links_to_other_files_and_macros_are_told_and_not_followed() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx(ROWS))) as archive:
        parts: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    parts |= {"xl/externalLinks/externalLink1.xml": "<externalLink/>", "xl/vbaProject.bin": b"x"}
    with read_bytes(zipped(parts)) as file:
        assert note_codes(file) == ["external_links", "macros"]


def test_a_table_can_be_read_again_and_in_two_places_at_once() -> None:
    with read_bytes(xlsx([[n] for n in range(2_000)])) as file:
        table: Table = file.tables[0]
        assert isinstance(table, SpooledTable)
        pairs = list(zip(table, table, strict=True))
        assert len(pairs) == 2_000
        assert all(one == other for one, other in pairs)
        assert table.head(1)[0].cells == ("0",)


def test_a_closed_file_gives_no_more_rows() -> None:
    file = read_bytes(xlsx(ROWS))
    file.close()
    with pytest.raises(ValueError, match="closed"):
        list(file.tables[0])


def test_what_is_printed_of_a_table_shows_no_cell() -> None:
    with read_bytes(xlsx([["Aïcha"]])) as file:
        assert "Aïcha" not in repr(file)


def test_an_empty_character_in_a_workbook_is_taken_out() -> None:
    with read_bytes(bare_xlsx('<row r="1"><c r="A1" t="inlineStr"><is><t>Om_x0000_ar</t></is></c></row>')) as file:
        assert texts(file) == [("Omar",)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_the_child_binds_itself_before_it_reads() -> None:
    script = (
        "import resource; from wmcrm.sheets import SheetLimits; from wmcrm.sheets.child import bind;"
        "bind(SheetLimits()); print(*(resource.getrlimit(getattr(resource, 'RLIMIT_' + name))[1]"
        " for name in ('AS', 'CPU', 'CORE')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(1024**3), "20", "0"]
