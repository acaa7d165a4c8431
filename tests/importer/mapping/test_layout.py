from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.importer.tables import kinds_of, mapped, table_of
from wmcrm.importer.mapping import NoIdentifyingColumnError, RowKind, find_layout, require_identifying
from wmcrm.sheets import MemoryTable, Row

ZOOM_WEBINAR = """
Attendee Report
Report Generated:,"Mar 2, 2026 10:00"
Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered,# Cancelled,Unique Viewers,Total Users
Wikidata 101,123 456 789,"Mar 1, 2026 10:00",60,120,3,80,90
Host Details,
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name
Yes,Hana Host,host@example.org,"Mar 1, 2026 09:50","Mar 1, 2026 11:00",70,No,Kenya
Panelist Details,
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name
Yes,Pat Panel,pat@example.org,"Mar 1, 2026 09:50","Mar 1, 2026 11:00",70,Yes,Ghana
Attendee Details,
Attended,User Name (Original Name),First Name,Last Name,Email,Registration Time,Approval Status,Join Time,Is Guest,Country/Region Name,Wikimedia username
Yes,Ana,Ana,Diaz,ana@example.org,"Feb 20, 2026 10:00:00",approved,"Mar 1, 2026 10:00",Yes,Mexico,AnaD
No,Bo,Bo,Li,bo@example.org,"Feb 21, 2026 10:00:00",approved,--,--,,
No,Cy,Cy,Oh,cy@example.org,"Feb 21, 2026 10:00:00",denied,--,--,,
Other Attended
User Name,Join Time,Leave Time,Time in Session (minutes),Country/Region Name
Dial In Dora,"Mar 1, 2026 10:00","Mar 1, 2026 11:00",60,Kenya
"""


def test_titles_above_the_header_and_a_total_below_are_no_people() -> None:
    assert kinds_of(
        "Edit-a-thon,,\n2026-03-01,,\n,,\nN°,Nom et prénom,Courriel\n1,Awa Koné,awa@exemple.ci\n2,Binta Diallo,\n,TOTAL,2\n"
    ) == ["title", "title", "blank", "header", "person", "person", "total"]


@pytest.mark.parametrize(
    "label",
    [
        "Total",
        "TOTAL:",
        "Total: 35",
        "المجموع",
        "合计",
        "Итого",
        "कुल योग",
        "Gesamt",
        "Jumlah peserta",
        "Nombre de participants :",
    ],
)
def test_a_row_of_totals_is_recognised_in_many_languages(label: str) -> None:
    assert kinds_of(f"No,Name,Email\n1,Ana Ruiz,ana@example.org\n,{label},35\n")[-1] == "total"


def test_a_person_called_like_a_total_is_still_a_person() -> None:
    assert kinds_of("No,Name,Email\n1,Sum,sum@example.org\n2,Total,Lima\n")[1:] == ["person", "person"]


@pytest.mark.parametrize(
    "note",
    [
        "— Deuxième jour —",
        "Walk-ins below:",
        "Volunteers",
        "*** Day 2 ***",
        "Voluntarios:",
        "第二天",
        "Signature: ________",
        "День второй:",
        "Cancelled after the deadline:",
    ],
)
def test_a_line_that_speaks_to_the_reader_is_a_note(note: str) -> None:
    assert kinds_of(f"No,Name,Email\n1,Ana Ruiz,ana@example.org\n,{note},\n2,Bo Li,\n")[2] == "note"


def test_a_walk_in_of_whom_only_the_name_is_known_is_a_person() -> None:
    assert kinds_of("Name,Email,City\nAna Ruiz,ana@example.org,Lima\nJuan Day,,\n")[2] == "person"


def test_numbered_lines_that_nobody_filled_and_unticked_boxes_are_blank() -> None:
    assert kinds_of("No,Name,Attended\n1,Ana,TRUE\n2,,FALSE\n3,,FALSE\n")[2:] == ["blank", "blank"]


def test_a_header_printed_on_every_page_is_a_header_every_time() -> None:
    text = "Name,Email\nAna,ana@example.org\nPage 2,\nName,Email\nBo,bo@example.org\nCy,cy@example.org\n"
    assert kinds_of(text) == ["header", "person", "note", "header", "person", "person"]


def test_a_header_of_two_rows_is_read_as_one() -> None:
    layout, mapping = mapped(table_of("No,Name,,Email\n,First,Last,\n1,Ana,Diaz,ana@example.org\n"))
    assert layout.header_rows == (1, 2)
    assert [guess.field for guess in mapping] == ["row_no", "first_name", "last_name", "email"]


def test_labels_of_groups_above_the_header_are_titles() -> None:
    assert kinds_of("Personal data,,Contact,\nGiven name,Family name,Email,Phone\nAna,Diaz,ana@example.org,\n") == [
        "title",
        "header",
        "person",
    ]


def test_a_zoom_meeting_report_is_read_below_its_preamble() -> None:
    text = """
Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
123 456,Call,03/01/2026 10:00:00 AM,03/01/2026 11:00:00 AM,host@example.org,60,2

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
Amina K (Amina),amina@example.org,03/01/2026 10:00:00 AM,03/01/2026 11:00:00 AM,60,Yes
Bo,,03/01/2026 10:01:00 AM,03/01/2026 10:02:00 AM,1,Yes
"""
    assert kinds_of(text) == ["title", "title", "blank", "header", "person", "person"]


def test_the_tables_of_a_webinar_report_are_laid_over_the_table_of_attendees() -> None:
    table = table_of(ZOOM_WEBINAR)
    layout = find_layout(table)
    kinds = [layout.row_kind(row).value for row in table]
    assert layout.header_rows == (12,)
    assert [number for number, kind in enumerate(kinds, 1) if kind == "person"] == [7, 10, 13, 14, 15, 18]
    panelist = layout.aligned(table.rows[9])
    assert panelist[layout.headers.index("Email")] == "pat@example.org"
    assert panelist[layout.headers.index("Country/Region Name")] == "Ghana"


def test_a_second_table_far_down_is_laid_over_the_first() -> None:
    many = "".join(f"Person {n},p{n}@example.org,Peru,Lima\n" for n in range(400))
    table = table_of(f"Name,Email,Country,City\n{many}Walk-ins,,,\nCountry,Name,City\nGhana,Ama Osei,Accra\n")
    layout = find_layout(table)
    assert layout.row_kind(table.rows[402]).value == "header"
    assert layout.aligned(table.rows[403]) == ("Ama Osei", "", "Ghana", "Accra")


def test_people_called_like_headers_are_people() -> None:
    text = "Name,Present,City\nJina,no,Lima\nPersone,x,Ville\nNombre,no,\n"
    assert kinds_of(text)[1:] == ["person"] * 3


def test_a_list_of_usernames_under_one_word_is_a_table() -> None:
    assert kinds_of("username\nAnaD\nBo B\n") == ["header", "person", "person"]


def test_a_sheet_without_a_header_has_columns_by_letter() -> None:
    layout, mapping = mapped(table_of("amy@example.org,Amy Hall\nraj@example.org,Raj Rao\n"))
    assert not layout.has_header
    assert layout.headers == ("Column A", "Column B")
    assert [guess.field for guess in mapping] == ["email", None]


def test_a_sheet_that_says_of_nobody_who_they_are_is_refused_by_name() -> None:
    _, mapping = mapped(table_of("Colour,Size\nred,3\nblue,4\n"))
    with pytest.raises(NoIdentifyingColumnError, match="Column A"):
        require_identifying(mapping)


def test_an_empty_table_has_a_layout_without_columns() -> None:
    layout = find_layout(MemoryTable("empty", ()))
    assert layout.headers == ()


cells = st.lists(
    st.text(max_size=12) | st.sampled_from(["Name", "Email", "Total", "a@b.org", "—", "#", "12", "FALSE"]), max_size=5
)


@settings(max_examples=80, deadline=None)
@given(st.lists(cells, max_size=12))
def test_every_row_of_any_table_has_a_kind(rows: list[list[str]]) -> None:
    table = MemoryTable("any", tuple(Row(number, tuple(row)) for number, row in enumerate(rows, 1)))
    layout = find_layout(table)
    assert all(layout.row_kind(row) in RowKind for row in table)
    blanks = [row for row in table if row.is_blank]
    assert all(layout.row_kind(row) is RowKind.BLANK for row in blanks)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abcdefghij", min_size=1, max_size=8), min_size=1, max_size=8))
def test_a_row_with_an_address_below_the_header_is_always_a_person(names: list[str]) -> None:
    rows = [("Name", "Email"), *((name, f"{name}@example.org") for name in names)]
    table = MemoryTable("people", tuple(Row(number, row) for number, row in enumerate(rows, 1)))
    layout = find_layout(table)
    assert [layout.row_kind(row) for row in table][1:] == [RowKind.PERSON] * len(names)
