"""The plan of a draft as somebody looks at it: rows in buckets, a page of each; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy.orm import Session

from wmcrm.importer.actions import AddPerson, ReviewMatch, SkipRow
from wmcrm.importer.choices import RowDecisions
from wmcrm.importer.drafts import Draft
from wmcrm.importer.draftsheet import DraftSheet, options_of
from wmcrm.importer.lookup import LookupScope, OwnRows
from wmcrm.importer.plan import SAME_ROW
from wmcrm.importer.report import ImportReport, Tally
from wmcrm.importer.sheetplan import Setting, planner_of, report_of, settle
from wmcrm.importer.sheetrows import read_rows
from wmcrm.importer.stages import SheetAction

PAGE_ROWS = 50
TO_MEND = frozenset({"error", "warning"})


class Bucket(StrEnum):
    """Where a row of a preview stands. Rows with something to mend stand in PROBLEM as well."""

    CHECK = "check"
    PROBLEM = "problem"
    NEW = "new"
    SAME = "same"
    TWICE = "twice"
    OUT = "out"


@dataclass(slots=True)
class BucketPage:
    """One page (from 1) of a bucket, and how many rows the bucket holds."""

    page: int = 1
    count: int = 0
    rows: list[SheetAction] = field(default_factory=list, repr=False)

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.count // PAGE_ROWS))

    def add(self, action: SheetAction) -> None:
        """Count a row, and keep it when it stands on this page."""
        self.count += 1
        if (self.page - 1) * PAGE_ROWS < self.count <= self.page * PAGE_ROWS:
            self.rows.append(action)


@dataclass(frozen=True, slots=True)
class Effect:
    """What the import will do: rows of new people, of known people, held, left out; imported before unchanged."""

    new: int
    linked: int
    held: int
    left_out: int
    known_rows: int
    waiting: int

    @property
    def taken(self) -> int:
        """Rows that are imported."""
        return self.new + self.linked + self.held


@dataclass(frozen=True, slots=True)
class Preview:
    """A plan with its buckets; ``setting`` says for what it was made, ``scope`` whom it looked at."""

    setting: Setting
    scope: LookupScope
    report: ImportReport
    buckets: Mapping[Bucket, BucketPage]
    effect: Effect


def preview_draft(session: Session, draft: Draft, sheet: DraftSheet, pages: Mapping[Bucket, int]) -> Preview:
    """What importing the draft would do, with the asked page of each bucket.

    Raises what ``plan_signups`` raises.
    """
    setting = settle(session, sheet.file, options_of(draft, sheet))
    planner = planner_of(session, setting, OwnRows())
    tally, known_rows = Tally(), 0
    buckets = {bucket: BucketPage(max(1, pages.get(bucket, 1))) for bucket in Bucket}
    for chunk in planner.chunks(read_rows(setting.sheet, setting.reading)):
        for action in chunk:
            action.count_in(tally)
            known_rows += getattr(action.action, "by", "") == SAME_ROW
            for bucket in buckets_of(action, draft.decisions):
                buckets[bucket].add(action)
    report = report_of(setting, tally, "planned", planner.fingerprint)
    return Preview(setting, planner.scope, report, buckets, _effect(report, buckets, known_rows, draft.decisions))


def buckets_of(action: SheetAction, decisions: RowDecisions) -> tuple[Bucket, ...]:
    """The bucket of a row, and PROBLEM beside it where something is to mend; none for rows of nobody."""
    if action.row.kind != "person":
        return ()
    own = _own_bucket(action, decisions)
    wrong = any(issue.severity in TO_MEND for issue in action.issues) or action.outcome == "invalid"
    return (own, Bucket.PROBLEM) if wrong and action.row.number not in decisions.left_out else (own,)


def _own_bucket(action: SheetAction, decisions: RowDecisions) -> Bucket:
    done, number = action.action, action.row.number
    if isinstance(done, SkipRow):
        return Bucket.OUT
    if isinstance(done, ReviewMatch) or number in decisions.same or number in decisions.different:
        return Bucket.CHECK
    if isinstance(done, AddPerson):
        return Bucket.NEW
    return Bucket.TWICE if done.by.startswith("row ") else Bucket.SAME


def _effect(
    report: ImportReport, buckets: Mapping[Bucket, BucketPage], known_rows: int, decisions: RowDecisions
) -> Effect:
    counts = report.counts
    decided = len(decisions.same.keys() | decisions.different)
    return Effect(
        new=counts.get("new", 0),
        linked=sum(counts.get(outcome, 0) for outcome in ("matched", "updated", "unchanged")),
        held=counts.get("held", 0),
        left_out=buckets[Bucket.OUT].count,
        known_rows=known_rows,
        waiting=max(0, buckets[Bucket.CHECK].count - decided),
    )
