"""A file of records from its bytes to the database: read, plan, apply, report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.db import actor_of
from wmcrm.errors import BadInputError, NotAllowedError
from wmcrm.importer.files.affiliates import plan_affiliates
from wmcrm.importer.files.apply import FileWriter
from wmcrm.importer.files.cells import external_key
from wmcrm.importer.files.columns import FileColumns, find_columns
from wmcrm.importer.files.consents import plan_consents
from wmcrm.importer.files.events import plan_events
from wmcrm.importer.files.known import last_fingerprints
from wmcrm.importer.files.participations import plan_participations
from wmcrm.importer.files.people import plan_people
from wmcrm.importer.files.reading import Draft, read_drafts
from wmcrm.importer.files.report import count_in, mapped_columns, outcome_counts, report_of
from wmcrm.importer.files.roles import plan_roles
from wmcrm.importer.files.scope import FileScope
from wmcrm.importer.files.steps import Step
from wmcrm.importer.locks import wait_for_other_imports
from wmcrm.importer.report import ImportReport, Tally
from wmcrm.models import ImportKind, ImportRun, ImportState, Origin, metadata, note_origin, now_utc
from wmcrm.normalize import DateOrder
from wmcrm.sheets import ReadFile, Table, content_hash, read_sheets

DEFAULT_SOURCE = "file"
SOURCE_LENGTH = 60
# Rows planned and written at once: memory stays flat however long the file is.
PART = 4000
PLANNERS: Mapping[ImportKind, Callable[[Session, Sequence[Draft], FileScope], list[Step]]] = {
    ImportKind.AFFILIATES: plan_affiliates,
    ImportKind.EVENTS: plan_events,
    ImportKind.PEOPLE: plan_people,
    ImportKind.ROLES: plan_roles,
    ImportKind.PARTICIPATIONS: plan_participations,
    ImportKind.CONSENTS: plan_consents,
}
FILE_KINDS = tuple(PLANNERS)


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How a file is to be read: its source, who holds its people, the order of its dates."""

    source: str = DEFAULT_SOURCE
    holder_id: int | None = None
    date_order: DateOrder | None = None


def import_file(
    session: Session,
    kind: ImportKind,
    path: Path,
    *,
    options: FileOptions | None = None,
    plan: bool = False,
) -> ImportReport:
    """Import a file of affiliates, events, people, roles, participations or consents.

    The whole file is one run in the caller's transaction; a second import of it changes nothing. With
    ``plan`` nothing is stored. Raises BadInputError for a file without the columns its kind needs,
    SheetRefusedError for a file that is no sheet, NotAllowedError for who may not see everything.
    """
    with read_sheets(path) as file:
        return import_read_file(session, kind, file, file_hash=content_hash(path), options=options, plan=plan)


def import_read_file(
    session: Session,
    kind: ImportKind,
    file: ReadFile,
    *,
    file_hash: str,
    options: FileOptions | None = None,
    plan: bool = False,
) -> ImportReport:
    """Import a file that was read already; its first visible table is taken. Otherwise as import_file."""
    chosen = options or FileOptions()
    _check(session, chosen)
    if not plan:
        wait_for_other_imports(session)
    table: Table = file.visible_tables[0]
    columns = find_columns(kind, table)
    already = _imported_before(session, kind, chosen.source, file_hash)
    parts = plan_parts(session, kind, table, columns, chosen)
    tally = Tally()
    if plan:
        for steps in parts:
            count_in(tally, steps)
        return report_of(tally, columns, None, already=already)
    run = _open_run(session, kind, chosen, columns, file_hash)
    note_origin(session, Origin(run_id=run.id))
    try:
        writer = FileWriter(session, run, columns)
        for steps in parts:
            count_in(tally, steps)
            writer.write(steps)
        writer.finish()
    finally:
        note_origin(session, None)
    run.state, run.counts, run.applied_at = ImportState.APPLIED, outcome_counts(tally), now_utc()
    session.flush()
    return report_of(tally, columns, run, already=already)


def plan_parts(
    session: Session, kind: ImportKind, table: Table, columns: FileColumns, options: FileOptions
) -> Iterator[list[Step]]:
    """What importing a table would do with each of its rows, some thousands at a time; reads only.

    A part may be written before the next is planned, or not: the plan is the same.
    """
    place = columns.places["id"].index
    ids = {external_key(row.cell(place)) for row in table if row.number > columns.header_row}
    told = last_fingerprints(session, kind, options.source, ids)
    scope = FileScope(options.source, options.holder_id, actor_of(session).account_id, told)
    drafts = read_drafts(kind, table, columns, options.date_order)
    while part := list(islice(drafts, PART)):
        yield PLANNERS[kind](session, part, scope)


def _check(session: Session, options: FileOptions) -> None:
    if not actor_of(session).sees_all:
        raise NotAllowedError("Files of records may only be imported by somebody who may see all affiliates.")
    if not options.source.strip() or len(options.source) > SOURCE_LENGTH:
        raise BadInputError("The name of a source has 1 to {length} characters.", length=SOURCE_LENGTH)


def _open_run(
    session: Session, kind: ImportKind, options: FileOptions, columns: FileColumns, file_hash: str
) -> ImportRun:
    run = ImportRun(
        kind=kind,
        file_hash=file_hash,
        source=options.source,
        holder_affiliate_id=options.holder_id,
        mapping=[column.as_dict() for column in mapped_columns(columns)],
        options={"date_order": options.date_order.value if options.date_order else None},
        created_by_id=actor_of(session).account_id,
    )
    session.add(run)
    session.flush()
    return run


def _imported_before(session: Session, kind: ImportKind, source: str, file_hash: str) -> bool:
    run = metadata.tables["import_run"]
    query = sa.select(run.c.id).where(
        run.c.file_hash == file_hash,
        run.c.kind == kind,
        run.c.source == source,
        run.c.state == ImportState.APPLIED,
    )
    return session.scalars(query.limit(1)).first() is not None
