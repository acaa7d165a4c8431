"""Imports that were made: found again, listed row by row."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.errors import NotAllowedError, NotFoundError
from wmcrm.models import AccessLogEntry, ImportRun, metadata
from wmcrm.permissions import Permission, may_for

SHOWN_ROWS = 1000
ROW_COLUMNS = (
    "row",
    "kind",
    "outcome",
    "person",
    "external_id",
    "matched_by",
    "name",
    "email",
    "phone",
    "username",
    "country",
    "languages",
    "consent",
    "status",
    "issues",
)
READ_COLUMNS = ROW_COLUMNS[6:14]


def find_run(session: Session, reference: str) -> ImportRun:
    """The import of a public id (``r_...``); NotFoundError when there is none or it is not the actor's to see."""
    actor = actor_of(session)
    run = session.scalars(sa.select(ImportRun).where(col(ImportRun.public_id) == reference.strip())).first()
    mine = run is not None and (
        actor.sees_all
        or run.holder_affiliate_id in actor.affiliate_ids
        or (run.created_by_id is not None and run.created_by_id == actor.account_id)
    )
    if run is None or not mine:
        raise NotFoundError("There is no import {reference}; write its public id (r_...).", reference=reference)
    return run


def is_importer(session: Session, run: ImportRun) -> bool:
    """Whether the actor made the import; the operator counts for every one."""
    actor = actor_of(session)
    return actor.is_operator or (run.created_by_id is not None and run.created_by_id == actor.account_id)


def may_undo(session: Session, run: ImportRun) -> bool:
    """Whether the actor may take an import back: one's own, and others' for who takes back merges too."""
    return is_importer(session, run) or may_for(session, Permission.PEOPLE_MERGE, run)


def require_importer(session: Session, run: ImportRun) -> None:
    """Raise NotAllowedError for who did not hand over the sheet: its rows are what people wrote about themselves."""
    if not is_importer(session, run):
        raise NotAllowedError("Only who imported a sheet gets its rows back; ask them for the file.")


def run_rows(session: Session, run: ImportRun) -> Iterator[dict[str, object]]:
    """Every row of the sheet with what became of it and its normalized values, as ``import rows`` prints them.

    Values are there until the raw cells expire; that they were read is logged. Raises NotAllowedError for others than
    the importer.
    """
    require_importer(session, run)
    actor = actor_of(session)
    session.add(AccessLogEntry(account_id=actor.account_id, actor=actor.name, action="import_rows", record_id=run.id))
    session.flush()
    ledger, person = metadata.tables["imported_row"], metadata.tables["person"]
    query = (
        sa.select(
            ledger.c.row_number,
            ledger.c.kind,
            ledger.c.outcome,
            person.c.public_id,
            sa.func.coalesce(person.c.external_id, ledger.c.external_id),
            ledger.c.matched_by,
            ledger.c.reading,
            ledger.c.issues,
        )
        .outerjoin(person, person.c.id == ledger.c.person_id)
        .where(ledger.c.run_id == run.id)
        .order_by(ledger.c.row_number)
    )
    for number, kind, outcome, person_id, external_id, matched_by, reading, issues in session.execute(
        query, execution_options={"yield_per": SHOWN_ROWS}
    ):
        read = reading or {}
        yield {
            "row": number,
            "kind": kind.value,
            "outcome": outcome.value if outcome else None,
            "person": person_id,
            "external_id": external_id,
            "matched_by": matched_by,
            **{column: read.get(column) for column in READ_COLUMNS},
            "languages": read.get("languages", []),
            "issues": issues or [],
        }
