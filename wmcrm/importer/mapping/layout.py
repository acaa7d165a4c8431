"""Where the table of people is in a sheet: its header, its rows, the other tables beside it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from wmcrm.importer.mapping.fields import SheetField
from wmcrm.importer.mapping.guess import suggest_mapping
from wmcrm.importer.mapping.headerrows import HeaderRow, find_header_rows
from wmcrm.importer.mapping.headertext import header_key
from wmcrm.importer.mapping.rows import RowKind, RowProfile, kind_of
from wmcrm.importer.mapping.sources import KnownSource, recognise_source
from wmcrm.sheets.table import Row, Table

HEAD_ROWS = 300
SAMPLE_ROWS = 200


@dataclass(frozen=True, slots=True)
class Block:
    """One table of a sheet that holds several: where it starts and how its columns fall on the main one's."""

    title: str
    header_rows: tuple[int, ...]
    headers: tuple[str, ...]
    columns: tuple[int | None, ...] | None  # for each main column this block's; None: the same columns


@dataclass(frozen=True, slots=True)
class Layout:
    """The main table of people of a sheet and what stands around it.

    ``header_rows`` is empty for a sheet without a header; its columns are then called "Column A" and
    so on. Row numbers are those that the spreadsheet program shows.
    """

    headers: tuple[str, ...]
    header_rows: tuple[int, ...]
    first_row: int
    source: KnownSource | None
    profile: RowProfile
    blocks: tuple[Block, ...] = ()

    @property
    def has_header(self) -> bool:
        """False when the columns had to be named by their letters."""
        return bool(self.header_rows)

    def block_of(self, row: Row) -> Block | None:
        """The side table in which the row stands; None for the main one."""
        if not self.blocks:
            return None
        starts = [block.header_rows[0] if block.header_rows else 0 for block in self.blocks]
        place = bisect_right(starts, row.number) - 1
        if place < 0:
            return None
        block = self.blocks[place]
        return None if block.headers == self.headers else block

    def aligned(self, row: Row) -> tuple[str, ...]:
        """The row's cells in the columns of the main header, also when it stands in another table."""
        block = self.block_of(row)
        if block is None or block.columns is None:
            return row.cells
        cells = row.cells
        return tuple(cells[column] if column is not None and column < len(cells) else "" for column in block.columns)

    def row_kind(self, row: Row) -> RowKind:
        """What the row is; rows above the first table are titles, blank rows are blank everywhere."""
        if row.number in self.header_rows:
            return RowKind.HEADER
        block = self.block_of(row) if self.blocks else None
        if block is not None:
            return self._kind_in_block(row, block)
        if row.number < self.first_row:
            return RowKind.BLANK if row.is_blank else RowKind.TITLE
        return kind_of(row.cells, self.profile)

    def _kind_in_block(self, row: Row, block: Block) -> RowKind:
        if row.is_blank:
            return RowKind.BLANK
        if block.columns is None:
            return RowKind.TITLE
        if row.number in block.header_rows:
            return RowKind.HEADER
        cells = self.aligned(row)
        if not any(map(str.strip, cells)):
            return RowKind.NOTE  # something stands outside the table
        return kind_of(cells, self.profile)


def find_layout(table: Table, known: KnownSource | None = None) -> Layout:
    """Find the header and the rows of people of a sheet, reading it once from end to end.

    ``known`` tells the source when somebody said it. Never refuses: a sheet without a header gets
    columns called by their letters.
    """
    head = table.head(HEAD_ROWS)
    found = find_header_rows(head, table)
    main = _main(found, head)
    if main is None:
        return _headerless(head, known)
    source = known or recognise_source(main.headers)
    samples = _samples(head, main, found)
    narrow, main = main, _as_wide_as(main, samples)
    profile = _profile(main.headers, samples, source)
    layout = Layout(main.headers, main.numbers, main.numbers[-1] + 1, source, profile)
    if len(found) == 1:
        return layout
    blocks = tuple(_block(main if other is narrow else other, main, profile, source) for other in found)
    return Layout(main.headers, main.numbers, main.numbers[-1] + 1, source, profile, blocks)


def sample_rows(table: Table, layout: Layout, count: int = SAMPLE_ROWS) -> list[tuple[str, ...]]:
    """The cells of the first rows of people, for guessing what the columns mean."""
    rows = (row for row in table.head(HEAD_ROWS) if row.number >= layout.first_row)
    return [layout.aligned(row) for row in rows if layout.row_kind(row) is RowKind.PERSON][:count]


def _main(found: Sequence[HeaderRow], head: Sequence[Row]) -> HeaderRow | None:
    """The header of the table with most to tell of most people; the first of equals."""
    best: HeaderRow | None = None
    best_weight = 0.0
    for place, header in enumerate(found):
        end = found[place + 1].numbers[0] if place + 1 < len(found) else None
        rows = _rows_between(head, header.numbers[-1], end)
        weight = (header.identifying + 0.1 * header.terms) * (1 + min(rows, 50))
        if header.identifying and weight > best_weight:
            best, best_weight = header, weight
    # Printed again on every page, the first counts.
    return next((header for header in found if best is not None and header.headers == best.headers), None)


def _rows_between(head: Sequence[Row], after: int, before: int | None) -> int:
    if before is not None and head and before > head[-1].number:
        before = None
    return sum(1 for row in head if row.number > after and (before is None or row.number < before) and not row.is_blank)


def _samples(head: Sequence[Row], main: HeaderRow, found: Sequence[HeaderRow]) -> list[tuple[str, ...]]:
    later = [other.numbers[0] for other in found if other.numbers[0] > main.numbers[-1]]
    end = min(later, default=None)
    rows = [row for row in head if row.number > main.numbers[-1] and (end is None or row.number < end)]
    return [row.cells for row in rows if not row.is_blank][:SAMPLE_ROWS]


def _as_wide_as(main: HeaderRow, samples: Sequence[tuple[str, ...]]) -> HeaderRow:
    """The header with empty texts for filled columns that nobody named."""
    width = max((column + 1 for cells in samples for column, cell in enumerate(cells) if cell.strip()), default=0)
    missing = width - len(main.headers)
    return replace(main, headers=main.headers + ("",) * missing) if missing > 0 else main


def _profile(headers: tuple[str, ...], samples: Sequence[tuple[str, ...]], source: KnownSource | None) -> RowProfile:
    guesses = suggest_mapping(headers, samples, source=source)
    fields = tuple(guess.field for guess in guesses)
    keys = frozenset(header_key(header) for header in headers if header.strip())
    return RowProfile(fields, keys, sum(1 for header in headers if header.strip()))


def _block(other: HeaderRow, main: HeaderRow, profile: RowProfile, source: KnownSource | None) -> Block:
    if other is main or other.headers == main.headers:
        return Block(other.title, other.numbers, main.headers, None)
    if not other.names_people:
        return Block(other.title, other.numbers, other.headers, None)
    places = {header_key(header): column for column, header in enumerate(other.headers) if header.strip()}
    fields: dict[SheetField | None, int] = {
        guess.field: guess.column for guess in suggest_mapping(other.headers, (), source=source) if guess.field
    }
    columns = tuple(
        places.get(header_key(header), fields.get(_of(profile, column))) for column, header in enumerate(main.headers)
    )
    return Block(other.title, other.numbers, other.headers, columns)


def _of(profile: RowProfile, column: int) -> SheetField | None:
    return profile.fields[column]


def _headerless(head: Sequence[Row], known: KnownSource | None) -> Layout:
    rows = [row for row in head if not row.is_blank]
    width = max((len(row.cells) for row in rows), default=0)
    headers = tuple(f"Column {_letters(column)}" for column in range(width))
    profile = _profile(headers, [row.cells for row in rows[:SAMPLE_ROWS]], known)
    return Layout(headers, (), rows[0].number if rows else 1, known, profile)


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
