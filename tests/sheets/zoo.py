"""Broken and hostile files as they arrive, built small by hand: each gives the bytes of one file."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from functools import cache

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def zipped(parts: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def bare_xlsx(sheet_data: str, *, extra: dict[str, bytes | str] | None = None, head: str = "") -> bytes:
    """A workbook of one sheet, Sheet1, with the XML given inside ``sheetData``."""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<?xml version="1.0"?>{head}<worksheet xmlns="{_MAIN}">'
        f"<sheetData>{sheet_data}</sheetData></worksheet>",
    }
    return zipped(parts | (extra or {}))


def xlsx(rows: Iterable[Iterable[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(rows: Iterable[Iterable[str]], name: str = "Sheet1") -> bytes:
    document = OpenDocumentSpreadsheet()
    table = Table(name=name)
    for row in rows:
        line = TableRow()
        for text in row:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=text))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def xls(rows: Iterable[Iterable[object]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            style = (day,) if isinstance(value, dt.date) else ()
            sheet.write(number, column, value, *style)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def compound(*names: str) -> bytes:
    """An OLE2 file whose root holds empty streams of these names."""
    free, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9L", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109L", 0, *[free] * 108)
    table = struct.pack("<128L", fat, end, *[free] * 126)
    entries = b"".join(
        _directory_entry(name, kind=5 if at == 0 else 2, right=_next(at, len(names)), child=1 if at == 0 else free)
        for at, name in enumerate(("Root Entry", *names))
    )
    return header + table + entries.ljust(512, b"\x00")


def _next(at: int, count: int) -> int:
    return at + 1 if 0 < at < count else 0xFFFFFFFF


def _directory_entry(name: str, *, kind: int, right: int, child: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\x00\x00"
    sizes = struct.pack("<HBB3L", len(raw), kind, 1, 0xFFFFFFFF, right, child)
    return (raw.ljust(64, b"\x00") + sizes).ljust(128, b"\x00")


ROWS = [["Name", "Email", "Country"], *([f"Person {n}", f"p{n}@example.org", "SN"] for n in range(40))]
_CELL = '<c r="{0}" t="inlineStr"><is><t>x</t></is></c>'


def _far_cell() -> bytes:
    near, far = _CELL.format("A1"), _CELL.format("XFD1048576")
    return bare_xlsx(f'<row r="1">{near}</row><row r="1048576">{far}</row>')


def _far_cell_unannounced() -> bytes:
    """The same, with attributes in an order that a quick look does not know: only the jail stops it."""
    near = _CELL.format("A1")
    far = '<c t="inlineStr" s="0" r="XFD1048576"><is><t>x</t></is></c>'
    return bare_xlsx(f'<row r="1">{near}</row><row r="1048576">{far}</row>')


def _last_row_number() -> bytes:
    return bare_xlsx('<row r="4294967295"><c r="A4294967295" t="inlineStr"><is><t>x</t></is></c></row>')


def _last_row_number_only() -> bytes:
    return bare_xlsx('<row r="4294967295"><c t="inlineStr"><is><t>x</t></is></c></row>')


def _diagonal() -> bytes:
    """200 cells, each on a row and a column of its own: small here, 40 million cells as a grid."""
    letters = [openpyxl.utils.get_column_letter(n * 2 + 1) for n in range(200)]
    rows = (f'<row r="{n * 990 + 1}">{_CELL.format(f"{at}{n * 990 + 1}")}</row>' for n, at in enumerate(letters))
    return bare_xlsx("".join(rows))


def _many_rows() -> bytes:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 300_001))
    return bare_xlsx(rows)


@cache
def _bomb() -> bytes:
    return bare_xlsx("", extra={"xl/sharedStrings.xml": bytes(300 * 1024**2)})


def _bomb_that_lies() -> bytes:
    """The directory says 1,000 bytes; the part goes on for 300 MB."""
    lie, truth = struct.pack("<L", 1_000), struct.pack("<L", 300 * 1024**2)
    return _bomb().replace(truth, lie)


def _shared_string_blow_up() -> bytes:
    """One string of 1 MB that 3,000 cells refer to: 3 GB as text."""
    text = "x" * 1024**2
    strings = f'<sst xmlns="{_MAIN}"><si><t>{text}</t></si></sst>'
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 3_001))
    rels = (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    return bare_xlsx(rows, extra={"xl/sharedStrings.xml": strings, "xl/_rels/workbook.xml.rels": rels})


def _laughs() -> bytes:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE worksheet [<!ENTITY l0 "ha">{levels}]>'
    return bare_xlsx('<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>', head=head)


def _laughs_in_ods() -> bytes:
    with zipfile.ZipFile(io.BytesIO(ods(ROWS))) as archive:
        parts: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    content = bytes(parts["content.xml"])  # type: ignore[arg-type]
    end = content.index(b"?>") + 2
    parts["content.xml"] = content[:end] + b'<!DOCTYPE x [<!ENTITY a "ha">]>' + content[end:]
    return zipped(parts)


def _locked_ods() -> bytes:
    manifest = '<manifest:manifest><manifest:encryption-data manifest:checksum="x"/></manifest:manifest>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": b"\x8f\x01\x02", "META-INF/manifest.xml": manifest})


def _crowded_directory() -> bytes:
    return zipped({f"xl/{n}": b"" for n in range(6_000)}, zipfile.ZIP_STORED)


def _ods_of_repeated_rows() -> bytes:
    with zipfile.ZipFile(io.BytesIO(ods(ROWS))) as archive:
        parts: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    content = bytes(parts["content.xml"])  # type: ignore[arg-type]
    many = b'<table:table-row table:number-rows-repeated="1000000000">'
    parts["content.xml"] = content.replace(b"<table:table-row>", many, 1)
    return zipped(parts)


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


_PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">L", 13) + b"IHDR" + bytes(13) + struct.pack(">L", zlib.crc32(b"x"))
_EXCEL_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)

# What arrives, the code of its refusal, how it is built.
REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "no byte at all": ("empty", lambda: b""),
    "white space only": ("empty", lambda: b"\xef\xbb\xbf \r\n\r\n"),
    "an empty archive": ("empty", lambda: zipped({})),
    "an empty workbook": ("no_rows", lambda: bare_xlsx("")),
    "a CSV of delimiters only": ("no_rows", lambda: b",,,\n,,,\n"),
    "a locked XLSX": ("encrypted", lambda: compound("EncryptedPackage", "EncryptionInfo")),
    "a locked ODS": ("encrypted", _locked_ods),
    "a web page named XLS": ("html", lambda: b"\r\n<html><table><tr><td>Name</td></tr></table></html>"),
    "a web page in UTF-16": ("html", lambda: "\ufeff<table><tr><td>Name</td></tr></table>".encode("utf-16-le")),
    "an XHTML page": ("html", lambda: b'<?xml version="1.0"?><!DOCTYPE html><html><body/></html>'),
    "an XML spreadsheet of 2003": ("xml_2003", _EXCEL_2003.encode),
    "an XML file": ("wrong_type", lambda: b'<?xml version="1.0"?><people><person/></people>'),
    "an XML file with entities": ("dtd", lambda: b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'),
    "a PDF": ("wrong_type", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
    "a picture": ("wrong_type", lambda: _PNG),
    "a compressed CSV": ("wrong_type", lambda: gzip.compress(b"Name,Email\n")),
    "a Word document": ("wrong_type", lambda: zipped({"[Content_Types].xml": "x", "word/document.xml": "x"})),
    "an old Word document": ("wrong_type", lambda: compound("WordDocument", "1Table")),
    "a presentation": ("wrong_type", lambda: zipped({"[Content_Types].xml": "x", "ppt/presentation.xml": "x"})),
    "a LibreOffice text": ("wrong_type", lambda: zipped({"mimetype": "application/x", "content.xml": "x"})),
    "random bytes": ("wrong_type", lambda: bytes(range(256)) * 20),
    "an archive of sheets": ("archive", lambda: zipped({"sheet.csv": "Name\n"})),
    "half an XLSX": ("truncated", lambda: _half(xlsx(ROWS))),
    "half an ODS": ("truncated", lambda: _half(ods(ROWS))),
    "half an XLS": ("truncated", lambda: _half(xls(ROWS * 20))),
    "an XLSX without its sheet": ("unreadable", lambda: zipped({"[Content_Types].xml": "x", "xl/workbook.xml": "x"})),
    "a bomb": ("zip_bomb", _bomb),
    "a bomb that hides its size": ("unreadable", _bomb_that_lies),
    "an archive of 6,000 parts": ("zip_bomb", _crowded_directory),
    "billion laughs": ("dtd", _laughs),
    "entities in an ODS": ("dtd", _laughs_in_ods),
    "a cell at XFD1048576": ("too_many_rows", _far_cell),
    "a cell at XFD1048576, unannounced": ("too_much_memory", _far_cell_unannounced),
    "row number 4294967295": ("too_many_rows", _last_row_number),
    "row number 4294967295, cell unnumbered": ("too_many_rows", _last_row_number_only),
    "200 cells on a diagonal": ("too_much_memory", _diagonal),
    "one long string 3,000 times": ("too_much_memory", _shared_string_blow_up),
    "a billion repeated rows in an ODS": ("too_many_rows", _ods_of_repeated_rows),
    "300,000 rows": ("too_many_rows", _many_rows),
    "300,000 rows of text": ("too_many_rows", lambda: b"a,b,c\n" * 300_000),
    "600 columns": ("too_many_columns", lambda: b",".join([b"x"] * 600) + b"\n"),
    "21 MB": ("too_large", lambda: b"a" * (21 * 1024**2)),
}
