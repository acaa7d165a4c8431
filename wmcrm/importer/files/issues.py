"""What was wrong with a row or a cell of a file of records, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field

from wmcrm.normalize.parsed import Problem

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to mend: the row the spreadsheet program shows, the header of the column, what and how.

    ``severity`` is "error" where the cell or the row gave nothing, "warning" where something was kept.
    """

    row: int
    column: str | None
    code: str
    message: str = field(repr=False)
    severity: str = ERROR
    value: str = field(default="", repr=False)
    suggestion: str | None = field(default=None, repr=False)

    def as_dict(self) -> dict[str, object]:
        """The issue with the keys that commands print."""
        return {
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "value": self.value,
            "suggestion": self.suggestion,
        }


def issue_of(row: int, column: str | None, problem: Problem) -> Issue:
    """The problem a parser met, at its place in the file."""
    return Issue(row, column, problem.code, problem.message, problem.severity, problem.value, problem.suggestion)


def row_issue(row: int, column: str | None, code: str, message: str, value: str = "") -> Issue:
    """An error that this package itself finds, such as a reference to nobody."""
    return Issue(row, column, code, message, ERROR, value)
