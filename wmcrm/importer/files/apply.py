"""The plan of a file, written: the ledger, the rows, their history, and what follows from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.consent import refresh_states
from wmcrm.importer.files.columns import FileColumns
from wmcrm.importer.files.consents import register_notices
from wmcrm.importer.files.erased import tell_stewards
from wmcrm.importer.files.people_cells import reading_of
from wmcrm.importer.files.reading import Draft
from wmcrm.importer.files.steps import NewRow, Row, Step
from wmcrm.importer.moved import FILE_PEOPLE, refuse_moved
from wmcrm.importer.writing import BatchWriter
from wmcrm.models import ImportKind, ImportRun, Outcome, RowKind, metadata
from wmcrm.upkeep import refresh_people, refresh_summaries


class FileWriter:
    """Writes the steps of a run part by part, in the caller's transaction; ``finish`` writes what follows."""

    def __init__(self, session: Session, run: ImportRun, columns: FileColumns) -> None:
        self.session = session
        self.run_id = run.id
        self.kind = run.kind
        self._source = run.source
        self._writer = BatchWriter(session)
        self._touched: set[int] = set()
        _write_header(self._writer, run.id, columns)

    def write(self, steps: Sequence[Step]) -> None:
        """Write a part: its rows of the ledger, its records and their history."""
        notices = register_notices(self.session, steps) if self.kind is ImportKind.CONSENTS else {}
        written = _write(self._writer, self.run_id, steps, notices)
        self._touched.update(written)
        self._writer.flush()
        if self.kind is ImportKind.PEOPLE:
            tell_stewards(self.session, written, self._source)

    def finish(self) -> None:
        """Bring search texts, summaries and states of consent up to date.

        Raises StalePlanError for rows about somebody who was erased or sealed since they were planned.
        """
        refuse_moved(self.session, self._touched, FILE_PEOPLE)
        match self.kind:
            case ImportKind.PEOPLE:
                _name_new_people(self.session, self.run_id)
                refresh_people(self.session, self._touched)
            case ImportKind.ROLES:
                refresh_people(self.session, self._touched)
            case ImportKind.PARTICIPATIONS:
                refresh_summaries(self.session, self._touched)
            case ImportKind.CONSENTS:
                refresh_states(self.session, self._touched)
            case _:
                pass


def _write_header(writer: BatchWriter, run_id: int, columns: FileColumns) -> None:
    """The ledger keeps the header too: rows handed back to be mended stand under it."""
    row = {
        "id": writer.new_ids("imported_row", 1)[0],
        "run_id": run_id,
        "row_number": columns.header_row,
        "kind": RowKind.HEADER,
        "cells": [column.header for column in columns.columns],
    }
    writer.add("imported_row", row)
    writer.flush()


def _write(writer: BatchWriter, run_id: int, steps: Sequence[Step], notices: Mapping[str, int]) -> dict[int, Draft]:
    """Write the steps; the people of whom something was written, each with a row that says it."""
    ledger_ids = writer.new_ids("imported_row", len(steps))
    counts = Counter(new.table for step in steps for new in step.new)
    ids = {table: iter(writer.new_ids(table, count)) for table, count in counts.items()}
    touched: dict[int, Draft] = {}
    for ledger_id, step in zip(ledger_ids, steps, strict=True):
        writer.add("imported_row", _ledger_row(ledger_id, run_id, step))
        touched |= dict.fromkeys(_write_new(writer, step, ledger_id, ids, notices), step.draft)
        for change in step.changes:
            writer.update(change.table, change.row_id, change.subject, change.before, change.after)
        if step.person_id is not None and (step.new or step.changes):
            touched[step.person_id] = step.draft
    return touched


def _write_new(
    writer: BatchWriter, step: Step, ledger_id: int, ids: Mapping[str, Iterator[int]], notices: Mapping[str, int]
) -> set[int]:
    first: int | None = None
    touched: set[int] = set()
    for new in step.new:
        row_id = next(ids[new.table])
        first = row_id if first is None else first
        row = _full(new, row_id, first, ledger_id, notices)
        writer.add(new.table, row)
        person_id = row_id if new.table == "person" else row.get("person_id")
        if isinstance(person_id, int):
            touched.add(person_id)
    return touched


def _full(new: NewRow, row_id: int, first: int, ledger_id: int, notices: Mapping[str, int]) -> Row:
    row: Row = {**new.values, "id": row_id, "source_row_id": ledger_id, **dict.fromkeys(new.parents, first)}
    if row.get("notice_id") is not None:
        row["notice_id"] = notices[str(row["notice_id"])]
    return row


def _ledger_row(ledger_id: int, run_id: int, step: Step) -> Row:
    draft = step.draft
    return {
        "id": ledger_id,
        "run_id": run_id,
        "row_number": draft.row,
        "kind": RowKind.PERSON,
        "outcome": step.outcome,
        "fingerprint": draft.fingerprint,
        "person_id": step.person_id,
        "external_id": draft.external_id or None,
        # Rows that are as they should be need not be handed back, so their cells are not kept.
        "cells": list(draft.cells) if step.all_issues or step.outcome is Outcome.INVALID else None,
        "reading": reading_of(draft.values) if "contacts" in draft.values else None,
        "issues": [issue.as_dict() for issue in step.all_issues] or None,
    }


def _name_new_people(session: Session, run_id: int) -> None:
    """Tell the ledger whom its rows made: the people could not be named before they existed."""
    person, ledger = metadata.tables["person"], metadata.tables["imported_row"]
    made = sa.select(person.c.id).where(person.c.source_row_id == ledger.c.id).scalar_subquery()
    session.execute(
        sa.update(ledger)
        .where(ledger.c.run_id == run_id, ledger.c.person_id.is_(None), ledger.c.outcome == Outcome.NEW)
        .values(person_id=made)
        .execution_options(synchronize_session=False)
    )
