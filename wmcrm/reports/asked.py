"""Which events a question is about, and what share of them the data covers."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.models import (
    Affiliate,
    Attendance,
    Event,
    EventHost,
    EventStatus,
    HostRole,
    Participation,
    PermissionRole,
    Person,
    PersonStatus,
    Protection,
)
from wmcrm.models.base import Removable
from wmcrm.normalize import COUNTRIES
from wmcrm.reports.report import Question

Condition = sa.ColumnElement[bool]
# Who is merged away or sealed is in no count; who was erased or waits for a decision still is.
COUNTED = (PersonStatus.ACTIVE, PersonStatus.HELD, PersonStatus.ERASED)


def live(table: type[Removable]) -> Condition:
    """The condition that a row was neither removed nor replaced by a merge."""
    return sa.and_(col(table.removed_at).is_(None), col(table.superseded_by_id).is_(None))


def counted_people() -> Condition:
    """The condition on Person of those who are in counts."""
    return sa.and_(
        col(Person.removed_at).is_(None),
        col(Person.status).in_(COUNTED),
        col(Person.protection) != Protection.SEALED,
    )


def listed_people() -> Condition:
    """The condition on Person of those who may stand on a list: in use, and not protected."""
    return sa.and_(
        col(Person.removed_at).is_(None),
        col(Person.status) == PersonStatus.ACTIVE,
        col(Person.protection) == Protection.NORMAL,
    )


def countries_of(region: str) -> list[str]:
    """The countries of a region, in order of code."""
    return sorted(code for code, country in COUNTRIES.items() if country.region == region)


def held_events(question: Question) -> Condition:
    """The condition on Event of the held events that a question is about."""
    conditions = [live(Event), col(Event.status) == EventStatus.HELD, col(Event.starts_on) <= question.end]
    if question.first is not None:
        conditions.append(col(Event.starts_on) >= question.first)
    if question.region is not None:
        conditions.append(col(Event.country).in_(countries_of(question.region)))
    if question.affiliate_id is not None:
        conditions.append(organized_by(question.affiliate_id))
    return sa.and_(*conditions)


def organized_by(affiliate_id: int) -> Condition:
    """The condition on Event that an affiliate was an organizing host."""
    host = sa.select(EventHost).where(
        col(EventHost.event_id) == col(Event.id),
        col(EventHost.affiliate_id) == affiliate_id,
        col(EventHost.host_role) == HostRole.ORGANIZER,
        live(EventHost),
    )
    # Other queries name the hosts too: only the event is theirs.
    return host.correlate(Event).exists()


def asked_affiliates(question: Question) -> Condition:
    """The condition on Affiliate of those that a question is about."""
    conditions = [live(Affiliate)]
    if question.affiliate_id is not None:
        conditions.append(col(Affiliate.id) == question.affiliate_id)
    if question.region is not None:
        of_country = sa.and_(col(Affiliate.region).is_(None), col(Affiliate.country).in_(countries_of(question.region)))
        conditions.append(sa.or_(col(Affiliate.region) == question.region, of_country))
    return sa.and_(*conditions)


def coverage_sentence(session: Session, question: Question) -> str:
    """How many of the held events a question is about have named attendance."""
    attended = (
        sa.select(Participation)
        .join(Person, col(Person.id) == col(Participation.person_id))
        .where(col(Participation.event_id) == col(Event.id), live(Participation), counted_people())
        .where(sa.or_(col(Participation.attended) == Attendance.YES, col(Participation.contributed)))
        .exists()
    )
    named = sa.func.coalesce(sa.func.sum(sa.case((attended, 1), else_=0)), 0)
    held, with_names = session.execute(sa.select(sa.func.count(), named).where(held_events(question))).one()
    return f"{with_names} of {held} held events have named attendance"


def may_read_exactly(session: Session, question: Question) -> bool:
    """True when the reader may list the people behind every cell: figures are then exact and internal."""
    actor = actor_of(session)
    if actor.has_everywhere({PermissionRole.STEWARD}):
        return True
    return question.affiliate_id is not None and question.affiliate_id in actor.affiliate_ids
