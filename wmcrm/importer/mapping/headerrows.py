"""Rows that are headers: found in the first rows by their terms, further down by cheap look-ups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from wmcrm.importer.mapping.fields import IDENTIFYING, NAME_FIELDS, SheetField
from wmcrm.importer.mapping.headertext import header_key
from wmcrm.importer.mapping.rows import has_blanks_to_fill, looks_like_note
from wmcrm.importer.mapping.terms import hits_for, term_table
from wmcrm.normalize import parse_yes_no
from wmcrm.sheets.table import Row, Table

_VALUE = re.compile(
    r"@\S+\.\S|^[+-]?[\d\s().,:/\-+TZ]+(?:AM|PM)?$|^https?://|^\{|^(?:TRUE|FALSE)$|^\d{4}-\d\d-\d\d", re.I
)
_MEETING = ({"meeting id"}, {"webinar id"}, {"actual start time"}, {"topic", "participants"})
_LIKELY = 0.8
_EXACT = 0.95


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """A header: the numbers of its one or two rows, its texts, and what it promises."""

    numbers: tuple[int, ...]
    headers: tuple[str, ...]
    title: str
    terms: int
    identifying: int
    names_people: bool


def find_header_rows(head: Sequence[Row], table: Table) -> list[HeaderRow]:
    """Every header of the sheet in order, one printed again under the same title left out."""
    found = _in_head(head)
    known = {(header.headers, header.title) for header in found}
    last = head[-1].number if head else 0
    title = ""
    for row in table:
        if row.number <= last:
            continue
        header = _header(row, title) if _may_be_header(row.cells) else None
        told = header is None or (header.headers, title) in known
        if header is not None and not told and header.names_people and _may_follow(header, found):
            known.add((header.headers, title))
            found.append(header)
        title = _lone_text(row.cells) or title
    return found


def _in_head(head: Sequence[Row]) -> list[HeaderRow]:
    found: list[HeaderRow] = []
    known: set[tuple[tuple[str, ...], str]] = set()
    title, skipped = "", -1
    for place, row in enumerate(head):
        header = None if row.number == skipped else _header(row, title)
        if header is not None and not _is_lone_title(header, head, place) and _may_follow(header, found):
            header = _with_neighbours(header, head, place)
            skipped = header.numbers[-1]
            if (header.headers, header.title) not in known:
                known.add((header.headers, header.title))
                found.append(header)
        title = _lone_text(row.cells) or title
    return found


def _plain_share(header: HeaderRow) -> tuple[int, float]:
    """How many cells, and which share of them, are terms as they stand and no answers ("no", "x")."""
    filled = [text for text in header.headers if text]
    plain = [
        text for text in filled if parse_yes_no(text) is None and any(hit.score >= _EXACT for hit in hits_for(text))
    ]
    return len(plain), len(plain) / len(filled)


def _is_plain(header: HeaderRow) -> bool:
    plain, share = _plain_share(header)
    return plain >= 2 and share >= 0.6


def _may_follow(header: HeaderRow, found: Sequence[HeaderRow]) -> bool:
    """After one table of people only a row of plain terms starts another: no person may be lost."""
    if not any(earlier.names_people for earlier in found):
        return True
    plain, share = _plain_share(header)
    return (plain >= 3 and share >= 0.5) or any(earlier.headers == header.headers for earlier in found)


def _is_lone_title(header: HeaderRow, head: Sequence[Row], place: int) -> bool:
    """A single word over wider rows ("Participants") is their title, over single cells their header."""
    if header.terms != 1 or sum(1 for text in header.headers if text) != 1:
        return False
    below = next((row for row in head[place + 1 :] if not row.is_blank), None)
    return below is None or sum(1 for cell in below.cells if cell.strip()) > 1


def _lone_text(cells: Iterable[str]) -> str:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return filled[0] if len(filled) == 1 else ""


def _fields_of(cell: str) -> frozenset[SheetField]:
    return frozenset(hit.field for hit in hits_for(cell) if hit.score >= _LIKELY)


def _is_value(cell: str) -> bool:
    return len(cell) > 1 and _VALUE.search(cell) is not None


def _header(row: Row, title: str) -> HeaderRow | None:
    """The row as a header, if enough of its cells are terms and none is a value."""
    filled = [cell.strip() for cell in row.cells if cell.strip()]
    if not filled or sum(map(_is_value, filled)) > len(filled) * 0.15:
        return None
    if any(map(has_blanks_to_fill, filled)) or (len(filled) == 1 and looks_like_note(filled[0])):
        return None
    meant = [_fields_of(cell) for cell in filled]
    fields = frozenset().union(*meant)
    terms = sum(1 for fields_of_cell in meant if fields_of_cell)
    identifying = len(fields & IDENTIFYING)
    if not _is_enough(filled, terms, identifying):
        return None
    headers = _trimmed(tuple(cell.strip() for cell in row.cells))
    if _is_of_a_meeting(filled):  # of the meeting, not of its participants
        return HeaderRow((row.number,), headers, title, terms, 0, False)
    named = bool(fields & (NAME_FIELDS | {SheetField.USERNAME, SheetField.EMAIL}))
    return HeaderRow((row.number,), headers, title, terms, identifying, named)


def _is_of_a_meeting(filled: Sequence[str]) -> bool:
    keys = {header_key(cell) for cell in filled}
    return any(telling <= keys for telling in _MEETING)


def _is_enough(filled: Sequence[str], terms: int, identifying: int) -> bool:
    if len(filled) == 1:
        return identifying > 0 and any(hit.score >= _EXACT for hit in hits_for(filled[0]))
    if len(set(filled)) < len(filled) * 0.5:
        return False
    return terms >= 2 and (terms >= 0.34 * len(filled) or (identifying >= 1 and terms >= 3))


def _trimmed(headers: tuple[str, ...]) -> tuple[str, ...]:
    end = len(headers)
    while end and not headers[end - 1]:
        end -= 1
    return headers[:end]


def _with_neighbours(header: HeaderRow, head: Sequence[Row], place: int) -> HeaderRow:
    """A header of two rows: labels of groups above ("Contact"), or the parts or a translation below."""
    below = head[place + 1] if place + 1 < len(head) else None
    if below is not None and below.number == header.numbers[-1] + 1:
        second = _header(below, "")
        if second is not None and _is_plain(second) and _completes(header, second):
            return _joined(header, second, (*header.numbers, below.number))
    return header


def _completes(first: HeaderRow, second: HeaderRow) -> bool:
    """True for parts under a label or a translation; false for the same header printed twice or a new one."""
    if first.headers == second.headers:
        return False
    gaps = any(
        not cell and second.headers[column : column + 1] not in ((), ("",)) for column, cell in enumerate(first.headers)
    )
    wider = len(second.headers) > len(first.headers)
    return gaps or wider or second.terms >= 0.6 * sum(1 for cell in second.headers if cell)


def _joined(first: HeaderRow, second: HeaderRow, numbers: tuple[int, ...]) -> HeaderRow:
    width = max(len(first.headers), len(second.headers))
    texts = []
    label = ""
    for column in range(width):
        above = first.headers[column] if column < len(first.headers) else ""
        below = second.headers[column] if column < len(second.headers) else ""
        label = above or (label if below else "")
        texts.append(_one_text(label if below else above, below))
    fields = frozenset().union(*map(_fields_of, texts))
    named = first.names_people or second.names_people
    terms = sum(1 for text in texts if _fields_of(text))
    return HeaderRow(numbers, tuple(texts), first.title, terms, len(fields & IDENTIFYING), named)


def _one_text(above: str, below: str) -> str:
    if not below or not above:
        return above or below
    shared = _fields_of(above) & _fields_of(below)
    if shared:
        return above
    return below if _fields_of(below) else f"{above} {below}"


@cache
def _plain_terms() -> frozenset[str]:
    return frozenset(term_table().terms)


def _may_be_header(cells: Sequence[str]) -> bool:
    """A cheap test for the many rows further down: two cells that are terms as they stand, no address."""
    terms = _plain_terms()
    found = 0
    for cell in cells:
        if "@" in cell:
            return False
        if cell and cell.strip().casefold() in terms:
            found += 1
    return found >= 2
