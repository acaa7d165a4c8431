"""The rows to mend, handed back in the sheet's own columns; the file imported again applies only them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.db import actor_of
from wmcrm.errors import BadInputError
from wmcrm.importer.runs import require_importer
from wmcrm.models import AccessLogEntry, ImportRun, Outcome, RowKind, metadata

ROW_HEADER = "Row"
PROBLEM_HEADER = "Problem"


@dataclass(frozen=True, slots=True)
class FailedRows:
    """The header of the sheet with two columns more, and the rows as typed, each with its number and reasons."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)


def failed_rows(session: Session, run: ImportRun) -> FailedRows:
    """The rows of an import that were left out or lost a value, in the order of the sheet.

    That they were handed out is logged. Raises BadInputError once the raw cells of the import have expired,
    NotAllowedError for others than the importer.
    """
    require_importer(session, run)
    if run.cells_expired_at is not None:
        raise BadInputError(
            "The cells of the import {run} have expired; mend the rows in the sheet they came from.", run=run.public_id
        )
    header = _header(session, run)
    rows = tuple(_failed(session, run, len(header)))
    actor = actor_of(session)
    entry = AccessLogEntry(account_id=actor.account_id, actor=actor.name, action="import_failed_rows")
    entry.record_id, entry.people = run.id, len(rows)
    session.add(entry)
    session.flush()
    return FailedRows((*header, ROW_HEADER, PROBLEM_HEADER), rows)


def _header(session: Session, run: ImportRun) -> tuple[str, ...]:
    told = run.options.get("headers")
    if isinstance(told, list):
        return tuple(str(header) for header in told)
    ledger = metadata.tables["imported_row"]
    query = sa.select(ledger.c.cells).where(ledger.c.run_id == run.id, ledger.c.kind == RowKind.HEADER)
    cells = session.scalar(query.order_by(ledger.c.row_number).limit(1))
    return tuple(cells or ())


def _failed(session: Session, run: ImportRun, width: int) -> Iterator[tuple[str, ...]]:
    ledger = metadata.tables["imported_row"]
    query = (
        sa.select(ledger.c.row_number, ledger.c.outcome, ledger.c.cells, ledger.c.issues)
        .where(ledger.c.run_id == run.id, ledger.c.kind == RowKind.PERSON)
        .order_by(ledger.c.row_number)
    )
    for number, outcome, cells, issues in session.execute(query, execution_options={"yield_per": 1000}):
        errors = [issue for issue in issues or () if issue["severity"] == "error"]
        if cells is not None and (errors or outcome is Outcome.INVALID):
            reasons = "; ".join(_reason(issue) for issue in errors or issues or ()) or "nothing tells who this is"
            yield (*_fitted(cells, width), str(number), reasons)


def _reason(issue: dict[str, object]) -> str:
    message = str(issue["message"])
    return f"{issue['column']}: {message}" if issue["column"] else message


def _fitted(cells: list[str], width: int) -> tuple[str, ...]:
    return tuple((cells + [""] * width)[:width])
