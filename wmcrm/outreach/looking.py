"""What the gate looks at for a batch of people: read at once, judged one by one."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Beyond, acting_for, looks_beyond
from wmcrm.models import (
    Channel,
    ConsentStanding,
    ConsentState,
    ContactKind,
    ContactPoint,
    LawfulBasis,
    Merge,
    Person,
    PersonStatus,
    Protection,
    Purpose,
    metadata,
)
from wmcrm.models.scope import holders_lending, shared_people
from wmcrm.outreach.bounces import UNCONFIRMED
from wmcrm.outreach.restrictions import restricted_people
from wmcrm.outreach.suppression import Identifier, identifier_of_contact, suppressed_identifiers

HINT_DAYS = 30
WRITING_ACTIONS = ("outreach", "list", "opt_in")


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """What the gate asks of a person."""

    id: int
    public_id: str
    display_name: str
    status: PersonStatus
    protection: Protection
    removed_at: dt.datetime | None
    stepped_back_on: dt.date | None


@dataclass(frozen=True, slots=True)
class KnownState:
    """What holds for a channel, with the basis of the decision it stands on."""

    person_id: int
    channel: Channel
    standing: ConsentStanding
    since: dt.date | None
    valid_until: dt.date | None
    event_id: int | None
    basis: LawfulBasis | None
    recorded_for_id: int | None
    recorded_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class KnownPoint:
    """A contact point of the channel."""

    person_id: int
    kind: ContactKind
    normalized: str = field(repr=False)
    held_since: dt.datetime | None
    held_because: str | None = None

    @property
    def is_unconfirmed(self) -> bool:
        """Whether its person added it and has not opened the link that was sent there."""
        return self.held_since is not None and self.held_because == UNCONFIRMED


@dataclass(frozen=True, slots=True)
class Known:
    """The facts of one batch of people about one purpose and channel."""

    people: Mapping[int, KnownPerson]
    states: Mapping[int, Sequence[KnownState]]
    points: Mapping[int, Sequence[KnownPoint]]
    restricted: frozenset[int]
    suppressed: frozenset[Identifier]
    consented: Mapping[int, frozenset[str]]
    not_shared: frozenset[int] = frozenset()

    def own_points(self, person_id: int) -> list[KnownPoint]:
        """The points of a person; of merged records only those of the one that consented.

        A consent was given for the addresses that were known then: a merge never carries it to another's.
        """
        points = self.points.get(person_id, ())
        allowed = self.consented.get(person_id)
        return [point for point in points if allowed is None or point.normalized in allowed]

    def usable_points(self, person_id: int) -> list[KnownPoint]:
        """The points that neither bounced nor are suppressed, the preferred first."""
        return [
            point
            for point in self.own_points(person_id)
            if point.held_since is None and identifier_of_contact(point.kind, point.normalized) not in self.suppressed
        ]


def look(session: Session, ids: Sequence[int], purpose: Purpose, channel: Channel, day: dt.date) -> Known:
    """Read everything the gate needs for these people, in five questions for columns, not for whole rows.

    Of people whom another affiliate shares the gate knows contact points and states only if the grant names
    contacts and this very purpose.
    """
    shared = shared_people(session, ids)
    if not shared:
        return _look(session, ids, purpose, channel, day)
    own = _look(session, [person_id for person_id in ids if person_id not in shared], purpose, channel, day)
    holders = holders_lending(session, purpose.id)
    lent = sorted(shared_people(session, sorted(shared), holders))
    with acting_for(session, holders):  # columns only: no row of theirs stays in the session
        theirs = _look(session, lent, purpose, channel, day)
    bare = shared - set(lent)
    return Known(
        people={**own.people, **theirs.people, **_people(session, sorted(bare))},
        states={**own.states, **theirs.states},
        points={**own.points, **theirs.points},
        restricted=own.restricted | theirs.restricted,
        suppressed=own.suppressed | theirs.suppressed,
        consented={**own.consented, **theirs.consented},
        not_shared=frozenset(bare),
    )


def _look(session: Session, ids: Sequence[int], purpose: Purpose, channel: Channel, day: dt.date) -> Known:
    people = _people(session, ids)
    states = _states(session, ids, purpose, channel)
    points = _points(session, ids, channel)
    restricted = session.scalars(sa.select(col(Person.id)).where(col(Person.id).in_(ids), restricted_people(day)))
    named = [identifier_of_contact(p.kind, p.normalized) for of_person in points.values() for p in of_person]
    found = suppressed_identifiers(session, [one for one in named if one is not None], purpose=purpose.code)
    return Known(
        people=people,
        states=states,
        points=points,
        restricted=frozenset(restricted),
        suppressed=frozenset(found),
        consented=_consented(session, states, channel),
    )


def _people(session: Session, ids: Sequence[int]) -> dict[int, KnownPerson]:
    people = [KnownPerson(*row) for row in session.execute(sa.select(*_PERSON).where(col(Person.id).in_(ids)))]
    return {person.id: person for person in people}


def strictest(states: Sequence[KnownState], channel: Channel) -> KnownState | None:
    """The state of the channel itself, which the fold made with the decisions about all channels in it."""
    by_channel = {state.channel: state for state in states}
    return by_channel.get(channel) or by_channel.get(Channel.ANY)


def _consented(
    session: Session, states: Mapping[int, Sequence[KnownState]], channel: Channel
) -> dict[int, frozenset[str]]:
    """For people with merged records: the addresses of the record for which the consent was recorded."""
    merged = sa.select(col(Merge.survivor_id), sa.func.max(col(Merge.merged_at))).where(col(Merge.undone_at).is_(None))
    merged = merged.where(col(Merge.survivor_id).in_(list(states))).group_by(col(Merge.survivor_id))
    found: dict[int, frozenset[str]] = {}
    for person_id, merged_at in session.execute(merged):
        state = strictest(states[person_id], channel)
        if state is None or state.recorded_at is None or state.recorded_at > merged_at:
            continue
        point = ContactPoint
        theirs = sa.select(col(point.normalized)).where(
            col(point.person_id) == person_id,
            col(point.recorded_for_id) == state.recorded_for_id,
            col(point.removed_at).is_(None),
        )
        found[person_id] = frozenset(session.scalars(theirs))
    return found


@looks_beyond(Beyond.GATE)
def other_teams(session: Session, person_ids: Sequence[int], team: str, now: dt.datetime) -> dict[int, int]:
    """How many others than ``team`` took the address of each of these people in the last 30 days."""
    # Not in scope of who reads: the lines of the log are others', and only how many they are is told.
    entry, out = metadata.tables["access_log_entry"], metadata.tables["disclosure"]
    query = (
        sa.select(out.c.person_id, sa.func.count(sa.distinct(entry.c.actor)))
        .join(entry, entry.c.id == out.c.entry_id)
        .where(out.c.person_id.in_(person_ids), entry.c.action.in_(WRITING_ACTIONS))
        .where(entry.c.at >= now - dt.timedelta(days=HINT_DAYS), entry.c.actor != team)
        .group_by(out.c.person_id)
    )
    return {person_id: teams for person_id, teams in session.execute(query)}


_PERSON = (
    col(Person.id),
    col(Person.public_id),
    sa.func.coalesce(col(Person.alias), col(Person.display_name)),
    col(Person.status),
    col(Person.protection),
    col(Person.removed_at),
    col(Person.stepped_back_on),
)


@looks_beyond(Beyond.GATE)
def _states(session: Session, ids: Sequence[int], purpose: Purpose, channel: Channel) -> dict[int, list[KnownState]]:
    state = ConsentState
    decided = metadata.tables["consent_event"]  # not in scope of who reads: a state rests on it whoever recorded it
    query = (
        sa.select(
            col(state.person_id),
            col(state.channel),
            col(state.standing),
            col(state.since),
            col(state.valid_until),
            col(state.event_id),
            decided.c.basis,
            decided.c.recorded_for_id,
            decided.c.recorded_at,
        )
        .outerjoin(decided, decided.c.id == col(state.event_id))
        .where(col(state.person_id).in_(ids), col(state.purpose_id) == purpose.id)
        .where(col(state.channel).in_((Channel.ANY, channel)))
    )
    found: dict[int, list[KnownState]] = defaultdict(list)
    for row in session.execute(query):
        found[row[0]].append(KnownState(*row))
    return found


def _points(session: Session, ids: Sequence[int], channel: Channel) -> dict[int, list[KnownPoint]]:
    found: dict[int, list[KnownPoint]] = defaultdict(list)
    if channel.value not in set(ContactKind):
        return found
    point = ContactPoint
    query = (
        sa.select(
            col(point.person_id), col(point.kind), col(point.normalized), col(point.held_since), col(point.held_because)
        )
        .where(col(point.person_id).in_(ids), col(point.kind) == ContactKind(channel.value))
        .where(col(point.removed_at).is_(None), col(point.superseded_by_id).is_(None))
        .order_by(col(point.preferred).desc(), col(point.id))
    )
    for row in session.execute(query):
        found[row[0]].append(KnownPoint(*row))
    return found
