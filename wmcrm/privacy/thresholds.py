"""The smallest counts that may leave this installation, for whatever counts people."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wmcrm.settings import LeastCounts, read_settings

PLACE = "least_counts"


def least_counts(session: Session) -> LeastCounts:
    """The thresholds of a session: those it was given, or those of the settings."""
    held = session.info.get(PLACE)
    if not isinstance(held, LeastCounts):
        held = session.info[PLACE] = read_settings().least_counts
    return held


def use_least_counts(session: Session, counts: LeastCounts) -> None:
    """From now on this session hides what counts fewer than these."""
    session.info[PLACE] = counts
