"""Data duties: what somebody has to look at, with the day by which."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.models import (
    ConsentState,
    ContactPoint,
    Person,
    PersonStatus,
    PrivacyNotice,
    Protection,
    Restriction,
    RightsRequest,
    SealedHit,
    metadata,
)
from wmcrm.months import add_months
from wmcrm.outreach import renewal_queue
from wmcrm.permissions import Permission, is_for_all
from wmcrm.privacy.clock import last_purge
from wmcrm.privacy.purgers import at_start
from wmcrm.privacy.purging import plan_steps

LOOK_AHEAD_DAYS = 7
PURGE_EVERY_DAYS = 30
STALE_MONTHS = 24


class DutyKind(StrEnum):
    """What a duty is about."""

    CONSENT_ENDS = "consent_ends"
    NOTICE_WITHOUT_WORDING = "notice_without_wording"
    NO_BASIS = "no_basis"
    RETENTION = "retention"
    PURGE_OVERDUE = "purge_overdue"
    STALE_RECORDS = "stale_records"
    RESTRICTION_OPEN = "restriction_open"
    SEALED_HIT = "sealed_hit"
    REQUEST_OPEN = "request_open"


@dataclass(frozen=True, slots=True)
class Duty:
    """One line of the calendar: how many records, by when, about what (a purpose, rule or notice)."""

    kind: DutyKind
    due_on: dt.date
    count: int
    about: str = ""


def data_duties(session: Session, *, today: dt.date) -> list[Duty]:
    """The calendar, the most urgent first. Counts only; who is meant is asked of the queue of each kind.

    Of sealed people it tells those only who watch over the whole movement.
    """
    duties = [*_ending(session, today), *_notices(session, today), *_retention(session, today)]
    duties += [*_records(session, today), *_requests(session)]
    purged = last_purge(session)
    due = (purged or today - dt.timedelta(days=PURGE_EVERY_DAYS)) + dt.timedelta(days=PURGE_EVERY_DAYS)
    if due <= today:
        duties.append(Duty(DutyKind.PURGE_OVERDUE, due, 1))
    return sorted((duty for duty in duties if duty.count), key=lambda duty: (duty.due_on, duty.kind, duty.about))


def _ending(session: Session, today: dt.date) -> list[Duty]:
    by_purpose: dict[str, list[dt.date]] = defaultdict(list)
    for renewal in renewal_queue(session, on=today):
        by_purpose[renewal.purpose].append(renewal.valid_until)
    return [Duty(DutyKind.CONSENT_ENDS, min(days), len(days), purpose) for purpose, days in by_purpose.items()]


def _notices(session: Session, today: dt.date) -> list[Duty]:
    query = sa.select(col(PrivacyNotice.version)).where(col(PrivacyNotice.wording).is_(None))
    return [
        Duty(DutyKind.NOTICE_WITHOUT_WORDING, today, 1, version)
        for version in session.scalars(query.order_by(col(PrivacyNotice.version)))
    ]


def _retention(session: Session, today: dt.date) -> list[Duty]:
    soon = today + dt.timedelta(days=LOOK_AHEAD_DAYS)
    return [Duty(DutyKind.RETENTION, soon, step.rows, step.rule) for step in plan_steps(session, soon)]


def _records(session: Session, today: dt.date) -> list[Duty]:
    active = (col(Person.status) == PersonStatus.ACTIVE, col(Person.removed_at).is_(None))
    has_point = sa.select(col(ContactPoint.id)).where(
        col(ContactPoint.person_id) == col(Person.id), col(ContactPoint.removed_at).is_(None)
    )
    has_state = sa.select(col(ConsentState.person_id)).where(col(ConsentState.person_id) == col(Person.id))
    no_basis = sa.select(sa.func.count()).where(
        *active, col(Person.protection) != Protection.SEALED, has_point.exists(), ~has_state.exists()
    )
    edge = add_months(today, -STALE_MONTHS)
    unchecked = sa.and_(col(Person.last_verified_on).is_(None), col(Person.recorded_at) < at_start(edge))
    stale = sa.select(sa.func.count()).where(
        *active, col(Person.protection) != Protection.SEALED, sa.or_(col(Person.last_verified_on) < edge, unchecked)
    )
    open_restrictions = sa.select(sa.func.count()).where(
        col(Restriction.until).is_(None), col(Restriction.removed_at).is_(None), _told(session, Restriction)
    )
    hits = sa.select(sa.func.count()).where(col(SealedHit.answered_at).is_(None), _told(session, SealedHit))
    return [
        Duty(DutyKind.NO_BASIS, today, _count(session, no_basis.select_from(Person))),
        Duty(DutyKind.STALE_RECORDS, today, _count(session, stale.select_from(Person))),
        Duty(DutyKind.RESTRICTION_OPEN, today, _count(session, open_restrictions.select_from(Restriction))),
        Duty(DutyKind.SEALED_HIT, today, _count(session, hits.select_from(SealedHit))),
    ]


def _requests(session: Session) -> list[Duty]:
    """What people asked of the stewards and wait for, by kind, with the first day that is owed."""
    kind = col(RightsRequest.kind)
    waiting = sa.select(kind, sa.func.min(col(RightsRequest.due_on)), sa.func.count())
    query = waiting.where(col(RightsRequest.answered_at).is_(None), _told(session, RightsRequest))
    query = query.group_by(kind).order_by(kind)
    return [Duty(DutyKind.REQUEST_OPEN, due, count, about.value) for about, due, count in session.execute(query)]


def _told(session: Session, table: type[Restriction | SealedHit | RightsRequest]) -> sa.ColumnElement[bool]:
    """The condition that the reader may know that the person of a row is there."""
    if is_for_all(actor_of(session), Permission.RETENTION_READ):
        return sa.true()
    sealed = metadata.tables["person"].alias()
    return col(table.person_id).not_in(sa.select(sealed.c.id).where(sealed.c.protection == Protection.SEALED))


def _count(session: Session, query: sa.Select[int]) -> int:
    return session.scalar(query) or 0
