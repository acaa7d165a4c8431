"""What an import of a file of records did, or would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from wmcrm.importer.files.columns import FileColumns
from wmcrm.importer.files.steps import Step
from wmcrm.importer.report import OUTCOMES, ImportReport, MappedColumn
from wmcrm.models import ImportRun, ImportState


def count_outcomes(steps: Iterable[Step]) -> dict[str, int]:
    """How many rows came to each outcome."""
    found = Counter(step.outcome.value for step in steps)
    return {outcome: found[outcome] for outcome in OUTCOMES}


def mapped_columns(columns: FileColumns) -> tuple[MappedColumn, ...]:
    """The columns as reports and runs keep them; a header that names a field is certain."""
    return tuple(
        MappedColumn(column.index, column.header, column.field, 1.0 if column.field else 0.0)
        for column in columns.columns
    )


def report_of(steps: Sequence[Step], columns: FileColumns, run: ImportRun | None, *, already: bool) -> ImportReport:
    """The report of a plan that was applied as ``run`` or, without a run, only made.

    ``rows`` counts the rows below the header that hold anything.
    """
    issues = tuple(issue for step in steps for issue in step.all_issues)
    return ImportReport(
        state=(run.state if run else ImportState.PLANNED).value,
        counts=count_outcomes(steps),
        rows=len(steps),
        issues=issues,
        mapping=mapped_columns(columns),
        already_imported=already,
        run=run.public_id if run else None,
        issue_count=len(issues),
        has_problems=any(issue.severity != "info" for issue in issues),
    )
