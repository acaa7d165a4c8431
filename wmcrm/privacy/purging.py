"""Retention: a plan that only reads, and a small function that does what it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.models import PurgeRun
from wmcrm.months import add_months
from wmcrm.permissions import Permission
from wmcrm.privacy.authority import require_for_all
from wmcrm.privacy.clock import check_clock
from wmcrm.privacy.purgers import PURGERS
from wmcrm.privacy.rules import retention_rules


@dataclass(frozen=True, slots=True)
class PurgeStep:
    """The rows of one rule: what counts from before ``before`` goes."""

    rule: str
    description: str
    table: str
    before: dt.date
    rows: int


@dataclass(frozen=True, slots=True)
class PurgePlan:
    """What a purge on a day deletes, rule by rule."""

    today: dt.date
    steps: Sequence[PurgeStep]

    @property
    def rows(self) -> int:
        """How many rows go in all."""
        return sum(step.rows for step in self.steps)


def purge(session: Session, *, today: dt.date, clock_confirmed: bool = False) -> PurgePlan:
    """Plan what is past its time on a day; nothing is changed.

    Raises ConflictError when the day cannot be believed (before the newest record, or more than 60 days
    after the last purge), unless somebody confirmed the clock; NotAllowedError for who sees only a part.
    """
    require_for_all(session, Permission.RETENTION_READ)
    if not clock_confirmed:
        check_clock(session, today)
    return PurgePlan(today, plan_steps(session, today))


def plan_steps(session: Session, today: dt.date) -> list[PurgeStep]:
    """The steps on a day, whatever the clock says: also for a look ahead."""
    steps: list[PurgeStep] = []
    for code, rule in retention_rules(session).items():
        purger = PURGERS.get(code)
        if purger is None:
            continue
        before = rule.edge(today)
        due = purger.due(before, today).subquery()
        count = session.scalar(sa.select(sa.func.count()).select_from(due)) or 0
        steps.append(PurgeStep(code, rule.description, purger.table, before, count))
    return steps


@dataclass(frozen=True, slots=True)
class DueMonth:
    """How many rows come to their end in a month, by rule; the first month holds what is overdue too."""

    until: dt.date
    rows: Mapping[str, int]


def retention_calendar(session: Session, *, today: dt.date, months: int = 12) -> list[DueMonth]:
    """What the coming months will delete if nothing else happens: one question for each rule and month."""
    found: list[DueMonth] = []
    before: Mapping[str, int] = {}
    for number in range(1, months + 1):
        day = add_months(today, number)
        due = {step.rule: step.rows for step in plan_steps(session, day)}
        found.append(DueMonth(day, {rule: max(rows - before.get(rule, 0), 0) for rule, rows in due.items()}))
        before = due
    return found


def past_purges(session: Session, *, limit: int = 12) -> list[PurgeRun]:
    """The latest purges, the newest first."""
    return list(session.scalars(sa.select(PurgeRun).order_by(col(PurgeRun.id).desc()).limit(limit)))


def apply_purge(session: Session, plan: PurgePlan) -> Mapping[str, int]:
    """Do what a plan says; returns rows by rule and notes the run. The edge commits, then scrubs.

    Raises NotAllowedError for others than stewards of the whole movement.
    """
    require_for_all(session, Permission.RETENTION_APPLY)
    counts: dict[str, int] = {}
    for step in plan.steps:
        purger = PURGERS[step.rule]
        ids = list(session.scalars(purger.due(step.before, plan.today)))
        if ids:
            purger.go(session, ids)
        counts[step.rule] = len(ids)
    session.expire_all()
    session.add(PurgeRun(today=plan.today, actor=actor_of(session).name, counts=counts))
    session.flush()
    return counts
