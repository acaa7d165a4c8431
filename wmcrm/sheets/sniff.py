"""What a file is by its bytes, and a refusal by name where it is no sheet."""

from __future__ import annotations

import re
from typing import BinaryIO

from wmcrm.sheets.archive import Archive, inspect_archive
from wmcrm.sheets.compound import inspect_compound
from wmcrm.sheets.kinds import FileKind
from wmcrm.sheets.limits import SheetLimits
from wmcrm.sheets.sentences import refusal

HEAD = 8_192
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"RIFF", "a picture, sound or film"),
    (b"II*\x00", "a picture (TIFF)"),
    (b"MM\x00*", "a picture (TIFF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"\xfd7zXZ", "a compressed file (xz)"),
    (b"(\xb5/\xfd", "a compressed file (zstd)"),
    (b"7z\xbc\xaf", "an archive (7z)"),
    (b"Rar!", "an archive (RAR)"),
    (b"SQLite format 3", "a database (SQLite)"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"PAR1", "a Parquet file"),
    (b"%!PS", "a PostScript file"),
    (b"\x09\x08\x06\x00", "a sheet of a very old Excel"),
    (b"\x09\x08\x08\x00", "a sheet of a very old Excel"),
    (b"\x09\x04\x06\x00", "a sheet of a very old Excel"),
    (b"\x09\x02\x06\x00", "a sheet of a very old Excel"),
    (b"\x09\x00\x04\x00", "a sheet of a very old Excel"),
)
_BOM = re.compile(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\x00]*")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|style|script|div|center|title)\b", re.IGNORECASE)
_XML = re.compile(rb"<(?:\?xml|!doctype|workbook|\w+:workbook|!--)", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")


def sniff(file: BinaryIO, limits: SheetLimits) -> Archive:
    """The kind of a file, with the codes of notes seen on the way.

    Raises SheetRefusedError naming what the file is, where it is no sheet or may not be opened.
    """
    size = file.seek(0, 2)
    if size > limits.file_size:
        raise refusal("too_large", limit=limits.file_size // 1024**2)
    file.seek(0)
    head = file.read(HEAD)
    if not head.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe") and size <= HEAD:
        raise refusal("empty")
    if head.startswith(_ZIP):
        return inspect_archive(file, limits)
    if head.startswith(_OLE):
        return Archive(inspect_compound(file))
    if head.startswith(_OLE[:4]):
        raise refusal("unreadable")
    if head.startswith(b"PK\x05\x06"):
        raise refusal("empty")
    _refuse_binary(head)
    _refuse_markup(head)
    return Archive(FileKind.TEXT)


def _refuse_binary(head: bytes) -> None:
    for magic, found in _MAGIC:
        if head.startswith(magic):
            raise refusal("wrong_type", found=found)
    if head[4:8] == b"ftyp":
        raise refusal("wrong_type", found="a picture, sound or film")
    if head.startswith(b"\xef\xbb\xbf") or _is_wide_text(head):
        return
    # Text holds no control characters but a few stray ones; pictures and programs are full of them.
    if len(_CONTROL.findall(head)) > max(4, len(head) // 20):
        raise refusal("wrong_type", found="a binary file")


def _is_wide_text(head: bytes) -> bool:
    """UTF-16 and UTF-32, with a mark or without: NULs fall on one side of each pair."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or head[:4] == b"\x00\x00\xfe\xff":
        return True
    even, odd = head[0::2].count(0), head[1::2].count(0)
    rest = head.replace(b"\x00", b"")
    return max(even, odd) > 10 * min(even, odd) and len(_CONTROL.findall(rest)) <= len(rest) // 20


def _refuse_markup(head: bytes) -> None:
    narrow = head.replace(b"\x00", b"") if _is_wide_text(head) else head
    text = _BOM.sub(b"", narrow, count=1)
    if _HTML.match(text):
        raise refusal("html")
    if not _XML.match(text):
        return
    if b"office:spreadsheet" in text or b'progid="Excel.Sheet"' in text:
        raise refusal("xml_2003")
    if re.search(rb"<!(?:DOCTYPE(?!\s+html)|ENTITY)", text, re.IGNORECASE):
        raise refusal("dtd")
    raise refusal("html") if _HTML.search(text) else refusal("wrong_type", found="an XML file")
