"""Who went on, by the time of their first occasion; nobody is counted as a failure too early."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from wmcrm.months import add_months
from wmcrm.paths.person_evidence import PersonEvidence
from wmcrm.paths.rules import Stage
from wmcrm.paths.spans import ONE_DAY
from wmcrm.paths.stages import PathOfPerson

WINDOWS = (3, 6, 12, 24)


class Grain(StrEnum):
    """How long a cohort gathers people."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


_MONTHS = {Grain.YEAR: 12, Grain.QUARTER: 3, Grain.MONTH: 1}


@dataclass(frozen=True, slots=True, order=True)
class Cohort:
    """The people whose first occasion fell on the days ``first`` to ``last``."""

    first: dt.date
    last: dt.date

    @property
    def label(self) -> str:
        """Return 2026, 2026-Q1 or 2026-01."""
        length = (self.last - self.first).days
        if length > 100:
            return f"{self.first.year}"
        if length > 31:
            return f"{self.first.year}-Q{(self.first.month + 2) // 3}"
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Conversion:
    """How many of a cohort's people reached a higher stage within so many months of their first occasion.

    ``people`` are those who had a stage above them. ``entered`` is None for all of them, or the stage at
    which they came in. In a ``too_young`` row not everybody has had the whole time yet: its share is no rate.
    """

    cohort: Cohort
    entered: Stage | None
    months: int
    people: int
    converted: int
    too_young: bool


@dataclass(frozen=True, slots=True)
class Return:
    """How many came again within so many months, of those whose first occasion lies that far back."""

    months: int
    people: int
    returned: int
    too_young: int


def cohort_of(day: dt.date, grain: Grain = Grain.YEAR) -> Cohort:
    """Return the cohort of a first occasion on that day."""
    months = _MONTHS[grain]
    first = dt.date(day.year, (day.month - 1) // months * months + 1, 1)
    return Cohort(first, add_months(first, months) - ONE_DAY)


def stage_at_entry(path: PathOfPerson) -> Stage:
    """Return the highest stage reached by the day of the first occasion."""
    if path.first_on is None:
        return Stage.CONTACT
    return max((stage for stage, one in path.reached.items() if one.day <= path.first_on), default=Stage.CONTACT)


def conversion(
    paths: Iterable[PathOfPerson], grain: Grain = Grain.YEAR, windows: tuple[int, ...] = WINDOWS
) -> tuple[Conversion, ...]:
    """Return the conversion of every cohort and window: first of all its people, then by stage at entry."""
    groups: dict[tuple[Cohort, int], list[PathOfPerson]] = defaultdict(list)
    for path in paths:
        entered = stage_at_entry(path)
        if path.first_on is not None and entered < Stage.MULTIPLIER:
            cohort = cohort_of(path.first_on, grain)
            groups[cohort, -1].append(path)
            groups[cohort, entered].append(path)
    return tuple(
        _converted(cohort, None if entered < 0 else Stage(entered), months, groups[cohort, entered])
        for cohort, entered in sorted(groups)
        for months in windows
    )


def returns(
    evidence: Mapping[int, PersonEvidence],
    paths: Iterable[PathOfPerson],
    windows: tuple[int, ...] = WINDOWS,
) -> tuple[Return, ...]:
    """Return the return rate after the first event: another event on a later day, in any role."""
    spans = [
        (path.first_on, _next_day(evidence[path.person], path.first_on, path.as_of), path.as_of)
        for path in paths
        if path.first_on is not None and path.person in evidence
    ]
    return tuple(_returned(spans, months) for months in windows)


def _converted(cohort: Cohort, entered: Stage | None, months: int, paths: list[PathOfPerson]) -> Conversion:
    return Conversion(
        cohort=cohort,
        entered=entered,
        months=months,
        people=len(paths),
        converted=sum(_went_on(path, months) for path in paths),
        too_young=any(add_months(cohort.last, months) > path.as_of for path in paths[:1]),
    )


def _went_on(path: PathOfPerson, months: int) -> bool:
    if path.first_on is None:
        return False
    entered, limit = stage_at_entry(path), add_months(path.first_on, months)
    return any(stage > entered and one.day <= limit for stage, one in path.reached.items())


def _next_day(own: PersonEvidence, first: dt.date, as_of: dt.date) -> dt.date | None:
    return next((one.day for one in own.occasions if first < one.day <= as_of), None)


def _returned(spans: list[tuple[dt.date, dt.date | None, dt.date]], months: int) -> Return:
    ripe = [(again, add_months(first, months)) for first, again, as_of in spans if add_months(first, months) <= as_of]
    returned = sum(1 for again, limit in ripe if again is not None and again <= limit)
    return Return(months, len(ripe), returned, len(spans) - len(ripe))
