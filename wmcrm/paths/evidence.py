"""The evidence as it is stored, read in a few set queries.

Columns are read, never objects: ten thousand people take a second. Live evidence only: no removed or
replaced rows, nobody who is held at import or merged away. What an erased person left behind without a
name still counts for others.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeVarTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session
from sqlmodel import col

from wmcrm.models import Event, EventHost, EventStatus, HostRole, Person, PersonStatus
from wmcrm.models import Involvement as InvolvementRow
from wmcrm.models import Membership as MembershipRow
from wmcrm.models import Mentorship as MentorshipRow
from wmcrm.models import Participation as ParticipationRow
from wmcrm.paths.facts import EventFact, Facts, Involvement, Mentorship, Participation, PersonFact, Position
from wmcrm.paths.rules import LATEST, PathModel
from wmcrm.paths.selection import EVERYBODY, Asked, Condition, asked_people, live

SELF_REPORT = "self_report"
_ATTENDED = {"yes": True, "no": False}
_CHUNK = 500
_NO_HOSTS: frozenset[int] = frozenset()
Columns = TypeVarTuple("Columns")
Ids = sa.Select[int]


def load_facts(
    session: Session,
    *,
    as_of: dt.date,
    asked: Asked = EVERYBODY,
    shown: Condition | None = None,
    model: PathModel = LATEST,
) -> Facts:
    """Return the facts up to ``as_of`` from which the paths of the people asked for follow.

    ``people`` are those asked for (and ``shown``, a further condition on Person). Besides their own rows
    come those that decide over them: of the people they mentored, and of who was at their trainings.
    """
    wanted = asked_people(asked, as_of)
    condition = wanted if shown is None else sa.and_(wanted, shown)
    circle = None if asked.is_everybody else _circle(condition)
    participations = list(_participations(session, circle, model))
    return Facts(
        people=_people(session, condition),
        events=_events(session, as_of, None if circle is None else {row.event for row in participations}),
        participations=participations,
        positions=list(_positions(session, as_of, circle)),
        involvements=list(_involvements(session, as_of, circle)),
        mentorships=list(_mentorships(session, as_of, circle)),
    )


def _circle(condition: Condition) -> Ids:
    """Return the ids of these people, of whom they mentor, of whom those mentor, and so on."""
    start = sa.select(col(Person.id).label("id")).where(condition).cte("circle", recursive=True)
    mentees = (
        sa.select(col(MentorshipRow.mentee_id))
        .join(start, start.c.id == col(MentorshipRow.person_id))
        .where(live(MentorshipRow))
    )
    return sa.select(start.union(mentees).c.id)


def _counting() -> Condition:
    """Return the condition on Person of those whose rows are evidence."""
    return sa.and_(
        col(Person.removed_at).is_(None),
        col(Person.status).in_([PersonStatus.ACTIVE, PersonStatus.ERASED]),
    )


def _people(session: Session, condition: Condition) -> dict[int, PersonFact]:
    route = sa.type_coerce(col(Person.entry_route), sa.String)
    query = sa.select(col(Person.id), route, col(Person.stepped_back_on)).where(condition)
    return {row[0]: PersonFact(*row) for row in session.execute(query)}


def _events(session: Session, as_of: dt.date, ids: set[int] | None) -> dict[int, EventFact]:
    query = sa.select(
        col(Event.id),
        col(Event.starts_on),
        col(Event.country),
        col(Event.programme_id),
        col(Event.status) == EventStatus.HELD,
        col(Event.tracks_attendance),
    ).where(live(Event), col(Event.starts_on) <= as_of)
    hosting = sa.select(col(EventHost.event_id), col(EventHost.affiliate_id)).where(
        live(EventHost), col(EventHost.host_role) == HostRole.ORGANIZER
    )
    hosts: dict[int, set[int]] = defaultdict(set)
    for part in _parts(hosting, col(EventHost.event_id), ids):
        for event, affiliate in session.execute(part):
            hosts[event].add(affiliate)
    of_event = {event: frozenset(affiliates) for event, affiliates in hosts.items()}
    return {
        event: EventFact(event, day, of_event.get(event, _NO_HOSTS), country, programme, bool(held), bool(tracked))
        for part in _parts(query, col(Event.id), ids)
        for event, day, country, programme, held, tracked in session.execute(part)
    }


def _parts(query: sa.Select[*Columns], column: Mapped[int], ids: Iterable[int] | None) -> Iterator[sa.Select[*Columns]]:
    """Yield the query over everything, or in parts over these ids."""
    if ids is None:
        yield query
        return
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        yield query.where(column.in_(wanted[start : start + _CHUNK]))


def _participations(session: Session, circle: Ids | None, model: PathModel) -> Iterator[Participation]:
    """Yield the rows; codes come as plain text, which is quicker than members of enumerations."""
    row = ParticipationRow
    query = (
        sa.select(
            col(row.id),
            col(row.person_id),
            col(row.event_id),
            sa.type_coerce(col(row.event_role), sa.String),
            sa.type_coerce(col(row.attended), sa.String),
            col(row.contributed),
            sa.type_coerce(col(row.registration), sa.String),
            sa.type_coerce(col(row.capacity), sa.String),
            _is_confirmed(),
        )
        .join(Person, col(Person.id) == col(row.person_id))
        .where(live(row), _counting())
    )
    if circle is not None:
        query = query.where(col(row.id).in_(_neighbourhood(circle, model)))
    for number, person, event, role, attended, contributed, registration, capacity, sure in session.execute(query):
        came, signed_up, cancelled = _ATTENDED.get(attended), registration == "registered", registration == "cancelled"
        yield Participation(number, person, event, role, came, contributed, signed_up, cancelled, capacity, bool(sure))


def _is_confirmed() -> Condition:
    """A row whose source is a self-report waits for a sheet row or for somebody who confirms it."""
    row = ParticipationRow
    return sa.or_(
        col(row.source).is_(None),
        col(row.source) != SELF_REPORT,
        col(row.confirmed_by_id).is_not(None),
        col(row.source_row_id).is_not(None),
    )


def _neighbourhood(circle: Ids, model: PathModel) -> sa.CompoundSelect[int]:
    """Return the participations of the circle, at its trainings, and the organizing of who was there."""
    row = ParticipationRow
    training = sa.select(col(row.event_id)).where(
        col(row.person_id).in_(circle), col(row.event_role).in_(sorted(model.training_roles)), live(row)
    )
    attendees = sa.select(col(row.person_id)).where(col(row.event_id).in_(training), live(row))
    ids = sa.select(col(row.id))
    return sa.union(
        ids.where(col(row.person_id).in_(circle)),
        ids.where(col(row.event_id).in_(training)),
        ids.where(col(row.person_id).in_(attendees), col(row.event_role).in_(sorted(model.organized_roles))),
    )


def _positions(session: Session, as_of: dt.date, circle: Ids | None) -> Iterator[Position]:
    row = MembershipRow
    position = sa.type_coerce(col(row.position), sa.String)
    query = (
        sa.select(col(row.id), col(row.person_id), col(row.affiliate_id), position, col(row.since), col(row.until))
        .join(Person, col(Person.id) == col(row.person_id))
        .where(live(row), _counting(), col(row.since) <= as_of)
    )
    if circle is not None:
        query = query.where(col(row.person_id).in_(circle))
    for number, person, affiliate, word, since, until in session.execute(query):
        if since is not None:
            yield Position(number, person, affiliate, word, since, until)


def _involvements(session: Session, as_of: dt.date, circle: Ids | None) -> Iterator[Involvement]:
    row = InvolvementRow
    kind = sa.type_coerce(col(row.kind), sa.String)
    query = (
        sa.select(col(row.id), col(row.person_id), col(row.initiative_id), kind, col(row.since), col(row.until))
        .join(Person, col(Person.id) == col(row.person_id))
        .where(live(row), _counting(), col(row.since) <= as_of)
    )
    if circle is not None:
        query = query.where(col(row.person_id).in_(circle))
    for number, person, initiative, word, since, until in session.execute(query):
        if since is not None:
            yield Involvement(number, person, initiative, word, since, until)


def _mentorships(session: Session, as_of: dt.date, circle: Ids | None) -> Iterator[Mentorship]:
    row = MentorshipRow
    query = (
        sa.select(col(row.id), col(row.person_id), col(row.mentee_id), col(row.since), col(row.until))
        .join(Person, col(Person.id) == col(row.person_id))
        .where(live(row), _counting(), col(row.since) <= as_of)
    )
    if circle is not None:
        query = query.where(col(row.person_id).in_(circle))
    for number, mentor, mentee, since, until in session.execute(query):
        if since is not None:
            yield Mentorship(number, mentor, mentee, since, until)
