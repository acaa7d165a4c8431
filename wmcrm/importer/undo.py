"""An import taken back: what it made goes, what it changed is as before, what somebody edited since stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.consent import refresh_states
from wmcrm.db import Beyond, actor_of, looks_beyond
from wmcrm.dedupe import refresh_unions
from wmcrm.errors import ConflictError, NotAllowedError
from wmcrm.history import stored
from wmcrm.importer.fates import Fate, Fates, RunSpan, find_fates
from wmcrm.importer.locks import wait_for_other_imports
from wmcrm.importer.repeats import forget_repeats
from wmcrm.importer.runs import may_undo
from wmcrm.importer.undone import UndoReport, voiding_row
from wmcrm.importer.writing import WRITE_ORDER, BatchWriter, Row
from wmcrm.models import (
    ConsentDecision,
    ImportRun,
    ImportState,
    Origin,
    metadata,
    note_origin,
    now_utc,
)
from wmcrm.models.records import record_columns, select_record, update_records
from wmcrm.models.tracking import UNTRACKED_COLUMNS, Operation, Subject, append_changes, plain
from wmcrm.privacy import forget_answers_of
from wmcrm.upkeep import refresh_people

CHUNK_CHANGES = 2000
NOTE = "import undone"
IDENTITY = frozenset({"person", "holding", "person_name", "wiki_account", "contact_point", "language_skill"})


@looks_beyond(Beyond.UNDO)
def undo_import(session: Session, run: ImportRun) -> UndoReport:
    """Take an import back, in the caller's transaction; the sheet can be imported again afterwards.

    Consents it gave are voided, never deleted; refusals and withdrawals stay. Raises ConflictError when the
    run is not applied, NotAllowedError for others than its importer and stewards.
    """
    if not may_undo(session, run):
        raise NotAllowedError("Only who imported a sheet, or a steward, takes it back.")
    wait_for_other_imports(session)
    session.refresh(run)
    if run.state is not ImportState.APPLIED:
        raise ConflictError(
            "The import {run} is {state}; only an applied import is undone.", run=run.public_id, state=run.state
        )
    report = UndoReport(run.public_id)
    note_origin(session, Origin(run_id=run.id, note=NOTE))
    rows = metadata.tables["imported_row"]
    forget_answers_of(session, sa.select(rows.c.id).where(rows.c.run_id == run.id))
    forget_repeats(session, run)
    undoing = _Undoing(session, run, report)
    for changes in _changes_backwards(session, run.id):
        undoing.undo(changes)
    undoing.finish()
    run.state = ImportState.UNDONE
    run.undone_at = now_utc()
    run.undone_by_id = actor_of(session).account_id
    session.flush()
    session.expire_all()
    note_origin(session, None)
    return report


def _survivors(session: Session, person_ids: Collection[int]) -> list[int]:
    """Those who absorbed somebody: only they have rows that unite several."""
    merge = metadata.tables["merge"]
    query = sa.select(merge.c.survivor_id).where(merge.c.undone_at.is_(None)).distinct()
    return sorted(set(session.execute(query).scalars()) & set(person_ids))


@dataclass(frozen=True, slots=True)
class _Change:
    id: int
    subject: Subject
    operations: list[Operation]


def _changes_backwards(session: Session, run_id: int) -> Iterator[list[_Change]]:
    """The run's changes from the last to the first, so that facts go before what they are about."""
    change = metadata.tables["change"]
    before: int = session.scalar(sa.select(sa.func.max(change.c.id)).where(change.c.run_id == run_id)) or 0
    before += 1
    while True:
        query = (
            sa.select(change.c.id, change.c.subject_table, change.c.subject_id, change.c.operations)
            .where(change.c.run_id == run_id, change.c.id < before)
            .order_by(change.c.id.desc())
            .limit(CHUNK_CHANGES)
        )
        rows = session.execute(query).all()
        if not rows:
            return
        before = rows[-1][0]
        yield [_Change(number, (table, subject_id), operations) for number, table, subject_id, operations in rows]


class _Undoing:
    """Undoes changes chunk by chunk; rows of a chunk are compared, put back and deleted in batches."""

    def __init__(self, session: Session, run: ImportRun, report: UndoReport) -> None:
        self.session = session
        self.run = run
        self.report = report
        change = metadata.tables["change"]
        first = session.scalar(sa.select(sa.func.min(change.c.id)).where(change.c.run_id == run.id))
        self.span = RunSpan(run, first or 0)
        self.voided: set[int] = set()
        self.people: set[int] = set()
        self.emptied: set[int] = set()
        self._start_chunk()

    def undo(self, changes: Sequence[_Change]) -> None:
        """Undo one chunk of changes and write its history."""
        self._start_chunk()
        fates = self._fates(changes)
        self._load(changes, fates)
        for change in changes:
            for operation in reversed(change.operations):
                self._undo(change.subject, operation, fates[change.subject[0]])
        self._write()

    def finish(self) -> None:
        """Bring what follows from the facts up to date, the rows that merges united first."""
        refresh_unions(self.session, _survivors(self.session, self.people))
        refresh_people(self.session, self.people)
        if self.voided:
            refresh_states(self.session, self.voided)

    def _start_chunk(self) -> None:
        self._current: dict[tuple[str, int], Row] = {}
        self._deleted: dict[str, list[int]] = defaultdict(list)
        self._restored: dict[tuple[str, frozenset[str]], list[Row]] = defaultdict(list)
        self._history: dict[Subject, list[Operation]] = defaultdict(list)
        self._to_void: list[Row] = []

    def _fates(self, changes: Sequence[_Change]) -> dict[str, Fates]:
        ids: dict[str, set[int]] = defaultdict(set)
        made: dict[str, set[int]] = defaultdict(set)
        for change in changes:
            table, subject_id = change.subject
            ids[table].add(subject_id)
            if any(
                name == table and row_id == subject_id and not before for name, row_id, before, _ in change.operations
            ):
                made[table].add(subject_id)
        return {table: find_fates(self.session, self.span, table, sorted(ids[table]), made[table]) for table in ids}

    def _load(self, changes: Sequence[_Change], fates: dict[str, Fates]) -> None:
        """The rows as they are now, where they must be compared with what the import wrote."""
        wanted: dict[str, set[int]] = defaultdict(set)
        for change in changes:
            table, subject_id = change.subject
            compared = subject_id in fates[table].edited or fates[table].fates[subject_id] is Fate.STAYS
            for name, row_id, before, after in change.operations:
                if compared or name == "consent_event" or (before is not None and after is not None):
                    wanted[str(name)].add(int(str(row_id)))
        for name, row_ids in wanted.items():
            query = select_record(name).where(metadata.tables[name].c.id.in_(sorted(row_ids)))
            for row in self.session.execute(query).mappings():
                self._current[(name, row["id"])] = dict(row)

    def _undo(self, subject: Subject, operation: Operation, fates: Fates) -> None:
        name, row_id, before, after = operation
        assert isinstance(name, str)
        assert isinstance(row_id, int)
        fate = fates.fates[subject[1]]
        if subject[0] == "person" and fate is not Fate.GOES:
            self.people.add(subject[1])
        if isinstance(before, dict) and isinstance(after, dict):
            self._put_back(subject, (name, row_id), before, after, fate)
        elif name == "consent_event":
            self._void(subject, row_id)
        elif isinstance(after, dict):
            self._unmake(subject, (name, row_id), after, fates)

    def _put_back(self, subject: Subject, place: tuple[str, int], before: Row, after: Row, fate: Fate) -> None:
        now = self._current.get(place)
        if now is None or fate is Fate.GOES:
            return
        if any(plain(now[column]) != value for column, value in after.items()):
            self.report.keep(*place, "edited_later")
            return
        columns = record_columns(place[0])
        values = {column: stored(columns[column], before.get(column)) for column in after}
        now.update(values)
        self._restored[(place[0], frozenset(values))].append({"row_id": place[1], **values})
        self._history[subject].append([*place, after, before])
        self.report.reversed["values"] += 1

    def _unmake(self, subject: Subject, place: tuple[str, int], after: Row, fates: Fates) -> None:
        fate = fates.fates[subject[1]]
        why = self._stays_because(subject, place, after, fates)
        if why is not None:
            self.report.keep(*place, why)
            return
        if fate is Fate.EMPTIED and place[0] == "person":
            self.emptied.add(place[1])
            self._remove_person(subject, place[1])
            return
        self._deleted[place[0]].append(place[1])
        self._history[subject].append([*place, after, None])
        self.report.reversed[place[0]] += 1

    def _stays_because(self, subject: Subject, place: tuple[str, int], after: Row, fates: Fates) -> str | None:
        """Why a row that the import made is not deleted; None when it is."""
        fate = fates.fates[subject[1]]
        if fate in {Fate.GOES, Fate.EMPTIED}:
            return None
        if fate is Fate.STAYS and (place[0] in IDENTITY or subject[0] != "person"):
            return fates.reasons[subject[1]]
        if subject[1] in fates.named_again:
            return "named_by_a_later_import"
        if fate is Fate.STAYS or subject[1] in fates.edited:
            return self._edited(place, after)
        return None

    def _edited(self, place: tuple[str, int], after: Row) -> str | None:
        now = self._current.get(place)
        if now is None:
            return "removed_later"
        told = {
            name: plain(value) for name, value in now.items() if value is not None and name not in UNTRACKED_COLUMNS
        }
        return None if told == after else "edited_later"

    def _void(self, subject: Subject, row_id: int) -> None:
        now = self._current.get(("consent_event", row_id))
        if now is None:
            return
        if now["decision"] != ConsentDecision.GIVEN:
            self.report.cannot["refused_consent"] += 1
            return
        self._to_void.append(now)
        self.report.reversed["consent_voided"] += 1

    def _remove_person(self, subject: Subject, person_id: int) -> None:
        moment = now_utc()
        person = metadata.tables["person"]
        self.session.execute(sa.update(person).where(person.c.id == person_id).values(removed_at=moment))
        self._history[subject].append(["person", person_id, {"removed_at": None}, {"removed_at": moment.isoformat()}])
        self.report.reversed["person"] += 1

    def _write(self) -> None:
        for (name, _), rows in self._restored.items():
            update_records(self.session, name, rows, bump=True)
        self._append_voids()
        for name in reversed(WRITE_ORDER):
            ids = self._deleted.pop(name, [])
            if ids:
                table = metadata.tables[name]
                self.session.execute(sa.delete(table).where(table.c.id.in_(ids)))
        assert not self._deleted, f"unordered tables: {sorted(self._deleted)}"
        append_changes(self.session, self._history)

    def _append_voids(self) -> None:
        """What the sheet claimed to be given is voided by an entry of its own: the log is only appended to."""
        if not self._to_void:
            return
        writer = BatchWriter(self.session)
        ids = writer.new_ids("consent_event", len(self._to_void))
        for row_id, claim in zip(ids, self._to_void, strict=True):
            writer.add("consent_event", voiding_row(row_id, claim, now_utc().date(), self.run))
            self.voided.add(int(str(claim["person_id"])))
        writer.flush()
