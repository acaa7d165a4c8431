"""What an import says of itself: counts, issues, the mapping; the same for a plan and for a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

OUTCOMES = ("new", "matched", "updated", "unchanged", "held", "skipped", "invalid")
SHOWN_ISSUES = 5000


@dataclass(frozen=True, slots=True)
class RowIssue:
    """One thing about a row or a cell; severity is ``error`` (nothing taken), ``warning`` or ``info``."""

    row: int
    column: str | None
    code: str
    message: str = field(repr=False)
    severity: str = "warning"
    value: str = field(default="", repr=False)
    suggestion: str | None = field(default=None, repr=False)

    def as_dict(self) -> dict[str, object]:
        """The issue with the keys that commands print and the ledger keeps."""
        return {
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "value": self.value,
            "suggestion": self.suggestion,
        }


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """What a column of the sheet was taken for (``field`` None = not imported), and how sure that is."""

    column: int
    header: str
    field: str | None
    score: float
    purpose: str | None = None
    channel: str | None = None
    suggestions: tuple[tuple[str, float], ...] = ()
    sensitive: str | None = None
    answers: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The column with the keys that commands print and the run keeps; columns count from 1."""
        shown = self.field
        if self.answers is not None:
            shown = f"answer:{self.answers}"
        elif self.purpose is not None:
            shown = f"consent:{self.purpose}" + (f"/{self.channel}" if self.channel else "")
        said: dict[str, object] = {
            "column": self.column + 1,
            "header": self.header,
            "field": shown,
            "score": round(self.score, 3),
        }
        if self.suggestions:
            said["suggestions"] = [{"field": name, "score": round(score, 3)} for name, score in self.suggestions]
        if self.sensitive:
            said["sensitive"] = self.sensitive
        return said


@dataclass(slots=True)
class Tally:
    """Counts and issues while a sheet is planned; of a sheet full of issues the first are kept."""

    counts: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    issues: list[RowIssue] = field(default_factory=list)
    issue_count: int = 0
    has_problems: bool = False

    def add(self, outcome: str, issues: tuple[RowIssue, ...]) -> None:
        """Count a row and what was wrong with it."""
        self.rows += 1
        self.counts[outcome] += 1
        self.note(*issues)

    def note(self, *issues: RowIssue) -> None:
        """Keep issues of a row, a column or the sheet."""
        self.issue_count += len(issues)
        self.issues.extend(issues[: max(0, SHOWN_ISSUES - len(self.issues))])
        self.has_problems = self.has_problems or any(issue.severity != "info" for issue in issues)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """An import as planned, applied or undone. ``rows`` counts the rows that hold anything, without the header."""

    state: str
    counts: Mapping[str, int]
    rows: int
    issues: tuple[RowIssue, ...] = ()
    mapping: tuple[MappedColumn, ...] = ()
    already_imported: bool = False
    run: str | None = None
    fingerprint: str = ""
    issue_count: int = 0
    event: str | None = None
    has_problems: bool = False

    def as_dict(self) -> dict[str, object]:
        """The report with the keys that commands print."""
        said: dict[str, object] = {"run": self.run, "state": self.state, "rows": self.rows}
        said |= {outcome: self.counts.get(outcome, 0) for outcome in OUTCOMES}
        said["issues"] = [issue.as_dict() for issue in self.issues]
        said["mapping"] = [column.as_dict() for column in self.mapping]
        said["already_imported"] = self.already_imported
        said["event"] = self.event
        if self.issue_count > len(self.issues):
            said["issues_not_shown"] = self.issue_count - len(self.issues)
        return said
