"""Imports that were made: their list, one with its rows, the rows to mend as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col

from admin_app.listing import LARGEST_KEY, PAGE, Page, Question, read_page
from admin_app.session import db
from wmcrm.importer.draftapply import UNDONE
from wmcrm.importer.runs import is_importer, may_undo
from wmcrm.models import (
    Account,
    Affiliate,
    Event,
    ImportedRow,
    ImportKind,
    ImportRun,
    ImportState,
    Outcome,
    Person,
    PersonStatus,
    Protection,
    RowKind,
)

OUTCOMES = tuple(outcome.value for outcome in Outcome)


@dataclass(frozen=True, slots=True)
class RunRow:
    """A row of an import: what became of it and, where the reader may see them, the person."""

    number: int
    outcome: str
    matched_by: str | None
    person_key: str | None
    person_name: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunPage:
    """An import as its page shows it."""

    run: ImportRun
    event: Event | None
    holder: Affiliate | None
    who: str
    outcome: str
    rows: tuple[RunRow, ...]
    next: str
    failed: int
    undone: Mapping[str, Mapping[str, int]]

    @property
    def may_undo(self) -> bool:
        """Whether the reader may take the import back."""
        return self.run.state is ImportState.APPLIED and may_undo(db(), self.run)

    @property
    def may_download(self) -> bool:
        """Whether the rows to mend are handed to the reader: to their importer only, while the cells are there."""
        return self.failed > 0 and is_importer(db(), self.run) and self.run.cells_expired_at is None


def list_runs(after: str) -> Page[ImportRun]:
    """The imports that the reader may see, the newest first."""
    query = sa.select(ImportRun).where(col(ImportRun.state) != ImportState.DRAFT)
    return read_page(db(), query, ImportRun, Question("", "id", True, after))  # type: ignore[arg-type]


def beside_runs(runs: Sequence[ImportRun]) -> dict[int, tuple[str, str, str]]:
    """For each run the title and the key of its event, and who made it."""
    events = {run.event_id for run in runs if run.event_id}
    titles = {event.id: event for event in db().scalars(sa.select(Event).where(col(Event.id).in_(sorted(events))))}
    names = _names({run.created_by_id for run in runs if run.created_by_id})
    found = {}
    for run in runs:
        event = titles.get(run.event_id or 0)
        found[run.id] = (
            event.title if event else "",
            event.public_id if event else "",
            names.get(run.created_by_id or 0, ""),
        )
    return found


def run_page(run: ImportRun, outcome: str, after: str) -> RunPage:
    """An import with a page of its rows, of one outcome where one is asked for."""
    outcome = outcome if outcome in OUTCOMES else ""
    rows = _rows(run, outcome, int(after) if after.isdecimal() and len(after) < 11 else 0)
    undone = run.options.get(UNDONE)
    return RunPage(
        run,
        db().get(Event, run.event_id) if run.event_id else None,
        db().get(Affiliate, run.holder_affiliate_id) if run.holder_affiliate_id else None,
        _names({run.created_by_id} if run.created_by_id else set()).get(run.created_by_id or 0, ""),
        outcome,
        tuple(_shown(row, person) for row, person in rows[:PAGE]),
        str(rows[PAGE - 1][0].row_number) if len(rows) > PAGE else "",
        _failed_count(run),
        undone if isinstance(undone, dict) else {},
    )


def _names(ids: set[int]) -> dict[int, str]:
    """Account names, of those whom the reader may see."""
    if not ids:
        return {}
    query = sa.select(col(Account.id), col(Account.name)).where(col(Account.id).in_(sorted(ids)))
    return dict(db().execute(query).all())


def _rows(run: ImportRun, outcome: str, after: int) -> Sequence[tuple[ImportedRow, Person | None]]:
    usable = sa.and_(
        col(Person.id) == col(ImportedRow.person_id),
        col(Person.removed_at).is_(None),
        col(Person.status).in_([PersonStatus.ACTIVE, PersonStatus.HELD]),
        col(Person.protection) != Protection.SEALED,
    )
    query = (
        sa.select(ImportedRow, Person)
        .outerjoin(Person, usable)
        .where(col(ImportedRow.run_id) == run.id, col(ImportedRow.row_number) > min(after, LARGEST_KEY))
        .where(col(ImportedRow.kind) == RowKind.PERSON)
        .where(col(ImportedRow.outcome) == Outcome(outcome) if outcome else col(ImportedRow.outcome).is_not(None))
        .order_by(col(ImportedRow.row_number))
        .limit(PAGE + 1)
    )
    return db().execute(query).all()


def _shown(row: ImportedRow, person: Person | None) -> RunRow:
    codes = tuple(dict.fromkeys(str(issue["code"]) for issue in row.issues or ()))
    is_listed = person is not None and person.status is PersonStatus.ACTIVE
    return RunRow(
        row.row_number,
        row.outcome.value if row.outcome else "",
        row.matched_by,
        person.public_id if person and is_listed else None,
        person.display_name if person else "",
        codes,
    )


def _failed_count(run: ImportRun) -> int:
    """How many rows of people were left out or lost a value."""
    if run.kind is not ImportKind.SIGNUPS:
        return int(run.counts.get("invalid", 0))
    query = sa.select(col(ImportedRow.outcome), col(ImportedRow.issues)).where(
        col(ImportedRow.run_id) == run.id,
        col(ImportedRow.kind) == RowKind.PERSON,
        col(ImportedRow.issues).is_not(None),
    )
    return sum(
        outcome is Outcome.INVALID or any(issue["severity"] == "error" for issue in issues or ())
        for outcome, issues in db().execute(query)
    )
