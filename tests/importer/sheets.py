"""Sheets typed in tests, imported for the cast's meetup."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from sqlmodel import col

from tests.cast import Cast, invite_cast
from tests.importer.tables import table_of
from wmcrm.db import Session
from wmcrm.importer import ImportReport, SheetFile, SignupOptions, apply_signups, find_run, run_rows
from wmcrm.models import Event, ImportRun, Participation, Person, metadata
from wmcrm.sheets import MemoryTable, Row
from wmcrm.upkeep import refresh_everybody

# The ledger, the history and what people confirmed stay when an import is undone; versions only go forward.
LASTING = {"import_run", "imported_row", "change", "saved_mapping", "stored_file", "access_log_entry"}


def settled_cast(session: Session) -> Cast:
    """The cast with everything that follows from its facts, as after a commit."""
    cast = invite_cast(session)
    refresh_everybody(session)
    return cast


def sheet(text: str) -> SheetFile:
    """A sheet typed as comma separated text."""
    return SheetFile(table_of(text), hashlib.sha256(text.encode()).hexdigest())


def sheet_of(header: tuple[str, ...], *rows: tuple[str, ...]) -> SheetFile:
    """A sheet of a header and rows."""
    lines = [header, *rows]
    table = MemoryTable("sheet", tuple(Row(number, cells) for number, cells in enumerate(lines, 1)))
    return SheetFile(table, hashlib.sha256(repr(lines).encode()).hexdigest())


def options(event: Event, **details: object) -> SignupOptions:
    """Options for an event."""
    return SignupOptions(event=event.public_id, **details)  # type: ignore[arg-type]


def bring(session: Session, text: str, event: Event, **details: object) -> ImportReport:
    """Import a sheet for an event."""
    return apply_signups(session, sheet(text), options(event, **details))


def counts(report: ImportReport) -> dict[str, int]:
    """The outcomes that occurred."""
    return {outcome: count for outcome, count in sorted(report.counts.items()) if count}


def run_of(session: Session, report: ImportReport) -> ImportRun:
    """The run of a report."""
    return find_run(session, str(report.run))


def outcomes(session: Session, report: ImportReport) -> dict[int, tuple[object, object]]:
    """Outcome and matched-by of each row of people."""
    listed = run_rows(session, run_of(session, report))
    return {int(str(row["row"])): (row["outcome"], row["matched_by"]) for row in listed if row["kind"] == "person"}


def person_of(session: Session, report: ImportReport, row: int) -> Person:
    """The person of a row."""
    listed = {line["row"]: line for line in run_rows(session, run_of(session, report))}
    return session.scalars(sa.select(Person).where(col(Person.public_id) == listed[row]["person"])).one()


def presence(session: Session, person: Person, event: Event) -> Participation:
    """The participation of a person at an event."""
    return session.scalars(
        sa.select(Participation).where(
            col(Participation.person_id) == person.id, col(Participation.event_id) == event.id
        )
    ).one()


def dump(session: Session, *but: str) -> dict[str, list[str]]:
    """Everything in the database that an undone import must leave as it was, table by table."""
    session.flush()
    found = {}
    for table in metadata.sorted_tables:
        if table.name not in LASTING | set(but):
            columns = [column for column in table.c if column.name != "version"]
            found[table.name] = sorted(map(repr, session.execute(sa.select(*columns)).all()))
    return found
