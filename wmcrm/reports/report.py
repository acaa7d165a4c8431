"""What a report is asked and what it answers: a table with its definitions, its coverage and its date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from wmcrm.errors import BadInputError
from wmcrm.reports.suppression import LEAST_PEOPLE, Hiding, hide_rows, rounded

Cell = str | int | float | bool | None
Line = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Question:
    """Of which affiliate or region, of which days (both inside), as of which day, grouped by what.

    ``first`` and ``last`` are None where nobody asked; a report then takes the period its definitions name.
    """

    as_of: dt.date
    affiliate_id: int | None = None
    region: str | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    by: str | None = None

    def grouped_by(self, *allowed: str) -> str:
        """What to group by, the first of those allowed where nobody asked; raises BadInputError for others."""
        if self.by is None:
            return allowed[0]
        if self.by not in allowed:
            raise BadInputError(
                "This report cannot be grouped by {field}; choose one of: {fields}",
                field=self.by,
                fields=", ".join(allowed),
            )
        return self.by

    @property
    def end(self) -> dt.date:
        """The last day that counts: never one after ``as_of``."""
        return self.as_of if self.last is None else min(self.last, self.as_of)

    def has(self, day: dt.date) -> bool:
        """True for a day of the period asked for."""
        return (self.first is None or self.first <= day) and day <= self.end


@dataclass(frozen=True, slots=True)
class Report:
    """A table that says what it counts and of how much it knows.

    ``hiding`` says which columns count people: those are hidden where they are small. ``figures`` are single
    numbers beside the table. ``suppressed`` is how many cells were hidden; an internal report hides none.
    """

    name: str
    title: str
    question: Question
    definitions: Mapping[str, str]
    coverage: str
    columns: Sequence[str]
    rows: Sequence[Line]
    n: int
    hiding: Hiding
    version: int | None = None
    figures: Mapping[str, Cell] = field(default_factory=dict)
    suppressed: int = 0
    internal: bool = True

    def for_others(self, least: int = LEAST_PEOPLE) -> Report:
        """The report as it may leave its holder: cells of fewer people hidden so that none can be computed."""
        rows, hidden = hide_rows(self.rows, self.hiding, least)
        few = 0 < self.n < least
        return replace(
            self,
            rows=rows,
            n=0 if few else rounded(self.n),
            figures={} if hidden or few else self.figures,
            suppressed=hidden,
            internal=False,
        )

    def as_document(self) -> dict[str, object]:
        """The report with the keys that commands print."""
        return {
            "report": self.name,
            "title": self.title,
            "as_of": self.question.as_of,
            "from": self.question.first,
            "to": self.question.last,
            "model_version": self.version,
            "n": self.n,
            "internal": self.internal,
            "definitions": dict(self.definitions),
            "coverage": self.coverage,
            "columns": list(self.columns),
            "rows": [dict(row) for row in self.rows],
            "figures": dict(self.figures),
            "suppressed": self.suppressed,
        }
