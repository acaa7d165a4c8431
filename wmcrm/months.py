"""Calendar months, as the path model and the terms of consents count them."""

from __future__ import annotations

import calendar
import datetime as dt
from functools import lru_cache


@lru_cache(maxsize=65_536)
def add_months(day: dt.date, months: int) -> dt.date:
    """Return the day ``months`` calendar months later (or earlier, if negative), clamped to the month's end.

    29 February + 24 months is 28 February. Days outside the calendar's years stop at its ends.
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if years < dt.MINYEAR:
        return dt.date.min
    if years > dt.MAXYEAR:
        return dt.date.max
    last = calendar.monthrange(years, month + 1)[1]
    return dt.date(years, month + 1, min(day.day, last))
