"""How long it takes from one stage to another: Kaplan and Meier's estimate.

Whoever has not got there yet is no failure and no success: they are counted as long as they have been
under way (censored). See E. L. Kaplan, P. Meier, Journal of the American Statistical Association 53 (1958).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wmcrm.paths.rules import Stage
from wmcrm.paths.stages import PathOfPerson

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Spell:
    """How many days somebody was under way, and whether they got there."""

    days: int
    arrived: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A day of the curve on which somebody arrived: ``under_way`` is the share not there after it."""

    days: int
    at_risk: int
    arrived: int
    under_way: float


@dataclass(frozen=True, slots=True)
class TimeToStage:
    """Quartiles in days of the time from ``start`` to ``goal``; None where the curve does not get so far.

    ``lower`` is the day by which a quarter have arrived, ``upper`` three quarters.
    """

    start: Stage
    goal: Stage
    people: int
    arrived: int
    lower: int | None
    median: int | None
    upper: int | None


def kaplan_meier(spells: Iterable[Spell]) -> tuple[Step, ...]:
    """Return the steps of the curve in order of days; who left on a day was still at risk on it."""
    arrived: Counter[int] = Counter()
    left: Counter[int] = Counter()
    for spell in spells:
        left[spell.days] += 1
        arrived[spell.days] += spell.arrived
    at_risk, under_way = left.total(), 1.0
    steps = []
    for days in sorted(left):
        if arrived[days]:
            under_way *= 1 - arrived[days] / at_risk
            steps.append(Step(days, at_risk, arrived[days], under_way))
        at_risk -= left[days]
    return tuple(steps)


def quantile(steps: Sequence[Step], share: float) -> int | None:
    """Return the first day by which at least this share has arrived, or None."""
    reached = (step.days for step in steps if step.under_way <= 1 - share + _ROUNDING)
    return next(reached, None)


def time_to_stage(paths: Iterable[PathOfPerson], start: Stage, goal: Stage) -> TimeToStage:
    """Return the time from one stage to a higher one, over those who reached the first.

    Who reached the goal before the start (nobody needs to climb in order) had no way to go and is left out.
    """
    spells = [spell for path in paths if (spell := _spell(path, start, goal)) is not None]
    steps = kaplan_meier(spells)
    return TimeToStage(
        start=start,
        goal=goal,
        people=len(spells),
        arrived=sum(spell.arrived for spell in spells),
        lower=quantile(steps, 0.25),
        median=quantile(steps, 0.5),
        upper=quantile(steps, 0.75),
    )


def times_between_stages(paths: Sequence[PathOfPerson]) -> tuple[TimeToStage, ...]:
    """Return the time from each stage to the next, participant to returning first."""
    steps = range(Stage.PARTICIPANT, Stage.MULTIPLIER)
    return tuple(time_to_stage(paths, Stage(number), Stage(number + 1)) for number in steps)


def _spell(path: PathOfPerson, start: Stage, goal: Stage) -> Spell | None:
    begun = path.reached.get(start)
    if begun is None:
        return None
    arrived = path.reached.get(goal)
    if arrived is None:
        return Spell(_days(begun.day, path.as_of), arrived=False)
    return Spell(_days(begun.day, arrived.day), arrived=True) if arrived.day >= begun.day else None


def _days(first: dt.date, last: dt.date) -> int:
    return (last - first).days
