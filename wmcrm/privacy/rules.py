"""Retention rules: rows that the operator may change, read as values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.errors import BadInputError
from wmcrm.models import AccessLogEntry, RetentionRule
from wmcrm.months import add_months
from wmcrm.permissions import Permission
from wmcrm.privacy.authority import require_for_all

DAYS_A_MONTH = 31
# Shortest and longest time in days: shorter loses what must be shown later, longer keeps what nobody needs.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "raw_cells": (1, 90),
    "uploads": (1, 90),
    "signup_answers": (1, 365),
    "contact_points": (180, 60 * DAYS_A_MONTH),
    "access_log": (90, 24 * DAYS_A_MONTH),
    "lists": (0, 90),
    "jobs": (1, 365),
    "candidates": (1, 24 * DAYS_A_MONTH),
}
WIDEST = (1, 60 * DAYS_A_MONTH)


@dataclass(frozen=True, slots=True)
class Rule:
    """How long a kind of data is kept: months, or days, after the day it counts from."""

    code: str
    description: str
    days: int | None
    months: int | None

    @property
    def span(self) -> str:
        """How long, in words: ``30 days``, ``36 months``."""
        return f"{self.months} months" if self.months is not None else f"{self.days} days"

    def last_day_kept(self, counted_from: dt.date) -> dt.date:
        """The last day on which something is kept that counts from a day."""
        day = add_months(counted_from, self.months or 0)
        return day + dt.timedelta(days=self.days or 0)

    def edge(self, today: dt.date) -> dt.date:
        """Whatever counts from before this day goes today."""
        return add_months(today, -(self.months or 0)) - dt.timedelta(days=self.days or 0)


def retention_rules(session: Session) -> Mapping[str, Rule]:
    """The rules by code."""
    rows = session.scalars(sa.select(RetentionRule).order_by(col(RetentionRule.id)))
    return {row.code: Rule(row.code, row.description, row.days, row.months) for row in rows}


def change_rule(session: Session, code: str, *, days: int | None = None, months: int | None = None) -> Rule:
    """Keep a kind of data for another time; the change is logged.

    Raises BadInputError for an unknown kind, no time at all or one out of bounds, NotAllowedError for others
    than administrators of the whole movement.
    """
    actor = require_for_all(session, Permission.RETENTION_CHANGE)
    row = session.scalars(sa.select(RetentionRule).where(col(RetentionRule.code) == code)).first()
    if row is None:
        codes = ", ".join(retention_rules(session))
        raise BadInputError("There is no retention rule {code}; choose one of: {codes}", code=code, codes=codes)
    if (days is None) == (months is None) or (days or 0) < 0 or (months or 0) < 0:
        raise BadInputError("Say either days or months, 0 or more.")
    _check_bounds(code, (days or 0) + (months or 0) * DAYS_A_MONTH)
    before = Rule(row.code, row.description, row.days, row.months).span
    row.days, row.months = days, months
    changed = Rule(row.code, row.description, row.days, row.months)
    said = f"{code}: {before} -> {changed.span}"
    session.add(AccessLogEntry(account_id=actor.account_id, actor=actor.name, action="retention_changed", reason=said))
    session.flush()
    return changed


def _check_bounds(code: str, days: int) -> None:
    shortest, longest = BOUNDS.get(code, WIDEST)
    if not shortest <= days <= longest:
        raise BadInputError(
            "This is kept for at least {shortest} and at most {longest} days (a month counts as 31).",
            shortest=shortest,
            longest=longest,
        )
