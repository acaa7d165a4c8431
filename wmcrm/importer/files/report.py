"""What an import of a file of records did, or would do."""

from __future__ import annotations

from collections.abc import Iterable

from wmcrm.importer.files.columns import FileColumns
from wmcrm.importer.files.steps import Step
from wmcrm.importer.report import OUTCOMES, ImportReport, MappedColumn, Tally
from wmcrm.models import ImportRun, ImportState


def count_in(tally: Tally, steps: Iterable[Step]) -> None:
    """Count the rows of a part and what was wrong with them."""
    for step in steps:
        tally.add(step.outcome.value, step.all_issues)


def outcome_counts(tally: Tally) -> dict[str, int]:
    """How many rows came to each outcome."""
    return {outcome: tally.counts[outcome] for outcome in OUTCOMES}


def mapped_columns(columns: FileColumns) -> tuple[MappedColumn, ...]:
    """The columns as reports and runs keep them; a header that names a field is certain."""
    return tuple(
        MappedColumn(column.index, column.header, column.field, 1.0 if column.field else 0.0)
        for column in columns.columns
    )


def report_of(tally: Tally, columns: FileColumns, run: ImportRun | None, *, already: bool) -> ImportReport:
    """The report of a plan that was applied as ``run`` or, without a run, only made.

    ``rows`` counts the rows below the header that hold anything.
    """
    return ImportReport(
        state=(run.state if run else ImportState.PLANNED).value,
        counts=outcome_counts(tally),
        rows=tally.rows,
        issues=tuple(tally.issues),
        mapping=mapped_columns(columns),
        already_imported=already,
        run=run.public_id if run else None,
        issue_count=tally.issue_count,
        has_problems=tally.has_problems,
    )
