"""A look at an OLE2 compound file: the streams at its root tell XLS, Word and locked workbooks apart."""

from __future__ import annotations

import struct
from typing import BinaryIO

from wmcrm.sheets.kinds import FileKind
from wmcrm.sheets.sentences import refusal

_HEADER = 512
_ENTRY = 128
_END_OF_CHAIN = 0xFFFFFFFA  # this and above are no sectors
_MAX_DIRECTORY_SECTORS = 2_000
_OTHER = (
    ("WordDocument", "a Word document"),
    ("PowerPoint Document", "a PowerPoint presentation"),
    ("VisioDocument", "a Visio drawing"),
    ("__properties_version1.0", "an Outlook message"),
)


def inspect_compound(file: BinaryIO) -> FileKind:
    """Tell whether a compound file is an XLS workbook.

    Raises SheetRefusedError: ``encrypted``, ``wrong_type``, ``truncated`` or ``unreadable``.
    """
    names = _root_names(file)
    if names & {"EncryptedPackage", "EncryptionInfo"}:
        raise refusal("encrypted")
    if names & {"Workbook", "Book", "WORKBOOK", "BOOK"}:
        return FileKind.XLS
    for name, found in _OTHER:
        if name in names:
            raise refusal("wrong_type", found=found)
    raise refusal("wrong_type", found="an Office file without a workbook")


def _root_names(file: BinaryIO) -> set[str]:
    size = file.seek(0, 2)
    file.seek(0)
    header = file.read(_HEADER)
    if len(header) < _HEADER:
        raise refusal("truncated")
    shift = struct.unpack_from("<H", header, 0x1E)[0]
    if shift not in (9, 12):
        raise refusal("unreadable")
    fat_sectors, first = struct.unpack_from("<LL", header, 0x2C)
    _check_size(size, 1 << shift, header, fat_sectors)
    return _top_level(_directory(file, header, 1 << shift, first))


def _check_size(size: int, sector: int, header: bytes, fat_sectors: int) -> None:
    """The sectors that hold the allocation table must lie within the file."""
    known = struct.unpack_from("<109L", header, 0x4C)[: min(fat_sectors, 109)]
    if any(number < _END_OF_CHAIN and (number + 1) * sector >= size for number in known):
        raise refusal("truncated")


def _directory(file: BinaryIO, header: bytes, sector: int, first: int) -> list[bytes]:
    entries: list[bytes] = []
    number = first
    for _ in range(_MAX_DIRECTORY_SECTORS):
        if number >= _END_OF_CHAIN:
            return entries
        file.seek((number + 1) * sector)
        data = file.read(sector)
        if len(data) < sector and len(data) % _ENTRY:
            raise refusal("truncated")
        if not data:
            raise refusal("truncated")
        entries += [data[at : at + _ENTRY] for at in range(0, len(data), _ENTRY)]
        number = _next_sector(file, header, sector, number)
    raise refusal("unreadable")


def _next_sector(file: BinaryIO, header: bytes, sector: int, number: int) -> int:
    per_sector = sector // 4
    index = number // per_sector
    if index >= 109:  # a directory beyond 7 MB of file: its first part has told enough
        return _END_OF_CHAIN
    table = struct.unpack_from("<L", header, 0x4C + 4 * index)[0]
    if table >= _END_OF_CHAIN:
        return _END_OF_CHAIN
    file.seek((table + 1) * sector + 4 * (number % per_sector))
    data = file.read(4)
    if len(data) < 4:
        raise refusal("truncated")
    return int(struct.unpack("<L", data)[0])


def _top_level(entries: list[bytes]) -> set[str]:
    """Names in the tree under the root entry; storages inside storages (embedded files) do not count."""
    if not entries:
        raise refusal("unreadable")
    names: set[str] = set()
    seen: set[int] = set()
    waiting = [struct.unpack_from("<L", entries[0], 0x4C)[0]]
    while waiting:
        index = waiting.pop()
        if index in seen or index >= len(entries):
            continue
        seen.add(index)
        entry = entries[index]
        length = min(struct.unpack_from("<H", entry, 0x40)[0], 64)
        names.add(entry[: max(0, length - 2)].decode("utf-16-le", "replace"))
        waiting += struct.unpack_from("<LL", entry, 0x44)
    return names
