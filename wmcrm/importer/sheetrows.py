"""A sheet as rows to plan: the mapping found, each row read once, what it says in the terms of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from wmcrm.importer.answers import Answer, ConsentSaid, NameSaid, Presence
from wmcrm.importer.fingerprints import name_fingerprint, row_fingerprint
from wmcrm.importer.mapping import (
    ColumnMapping,
    Layout,
    SheetField,
    apply_user_map,
    require_identifying,
    sample_rows,
    suggest_mapping,
)
from wmcrm.importer.report import MappedColumn, RowIssue
from wmcrm.importer.signups import ConsentClaim, Issue, RowsMean, SheetContext, Signup, SignupRow, read_signups
from wmcrm.sheets import Table

STATUS_FIELDS = (SheetField.ATTENDED, SheetField.REGISTRATION_STATUS)
PHOTO_PURPOSE = "photo_recording"


@dataclass(frozen=True, slots=True)
class MappedSheet:
    """A table with the meaning of its columns."""

    table: Table
    layout: Layout
    mapping: ColumnMapping

    @property
    def has_status(self) -> bool:
        """True when a column says who is registered or who came."""
        return any(guess.field in STATUS_FIELDS for guess in self.mapping)

    @property
    def columns(self) -> tuple[MappedColumn, ...]:
        """The mapping as reports show it."""
        return tuple(
            MappedColumn(
                guess.column,
                guess.header,
                guess.field.value if guess.field else None,
                guess.score,
                guess.purpose,
                guess.channel,
                tuple((field.value, score) for field, score in guess.suggestions),
                guess.sensitive,
                f"{guess.answers.purpose}/{guess.answers.until.isoformat()}" if guess.answers else None,
            )
            for guess in self.mapping
        )

    def questions(self) -> tuple[RowIssue, ...]:
        """Columns that may well mean something but were left out, for a person to say."""
        row = self.layout.header_rows[-1] if self.layout.header_rows else self.layout.first_row
        return tuple(
            RowIssue(
                row,
                guess.header,
                "column_uncertain",
                f"The column {guess.header} was left out; it may be {guess.suggestions[0][0].value}. "
                f'Say so with --map "{guess.header}={guess.suggestions[0][0].value}", or leave it out with "=-"',
                value=guess.header,
                suggestion=guess.suggestions[0][0].value,
            )
            for guess in self.mapping
            if guess.is_question
        )


def map_sheet(
    table: Table, layout: Layout, maps: tuple[str, ...] = (), remembered: ColumnMapping | None = None
) -> MappedSheet:
    """Find what the columns of a sheet mean; told and remembered meanings win.

    Raises NoIdentifyingColumnError where no column names anybody, BadInputError for a wrong ``maps`` text.
    """
    mapping = remembered or suggest_mapping(layout.headers, sample_rows(table, layout), source=layout.source)
    if maps:
        mapping = apply_user_map(mapping, maps)
    require_identifying(mapping)
    return MappedSheet(table, layout, mapping)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is the same for all rows of a sheet: how cells are read, which purposes a consent may be claimed for."""

    context: SheetContext
    purposes: frozenset[str] = frozenset()
    consent_purpose: str | None = None
    consent_channel: str = "any"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the sheet: ``answer`` where it says something of a person, fingerprints for people."""

    number: int
    kind: str
    cells: tuple[str, ...] = field(repr=False)
    answer: Answer | None = field(default=None, repr=False)
    whole: int = 0
    name: int = 0
    reading: dict[str, object] | None = field(default=None, repr=False)
    issues: tuple[RowIssue, ...] = ()
    withheld: bool = False


def read_rows(sheet: MappedSheet, reading: Reading) -> Iterator[SheetRow]:
    """Every row of the sheet in order, each read once."""
    for row in read_signups(sheet.table, sheet.layout, sheet.mapping, reading.context):
        yield _row(row, reading)


def _row(row: SignupRow, reading: Reading) -> SheetRow:
    issues = tuple(_issue(issue) for issue in row.issues) if row.issues else ()
    signup = row.signup
    if signup is None:
        return SheetRow(row.number, row.kind.value, row.cells, issues=issues)
    answer = answer_of(row.number, signup, reading)
    return SheetRow(
        row.number,
        row.kind.value,
        row.cells,
        answer,
        row_fingerprint(row.cells),
        name_fingerprint(signup.full_name),
        shown(signup),
        issues,
    )


def _issue(issue: Issue) -> RowIssue:
    return RowIssue(
        issue.row, issue.column or None, issue.code, issue.message, issue.severity, issue.value, issue.suggestion
    )


def answer_of(number: int, signup: Signup, reading: Reading) -> Answer:
    """What a sign-up says, in the terms of the tables."""
    name = NameSaid(signup.full_name, signup.first_name or None, signup.last_name or None) if signup.full_name else None
    return Answer(
        row=number,
        name=name,
        usernames=signup.usernames,
        emails=signup.emails,
        phones=signup.phones,
        country=signup.country,
        city=signup.city[:200] or None,
        languages=signup.languages,
        presence=_presence(signup),
        consents=tuple(_consents(signup.consents, reading)) if signup.consents else (),
    )


def _presence(signup: Signup) -> Presence:
    day: date | None = signup.signed_up_at.date() if signup.signed_up_at else None
    return Presence(
        role=signup.event_role or "participant",
        registration=signup.registration.value,
        attended=signup.attended,
        registered_on=day,
        capacity=signup.capacity.value if signup.capacity else "participant",
    )


def _consents(claims: tuple[ConsentClaim, ...], reading: Reading) -> Iterator[ConsentSaid]:
    for claim in claims:
        purpose = claim.purpose or reading.consent_purpose
        if purpose is not None and purpose in reading.purposes:
            yield ConsentSaid(purpose, claim.channel or reading.consent_channel, claim.said)


def shown(signup: Signup) -> dict[str, object]:
    """The normalized first values of a row, as ``import rows`` lists them; empty ones have no key."""
    consent = next((claim.said for claim in signup.consents if claim.purpose != PHOTO_PURPOSE), None)
    said = {
        "name": signup.full_name,
        "email": signup.emails[0] if signup.emails else None,
        "phone": signup.phones[0] if signup.phones else None,
        "username": signup.usernames[0] if signup.usernames else None,
        "country": signup.country,
        "languages": list(signup.languages),
        "consent": None if consent is None else "yes" if consent else "no",
        "status": _status(signup),
    }
    return {key: value for key, value in said.items() if value}


def _status(signup: Signup) -> str:
    if signup.attended is None:
        return signup.registration.value
    return "attended" if signup.attended else "absent"


def rows_mean(told: RowsMean | None, has_status: bool, starts_on: date | None, today: date) -> RowsMean:
    """What standing in the sheet means: as told, else by its status column, else by whether the event is past."""
    if told is not None:
        return told
    if has_status:
        return RowsMean.COLUMN
    return RowsMean.ATTENDED if starts_on is not None and starts_on < today else RowsMean.REGISTERED
