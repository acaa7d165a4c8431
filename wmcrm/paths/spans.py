"""Days, windows and intervals: when something was held, and since when it had lasted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wmcrm.months import add_months
from wmcrm.paths.facts import Interval

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """The days ``first`` to ``last``, both inside."""

    first: dt.date
    last: dt.date

    def has(self, day: dt.date) -> bool:
        """Say whether the day lies in the window."""
        return self.first <= day <= self.last


def window_before(as_of: dt.date, months: int) -> Window:
    """Return the days after ``as_of`` minus ``months``, up to ``as_of``."""
    return Window(add_months(as_of, -months) + ONE_DAY, as_of)


def lasted_on(interval: Interval, months: int, window: Window | None = None) -> dt.date | None:
    """Return the first day on which the interval had lasted so many months, or None.

    Over all time that is the day ``months`` after its first day, if it had not ended before that day.
    Within a window it is the first day of the window on which it was held and had lasted long enough.
    """
    if interval.until is not None and interval.until <= interval.since:
        return None
    ripe = add_months(interval.since, months)
    if window is None:
        return None if interval.until is not None and interval.until < ripe else ripe
    first = max(ripe, window.first)
    ended = interval.until is not None and interval.until <= first
    return None if ended or first > window.last else first


def last_held(interval: Interval, as_of: dt.date) -> dt.date | None:
    """Return the last day up to ``as_of`` on which the interval was held, or None."""
    last = as_of if interval.until is None else min(as_of, interval.until - ONE_DAY)
    return last if last >= interval.since else None
