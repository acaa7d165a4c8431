"""What calamine does not tell about a workbook, read from its XML: hidden rows, errors, far cells.

Runs in the child process only, streams each part and keeps no more than a little of it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from wmcrm.sheets.kinds import FileKind
from wmcrm.sheets.limits import SheetLimits
from wmcrm.sheets.sentences import Params, refusal

CHUNK = 1024**2
MAX_INDEX = 4 * 1024**2
MAX_ERRORS = 10_000
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ROW_NUMBER = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\bmin="(\d+)"')
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>'
    rb"(?:<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>))?<(?:\w+:)?v>([^<]{1,40})<"
)
_FAR = re.compile(rb'<c r="([A-Z]{3}|[A-Z]{1,3}(?=\d{7}))(\d+)"[^>/]*>')
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(slots=True)
class SheetMarkup:
    """What the XML of one sheet says beside its values; rows and columns count from 0 in ``errors``."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    errors: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    error_count: int = 0

    def notes(self, sheet: str) -> Iterator[tuple[str, Params]]:
        """The notes for a person, with the first places named."""
        if self.hidden_rows:
            numbers = _first(self.hidden_rows)
            yield "hidden_rows", {"sheet": sheet, "count": len(self.hidden_rows), "numbers": numbers}
        if self.hidden_columns:
            letters = [column_letters(number - 1) for number in self.hidden_columns]
            yield "hidden_columns", {"sheet": sheet, "columns": _first(letters)}
        if self.error_count:
            places = [
                f"{column_letters(column)}{row + 1} {text}"
                for row, cells in self.errors.items()
                for column, text in cells
            ]
            yield "formula_errors", {"sheet": sheet, "count": self.error_count, "cells": _first(places)}


@dataclass(slots=True)
class Findings:
    """What was found in the XML of a workbook, by sheet name."""

    notes: list[tuple[str, Params]] = field(default_factory=list)
    sheets: dict[str, SheetMarkup] = field(default_factory=dict)

    def of(self, sheet: str) -> SheetMarkup:
        """The findings of one sheet."""
        return self.sheets.get(sheet) or SheetMarkup()


def _first(places: list[int] | list[str], count: int = 5) -> str:
    shown = ", ".join(str(place) for place in places[:count])
    return shown + (", …" if len(places) > count else "")


def column_letters(index: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        letters = chr(65 + rest) + letters
        index -= 1
    return letters


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def scan(data: bytes, kind: FileKind, limits: SheetLimits) -> Findings:
    """Scan the XML of an XLSX (wholly) or ODS (for a DTD); other kinds have none.

    Raises SheetRefusedError ``dtd``, ``zip_bomb``, ``too_many_rows``, ``too_many_columns``,
    ``truncated`` or ``unreadable``.
    """
    if kind not in (FileKind.XLSX, FileKind.ODS):
        return Findings()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _scan_archive(archive, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise refusal("unreadable") from error
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        raise refusal("unreadable") from error


def _scan_archive(archive: zipfile.ZipFile, limits: SheetLimits) -> Findings:
    findings = Findings()
    sheets = _sheet_parts(archive)
    budget = limits.unpacked_size
    for info in archive.infolist():
        if not info.filename.lower().endswith((".xml", ".rels")):
            continue
        markup = _SheetScan(sheets.get(info.filename, ""), limits)
        for chunk in _chunks(archive, info):
            budget -= len(chunk)
            if budget < 0:
                raise refusal("zip_bomb", limit=limits.unpacked_size // 1024**2)
            markup.feed(chunk, is_sheet=info.filename in sheets)
        if info.filename in sheets:
            findings.sheets[sheets[info.filename]] = markup.found
    return findings


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as part:
        while chunk := part.read(CHUNK):
            yield chunk


class _SheetScan:
    """Reads one part in pieces cut between cells."""

    def __init__(self, name: str, limits: SheetLimits) -> None:
        self.found = SheetMarkup()
        self._name = name
        self._limits = limits
        self._rest = b""

    def feed(self, chunk: bytes, *, is_sheet: bool) -> None:
        data = self._rest + chunk
        if b"<!" in data and _DTD.search(data):
            raise refusal("dtd")
        if not is_sheet:
            self._rest = data[-16:]
            return
        cut = max(data.rfind(b"<c "), data.rfind(b"<row "), data.rfind(b":c "), len(data) - 65_536)
        self._look(data[:cut])
        self._rest = data[cut:]
        if len(chunk) < CHUNK:
            self._look(self._rest)

    def _look(self, data: bytes) -> None:
        self._look_for_far_cells(data)
        if b"hidden=" in data:
            self.found.hidden_rows += [int(match[1]) for match in _HIDDEN_ROW.finditer(data)]
            self.found.hidden_columns += [int(match[1]) for match in _HIDDEN_COLUMN.finditer(data)]
        if b't="e"' in data:
            for match in _ERROR.finditer(data):
                self._error(match)

    def _look_for_far_cells(self, data: bytes) -> None:
        far = _FAR.search(data)
        if far and int(far[2]) > self._limits.rows:
            raise refusal("too_many_rows", sheet=self._name, limit=self._limits.rows)
        if far and _column_index(far[1]) >= self._limits.columns:
            raise refusal("too_many_columns", sheet=self._name, limit=self._limits.columns)
        last = data.rfind(b"<row ")
        row = _ROW_NUMBER.match(data, last) if last >= 0 else None
        if row and int(row[1]) > self._limits.rows and b"<v>" in data[last - 2000 : last]:
            raise refusal("too_many_rows", sheet=self._name, limit=self._limits.rows)

    def _error(self, match: re.Match[bytes]) -> None:
        self.found.error_count += 1
        if self.found.error_count <= MAX_ERRORS:
            place = (_column_index(match[1]), match[3].decode("utf-8", "replace"))
            self.found.errors.setdefault(int(match[2]) - 1, []).append(place)


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Where each sheet of an XLSX lies in the archive: path to sheet name."""
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return {}
    relations = _index(archive, "xl/_rels/workbook.xml.rels")
    targets = {item.get("Id"): _resolve(item.get("Target") or "") for item in relations}
    book = _index(archive, "xl/workbook.xml")
    sheets = [item for item in book.iter() if item.tag.endswith("}sheet")]
    found = {targets.get(s.get(_RELATION_ID) or s.get(_STRICT_ID)): s.get("name") or "" for s in sheets}
    return {path: name for path, name in found.items() if path}


def _resolve(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"


def _index(archive: zipfile.ZipFile, path: str) -> ElementTree.Element:
    with archive.open(path) as part:
        data = part.read(MAX_INDEX + 1)
    if len(data) > MAX_INDEX:
        raise refusal("unreadable")
    if _DTD.search(data):
        raise refusal("dtd")
    return ElementTree.fromstring(data)  # noqa: S314  a DTD was refused just above
