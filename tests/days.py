"""Days asked of the real clock each time: a long run of tests may pass midnight."""

from __future__ import annotations

import datetime as dt

from wmcrm.models import now_utc


def today() -> dt.date:
    """Today in UTC, as the application sees it."""
    return now_utc().date()


def soon() -> dt.date:
    """In twenty days."""
    return today() + dt.timedelta(days=20)
