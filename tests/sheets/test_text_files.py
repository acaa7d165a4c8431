"""Text files: records as a spreadsheet program counts them, in whatever encoding they come."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from wmcrm.errors import SheetRefusedError
from wmcrm.sheets import ReadFile, content_hash, read_bytes, read_pasted, read_sheets
from wmcrm.sheets.delimited import Records, guess_delimiter
from wmcrm.sheets.encoding import decode


def cells(file: ReadFile) -> list[tuple[str, ...]]:
    return [row.cells for row in file.tables[0]]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("Name,Email\nOmar,o@x.org\n", ","),
        ("Name;Hours\nOmar;1,5\nAïcha;2,5\n", ";"),
        ("Name;Notes\nOmar;one, two, three\nAïcha;four, five, six\n", ";"),
        ("Name\tNotes\nOmar\tone, two\n", "\t"),
        ("Name|Email\nOmar|o@x.org\n", "|"),
        ('Name;Bio\n"Omar";"Writes,\nsings, dances,\nand, and"\n"Chen";"x"\n', ";"),
        ('"Name","Bio"\n"Omar","a;b\nc;d;e;f"\n', ","),
        ("Name\nOmar\nAïcha\n", ","),
        ("Sign-ups for the workshop\n\nName;Email\nOmar;o@x.org\nChen;c@x.org\n", ";"),
        ('"",";"\n0\n', ","),
    ],
)
def test_the_delimiter_is_the_one_that_makes_even_rows(text: str, delimiter: str) -> None:
    assert guess_delimiter(text) == delimiter


def test_a_newline_in_a_cell_does_not_shift_the_row_numbers() -> None:
    with read_bytes(b'Name,Bio\r\n"Omar","one\r\ntwo"\r\n\r\nChen,x\r\n') as file:
        rows = [(row.number, row.cells) for row in file.tables[0]]
    assert rows == [(1, ("Name", "Bio")), (2, ("Omar", "one\r\ntwo")), (3, ()), (4, ("Chen", "x"))]


def test_a_sep_line_names_the_delimiter_and_is_no_row() -> None:
    with read_bytes("\ufeffsep=;\r\nName;Notes\r\nOmar;a,b,c\r\n".encode()) as file:
        assert file.delimiter == ";"
        assert cells(file) == [("Name", "Notes"), ("Omar", "a,b,c")]
        assert [note.code for note in file.notes] == ["sep_line"]


def test_an_open_quote_costs_one_line_and_names_it() -> None:
    text = 'code,name\n1,"Dakar"\n2,"Saint-Louis\n3,Thiès\n4,"Kaolack"\n'
    records = Records(text, ",")
    assert list(records) == [["code", "name"], ["1", "Dakar"], ["2", '"Saint-Louis'], ["3", "Thiès"], ["4", "Kaolack"]]
    assert records.unclosed == [3]


def test_an_open_quote_on_the_last_line_is_found_too() -> None:
    with read_bytes(b'a,b\n1,"x\n') as file:
        assert cells(file) == [("a", "b"), ("1", '"x')]
        assert [note.message for note in file.notes] == [
            "Line 2 has a quotation mark that is never closed; it was read as a plain character."
        ]


def test_a_file_of_open_quotes_is_still_read_in_time() -> None:
    records = Records('x,"y\n' * 5_001, ",")
    assert len(list(records)) > 2_500
    assert len(records.unclosed) <= 20


def test_a_cell_may_be_longer_than_the_csv_module_likes() -> None:
    with read_bytes(b"Name,Bio\nOmar," + b"x" * 200_000 + b"\n") as file:
        assert len(cells(file)[1][1]) == 200_000


def test_empty_characters_are_taken_out_and_told() -> None:
    with read_bytes(b"Name,City\nOm\x00ar,Dakar\n") as file:
        assert cells(file)[1] == ("Omar", "Dakar")
        assert [note.code for note in file.notes] == ["nul_characters"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_understood(end: str) -> None:
    with read_bytes(end.join(["Name,City", "Omar,Dakar"]).encode()) as file:
        assert cells(file) == [("Name", "City"), ("Omar", "Dakar")]


SHEETS = [
    ("cp1252", "Nom,Prénom\nAïcha,Dakar\nJosé,Málaga\nMüller,Köln\n"),
    ("cp1252", "Name,City\nZoë,Düsseldorf\n"),
    ("cp1252", "Nome,Cidade\nJoão,São Paulo\nConceição,Belém\n"),
    ("cp1252", "Nombre;País\nPeña;España\nMuñoz;México\n"),
    ("cp1252", "Name,Notes\nAnna,“hello” – fine\n"),
    ("cp1252", "Navn,By\nBjørn Åse,Tromsø\nSøren,Ålborg\n"),
    ("cp1250", "Imię,Miasto\nŁukasz Wójcik,Łódź\nZażółć,Kraków\n"),
    ("cp1250", "Jméno,Město\nJiří Dvořák,Plzeň\nŘehoř,Brno\n"),
    ("cp1251", "Имя,Город\nИван Петров,Москва\nОльга,Казань\n"),
    ("cp1251", "Имя;Почта\nАнна;a@example.org\n"),
    ("cp1251", "Ім'я;Місто\nОлексій;Київ\nЇжакевич;Львів\n"),
    ("cp1254", "Adı,Şehir\nAyşe Yılmaz,İstanbul\nÇağrı,Muğla\n"),
    ("cp1254", "İsim;Şehir\nGökhan Işık;Iğdır\n"),
    ("cp1256", "الاسم,البريد,البلد\nأحمد علي,a@example.org,مصر\nفاطمة,b@example.org,المغرب\n"),
    ("cp1256", "الاسم;المدينة\nعمر;تونس\n"),
    ("cp1253", "Όνομα,Πόλη\nΓιώργος,Αθήνα\nΜαρία,Πάτρα\n"),
    ("cp1255", "שם,עיר\nדוד,ירושלים\nרחל,חיפה\n"),
    ("koi8-r", "Имя,Город\nИван Петров,Москва\nОльга,Казань\n"),
    ("gb18030", "姓名,城市\n王小明,北京\n李娜,上海\n"),
    ("gb18030", "姓名;邮箱\n陈;a@example.org\n"),
    ("big5", "姓名,城市\n王小明,臺北\n陳美麗,高雄\n"),
    ("shift_jis", "名前,都市\n田中さくら,東京\nスズキ,大阪\n"),
    ("shift_jis", "氏名,メール\n山田太郎,a@example.org\n"),
    ("euc_kr", "이름,도시\n김철수,서울\n"),
    ("utf-8", "Имя,Город\nAïcha,東京\n"),
    ("utf-16-le", "Name,Email,City\nOmar Diop,o@example.org,Dakar\n"),
    ("utf-16-be", "Name,Email,City\nOmar Diop,o@example.org,Dakar\n"),
]


@pytest.mark.parametrize(("encoding", "text"), SHEETS)
def test_a_short_sheet_shows_its_encoding(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE])
def test_a_byte_order_mark_decides_and_is_no_character(mark: bytes) -> None:
    names = {
        codecs.BOM_UTF8: "utf-8",
        codecs.BOM_UTF16_LE: "utf-16-le",
        codecs.BOM_UTF16_BE: "utf-16-be",
        codecs.BOM_UTF32_LE: "utf-32-le",
    }
    text = "الاسم\tCity\nعمر\tتونس\n"
    with read_bytes(mark + text.encode(names[mark])) as file:
        assert (file.encoding, file.delimiter) == (names[mark], "\t")
        assert cells(file) == [("الاسم", "City"), ("عمر", "تونس")]


def test_a_guess_says_so_and_can_be_overruled() -> None:
    data = "Name,City\nJosé,Málaga\n".encode("cp1252")
    with read_bytes(data) as guessed:
        assert [note.code for note in guessed.notes] == ["encoding_guessed"]
    with read_bytes(data, encoding="cp1252") as told:
        assert (told.notes, cells(told)[1]) == ((), ("José", "Málaga"))


def test_one_broken_character_does_not_change_the_encoding_of_a_file() -> None:
    data = ("Имя,Город\n" + "Ольга,Казань\n" * 50).encode() + b"Omar,\xe9\n"
    with read_bytes(data) as file:
        assert file.encoding == "utf-8"
        assert [note.code for note in file.notes] == ["undecodable"]


@pytest.mark.parametrize(
    ("encoding", "delimiter", "code"),
    [("klingon", None, "unknown_encoding"), ("rot13", None, "unknown_encoding"), (None, "ab", "wrong_delimiter")],
)
def test_a_wrong_choice_is_refused(encoding: str | None, delimiter: str | None, code: str) -> None:
    with pytest.raises(SheetRefusedError) as refused:
        read_bytes(b"a,b\n1,2\n", encoding=encoding, delimiter=delimiter)
    assert refused.value.code == code


def test_pasted_cells_are_read_by_tabs_or_else_by_commas() -> None:
    assert cells(read_pasted("Name\tCity\nOmar, the second\tDakar\n")) == [
        ("Name", "City"),
        ("Omar, the second", "Dakar"),
    ]
    assert cells(read_pasted("Name,City\nOmar,Dakar\n\n")) == [("Name", "City"), ("Omar", "Dakar")]
    with pytest.raises(SheetRefusedError) as refused:
        read_pasted(" \n\t\n")
    assert refused.value.code == "empty"


def test_the_mark_of_a_formula_in_our_own_exports_is_taken_away_again() -> None:
    with read_bytes(b"Phone,Name\n'+33612345678,'Omar\n'=1+1,''=1\n") as file:
        assert cells(file)[1:] == [("+33612345678", "'Omar"), ("=1+1", "'=1")]


def test_the_same_bytes_have_the_same_hash_wherever_they_lie(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"Name\nOmar\n")
    assert content_hash(path) == content_hash(b"Name\nOmar\n")
    with read_sheets(path, name="Sign-ups") as file:
        assert file.tables[0].name == "Sign-ups"
