"""What is to be done with each row of a file: the plan as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from wmcrm.importer.files.reading import Draft
from wmcrm.importer.report import RowIssue
from wmcrm.models import Outcome
from wmcrm.models.tracking import Subject

Row = dict[str, object]
# Columns that a re-import never compares: they belong to the record, not to what the file says.
KEPT = frozenset({"id", "public_id", "version", "source", "external_id", "recorded_at"})


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to add. ``parents`` are the columns that take the id of the step's first new row."""

    table: str
    values: Row = field(repr=False)
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Columns of a row that change; ``before`` holds the same columns as they are now."""

    table: str
    row_id: int
    subject: Subject
    before: Row = field(repr=False)
    after: Row = field(repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the file: its outcome and what it writes. ``person_id`` is whom an existing row is about."""

    draft: Draft
    outcome: Outcome
    new: tuple[NewRow, ...] = ()
    changes: tuple[Change, ...] = ()
    issues: tuple[RowIssue, ...] = ()
    person_id: int | None = None

    @property
    def all_issues(self) -> tuple[RowIssue, ...]:
        """What was wrong in reading and in looking up."""
        return (*self.draft.issues, *self.issues)


def invalid(draft: Draft, *issues: RowIssue) -> Step:
    """The row is left out because of its issues."""
    return Step(draft, Outcome.INVALID, issues=issues)


def unchanged(draft: Draft, person_id: int | None = None) -> Step:
    """The row says what is known already."""
    return Step(draft, Outcome.UNCHANGED, person_id=person_id)


def differences(before: Row, values: Row) -> tuple[Row, Row]:
    """The columns in which ``values`` differ from the row as it is: (as they are, as they become).

    A value that is missing or None is a blank cell: it keeps what is there.
    """
    changed = [
        name
        for name, value in values.items()
        if value is not None and name in before and name not in KEPT and before[name] != value
    ]
    return {name: before[name] for name in changed}, {name: values[name] for name in changed}


def change_of(table: str, before: Row, values: Row, subject: Subject) -> Change | None:
    """The change that brings a row to ``values``; None when it says so already. The version moves on."""
    old, new = differences(before, values)
    if not new:
        return None
    version = before.get("version")
    if isinstance(version, int):
        old["version"], new["version"] = version, version + 1
    row_id = before["id"]
    assert isinstance(row_id, int)
    return Change(table, row_id, subject, old, new)


def touched_people(steps: Iterable[Step]) -> set[int]:
    """The existing people whose rows the steps write."""
    return {step.person_id for step in steps if step.person_id is not None and (step.new or step.changes)}
