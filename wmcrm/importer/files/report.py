"""What an import of a file of records did, or would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from wmcrm.importer.files.columns import FileColumns
from wmcrm.importer.files.issues import Issue
from wmcrm.importer.files.steps import Step
from wmcrm.models import ImportState, Outcome


@dataclass(frozen=True, slots=True)
class FileReport:
    """The counts of an import by outcome, its issues, how its columns were read.

    ``run`` is the public id of the run, None for a plan; ``already_imported`` names an earlier run of the
    very same file.
    """

    run: str | None
    state: ImportState
    counts: dict[str, int]
    issues: tuple[Issue, ...] = field(default=(), repr=False)
    mapping: tuple[dict[str, object], ...] = ()
    already_imported: str | None = None

    @property
    def has_problems(self) -> bool:
        """True when some row or cell has an issue: the command ends with status 1."""
        return bool(self.issues)

    def as_document(self) -> dict[str, object]:
        """The report with the keys that commands print."""
        return {
            "run": self.run,
            "state": self.state.value,
            **self.counts,
            "issues": [issue.as_dict() for issue in self.issues],
            "mapping": list(self.mapping),
            "already_imported": self.already_imported,
        }


def count_outcomes(steps: Iterable[Step]) -> dict[str, int]:
    """How many rows there are, and how many of each outcome."""
    found = Counter(step.outcome for step in steps)
    return {"rows": sum(found.values()), **{outcome.value: found[outcome] for outcome in Outcome}}


def report_of(
    steps: list[Step], columns: FileColumns, *, run: str | None, state: ImportState, already: str | None
) -> FileReport:
    """The report of a plan that was applied (``run``) or only made."""
    return FileReport(
        run=run,
        state=state,
        counts=count_outcomes(steps),
        issues=tuple(issue for step in steps for issue in step.all_issues),
        mapping=tuple(columns.as_mapping()),
        already_imported=already,
    )
