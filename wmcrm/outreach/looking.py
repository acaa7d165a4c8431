"""What the gate looks at for a batch of people: read at once, judged one by one."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import (
    AccessLogEntry,
    Channel,
    ConsentEvent,
    ConsentState,
    ContactKind,
    ContactPoint,
    Disclosure,
    LawfulBasis,
    Person,
    Purpose,
)
from wmcrm.outreach.restrictions import restricted_people
from wmcrm.outreach.suppression import Identifier, identifier_of_contact, suppressed_identifiers

HINT_DAYS = 30
WRITING_ACTIONS = ("outreach", "list", "opt_in")


@dataclass(frozen=True, slots=True)
class Known:
    """The facts of one batch of people about one purpose and channel."""

    people: Mapping[int, Person]
    states: Mapping[int, Sequence[ConsentState]]
    bases: Mapping[int, LawfulBasis]
    points: Mapping[int, Sequence[ContactPoint]]
    restricted: frozenset[int]
    suppressed: frozenset[Identifier]

    def usable_points(self, person_id: int) -> list[ContactPoint]:
        """The points that neither bounced nor are suppressed, the preferred first."""
        return [
            point
            for point in self.points.get(person_id, ())
            if point.held_since is None and identifier_of_contact(point.kind, point.normalized) not in self.suppressed
        ]


def look(session: Session, ids: Sequence[int], purpose: Purpose, channel: Channel, day: dt.date) -> Known:
    """Read everything the gate needs for these people, in six questions."""
    people = session.scalars(sa.select(Person).where(col(Person.id).in_(ids)))
    states = _states(session, ids, purpose, channel)
    points = _points(session, ids, channel)
    restricted = session.scalars(sa.select(col(Person.id)).where(col(Person.id).in_(ids), restricted_people(day)))
    named = [identifier_of_contact(p.kind, p.normalized) for of_person in points.values() for p in of_person]
    found = suppressed_identifiers(session, [one for one in named if one is not None], purpose=purpose.code)
    return Known(
        people={person.id: person for person in people},
        states=states,
        bases=_bases(session, states),
        points=points,
        restricted=frozenset(restricted),
        suppressed=frozenset(found),
    )


def other_teams(session: Session, person_ids: Sequence[int], team: str, now: dt.datetime) -> dict[int, int]:
    """How many others than ``team`` took the address of each of these people in the last 30 days."""
    entry = AccessLogEntry
    query = (
        sa.select(col(Disclosure.person_id), sa.func.count(sa.distinct(col(entry.actor))))
        .join(entry, col(entry.id) == col(Disclosure.entry_id))
        .where(col(Disclosure.person_id).in_(person_ids), col(entry.action).in_(WRITING_ACTIONS))
        .where(col(entry.at) >= now - dt.timedelta(days=HINT_DAYS), col(entry.actor) != team)
        .group_by(col(Disclosure.person_id))
    )
    return dict(session.execute(query).all())


def _states(session: Session, ids: Sequence[int], purpose: Purpose, channel: Channel) -> dict[int, list[ConsentState]]:
    query = sa.select(ConsentState).where(
        col(ConsentState.person_id).in_(ids),
        col(ConsentState.purpose_id) == purpose.id,
        col(ConsentState.channel).in_((Channel.ANY, channel)),
    )
    found: dict[int, list[ConsentState]] = defaultdict(list)
    # the state is written beside the ORM: what this session read before may be of yesterday
    for state in session.scalars(query.execution_options(populate_existing=True)):
        found[state.person_id].append(state)
    return found


def _bases(session: Session, states: Mapping[int, Sequence[ConsentState]]) -> dict[int, LawfulBasis]:
    events = {state.event_id for of_person in states.values() for state in of_person if state.event_id}
    query = sa.select(col(ConsentEvent.id), col(ConsentEvent.basis)).where(col(ConsentEvent.id).in_(events))
    return dict(session.execute(query).all()) if events else {}


def _points(session: Session, ids: Sequence[int], channel: Channel) -> dict[int, list[ContactPoint]]:
    found: dict[int, list[ContactPoint]] = defaultdict(list)
    if channel.value not in set(ContactKind):
        return found
    query = (
        sa.select(ContactPoint)
        .where(col(ContactPoint.person_id).in_(ids), col(ContactPoint.kind) == ContactKind(channel.value))
        .where(col(ContactPoint.removed_at).is_(None), col(ContactPoint.superseded_by_id).is_(None))
        .order_by(col(ContactPoint.preferred).desc(), col(ContactPoint.id))
    )
    for point in session.scalars(query):
        found[point.person_id].append(point)
    return found
