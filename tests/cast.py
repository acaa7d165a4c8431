"""The cast of the tests: Aïcha edits for her affiliate, Omar is in the same one, Chen is programme staff, Dana elsewhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import wmcrm.upkeep  # noqa: F401  (derived rows follow what the tests write)
from wmcrm.db import Session
from wmcrm.models import (
    Affiliate,
    AffiliateType,
    ContactKind,
    ContactPoint,
    Event,
    EventHost,
    Holding,
    Person,
    PersonName,
    WikiAccount,
)
from wmcrm.normalize import sort_name


@dataclass(frozen=True, slots=True)
class Cast:
    """Two affiliates, four people and an event of the first affiliate."""

    senegal: Affiliate
    chile: Affiliate
    aicha: Person
    omar: Person
    chen: Person
    dana: Person
    meetup: Event


def add_person(session: Session, name: str, *, holder: Affiliate | None = None, **details: str) -> Person:
    """A person with a name and, if told, ``username``, ``email``, ``phone`` and ``country``."""
    country = details.get("country")
    person = Person(display_name=name, sort_name=sort_name(name), residence_country=country)
    session.add(person)
    session.flush()
    mine = {"person_id": person.id, "recorded_for_id": person.id, "holder_affiliate_id": holder.id if holder else None}
    session.add(PersonName(**mine, name=name))
    if holder:
        session.add(Holding(**mine))
    if "username" in details:
        session.add(WikiAccount(**mine, username=details["username"]))
    for kind in (ContactKind.EMAIL, ContactKind.PHONE):
        if kind.value in details:
            value = details[kind.value]
            session.add(ContactPoint(**mine, kind=kind, value=value, normalized=value.lower()))
    session.flush()
    return person


def add_affiliate(session: Session, code: str, name: str, country: str) -> Affiliate:
    """A user group of a country."""
    made = Affiliate(code=code, name=name, country=country, affiliate_type=AffiliateType.USER_GROUP)
    session.add(made)
    session.flush()
    return made


def add_event(session: Session, title: str, day: dt.date, *, host: Affiliate | None = None, **details: object) -> Event:
    """A held event of one day."""
    made = Event(title=title, starts_on=day, ends_on=day, **details)
    session.add(made)
    session.flush()
    if host:
        session.add(EventHost(event_id=made.id, affiliate_id=host.id))
        session.flush()
    return made


def invite_cast(session: Session) -> Cast:
    """Everybody, written into this session."""
    senegal = add_affiliate(session, "WSN", "Wikimedians of Senegal User Group", "SN")
    chile = add_affiliate(session, "WCL", "Wikimedia Chile", "CL")
    return Cast(
        senegal=senegal,
        chile=chile,
        aicha=add_person(
            session, "Aïcha Diop", holder=senegal, username="Aicha D", email="aicha@example.org", country="SN"
        ),
        omar=add_person(session, "Omar Ba", holder=senegal, username="OmarB", phone="+221771234567", country="SN"),
        chen=add_person(session, "陈伟", username="Chen Wei", email="chen@example.org"),
        dana=add_person(session, "Dana Rojas", holder=chile, username="DanaR", email="dana@example.org", country="CL"),
        meetup=add_event(session, "Dakar meetup", dt.date(2026, 3, 4), host=senegal, country="SN"),
    )
