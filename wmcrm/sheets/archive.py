"""A look at a ZIP archive's directory: what is inside, how much it unpacks to, is its end there.

Nothing is unpacked but the first bytes of two small parts. Runs in the parent, in about 2 ms.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from wmcrm.sheets.kinds import FileKind
from wmcrm.sheets.limits import SheetLimits
from wmcrm.sheets.sentences import refusal

_END = b"PK\x05\x06"
_END_RECORD = struct.Struct("<4s4H2LH")
_MAX_COMMENT = 65_535
_MAX_DIRECTORY = 2 * 1024**2
_PEEK = 4_096
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"

_OTHER = (
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a PowerPoint presentation"),
    ("Index/Document.iwa", "an Apple Numbers or Pages document"),
    ("Index/Tables/DataList.iwa", "an Apple Numbers document"),
    ("META-INF/container.xml", "an e-book"),
    ("META-INF/MANIFEST.MF", "a program"),
    ("AndroidManifest.xml", "a program"),
)


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive turned out to be, with the codes of notes about it."""

    kind: FileKind
    notes: tuple[str, ...] = ()


def inspect_archive(file: BinaryIO, limits: SheetLimits) -> Archive:
    """Tell which workbook an archive is.

    Raises SheetRefusedError: ``truncated``, ``zip_bomb``, ``encrypted``, ``archive``, ``wrong_type``
    or ``unreadable``.
    """
    _check_directory(file, limits)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_entries(archive.infolist(), limits)
            return _identify(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise refusal("unreadable") from error
    except (ValueError, EOFError, OSError, struct.error) as error:
        raise refusal("unreadable") from error


def _check_directory(file: BinaryIO, limits: SheetLimits) -> None:
    """Read the end record by hand: a directory of millions of entries must not reach memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _MAX_COMMENT - _END_RECORD.size))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_RECORD.size:
        raise refusal("truncated")
    _, _, _, _, entries, length, offset, _ = _END_RECORD.unpack_from(tail, at)
    if entries > limits.archive_entries or length > _MAX_DIRECTORY:
        raise refusal("zip_bomb", limit=limits.unpacked_size // 1024**2)
    if offset + length > size:
        raise refusal("truncated")


def _check_entries(entries: list[zipfile.ZipInfo], limits: SheetLimits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    places = {entry.header_offset for entry in entries}
    overlapping = len(places) < len(entries) or len(entries) > limits.archive_entries
    if unpacked > limits.unpacked_size or overlapping:
        raise refusal("zip_bomb", limit=limits.unpacked_size // 1024**2)
    if any(entry.flag_bits & 1 for entry in entries):
        raise refusal("encrypted")


def _identify(archive: zipfile.ZipFile) -> Archive:
    names = set(archive.namelist())
    if "encrypted-package" in names or _mentions(archive, "META-INF/manifest.xml", b"encryption-data"):
        raise refusal("encrypted")
    if _peek(archive, "mimetype").startswith(_ODS):
        return Archive(FileKind.ODS)
    for name, found in _OTHER:
        if name in names:
            raise refusal("wrong_type", found=found)
    if "mimetype" in names and "content.xml" in names:
        raise refusal("wrong_type", found="a text, drawing or presentation of LibreOffice")
    return Archive(_office_kind(names), tuple(_office_notes(names)))


def _office_kind(names: set[str]) -> FileKind:
    if "xl/workbook.bin" in names:
        return FileKind.XLSB
    if "xl/workbook.xml" in names:
        return FileKind.XLSX
    lowered = {name.lower().replace("\\", "/") for name in names}
    if "xl/workbook.xml" in lowered:
        return FileKind.XLSX
    raise refusal("unreadable" if "[Content_Types].xml" in names else "archive")


def _office_notes(names: set[str]) -> list[str]:
    notes = []
    if any(name.startswith("xl/externalLinks/") for name in names):
        notes.append("external_links")
    if "xl/vbaProject.bin" in names:
        notes.append("macros")
    return notes


def _peek(archive: zipfile.ZipFile, name: str, length: int = _PEEK) -> bytes:
    if name not in archive.namelist():
        return b""
    with archive.open(name) as part:
        return part.read(length)


def _mentions(archive: zipfile.ZipFile, name: str, word: bytes) -> bool:
    return word in _peek(archive, name, 64 * 1024)
