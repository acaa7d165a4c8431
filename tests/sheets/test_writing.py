"""What is written runs no formula, and reading it back gives the same rows."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wmcrm.sheets import read_bytes, write_csv, write_xlsx
from wmcrm.sheets.delimited import Records, guess_delimiter
from wmcrm.sheets.formulas import escape_mark, neutralise, restore

TRICKY = ["=1+1", "'=1", "''+3", "-", "@x", "\t", "_x000D_", "a\r\nb", "\r", "\n", " a ", "sep=;", "a;b", "<html>"]
TEXT = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00\ufffe\uffff"), max_size=12
) | st.sampled_from([*TRICKY, '"', 'x"y', "\ufeff", "%PDF", "PK\x03\x04"])
ROWS = st.lists(st.lists(TEXT, max_size=4), min_size=1, max_size=6)


def without_empty_ends(rows: list[list[str]]) -> list[tuple[str, ...]]:
    """As reading gives rows: no empty cells at the end of a row, no blank rows at the end."""
    kept = []
    for row in rows:
        cells = list(row)
        while cells and not cells[-1]:
            cells.pop()
        kept.append(tuple(cells))
    while kept and not kept[-1]:
        kept.pop()
    return kept


@settings(max_examples=300)
@given(ROWS)
def test_written_csv_splits_into_the_same_cells(rows: list[list[str]]) -> None:
    text = write_csv(rows, bom=False).decode()
    split = [[restore(cell) for cell in record] for record in Records(text, guess_delimiter(text))]
    assert without_empty_ends(split) == without_empty_ends(rows)


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
@settings(max_examples=30)
@given(ROWS.filter(without_empty_ends))
def test_a_written_file_reads_back_the_same(write, rows: list[list[str]]) -> None:  # type: ignore[no-untyped-def]
    with read_bytes(write(rows)) as file:
        assert [row.cells for row in file.tables[0]] == without_empty_ends(rows)


@given(TEXT)
def test_marking_is_undone_by_unmarking(text: str) -> None:
    assert restore(neutralise(text)) == text
    assert restore(escape_mark(text)) == text
    assert neutralise(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")


def test_numbers_dates_and_nothing_are_written_as_they_are_read() -> None:
    row = [7, -1.5, True, dt.date(2026, 3, 4), None, 212612345678901234]
    expected = ("7", "-1.5", "TRUE", "2026-03-04", "", "212612345678901234")
    for write in (write_csv, write_xlsx):
        with read_bytes(write([row], header=["n"])) as file:
            assert [line.cells for line in file.tables[0]] == [("n",), expected]


def test_a_workbook_keeps_formulas_and_links_as_text_and_its_header_in_sight() -> None:
    data = write_xlsx(
        [["=1+1", "https://example.org", "0612"]], ["a", "b", "c"], sheet="People/2026", right_to_left=True
    )
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [
        ("=1+1", "s"),
        ("https://example.org", "s"),
        ("0612", "s"),
    ]
    assert (sheet.freeze_panes, sheet.sheet_view.rightToLeft, sheet.title) == ("A2", True, "People 2026")


def test_a_csv_starts_with_a_mark_unless_told_otherwise_and_can_go_to_a_file() -> None:
    target = io.BytesIO()
    assert write_csv([["Omar"]], ["Name"], file=target) == b""
    assert target.getvalue() == b'\xef\xbb\xbf"Name"\r\nOmar\r\n'
    assert write_csv([["Omar"]], ["Name"], bom=False) == b'"Name"\r\nOmar\r\n'
