"""Whose paths are asked for, and who may be shown one by one to whoever asks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Actor, actor_of
from wmcrm.models import (
    ConsentStanding,
    ConsentState,
    Event,
    EventHost,
    EventStatus,
    Holding,
    HostRole,
    Membership,
    Participation,
    PermissionRole,
    Person,
    PersonStatus,
    Protection,
    Purpose,
    PurposeCode,
    Residence,
    now_utc,
)
from wmcrm.models.base import Removable
from wmcrm.normalize.countries import COUNTRIES

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose paths: of an affiliate's people, of a region, of one person; None asks for no such thing.

    ``ids`` is a first and a last person id: a part of a large question, both inside.
    """

    affiliate: int | None = None
    region: str | None = None
    person: int | None = None
    ids: tuple[int, int] | None = None

    @property
    def is_everybody(self) -> bool:
        """Return whether nothing narrows the question."""
        return self == EVERYBODY


EVERYBODY = Asked()


def live(table: type[Removable]) -> Condition:
    """Return the condition that a row was neither removed nor replaced by a merge."""
    return sa.and_(col(table.removed_at).is_(None), col(table.superseded_by_id).is_(None))


def asked_people(asked: Asked, as_of: dt.date) -> Condition:
    """Return the condition on Person of the live records that are asked for; sealed people never are.

    An affiliate's people are those it holds, those with a position there, and those who were at its events.
    """
    conditions = [
        col(Person.status) == PersonStatus.ACTIVE,
        col(Person.removed_at).is_(None),
        col(Person.protection) != Protection.SEALED,
    ]
    if asked.person is not None:
        conditions.append(col(Person.id) == asked.person)
    if asked.ids is not None:
        conditions.append(col(Person.id).between(*asked.ids))
    if asked.region is not None:
        conditions.append(_of_region(asked.region))
    if asked.affiliate is not None:
        conditions.append(_of_affiliate(asked.affiliate, as_of))
    return sa.and_(*conditions)


def shown_one_by_one(session: Session) -> Condition:
    """Return the condition on Person of those who may be listed to whoever acts in this session.

    The operator lists everybody (sealed people are never asked for). Others list the people their
    affiliates hold, and among these only stewards those who objected to path reporting or are protected.
    """
    actor = actor_of(session)
    if actor.is_operator:
        return sa.true()
    looked_after = _held_by(actor.with_roles({PermissionRole.STEWARD}))
    unprotected = sa.and_(col(Person.protection) == Protection.NORMAL, sa.not_(_objected()))
    return sa.or_(looked_after, sa.and_(_held_by(actor), unprotected))


def _of_region(region: str) -> Condition:
    """The region a person said they work in counts before the one they live in."""
    countries = [code for code, country in COUNTRIES.items() if country.region == region]
    lives_there = sa.and_(
        col(Residence.community_region).is_(None), col(Residence.residence_country).in_(sorted(countries))
    )
    there = sa.or_(col(Residence.community_region) == region, lives_there)
    return col(Person.id).in_(sa.select(col(Residence.person_id)).where(there))


def _of_affiliate(affiliate: int, as_of: dt.date) -> Condition:
    member = sa.select(col(Membership.person_id)).where(
        col(Membership.affiliate_id) == affiliate, live(Membership), col(Membership.since) <= as_of
    )
    guest = (
        sa.select(col(Participation.person_id))
        .join(Event, col(Event.id) == col(Participation.event_id))
        .join(EventHost, col(EventHost.event_id) == col(Event.id))
        .where(live(Participation), live(Event), live(EventHost), col(Event.starts_on) <= as_of)
        .where(col(Event.status) == EventStatus.HELD)
        .where(col(EventHost.affiliate_id) == affiliate, col(EventHost.host_role) == HostRole.ORGANIZER)
    )
    return sa.or_(_held_at(frozenset({affiliate})), col(Person.id).in_(member), col(Person.id).in_(guest))


def _held_by(actor: Actor) -> Condition:
    return sa.true() if actor.sees_all else _held_at(actor.affiliate_ids)


def _held_at(affiliates: frozenset[int]) -> Condition:
    """Who is held is a matter of today, whatever day the question is about."""
    today = now_utc().date()
    held = sa.select(col(Holding.person_id)).where(
        col(Holding.holder_affiliate_id).in_(sorted(affiliates)),
        live(Holding),
        sa.or_(col(Holding.until).is_(None), col(Holding.until) > today),
    )
    return col(Person.id).in_(held)


def _objected() -> Condition:
    objections = (
        sa.select(col(ConsentState.person_id))
        .join(Purpose, col(Purpose.id) == col(ConsentState.purpose_id))
        .where(col(Purpose.code) == PurposeCode.PATH_REPORTING)
        .where(col(ConsentState.standing) == ConsentStanding.OBJECTED)
    )
    return col(Person.id).in_(objections)
