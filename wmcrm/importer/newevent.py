"""The event that is made with the import of its sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.orm import Session

from wmcrm.db import actor_of
from wmcrm.errors import BadInputError
from wmcrm.importer.options import NewEvent
from wmcrm.models import Event, EventHost, EventStatus, EventType
from wmcrm.normalize import parse_country


def create_event(session: Session, described: NewEvent, holder_id: int | None, today: date) -> Event:
    """Make the event, hosted by who holds the records; raises what ``check_new_event`` raises."""
    account_id = actor_of(session).account_id
    event = Event(
        title=described.title.strip()[:300],
        starts_on=described.starts_on,
        country=known_country(described.country),
        timezone=known_timezone(described.timezone),
        event_type=known_type(described.event_type),
        status=EventStatus.PLANNED if described.starts_on > today else EventStatus.HELD,
        holder_affiliate_id=holder_id,
        recorded_by_id=account_id,
    )
    session.add(event)
    session.flush()
    if holder_id is not None:
        session.add(
            EventHost(
                event_id=event.id,
                affiliate_id=holder_id,
                holder_affiliate_id=holder_id,
                recorded_by_id=account_id,
            )
        )
        session.flush()
    return event


def check_new_event(described: NewEvent) -> NewEvent:
    """The description with its country as a code; raises BadInputError for what cannot be stored."""
    if not described.title.strip():
        raise BadInputError("The new event has no title; write it after --new-event.")
    known_timezone(described.timezone)
    known_type(described.event_type)
    return replace(described, country=known_country(described.country))


def known_country(text: str | None) -> str | None:
    """The code of a country given by code or name."""
    if not text:
        return None
    found = parse_country(text).first
    if found is None:
        raise BadInputError("'{country}' is not a country; write its code, such as SN.", country=text)
    return found


def known_timezone(name: str | None) -> str:
    """A time zone's name; UTC if none is given."""
    try:
        return ZoneInfo(name).key if name else "UTC"
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInputError("'{name}' is no time zone; write it as Africa/Dakar.", name=name) from error


def known_type(text: str | None) -> EventType:
    """The type of an event; ``other`` if none is given."""
    if not text:
        return EventType.OTHER
    try:
        return EventType(text.strip().lower().replace(" ", "_").replace("-", "_"))
    except ValueError as error:
        raise BadInputError(
            "'{type}' is no type of event; choose one of: {types}.", type=text, types=", ".join(EventType)
        ) from error
