"""Events: programmes, events with sessions and hosts, and who took part as what."""

from datetime import date, time
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from wmcrm.db import enum_type, json_type, new_public_id
from wmcrm.models.base import (
    LIVE,
    PersonFact,
    Recorded,
    Removable,
    Sourced,
    interval_check,
    reference_index,
    source_index,
    unique_where,
)
from wmcrm.models.enums import (
    Attendance,
    Capacity,
    EventFormat,
    EventRole,
    EventStatus,
    EventType,
    HostRole,
    Registration,
)


def event_public_id() -> str:
    """A new public id of an event."""
    return new_public_id("e")


class Programme(Sourced, Recorded, Removable, table=True):
    """A campaign or series, such as a photo contest of every year."""

    __tablename__ = "programme"
    __subject__: ClassVar[str] = "id"
    __table_args__ = (source_index("programme"), interval_check("since", "until"))

    id: int = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=lambda: new_public_id("g"), max_length=20, unique=True)
    name: str = Field(max_length=300)
    since: date | None = Field(default=None)
    until: date | None = Field(default=None)


class Event(Sourced, Recorded, Removable, table=True):
    """Something that happens on local days; correcting the time zone never moves a day."""

    __tablename__ = "event"
    __subject__: ClassVar[str] = "id"
    __table_args__ = (
        source_index("event"),
        sa.CheckConstraint("starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on", name="starts_on_ends_on"),
        sa.Index("ix_event_starts_on_id", "starts_on", "id"),
        sa.Index("ix_event_title_id", "title", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=event_public_id, max_length=20, unique=True)
    title: str = Field(max_length=300)
    event_type: EventType = Field(default=EventType.OTHER, sa_type=enum_type(EventType))
    second_type: EventType | None = Field(default=None, sa_type=enum_type(EventType, "second_type"))
    event_format: EventFormat = Field(default=EventFormat.IN_PERSON, sa_type=enum_type(EventFormat))
    status: EventStatus = Field(default=EventStatus.HELD, sa_type=enum_type(EventStatus))
    country: str | None = Field(default=None, max_length=2, index=True)
    city: str | None = Field(default=None, max_length=200)
    venue: str | None = Field(default=None, max_length=300)
    starts_on: date = Field()
    ends_on: date | None = Field(default=None)
    starts_at: time | None = Field(default=None)
    ends_at: time | None = Field(default=None)
    timezone: str = Field(default="UTC", max_length=60)
    tracks_attendance: bool = Field(default=True)
    languages: list[str] = Field(default_factory=list, sa_type=json_type())
    wikis: list[str] = Field(default_factory=list, sa_type=json_type())
    programme_id: int | None = Field(default=None, foreign_key="programme.id", index=True)
    url: str | None = Field(default=None, max_length=400)
    version: int = Field(default=1)


class EventTopic(Recorded, table=True):
    """A topic of an event, such as GLAM or education."""

    __tablename__ = "event_topic"
    __subject__: ClassVar[str] = "event_id"
    __table_args__ = (sa.UniqueConstraint("event_id", "topic"), sa.Index("ix_event_topic_topic", "topic"))

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    topic: str = Field(max_length=60)


class EventSession(Recorded, Removable, table=True):
    """A part of an event with its own attendance."""

    __tablename__ = "event_session"
    __subject__: ClassVar[str] = "event_id"

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    title: str = Field(max_length=300)
    on_day: date | None = Field(default=None)
    starts_at: time | None = Field(default=None)
    ends_at: time | None = Field(default=None)


class EventHost(Recorded, Removable, table=True):
    """An affiliate organizes, sponsors or supports an event."""

    __tablename__ = "event_host"
    __subject__: ClassVar[str] = "event_id"
    __table_args__ = (unique_where("uq_event_host_live", "event_id", "affiliate_id", "host_role", where=LIVE),)

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    affiliate_id: int = Field(foreign_key="affiliate.id", index=True)
    host_role: HostRole = Field(default=HostRole.ORGANIZER, sa_type=enum_type(HostRole))


class Participation(Sourced, PersonFact, table=True):
    """A person at an event in a role: registration, attendance and contribution are three things."""

    __tablename__ = "participation"
    __subject__: ClassVar[str] = "person_id"
    __table_args__ = (
        source_index("participation"),
        reference_index("participation", "confirmed_by_id"),
        reference_index("participation", "session_id"),
        reference_index("participation", "superseded_by_id"),
        unique_where(
            "uq_participation_live",
            "person_id",
            "event_id",
            "event_role",
            where=f"session_id IS NULL AND {LIVE}",
        ),
        unique_where(
            "uq_participation_session_live",
            "person_id",
            "event_id",
            "session_id",
            "event_role",
            where=f"session_id IS NOT NULL AND {LIVE}",
        ),
    )

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    session_id: int | None = Field(default=None, foreign_key="event_session.id")
    event_role: EventRole = Field(default=EventRole.PARTICIPANT, sa_type=enum_type(EventRole))
    registration: Registration = Field(default=Registration.NONE, sa_type=enum_type(Registration))
    attended: Attendance = Field(default=Attendance.UNKNOWN, sa_type=enum_type(Attendance))
    contributed: bool = Field(default=False)
    capacity: Capacity = Field(default=Capacity.PARTICIPANT, sa_type=enum_type(Capacity))
    presumed: bool = Field(default=False)
    registered_on: date | None = Field(default=None)
    confirmed_by_id: int | None = Field(default=None, foreign_key="person.id")
    version: int = Field(default=1)
