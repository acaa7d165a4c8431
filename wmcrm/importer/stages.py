"""From a sheet and the database to planned rows, a chunk at a time: the one way that preview and import share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import Protocol

from sqlalchemy.orm import Session

from wmcrm.importer.actions import AddPerson, HoldAgain, ReviewMatch, RowAction, SkipRow, outcome_of
from wmcrm.importer.likely import find_likely, without_earlier
from wmcrm.importer.lookup import LookupScope, find_known_people
from wmcrm.importer.plan import AskedRow, Decisions, PlannedRow, Planner, Seen
from wmcrm.importer.report import RowIssue, Tally
from wmcrm.importer.sheetrows import SheetRow
from wmcrm.importer.signups import ExactKey
from wmcrm.importer.values import Kept
from wmcrm.importer.withheld import withhold_erased

CHUNK_ROWS = 1000
MOST_NAMESAKES = 10
UNCOUNTED_KINDS = frozenset({"header", "blank"})


class Digest(Protocol):
    """A running hash."""

    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SheetAction:
    """A row of the sheet with what will be done with it and everything that was wrong with it."""

    row: SheetRow
    action: RowAction
    issues: tuple[RowIssue, ...]

    @property
    def outcome(self) -> str:
        """The outcome as the ledger names it."""
        return outcome_of(self.action)

    def count_in(self, tally: Tally) -> None:
        """Count the row, its issues with it; headers and blank rows are no rows that somebody typed."""
        if self.row.kind not in UNCOUNTED_KINDS:
            tally.add(self.outcome, self.issues)


@dataclass(slots=True)
class SheetPlanner:
    """Plans a sheet in chunks; ``fingerprint`` sums up all actions so far, to tell whether a later plan differs."""

    session: Session
    scope: LookupScope
    seen: Seen
    holding: bool
    decisions: Decisions
    _digest: Digest = field(default_factory=sha256)
    _planner: Planner = field(init=False)

    def __post_init__(self) -> None:
        self._planner = Planner(self.holding, self.decisions)

    @property
    def fingerprint(self) -> str:
        """Differs when any action of the plan differs."""
        return self._digest.hexdigest()

    def chunks(self, rows: Iterator[SheetRow]) -> Iterator[list[SheetAction]]:
        """The rows of the sheet in order, planned; a chunk may be written before the next is asked for."""
        while chunk := list(islice(rows, CHUNK_ROWS)):
            yield self._plan(withhold_erased(self.session, chunk))

    def _plan(self, chunk: Sequence[SheetRow]) -> list[SheetAction]:
        asked = [AskedRow(row.answer, row.whole, row.name) for row in chunk if row.answer is not None]
        known = find_known_people(self.session, *self._wanted(asked), self.scope)
        fresh = without_earlier(asked, self.seen)
        compared, known = find_likely(self.session, fresh, known, self._planner.memory, self.scope)
        likely = {row.answer.row: row for row in compared}
        planned = self._planner.plan_rows([likely.get(row.answer.row, row) for row in asked], known, self.seen)
        actions = [self._action(row, planned) for row in chunk]
        for action in actions:
            self._digest.update(repr(action.action).encode())
        return actions

    def _wanted(self, asked: Sequence[AskedRow]) -> tuple[set[ExactKey], set[int]]:
        keys = {key for row in asked for key in row.answer.keys}
        memory = self._planner.memory
        people = {ref for row in asked for ref in memory.refs(row.answer.keys)}
        for row in asked:
            # Only a row that did not come before asks for namesakes, and few of them: a name may be common.
            people.update(self.seen.same_row.get(row.whole) or self.seen.same_name.get(row.name, ())[:MOST_NAMESAKES])
            if row.answer.row in self.decisions.same:
                people.add(self.decisions.same[row.answer.row])
        return keys, people

    def _action(self, row: SheetRow, planned: Iterator[PlannedRow]) -> SheetAction:
        if row.answer is None:
            outcome = "invalid" if row.kind == "person" and not row.withheld else "skipped"
            return SheetAction(row, SkipRow(row.number, outcome), row.issues)
        done = next(planned)
        issues = (*row.issues, *_said(done.action), *(_kept(row.number, kept) for kept in done.kept))
        return SheetAction(row, done.action, issues)


def _kept(row: int, kept: Kept) -> RowIssue:
    message = f"Here another {kept.what} is recorded, which was kept; the sheet says '{kept.theirs}'"
    return RowIssue(row, None, "value_conflict", message, "info", kept.theirs)


def _said(action: RowAction) -> Iterator[RowIssue]:
    """What a person should know of a row that is no mistake of the sheet."""
    if isinstance(action, ReviewMatch):
        reasons = ", ".join(dict.fromkeys(kind for candidate in action.candidates for kind in candidate.by))
        message = f"This may be somebody who is known ({reasons}); held until a person has looked"
        yield RowIssue(action.row, None, "held", message, "info")
    elif not isinstance(action, AddPerson | SkipRow) and action.by.startswith("row "):
        held = " (held)" if isinstance(action, HoldAgain) else ""
        message = f"The same person as in {action.by}{held}; of two answers the later counts"
        yield RowIssue(action.row, None, "same_person_twice", message, "info", suggestion=action.by)
