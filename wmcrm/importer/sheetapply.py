"""A sheet planned and written in one transaction, with its ledger: all of it, or nothing."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from wmcrm.consent import find_or_register_notice, find_purpose
from wmcrm.db import reserve_ids
from wmcrm.errors import StalePlanError
from wmcrm.importer.actions import RowAction, SkipRow
from wmcrm.importer.answers import Answer
from wmcrm.importer.apply import Applier
from wmcrm.importer.factrows import Target
from wmcrm.importer.fingerprints import write_fingerprint
from wmcrm.importer.locks import wait_for_other_imports
from wmcrm.importer.lookup import OwnRows
from wmcrm.importer.newevent import create_event
from wmcrm.importer.options import SignupOptions
from wmcrm.importer.questions import keep_columns
from wmcrm.importer.remembered import remember_mapping
from wmcrm.importer.report import ImportReport, Tally
from wmcrm.importer.sheetplan import Setting, planner_of, report_of, settle
from wmcrm.importer.sheetrows import read_rows
from wmcrm.importer.stages import UNCOUNTED_KINDS, SheetAction, SheetPlanner
from wmcrm.importer.tables import SheetFile
from wmcrm.importer.withheld import tell_stewards
from wmcrm.importer.writing import BatchWriter
from wmcrm.models import ImportKind, ImportRun, ImportState, Origin, metadata, note_origin, now_utc


class PlanMovedError(StalePlanError):
    """The data moved between preview and confirmation; ``report`` is what the import would do now."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__("The data changed since the preview; look at what the import would do now and confirm again.")
        self.report = report


def apply_signups(
    session: Session, file: SheetFile, options: SignupOptions, *, confirmed: str | None = None
) -> ImportReport:
    """Import a sheet of sign-ups; the caller's transaction holds all of it.

    ``confirmed`` is the fingerprint of the plan that somebody saw: if the plan is another by now,
    PlanMovedError is raised and the caller rolls back. Raises what ``plan_signups`` raises.
    """
    wait_for_other_imports(session)
    setting = settle(session, file, options)
    run = _begin(session, setting)
    if options.new_event:
        event = create_event(session, options.new_event, setting.holder_id, setting.today)
        setting = replace(setting, event=event)
        run.event_id = setting.event_id
        session.flush()
    ledger_ids = array("q", reserve_ids(session, metadata.tables["imported_row"], file.table.row_count))
    planner = planner_of(session, setting, OwnRows(ledger_ids))
    tally = Tally()
    tally.note(*file.notes, *setting.sheet.questions())
    _write(session, setting, planner, tally, run.id, ledger_ids)
    report = report_of(setting, tally, "applied", planner.fingerprint, run.public_id)
    if confirmed is not None and confirmed != planner.fingerprint:
        raise PlanMovedError(report)
    _finish(session, run, setting, report)
    return report


def _begin(session: Session, setting: Setting) -> ImportRun:
    options = setting.options
    run = ImportRun(
        kind=ImportKind.SIGNUPS,
        file_hash=setting.file.file_hash,
        source=options.source,
        event_id=setting.event_id,
        holder_affiliate_id=setting.holder_id,
        mapping=[column.as_dict() for column in setting.sheet.columns],
        options=_options(setting),
        created_by_id=setting.actor.account_id,
    )
    session.add(run)
    session.flush()
    note_origin(session, Origin(run_id=run.id))
    return run


def _options(setting: Setting) -> dict[str, object]:
    """What was decided about the sheet, without personal data; headers for handing failed rows back."""
    context = setting.reading.context
    return {
        "rows_mean": context.rows_mean.value,
        "date_order": context.date_order.value if context.date_order else None,
        "purposes": sorted(setting.reading.purposes),
        "headers": list(setting.sheet.layout.headers),
        "header_rows": list(setting.sheet.layout.header_rows),
        "sheet": setting.file.table.name,
        "new_event": setting.options.new_event is not None,
    }


def _write(
    session: Session,
    setting: Setting,
    planner: SheetPlanner,
    tally: Tally,
    run_id: int,
    ledger_ids: Sequence[int],
) -> None:
    writer = BatchWriter(session)
    applier = Applier(session, _target(session, setting), writer)
    ids = iter(ledger_ids)
    for chunk in planner.chunks(read_rows(setting.sheet, setting.reading)):
        numbered = [(action, next(ids)) for action in chunk]
        applier.prepare([action.action for action in chunk])
        for action, ledger_id in numbered:
            action.count_in(tally)
            writer.add("imported_row", ledger_row(action, ledger_id, run_id, applier))
        applier.apply([(action.action, ledger_id) for action, ledger_id in numbered])
        tell_stewards(session, _newcomers(chunk, applier))


def _newcomers(chunk: Sequence[SheetAction], applier: Applier) -> Iterator[tuple[int, Answer]]:
    """The people whom the chunk made, or who got something by which they can be recognised."""
    for action in chunk:
        if action.row.answer is not None and _is_told(action.action):
            person_id = applier.person_of(action.action)
            if person_id is not None:
                yield person_id, action.row.answer


def _is_told(action: RowAction) -> bool:
    if isinstance(action, SkipRow):
        return False
    told = action.additions
    return told.is_new_person or bool(told.usernames or told.emails or told.phones)


def _target(session: Session, setting: Setting) -> Target:
    terms = setting.options.terms
    purposes = setting.reading.purposes
    notice = find_or_register_notice(session, terms.notice) if terms.notice and purposes else None
    return Target(
        event_id=setting.event_id,
        holder_id=setting.holder_id,
        account_id=setting.actor.account_id,
        today=setting.today,
        terms=terms,
        purpose_ids={code: find_purpose(session, code).id for code in purposes},
        notice_id=notice.id if notice else None,
    )


def ledger_row(action: SheetAction, ledger_id: int, run_id: int, applier: Applier) -> dict[str, object]:
    """The row of the ledger for a row of the sheet; a person who is still to be written is named later."""
    row = action.row
    person_id = applier.person_of(action.action)
    candidates = applier.candidates_of(action.action)
    return {
        "id": ledger_id,
        "run_id": run_id,
        "row_number": row.number,
        "kind": row.kind,
        "outcome": action.outcome if row.kind not in UNCOUNTED_KINDS else None,
        "fingerprint": write_fingerprint(row.whole, row.name) if row.answer else "",
        "person_id": None if applier.is_fresh(person_id) else person_id,
        "matched_by": getattr(action.action, "by", None),
        "candidates": list(candidates) or None,
        "cells": list(row.cells),
        "reading": row.reading,
        "issues": [issue.as_dict() for issue in action.issues] or None,
    }


def _finish(session: Session, run: ImportRun, setting: Setting, report: ImportReport) -> None:
    run.state = ImportState.APPLIED
    run.applied_at = now_utc()
    run.counts = {"rows": report.rows, **report.counts}
    run.plan_fingerprint = report.fingerprint
    keep_columns(session, run, setting.sheet.mapping)
    if setting.options.maps:
        remember_mapping(session, setting.sheet.layout.headers, setting.sheet.mapping, setting.holder_id)
    session.flush()
    note_origin(session, None)
