"""Who organizes what: people with the events they organized, or counts of organizers by theme and place."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.aliases import PUBLIC_NAME
from wmcrm.errors import NotAllowedError
from wmcrm.models import (
    Affiliate,
    Attendance,
    Event,
    EventHost,
    EventTopic,
    HostRole,
    Participation,
    Person,
    Registration,
)
from wmcrm.normalize import region_of
from wmcrm.paths import LATEST
from wmcrm.reports.asked import counted_people, coverage_sentence, held_events, listed_people, live, may_read_exactly
from wmcrm.reports.report import Line, Question, Report
from wmcrm.reports.suppression import Hiding

DEFINITIONS = {
    "organized": "held events at which the person was there as organizer, creator or lead",
    "co_organized": "held events at which the person was there as trainer, facilitator, co-organizer, on the"
    " committee or coordinator, and not as organizer",
    "organizers": "people who organized or co-organized at least one of the events",
    "events": "held events with at least one of them",
}
BY_PERSON = (
    "person",
    "external_id",
    "name",
    "organized",
    "co_organized",
    "roles",
    "event_types",
    "topics",
    "countries",
    "affiliates",
    "first_on",
    "last_on",
)
BATCH = 1000
ORGANIZING = sorted(LATEST.organized_roles | LATEST.co_organizing_roles)


@dataclass(frozen=True, slots=True)
class Organizing:
    """One person organizing one event in one role."""

    person_id: int
    event_id: int
    role: str


@dataclass(frozen=True, slots=True)
class EventFacets:
    """What an event is about, where and by whom."""

    day: dt.date
    types: tuple[str, ...]
    country: str | None
    affiliates: tuple[str, ...]
    topics: tuple[str, ...]


def who_organizes_what_report(session: Session, question: Question) -> Report:
    """A line for each organizer (by person), or how many organize what, by type, topic, place or affiliate.

    Raises NotAllowedError by person for whoever may not list the people asked for.
    """
    by = question.grouped_by("person", "event_type", "topic", "country", "region", "affiliate", "year")
    if by == "person" and not may_read_exactly(session, question):
        raise NotAllowedError(
            "You may count these organizers, not list them; choose one of --by event_type, topic, country, region, "
            "affiliate, year."
        )
    found = list(_read(session, question, listed=by == "person"))
    facets = _facets(session, question)
    rows = _by_person(session, found, facets) if by == "person" else _grouped(found, facets, by)
    return Report(
        name="who-organizes-what",
        title="Who organizes what",
        question=question,
        definitions=DEFINITIONS,
        coverage=coverage_sentence(session, question),
        columns=BY_PERSON if by == "person" else (by, "events", "organizers", "organized", "co_organized"),
        rows=rows,
        n=len({one.person_id for one in found}),
        version=LATEST.version,
        hiding=Hiding(() if by == "person" else ("organizers", "organized", "co_organized")),
    )


def _read(session: Session, question: Question, *, listed: bool) -> Iterator[Organizing]:
    row = Participation
    there = sa.or_(col(row.attended) == Attendance.YES, col(row.contributed))
    presumed = sa.and_(
        sa.not_(col(Event.tracks_attendance)),
        col(row.registration) == Registration.REGISTERED,
        col(row.attended) == Attendance.UNKNOWN,
    )
    query = (
        sa.select(col(row.person_id), col(row.event_id), col(row.event_role))
        .join(Event, col(Event.id) == col(row.event_id))
        .join(Person, col(Person.id) == col(row.person_id))
        .where(live(row), col(row.event_role).in_(ORGANIZING), col(row.registration) != Registration.CANCELLED)
        .where(sa.or_(there, presumed), col(row.attended) != Attendance.NO)
        .where(held_events(question), listed_people() if listed else counted_people())
    )
    for person_id, event_id, role in session.execute(query.order_by(col(row.person_id), col(row.id))):
        yield Organizing(person_id, event_id, role.value)


def _facets(session: Session, question: Question) -> dict[int, EventFacets]:
    topics, hosts = defaultdict[int, list[str]](list), defaultdict[int, list[str]](list)
    asked = held_events(question)
    with_topics = (
        sa.select(col(EventTopic.event_id), col(EventTopic.topic))
        .join(Event, col(Event.id) == col(EventTopic.event_id))
        .where(asked)
        .order_by(col(EventTopic.topic))
    )
    for event_id, topic in session.execute(with_topics):
        topics[event_id].append(topic)
    with_hosts = (
        sa.select(col(EventHost.event_id), PUBLIC_NAME)
        .join(Affiliate, col(Affiliate.id) == col(EventHost.affiliate_id))
        .join(Event, col(Event.id) == col(EventHost.event_id))
        .where(asked, live(EventHost), col(EventHost.host_role) == HostRole.ORGANIZER)
        .order_by(PUBLIC_NAME)
    )
    for event_id, name in session.execute(with_hosts):
        hosts[event_id].append(name)
    query = sa.select(
        col(Event.id), col(Event.starts_on), col(Event.event_type), col(Event.second_type), col(Event.country)
    ).where(asked)
    return {
        event_id: EventFacets(
            day, tuple(kind.value for kind in kinds if kind), country, tuple(hosts[event_id]), tuple(topics[event_id])
        )
        for event_id, day, *kinds, country in session.execute(query)
    }


def _split(mine: Iterable[Organizing]) -> tuple[set[int], set[int]]:
    """The events organized and those only co-organized."""
    rows = list(mine)
    organized = {one.event_id for one in rows if one.role in LATEST.organized_roles}
    return organized, {one.event_id for one in rows} - organized


def _by_person(session: Session, found: Iterable[Organizing], facets: Mapping[int, EventFacets]) -> list[Line]:
    groups: dict[int, list[Organizing]] = defaultdict(list)
    for one in found:
        groups[one.person_id].append(one)
    names = _names(session, groups)
    rows = [_person_line(names[person_id], mine, facets) for person_id, mine in groups.items()]
    return sorted(rows, key=_most_first)


def _most_first(row: Line) -> tuple[int, int, str]:
    return -int(row["organized"] or 0), -int(row["co_organized"] or 0), str(row["person"])


def _names(session: Session, ids: Iterable[int]) -> dict[int, tuple[str, str | None, str]]:
    query = sa.select(col(Person.id), col(Person.public_id), col(Person.external_id), col(Person.display_name))
    wanted = sorted(ids)
    found: dict[int, tuple[str, str | None, str]] = {}
    for start in range(0, len(wanted), BATCH):
        part = query.where(col(Person.id).in_(wanted[start : start + BATCH]))
        for person_id, public_id, external_id, name in session.execute(part):
            found[person_id] = (public_id, external_id, name)
    return found


def _person_line(names: tuple[str, str | None, str], mine: list[Organizing], facets: Mapping[int, EventFacets]) -> Line:
    organized, co_organized = _split(mine)
    events = [facets[one.event_id] for one in mine]
    days = sorted(event.day for event in events)
    return {
        "person": names[0],
        "external_id": names[1],
        "name": names[2],
        "organized": len(organized),
        "co_organized": len(co_organized),
        "roles": _joined([one.role] for one in mine),
        "event_types": _joined(event.types for event in events),
        "topics": _joined(event.topics for event in events),
        "countries": _joined([event.country] for event in events if event.country),
        "affiliates": _joined(event.affiliates for event in events),
        "first_on": days[0].isoformat(),
        "last_on": days[-1].isoformat(),
    }


def _joined(parts: Iterable[Iterable[str]]) -> str:
    return "; ".join(sorted({value for part in parts for value in part}))


def _grouped(found: Iterable[Organizing], facets: Mapping[int, EventFacets], by: str) -> list[Line]:
    groups: dict[str, list[Organizing]] = defaultdict(list)
    for one in found:
        for key in KEYS[by](facets[one.event_id]):
            groups[key].append(one)
    return [_group_line(by, key, groups[key]) for key in sorted(groups)]


def _group_line(by: str, key: str, mine: list[Organizing]) -> Line:
    organized = {one.person_id for one in mine if one.role in LATEST.organized_roles}
    everybody = {one.person_id for one in mine}
    return {
        by: key,
        "events": len({one.event_id for one in mine}),
        "organizers": len(everybody),
        "organized": len(organized),
        "co_organized": len(everybody - organized),
    }


KEYS: Mapping[str, Callable[[EventFacets], tuple[str, ...]]] = {
    "event_type": lambda event: event.types,
    "topic": lambda event: event.topics or ("none",),
    "country": lambda event: (event.country or "none",),
    "region": lambda event: (region_of(event.country) or "none",),
    "affiliate": lambda event: event.affiliates or ("none",),
    "year": lambda event: (str(event.day.year),),
}
