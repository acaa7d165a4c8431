"""What was wrong with a row or a cell of a sheet of sign-ups, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wmcrm.normalize import Problem

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to mend: the row the spreadsheet program shows, the column's header, what and how.

    ``template`` is English and the key of its translation; ``{value}`` and ``{suggestion}`` are
    always available beside ``params``. ``severity`` is "error" where the cell or the row gave
    nothing, "warning" where something was kept.
    """

    row: int
    column: str
    code: str
    severity: str
    template: str
    value: str = field(default="", repr=False)
    suggestion: str | None = field(default=None, repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def message(self) -> str:
        """The sentence in English."""
        return self.template.format(**self._filling)

    @property
    def _filling(self) -> dict[str, str]:
        return {**self.params, "value": self.value, "suggestion": self.suggestion or "", "column": self.column}

    def as_dict(self) -> dict[str, str | int | None]:
        """The issue with the keys that commands print."""
        return {
            "row": self.row,
            "column": self.column or None,
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "value": self.value,
            "suggestion": self.suggestion,
        }


def from_problem(problem: Problem, row: int, column: str) -> Issue:
    """A parser's problem at its place in the sheet."""
    return Issue(
        row=row,
        column=column,
        code=problem.code,
        severity=problem.severity,
        template=problem.template,
        value=problem.value,
        suggestion=problem.suggestion,
        params=problem.params,
    )


def formula_error(row: int, column: str, value: str) -> Issue:
    """The spreadsheet could not compute the cell."""
    return Issue(
        row, column, "formula_error", ERROR, "The formula of this cell gives {value}; type the value instead", value
    )


def several_people(row: int, column: str, value: str) -> Issue:
    """The row speaks of more than one person, so none of its contacts can be given to anybody."""
    return Issue(
        row, column, "several_people", ERROR,
        "'{value}' names several people; give each a row of their own", value, "split",
    )  # fmt: skip


def nobody(row: int) -> Issue:
    """The row has answers but nothing that tells whose."""
    return Issue(row, "", "nobody", ERROR, "This row has no name, e-mail, phone or username")


def consent_unknown(row: int, column: str, value: str) -> Issue:
    """The answer is no word for yes or no; consent is never guessed."""
    return Issue(
        row, column, "consent_unknown", WARNING,
        "'{value}' is neither yes nor no, so no consent was recorded; write yes or no", value,
    )  # fmt: skip


def attendance_unknown(row: int, column: str, value: str) -> Issue:
    """The cell does not say whether somebody came."""
    return Issue(
        row, column, "attendance_unknown", WARNING,
        "'{value}' does not say whether the person came; write yes or no", value,
    )  # fmt: skip


def status_unknown(row: int, column: str, value: str) -> Issue:
    """The status is no word that is known."""
    return Issue(
        row, column, "status_unknown", WARNING,
        "'{value}' is not a known status; write registered, waitlisted, cancelled or attended", value,
    )  # fmt: skip


def date_order_unknown(row: int, column: str, problem: Problem) -> Issue:
    """The dates of a whole column can be read in two ways; said once, at the first such cell."""
    return Issue(
        row, column, "date_order_unknown", WARNING,
        "The dates of the column {column} can be read in two ways (here '{value}'), so they stay empty; "
        "say which number is the day", problem.value, problem.suggestion, problem.params,
    )  # fmt: skip
