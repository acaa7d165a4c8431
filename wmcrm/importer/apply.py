"""The plan of some rows, written: people, facts and history in batches, in the caller's transaction."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.consent import refresh_states
from wmcrm.db import Beyond, beyond_scope
from wmcrm.importer.actions import Additions, AddPerson, PresenceChange, ReviewMatch, RowAction, SkipRow
from wmcrm.importer.decide import Candidate
from wmcrm.importer.factrows import Target, candidate_row, fact_rows, participation_row, person_row, presence_values
from wmcrm.importer.moved import SHEET_PEOPLE, refuse_moved
from wmcrm.importer.writing import BatchWriter, Row
from wmcrm.models import Judgement, Verdict, metadata
from wmcrm.upkeep import refresh_people

TABLES = (
    "person",
    "holding",
    "person_name",
    "wiki_account",
    "contact_point",
    "language_skill",
    "participation",
    "consent_event",
    "candidate_pair",
)
VERSIONED = ("person", "participation")


class Applier:
    """Writes the planned rows of one run, chunk by chunk; knows which person each ref became."""

    def __init__(self, session: Session, target: Target, writer: BatchWriter) -> None:
        self.session = session
        self.target = target
        self.writer = writer
        self._people = array("q")  # of the refs of the sheet, which are its rows as negative numbers
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._fresh_people: dict[int, Row] = {}
        self._fresh_presences: dict[tuple[int, str], Row] = {}
        self._updates: dict[tuple[str, int], tuple[int, Row, Row]] = {}
        self._touched: set[int] = set()
        self._consenting: set[int] = set()
        self._unlike: list[tuple[int, int]] = []
        self._named: list[Row] = []

    def prepare(self, actions: Iterable[RowAction]) -> None:
        """Give every new person of a chunk a key, so that the ledger can name them."""
        new = [action for action in actions if isinstance(action, AddPerson | ReviewMatch)]
        ids = self.writer.new_ids("person", len(new))
        for action, person_id in zip(new, ids, strict=True):
            self._people.extend([0] * (-action.ref + 1 - len(self._people)))
            self._people[-action.ref] = person_id
        self._fresh_people = {person_id: {} for person_id in ids}

    def apply(self, actions: Sequence[tuple[RowAction, int]]) -> None:
        """Write the actions of a chunk, each with the id of its ledger row, which waits in the writer."""
        for action, ledger_id in actions:
            if not isinstance(action, SkipRow):
                self._act(action, ledger_id)
        self._flush()

    def person_of(self, action: RowAction) -> int | None:
        """The person of a row, once its chunk is being applied; None for rows of nobody."""
        return None if isinstance(action, SkipRow) else self._person(action.ref)

    def candidates_of(self, action: RowAction) -> tuple[int, ...]:
        """The people a held row may be."""
        if not isinstance(action, ReviewMatch):
            return ()
        return tuple(self._person(candidate.ref) for candidate in action.candidates)

    def is_fresh(self, person_id: int | None) -> bool:
        """True while the person waits to be written: nothing can refer to them yet."""
        return person_id in self._fresh_people

    def _person(self, ref: int) -> int:
        return self._people[-ref] if ref < 0 else ref

    def _act(self, action: RowAction, ledger_id: int) -> None:
        assert not isinstance(action, SkipRow)
        person_id = self._person(action.ref)
        if person_id in self._fresh_people:
            self._named.append({"ledger_id": ledger_id, "named": person_id})
        if isinstance(action, AddPerson | ReviewMatch):
            row = person_row(action, person_id, ledger_id, self.target)
            self._fresh_people[person_id] = row
            self._rows["person"].append(row)
            self._add_candidates(action, person_id, ledger_id)
        self._add(person_id, action.additions, ledger_id)

    def _add_candidates(self, action: AddPerson | ReviewMatch, person_id: int, ledger_id: int) -> None:
        candidates: tuple[Candidate, ...] = action.candidates if isinstance(action, ReviewMatch) else action.elsewhere
        for candidate in candidates:
            self._rows["candidate_pair"].append(
                candidate_row(person_id, self._person(candidate.ref), candidate.by, ledger_id)
            )
        if isinstance(action, AddPerson):
            self._unlike += [(person_id, self._person(ref)) for ref in action.unlike]

    def _add(self, person_id: int, additions: Additions, ledger_id: int) -> None:
        if additions.is_empty:
            return
        self._touched.add(person_id)
        for table, row in fact_rows(person_id, additions, ledger_id, self.target):
            self._rows[table].append(row)
        if additions.consents:
            self._consenting.add(person_id)
        for fill in additions.fills:
            self._change_person(person_id, fill.column, fill.before, fill.after)
        if additions.presence:
            self._change_presence(person_id, additions.presence, ledger_id)

    def _change_person(self, person_id: int, column: str, before: str | None, after: str) -> None:
        if person_id in self._fresh_people:
            self._fresh_people[person_id][column] = after
        else:
            self._update("person", person_id, person_id, {column: before}, {column: after})

    def _change_presence(self, person_id: int, change: PresenceChange, ledger_id: int) -> None:
        key = (person_id, change.after.role)
        after = presence_values(change.after)
        if change.before is None:
            row = participation_row(person_id, change, ledger_id, self.target)
            self._fresh_presences[key] = row
            self._rows["participation"].append(row)
        elif key in self._fresh_presences:
            self._fresh_presences[key].update(after)
        else:
            record_id = change.before.record_id or self._find_presence(person_id, change.after.role)
            before = presence_values(change.before)
            changed = [name for name in after if after[name] != before[name]]
            self._update(
                "participation",
                record_id,
                person_id,
                {name: before[name] for name in changed},
                {name: after[name] for name in changed},
            )

    def _find_presence(self, person_id: int, role: str) -> int:
        """The participation that an earlier chunk of this sheet wrote."""
        table = metadata.tables["participation"]
        query = sa.select(table.c.id).where(
            table.c.person_id == person_id,
            table.c.event_id == self.target.event_id,
            table.c.event_role == role,
            table.c.session_id.is_(None),
            table.c.removed_at.is_(None),
            table.c.superseded_by_id.is_(None),
        )
        return int(self.session.execute(query).scalar_one())

    def _update(self, table: str, row_id: int, person_id: int, before: Row, after: Row) -> None:
        """Changes of one row in one chunk are written as one: the first before, the last after."""
        _, first, last = self._updates.get((table, row_id), (person_id, {}, {}))
        self._updates[(table, row_id)] = (person_id, {**before, **first}, {**last, **after})

    def _flush(self) -> None:
        for table in TABLES:
            rows = self._rows.pop(table, [])
            if table != "person":
                for row, row_id in zip(rows, self.writer.new_ids(table, len(rows)), strict=True):
                    row["id"] = row_id
            for row in rows:
                self.writer.add(table, row)
        for (table, row_id), (person_id, before, after) in self._updates.items():
            self.writer.update(table, row_id, ("person", person_id), before, after)
        self.writer.flush()
        self._name_in_ledger()
        with beyond_scope(self.session, Beyond.WRITING):
            refuse_moved(self.session, self._touched, SHEET_PEOPLE)
            self._bump_versions()
            self._remember_unlike()
        refresh_people(self.session, self._touched)
        if self._consenting:
            refresh_states(self.session, self._consenting)
        self._forget_chunk()

    def _name_in_ledger(self) -> None:
        """Ledger and person name each other: the ledger gets the key of new people when they are there."""
        if self._named:
            table = metadata.tables["imported_row"]
            statement = (
                sa.update(table).where(table.c.id == sa.bindparam("ledger_id")).values(person_id=sa.bindparam("named"))
            )
            self.session.connection().execute(statement, self._named)
            self._named.clear()

    def _bump_versions(self) -> None:
        for name in VERSIONED:
            ids = [row_id for table, row_id in self._updates if table == name]
            if ids:
                table = metadata.tables[name]
                statement = sa.update(table).where(table.c.id.in_(ids)).values(version=table.c.version + 1)
                self.session.execute(statement)

    def _remember_unlike(self) -> None:
        """What a person said in the preview: this row is none of its candidates."""
        for one, other in self._unlike:
            first, second = sorted((one, other))
            self.session.add(
                Judgement(
                    person_a_id=first,
                    person_b_id=second,
                    verdict=Verdict.DIFFERENT,
                    judged_by_id=self.target.account_id,
                )
            )
        self.session.flush()
        self._unlike.clear()

    def _forget_chunk(self) -> None:
        self._fresh_people.clear()
        self._fresh_presences.clear()
        self._updates.clear()
        self._touched.clear()
        self._consenting.clear()
