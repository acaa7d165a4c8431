"""What events came to: who had registered, who came, who was new."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.aliases import PUBLIC_NAME
from wmcrm.models import (
    Affiliate,
    Attendance,
    Capacity,
    Event,
    EventHost,
    EventStatus,
    HostRole,
    Participation,
    Person,
    PersonStatus,
    Registration,
)
from wmcrm.normalize import region_of
from wmcrm.reports.asked import counted_people, coverage_sentence, held_events, live
from wmcrm.reports.report import Line, Question, Report
from wmcrm.reports.suppression import Hiding

DEFINITIONS = {
    "registered": "people whose registration stood, whether they came or not",
    "attended": "people who came, those held at import among them; staff and interpreters on duty do not count",
    "attended_least": "people who came if everybody held at import turns out to be one of the others",
    "presumed": "people registered at an event that kept no attendance; not among those who attended",
    "no_shows": "people who had registered and did not come",
    "cancelled": "people who cancelled",
    "contributed": "people who contributed",
    "new": "of those who came, people for whom it was the first day of any occasion",
    "returning": "of those who came, people who had been at an occasion on an earlier day",
    "held": "people who came and wait for a decision whether they are somebody known",
    "groups": "grouped figures add up events: somebody who came to three counts three times",
}
COUNTS = (
    "registered",
    "attended",
    "attended_least",
    "presumed",
    "no_shows",
    "cancelled",
    "contributed",
    "new",
    "returning",
    "held",
)
OF_EVENT = ("event", "external_id", "title", "starts_on", "event_type", "country", "affiliate")
OFF_DUTY = (Capacity.PARTICIPANT, Capacity.SPEAKER)


@dataclass(slots=True)
class Result:
    """The figures of one event or of a group of events."""

    registered: int = 0
    attended: int = 0
    attended_least: int = 0
    presumed: int = 0
    no_shows: int = 0
    cancelled: int = 0
    contributed: int = 0
    new: int = 0
    returning: int = 0
    held: int = 0

    def add(self, other: Result) -> None:
        """Count another result in."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def as_line(self) -> dict[str, int]:
        """The figures by column."""
        return {name: int(getattr(self, name)) for name in COUNTS}


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event as the report names it."""

    id: int
    public_id: str
    external_id: str | None
    title: str
    starts_on: dt.date
    event_type: str
    country: str | None
    affiliates: tuple[str, ...]


def event_results_report(session: Session, question: Question) -> Report:
    """Results of each held event, or added up by affiliate, country, region, type or year."""
    by = question.grouped_by("event", "affiliate", "country", "region", "event_type", "year")
    events = list(read_events(session, question))
    results = read_results(session, question)
    rows = _by_event(events, results) if by == "event" else _grouped(events, results, by)
    return Report(
        name="event-results",
        title="Event results",
        question=question,
        definitions=DEFINITIONS,
        coverage=coverage_sentence(session, question),
        columns=(*OF_EVENT, *COUNTS) if by == "event" else (by, "events", *COUNTS),
        rows=rows,
        n=sum(results[event.id].attended for event in events),
        hiding=Hiding(COUNTS),
        figures={"events": len(events)},
    )


def read_events(session: Session, question: Question) -> Iterator[EventLine]:
    """The held events of a question in order of day, with the names of their organizing affiliates."""
    hosts: dict[int, list[str]] = defaultdict(list)
    hosting = (
        sa.select(col(EventHost.event_id), PUBLIC_NAME)
        .join(Affiliate, col(Affiliate.id) == col(EventHost.affiliate_id))
        .join(Event, col(Event.id) == col(EventHost.event_id))
        .where(live(EventHost), col(EventHost.host_role) == HostRole.ORGANIZER, held_events(question))
        .order_by(PUBLIC_NAME)
    )
    for event_id, name in session.execute(hosting):
        hosts[event_id].append(name)
    query = sa.select(
        col(Event.id),
        col(Event.public_id),
        col(Event.external_id),
        col(Event.title),
        col(Event.starts_on),
        col(Event.event_type),
        col(Event.country),
    ).where(held_events(question))
    for row in session.execute(query.order_by(col(Event.starts_on), col(Event.id))):
        yield EventLine(*row[:5], row[5].value, row[6], tuple(hosts[row[0]]))


def read_results(session: Session, question: Question) -> dict[int, Result]:
    """The figures of each held event of a question, each person counted once an event."""
    results: dict[int, Result] = defaultdict(Result)
    firsts = _first_days()
    per_person = _per_person(question)
    status = per_person.c.is_held
    came = per_person.c.came
    query = (
        sa.select(
            per_person.c.event_id,
            sa.func.sum(per_person.c.registered),
            sa.func.sum(came),
            sa.func.sum(came * (1 - status)),
            sa.func.sum(per_person.c.presumed),
            sa.func.sum(per_person.c.registered * per_person.c.stayed_away * (1 - came)),
            sa.func.sum(per_person.c.cancelled * (1 - came) * (1 - per_person.c.registered)),
            sa.func.sum(per_person.c.contributed),
            sa.func.sum(sa.case((firsts.c.day == per_person.c.starts_on, came * (1 - status)), else_=0)),
            sa.func.sum(sa.case((firsts.c.day < per_person.c.starts_on, came * (1 - status)), else_=0)),
            sa.func.sum(came * status),
        )
        .outerjoin(firsts, firsts.c.person_id == per_person.c.person_id)
        .group_by(per_person.c.event_id)
    )
    for event_id, *figures in session.execute(query):
        results[event_id] = Result(*(int(figure or 0) for figure in figures))
    return results


def _came() -> sa.ColumnElement[bool]:
    """The condition on Participation that the person was there as a guest, not at work."""
    there = sa.or_(col(Participation.attended) == Attendance.YES, col(Participation.contributed))
    return sa.and_(there, col(Participation.capacity).in_(OFF_DUTY), col(Participation.registration) != "cancelled")


def _presumed() -> sa.ColumnElement[bool]:
    return sa.and_(
        sa.not_(col(Event.tracks_attendance)),
        col(Participation.registration) == Registration.REGISTERED,
        col(Participation.attended) == Attendance.UNKNOWN,
        col(Participation.capacity).in_(OFF_DUTY),
    )


def _flag(condition: sa.ColumnElement[bool], name: str) -> sa.Label[int]:
    return sa.func.max(sa.case((condition, 1), else_=0)).label(name)


def _per_person(question: Question) -> sa.Subquery:
    """One row a person and event: what of it is true in any of the person's roles there."""
    row = Participation
    return (
        sa.select(
            col(row.event_id).label("event_id"),
            col(row.person_id).label("person_id"),
            col(Event.starts_on).label("starts_on"),
            _flag(col(Person.status) == PersonStatus.HELD, "is_held"),
            _flag(col(row.registration) == Registration.REGISTERED, "registered"),
            _flag(col(row.registration) == Registration.CANCELLED, "cancelled"),
            _flag(col(row.attended) == Attendance.NO, "stayed_away"),
            _flag(_came(), "came"),
            _flag(_presumed(), "presumed"),
            _flag(sa.and_(col(row.contributed), _came()), "contributed"),
        )
        .join(Event, col(Event.id) == col(row.event_id))
        .join(Person, col(Person.id) == col(row.person_id))
        .where(live(row), counted_people(), held_events(question))
        .group_by(col(row.event_id), col(row.person_id), col(Event.starts_on))
        .subquery()
    )


def _first_days() -> sa.Subquery:
    """The day of each person's first occasion anywhere."""
    return (
        sa.select(col(Participation.person_id).label("person_id"), sa.func.min(col(Event.starts_on)).label("day"))
        .join(Event, col(Event.id) == col(Participation.event_id))
        .where(live(Participation), live(Event), col(Event.status) == EventStatus.HELD)
        .where(col(Participation.registration) != Registration.CANCELLED, sa.or_(_came(), _presumed()))
        .group_by(col(Participation.person_id))
        .subquery()
    )


def _by_event(events: Iterable[EventLine], results: dict[int, Result]) -> list[Line]:
    return [
        {
            "event": event.public_id,
            "external_id": event.external_id,
            "title": event.title,
            "starts_on": event.starts_on.isoformat(),
            "event_type": event.event_type,
            "country": event.country,
            "affiliate": ", ".join(event.affiliates) or None,
            **results.get(event.id, Result()).as_line(),
        }
        for event in events
    ]


def _grouped(events: Iterable[EventLine], results: dict[int, Result], by: str) -> list[Line]:
    sums: dict[str, Result] = defaultdict(Result)
    counts: dict[str, int] = defaultdict(int)
    for event in events:
        for key in _keys(event, by):
            sums[key].add(results.get(event.id, Result()))
            counts[key] += 1
    return [{by: key, "events": counts[key], **sums[key].as_line()} for key in sorted(sums)]


def _keys(event: EventLine, by: str) -> tuple[str, ...]:
    match by:
        case "affiliate":
            return event.affiliates or ("none",)
        case "country":
            return (event.country or "none",)
        case "region":
            return (region_of(event.country) or "none",)
        case "year":
            return (str(event.starts_on.year),)
        case _:
            return (event.event_type,)
