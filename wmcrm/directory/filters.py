"""What somebody looks for in the directory, as conditions on people; nearly every filter is an EXISTS."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col

from wmcrm.models import (
    Attendance,
    Event,
    EventHost,
    EventRole,
    EventStatus,
    EventTopic,
    EventType,
    Holding,
    HostRole,
    Initiative,
    Involvement,
    InvolvementKind,
    LanguageSkill,
    Membership,
    Participation,
    Person,
    PersonStatus,
    Position,
    Protection,
    PurposeCode,
    Registration,
    Residence,
)
from wmcrm.models.base import Removable
from wmcrm.normalize import COUNTRIES
from wmcrm.outreach import objecting_people, restricted_people

Condition = sa.ColumnElement[bool]
ORGANIZING_ROLES = frozenset(
    {
        EventRole.TRAINER,
        EventRole.FACILITATOR,
        EventRole.CO_ORGANIZER,
        EventRole.COMMITTEE,
        EventRole.COORDINATOR,
        EventRole.ORGANIZER,
        EventRole.CREATOR,
        EventRole.LEAD,
    }
)
LEADING_POSITIONS = frozenset(Position) - {Position.MEMBER, Position.SUPPORTER}
WORKING_KINDS = frozenset({InvolvementKind.LEADING, InvolvementKind.WORKING})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom somebody looks for, all filters together; ``as_of`` is the day on which positions are held.

    Words may be names or codes: ``understood`` makes codes of them.

    ``role`` is an event role, a position or a kind of involvement; without one everybody who organizes is
    meant. ``topic`` is a topic or a type of events organized. ``region`` and ``country`` are where a person
    lives or says they work. ``initiative`` is its number. ``active_since`` asks for an occasion or a held
    position since that day.
    """

    as_of: dt.date
    role: str | None = None
    topic: str | None = None
    country: str | None = None
    region: str | None = None
    language: str | None = None
    affiliate_id: int | None = None
    initiative: str | None = None
    active_since: dt.date | None = None


def live(table: type[Removable]) -> Condition:
    """The condition that a row was neither removed nor replaced by a merge."""
    return sa.and_(col(table.removed_at).is_(None), col(table.superseded_by_id).is_(None))


def wanted_people(wanted: Wanted, *, hides_protected_homes: bool) -> Condition:
    """The condition on Person of who is found: in use, neither protected nor restricted, and as the filters say.

    Where ``hides_protected_homes`` nobody is found by living in a country that protects its people.
    """
    conditions = [
        col(Person.removed_at).is_(None),
        col(Person.status) == PersonStatus.ACTIVE,
        col(Person.protection) == Protection.NORMAL,
        sa.not_(restricted_people(wanted.as_of)),
        _in_role(wanted),
    ]
    if wanted.topic is not None:
        conditions.append(_organized(wanted, _about(wanted.topic)))
    if wanted.country is not None:
        conditions.append(_resides(_lives_in([wanted.country], hides_protected_homes)))
    if wanted.region is not None:
        conditions.append(_resides(_of_region(wanted.region, hides_protected_homes)))
    if wanted.language is not None:
        conditions.append(_knows(wanted.language))
    if wanted.affiliate_id is not None:
        conditions.append(_of_affiliate(wanted, wanted.affiliate_id))
    if wanted.initiative is not None:
        conditions.append(_involved(wanted, _of_initiative(wanted.initiative)))
    if wanted.active_since is not None:
        conditions.append(_active(wanted, wanted.active_since))
    return sa.and_(*conditions)


def shown_to(affiliate_ids: Iterable[int]) -> Condition:
    """The condition on Person of whom people of other affiliates may find: who did not object to being shown.

    An affiliate finds everybody it holds.
    """
    objecting = col(Person.id).in_(objecting_people(PurposeCode.DIRECTORY_MEMBERS))
    return sa.or_(sa.not_(objecting), held_by(affiliate_ids))


def held_by(affiliate_ids: Iterable[int]) -> Condition:
    """The condition on Person that one of these affiliates holds the record now."""
    held = sa.select(Holding).where(
        col(Holding.person_id) == col(Person.id),
        col(Holding.holder_affiliate_id).in_(sorted(affiliate_ids)),
        col(Holding.until).is_(None),
        live(Holding),
    )
    return held.correlate(Person).exists()


def _in_role(wanted: Wanted) -> Condition:
    if wanted.role is None:
        return sa.or_(
            _organized(wanted),
            _holds(wanted, col(Membership.position).in_(LEADING_POSITIONS)),
            _involved(wanted, col(Involvement.kind).in_(WORKING_KINDS)),
        )
    ways: list[Condition] = []
    if wanted.role in set(EventRole):
        ways.append(_took_part(wanted, col(Participation.event_role) == EventRole(wanted.role)))
    if wanted.role in set(Position):
        ways.append(_holds(wanted, col(Membership.position) == Position(wanted.role)))
    if wanted.role in set(InvolvementKind):
        ways.append(_involved(wanted, col(Involvement.kind) == InvolvementKind(wanted.role)))
    return sa.or_(*ways)


def counts_as_there() -> Condition:
    """The condition on Participation and Event that somebody was there, by attendance or presumed."""
    presumed = sa.and_(
        sa.not_(col(Event.tracks_attendance)),
        col(Participation.registration) == Registration.REGISTERED,
        col(Participation.attended) == Attendance.UNKNOWN,
    )
    return sa.and_(
        live(Participation),
        live(Event),
        col(Event.status) == EventStatus.HELD,
        col(Participation.registration) != Registration.CANCELLED,
        col(Participation.attended) != Attendance.NO,
        sa.or_(col(Participation.attended) == Attendance.YES, col(Participation.contributed), presumed),
    )


def held_on(wanted: Wanted) -> Condition:
    """The condition on Membership that the position is held on the day asked for."""
    return sa.and_(
        live(Membership),
        sa.or_(col(Membership.since).is_(None), col(Membership.since) <= wanted.as_of),
        sa.or_(col(Membership.until).is_(None), col(Membership.until) > wanted.as_of),
    )


def _took_part(wanted: Wanted, *conditions: Condition) -> Condition:
    found = (
        sa.select(Participation)
        .join(Event, col(Event.id) == col(Participation.event_id))
        .where(col(Participation.person_id) == col(Person.id), counts_as_there(), *conditions)
        .where(col(Event.starts_on) <= wanted.as_of)
    )
    return found.correlate(Person).exists()


def _organized(wanted: Wanted, *conditions: Condition) -> Condition:
    return _took_part(wanted, col(Participation.event_role).in_(ORGANIZING_ROLES), *conditions)


def _about(topic: str) -> Condition:
    tagged = sa.select(EventTopic).where(col(EventTopic.event_id) == col(Event.id), col(EventTopic.topic) == topic)
    ways: list[Condition] = [tagged.correlate(Event).exists()]
    if topic in set(EventType):
        ways += [col(Event.event_type) == EventType(topic), col(Event.second_type) == EventType(topic)]
    return sa.or_(*ways)


def _holds(wanted: Wanted, *conditions: Condition) -> Condition:
    found = sa.select(Membership).where(col(Membership.person_id) == col(Person.id), held_on(wanted), *conditions)
    return found.correlate(Person).exists()


def _involved(wanted: Wanted, *conditions: Condition) -> Condition:
    found = (
        sa.select(Involvement)
        .join(Initiative, col(Initiative.id) == col(Involvement.initiative_id))
        .where(col(Involvement.person_id) == col(Person.id), live(Involvement), *conditions)
        .where(sa.or_(col(Involvement.since).is_(None), col(Involvement.since) <= wanted.as_of))
        .where(sa.or_(col(Involvement.until).is_(None), col(Involvement.until) > wanted.as_of))
    )
    return found.correlate(Person).exists()


def _of_initiative(number: str) -> Condition:
    return col(Initiative.number) == number.strip()


def _resides(where: Condition) -> Condition:
    """Only where the reader may see the place: of people shared without it a filter tells nothing.

    Not an EXISTS: so the people of a country are found by its index instead of asking everybody where they live.
    """
    return col(Person.id).in_(sa.select(col(Residence.person_id)).where(where))


def _lives_in(countries: list[str], hides_protected_homes: bool) -> Condition:
    seen = [code for code in countries if not (hides_protected_homes and COUNTRIES[code].protected)]
    return col(Residence.residence_country).in_(seen)


def _of_region(region: str, hides_protected_homes: bool) -> Condition:
    """The region a person says they work in counts before the one they live in."""
    countries = sorted(code for code, country in COUNTRIES.items() if country.region == region)
    lives_there = sa.and_(col(Residence.community_region).is_(None), _lives_in(countries, hides_protected_homes))
    return sa.or_(col(Residence.community_region) == region, lives_there)


def _knows(code: str) -> Condition:
    same = sa.or_(col(LanguageSkill.language) == code, col(LanguageSkill.language).startswith(f"{code}-"))
    found = sa.select(LanguageSkill).where(col(LanguageSkill.person_id) == col(Person.id), live(LanguageSkill), same)
    return found.correlate(Person).exists()


def _of_affiliate(wanted: Wanted, affiliate_id: int) -> Condition:
    """Somebody with a position there, or who organized one of its events."""
    host = sa.select(EventHost).where(
        col(EventHost.event_id) == col(Event.id),
        col(EventHost.affiliate_id) == affiliate_id,
        col(EventHost.host_role) == HostRole.ORGANIZER,
        live(EventHost),
    )
    return sa.or_(
        _holds(wanted, col(Membership.affiliate_id) == affiliate_id),
        _organized(wanted, host.correlate(Event).exists()),
    )


def _active(wanted: Wanted, since: dt.date) -> Condition:
    held = sa.select(Membership).where(
        col(Membership.person_id) == col(Person.id),
        live(Membership),
        sa.or_(col(Membership.since).is_(None), col(Membership.since) <= wanted.as_of),
        sa.or_(col(Membership.until).is_(None), col(Membership.until) > since),
    )
    return sa.or_(_took_part(wanted, col(Event.starts_on) >= since), held.correlate(Person).exists())
