"""Whether the machine's day can be believed, before anything is deleted because of its age."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.errors import ConflictError
from wmcrm.models import AccessLogEntry, Change, ImportRun, PurgeRun

LONGEST_PAUSE = 60


def newest_day(session: Session) -> dt.date | None:
    """The day of the newest thing that was recorded; None in an empty database."""
    moments = (col(Change.at), col(AccessLogEntry.at), col(ImportRun.created_at), col(PurgeRun.at))
    found = [session.scalar(sa.select(sa.func.max(moment))) for moment in moments]
    return max((moment.date() for moment in found if moment is not None), default=None)


def last_purge(session: Session) -> dt.date | None:
    """The day that the last purge took for today."""
    return session.scalar(sa.select(sa.func.max(col(PurgeRun.today))))


def check_clock(session: Session, today: dt.date) -> None:
    """Raise ConflictError when today is before what was recorded, or long after the last purge.

    Without an earlier purge the newest record is what the day is compared with.
    """
    newest, purged = newest_day(session), last_purge(session)
    if newest is not None and today < newest:
        raise ConflictError(
            "This machine says it is {today}, but something was recorded on {newest}: look at its clock; "
            "if it is right, confirm it (--confirm-clock).",
            today=today.isoformat(),
            newest=newest.isoformat(),
        )
    before = purged or newest
    if before is not None and (today - before).days > LONGEST_PAUSE:
        raise ConflictError(
            "This machine says it is {today}, {days} days after the last purge or record ({before}): look at its "
            "clock; if it is right, confirm it (--confirm-clock).",
            today=today.isoformat(),
            days=(today - before).days,
            before=before.isoformat(),
        )
