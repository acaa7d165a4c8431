"""The sheet of a draft: the chosen table with its mended cells, what its columns mean, how it was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from wmcrm.importer.choices import Choices
from wmcrm.importer.drafts import Draft
from wmcrm.importer.mapping import (
    IDENTIFYING,
    ColumnGuess,
    ColumnMapping,
    Layout,
    RowKind,
    apply_user_map,
    find_layout,
    header_key,
    sample_rows,
    suggest_mapping,
)
from wmcrm.importer.mending import mended
from wmcrm.importer.options import SignupOptions
from wmcrm.importer.plan import Decisions
from wmcrm.importer.remembered import remembered_mapping
from wmcrm.importer.tables import SheetFile, choose_table
from wmcrm.sheets import ReadFile, ReadNote, Table

LEFT_OUT = "-"
EXAMPLES = 3
SHOWN_TITLES = 5


@dataclass(frozen=True, slots=True)
class DraftSheet:
    """The chosen table, where its header stands, and what the file said of itself."""

    file: SheetFile
    layout: Layout
    sheets: tuple[str, ...]
    encoding: str | None
    delimiter: str | None
    notes: tuple[ReadNote, ...]

    @property
    def table(self) -> Table:
        """The table with its mended cells."""
        return self.file.table


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column as somebody looks at it: the guess, up to three examples, and whether it may be imported at all."""

    guess: ColumnGuess
    examples: tuple[str, ...] = field(repr=False)
    is_locked: bool = False


def open_sheet(file: ReadFile, draft: Draft) -> DraftSheet:
    """The table that the draft is about; raises BadInputError where the file has no sheet of the chosen name."""
    chosen = choose_table(file, draft.choices.sheet)
    cells = draft.decisions.cells
    layout = find_layout(mended(chosen, cells))
    table = mended(chosen, _with_header_names(cells, layout, draft.choices))
    if table is not chosen:
        layout = find_layout(table)
    names = tuple(other.name for other in file.visible_tables if other.name)
    return DraftSheet(SheetFile(table, draft.run.file_hash), layout, names, file.encoding, file.delimiter, file.notes)


def _with_header_names(
    cells: Mapping[int, Mapping[int, str]], layout: Layout, choices: Choices
) -> Mapping[int, Mapping[int, str]]:
    """A column without a header gets one when somebody says what it means, so that it can be named."""
    nameless = [
        column
        for column in choices.columns
        if column < len(layout.headers) and not layout.headers[column].strip() and choices.columns[column]
    ]
    if not nameless or not layout.header_rows:
        return cells
    row = layout.header_rows[-1]
    return {**cells, row: {**cells.get(row, {}), **{column: f"Column {column + 1}" for column in nameless}}}


def columns_of(session: Session, draft: Draft, sheet: DraftSheet, holder_id: int | None) -> tuple[SheetColumn, ...]:
    """Every column with what it is taken for; unlike planning this refuses nothing."""
    samples = sample_rows(sheet.table, sheet.layout)
    guessed = suggest_mapping(sheet.layout.headers, samples, source=sheet.layout.source)
    mapping: ColumnMapping = remembered_mapping(session, sheet.layout.headers, holder_id) or guessed
    maps = maps_of(draft.choices, sheet, guessed)
    if maps:
        mapping = apply_user_map(mapping, maps)
    return tuple(
        SheetColumn(guess, _examples(samples, guess.column), guessed[guess.column].sensitive is not None)
        for guess in mapping
    )


def names_people(columns: Iterable[SheetColumn]) -> bool:
    """True when a column tells who the people are."""
    return any(column.guess.field in IDENTIFYING for column in columns)


def maps_of(choices: Choices, sheet: DraftSheet, guessed: ColumnMapping | None = None) -> tuple[str, ...]:
    """The chosen columns as ``Header=field`` texts; sensitive columns stay out, whatever was chosen."""
    headers = sheet.layout.headers
    chosen = {column: told for column, told in choices.columns.items() if column < len(headers)}
    if not chosen:
        return ()
    guessed = guessed or suggest_mapping(headers, sample_rows(sheet.table, sheet.layout), source=sheet.layout.source)
    return tuple(
        f"{_reference(headers, column)}={told or LEFT_OUT}"
        for column, told in sorted(chosen.items())
        if headers[column].strip() and not guessed[column].sensitive
    )


def _reference(headers: Sequence[str], column: int) -> str:
    """A text that names this column alone, also where headers repeat."""
    name = headers[column].strip()
    if [header.strip() for header in headers].index(name) == column:
        return name
    alike = [place for place, header in enumerate(headers) if header_key(header) == header_key(name)]
    return f"{name}#{alike.index(column) + 1}"


def _examples(samples: Sequence[tuple[str, ...]], column: int) -> tuple[str, ...]:
    filled = (cells[column].strip() for cells in samples if column < len(cells))
    return tuple(dict.fromkeys(text for text in filled if text))[:EXAMPLES]


def options_of(draft: Draft, sheet: DraftSheet) -> SignupOptions:
    """Everything that was said about the draft, as planning and importing take it."""
    choices, decisions = draft.choices, draft.decisions
    return SignupOptions(
        event=choices.event,
        new_event=choices.new_event,
        affiliate=choices.affiliate,
        rows_mean=choices.rows_mean,
        maps=maps_of(choices, sheet),
        date_order=choices.date_order,
        consent_purpose=choices.consent_purpose,
        terms=choices.terms,
        decisions=Decisions(decisions.same, decisions.different, decisions.left_out),
    )


def title_lines(sheet: DraftSheet) -> tuple[str, ...]:
    """What stands above the table: the name of the event, as often as not."""
    above = (row for row in sheet.table.head(30) if row.number < sheet.layout.first_row)
    titles = (row for row in above if sheet.layout.row_kind(row) is RowKind.TITLE)
    lines = (" ".join(cell.strip() for cell in row.cells if cell.strip()) for row in titles)
    return tuple(line for line in lines if line)[:SHOWN_TITLES]
