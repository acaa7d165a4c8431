"""The figures of the path as charts take them: labels in the reader's language, values, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask_babel import gettext

from admin_app.formats import number
from admin_app.words import word
from wmcrm.paths import WINDOWS, Grain, PathOfPerson, conversion, entry_routes, stage_counts, stops

Paths = Sequence[PathOfPerson]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart: what it is about, how long it is, a remark."""

    label: str
    value: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A row of a cohort grid: who, how many, which share went on within each window (None: too young)."""

    label: str
    size: int
    shares: tuple[float | None, ...]


def stage_bars(paths: Paths) -> list[Bar]:
    """How many ever reached each stage, and how many stand there now."""
    return [
        Bar(word(row.stage.code), row.ever, gettext("now: %(people)s", people=number(row.current)))
        for row in stage_counts(paths)
    ]


def stop_bars(paths: Paths) -> list[Bar]:
    """How many went no further than each stage and are dormant or stepped back."""
    return [Bar(word(row.stage.code), row.stopped) for row in stops(paths)]


def route_bars(paths: Paths) -> list[Bar]:
    """How many came by each route, the most frequent first, and how many of them skipped a stage."""
    rows = sorted(entry_routes(paths), key=lambda row: (-row.people, row.route))
    return [
        Bar(word(row.route), row.people, gettext("skipped a stage: %(people)s", people=number(row.skipping)))
        for row in rows
    ]


def cohort_rows(paths: Paths, grain: Grain = Grain.YEAR) -> list[CohortRow]:
    """For the people of each year of first occasion, which share reached a higher stage within each window."""
    whole = [row for row in conversion(paths, grain) if row.entered is None]
    rows = []
    for cohort, found in groupby(whole, key=lambda row: row.cohort):
        by_window = {row.months: row for row in found}
        shares = tuple(
            None if by_window[months].too_young else by_window[months].converted / (by_window[months].people or 1)
            for months in WINDOWS
        )
        rows.append(CohortRow(cohort.label, max(row.people for row in by_window.values()), shares))
    return rows
