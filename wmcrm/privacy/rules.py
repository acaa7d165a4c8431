"""Retention rules: rows that the operator may change, read as values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.errors import BadInputError
from wmcrm.models import RetentionRule
from wmcrm.months import add_months


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
    """Keep a kind of data for another time; raises BadInputError for an unknown kind or no time at all."""
    row = session.scalars(sa.select(RetentionRule).where(col(RetentionRule.code) == code)).first()
    if row is None:
        codes = ", ".join(retention_rules(session))
        raise BadInputError("There is no retention rule {code}; choose one of: {codes}", code=code, codes=codes)
    if (days is None) == (months is None) or (days or 0) < 0 or (months or 0) < 0:
        raise BadInputError("Say either days or months, 0 or more.")
    row.days, row.months = days, months
    session.flush()
    return Rule(row.code, row.description, row.days, row.months)
