"""What was wrong with a row or a cell of a file of records, as a value."""

from __future__ import annotations

from wmcrm.importer.report import RowIssue
from wmcrm.normalize.parsed import Problem

ERROR = "error"
WARNING = "warning"


def issue_of(row: int, column: str | None, problem: Problem) -> RowIssue:
    """The problem a parser met, at its place in the file."""
    return RowIssue(row, column, problem.code, problem.message, problem.severity, problem.value, problem.suggestion)


def row_issue(row: int, column: str | None, code: str, message: str, value: str = "") -> RowIssue:
    """An error that this package itself finds, such as a reference to nobody."""
    return RowIssue(row, column, code, message, ERROR, value)


def row_warning(row: int, column: str | None, code: str, message: str, value: str = "") -> RowIssue:
    """Something that was left out or kept as it is while the rest of the row was taken."""
    return RowIssue(row, column, code, message, WARNING, value)
