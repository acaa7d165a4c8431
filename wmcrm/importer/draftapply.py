"""A draft becomes an import: once, however often somebody presses the button."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.importer.drafts import Draft, check_holder, close_draft
from wmcrm.importer.draftsheet import DraftSheet, options_of
from wmcrm.importer.fingerprints import read_fingerprint, row_fingerprint, write_fingerprint
from wmcrm.importer.mending import MendedTable
from wmcrm.importer.sheetapply import apply_signups
from wmcrm.importer.undo import undo_import
from wmcrm.importer.undone import UndoReport
from wmcrm.models import ImportedRow, ImportRun
from wmcrm.sheets import Table

UNDONE = "undone"


def import_draft(session: Session, draft: Draft, sheet: DraftSheet, confirmed: str) -> str:
    """Import the draft in the caller's transaction and give the public id of the import.

    ``draft`` was found with ``writing``. ``confirmed`` is the fingerprint of the plan that somebody saw.
    Raises PlanMovedError, and then the caller rolls back, and what ``plan_signups`` raises.
    """
    if draft.imported_as:
        return draft.imported_as
    check_holder(session, draft.choices)
    report = apply_signups(session, sheet.file, options_of(draft, sheet), confirmed=confirmed)
    assert report.run is not None
    _know_mended_rows_again(session, report.run, sheet.table)
    close_draft(session, draft, report.run)
    return report.run


def undo_and_note(session: Session, run: ImportRun) -> UndoReport:
    """Take an import back and keep with it, in numbers, what was reversed and what stayed."""
    report = undo_import(session, run)
    told = report.as_dict()
    run.options = {**run.options, UNDONE: {part: told[part] for part in ("reversed", "kept", "cannot")}}
    session.flush()
    return report


def _know_mended_rows_again(session: Session, public_id: str, table: Table) -> None:
    """The sheet may come again as it was typed: a row that was mended is known by its cells before that."""
    if not isinstance(table, MendedTable):
        return
    typed = {row.number: row_fingerprint(row.cells) for row in table.table if row.number in table.cells}
    for row in _rows(session, public_id, typed):
        if row.fingerprint:
            row.fingerprint = write_fingerprint(typed[row.row_number], read_fingerprint(row.fingerprint)[1])
    session.flush()


def _rows(session: Session, public_id: str, numbers: Mapping[int, int]) -> list[ImportedRow]:
    query = (
        sa.select(ImportedRow)
        .join(ImportRun, col(ImportRun.id) == col(ImportedRow.run_id))
        .where(col(ImportRun.public_id) == public_id, col(ImportedRow.row_number).in_(sorted(numbers)))
    )
    return list(session.scalars(query))
