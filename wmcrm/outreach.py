"""The gate: the only way out for contact values.

``outreach`` answers for many people at once, ``reveal`` for one contact point; both leave a line in the
access log. ``may_contact`` answers without giving a value. Permitted and withheld people always add up to
the audience.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent import find_purpose
from wmcrm.db import actor_of
from wmcrm.errors import BadInputError, NotAllowedError, NotFoundError
from wmcrm.models import (
    AccessLogEntry,
    Channel,
    ConsentStanding,
    ConsentState,
    ContactKind,
    ContactPoint,
    Person,
    PersonStatus,
    Protection,
    Purpose,
    now_utc,
)

BATCH = 1000
RECRUITMENT = frozenset({"organizer_recruitment"})


class Answer(StrEnum):
    """Whether, and by which way, a person may be written to for a purpose."""

    YES = "yes"
    NO = "no"


class Withheld(StrEnum):
    """Why a person may not be written to; the first that applies is given."""

    ERASED = "erased"
    SEALED = "sealed"
    NOT_ACTIVE = "not_active"
    ELEVATED = "elevated"
    STEPPED_BACK = "stepped_back"
    OBJECTED = "objected"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    UNPROVEN = "unproven"
    NO_CONSENT = "no_consent"
    EXPIRED = "expired"
    NO_CONTACT_POINT = "no_contact_point"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class ContactAnswer:
    """The answer for one person: why, and on which decision it stands."""

    person_id: int
    answer: Answer
    reason: Withheld | None = None
    since: dt.date | None = None
    valid_until: dt.date | None = None
    consent_event_id: int | None = None


@dataclass(frozen=True, slots=True)
class PermittedPoint:
    """A person who may be written to, with the value: handle with care, never log it."""

    person: str
    display_name: str
    channel: Channel
    value: str
    since: dt.date | None
    valid_until: dt.date | None

    def __repr__(self) -> str:
        return f"PermittedPoint({self.person})"


@dataclass(frozen=True, slots=True)
class Outreach:
    """Who may be written to, how many may not and why; ``audience`` = permitted + withheld."""

    permitted: Sequence[PermittedPoint]
    withheld: Mapping[Withheld, int]
    audience: int


@dataclass(frozen=True, slots=True)
class _Known:
    """What the gate looks at, for one batch of people."""

    people: Mapping[int, Person]
    states: Mapping[int, Sequence[ConsentState]]
    points: Mapping[int, Sequence[ContactPoint]]


def may_contact(
    session: Session, person: Person, *, purpose: str, channel: Channel, on: dt.date | None = None
) -> ContactAnswer:
    """Whether a person may be written to for a purpose through a channel on a day (default: today)."""
    register = find_purpose(session, purpose)
    known = _look(session, [person.id], register, channel)
    return _decide(person.id, known, register, channel, on or now_utc().date())


def outreach(
    session: Session,
    person_ids: Iterable[int],
    *,
    purpose: str,
    channel: Channel,
    reason: str,
    on: dt.date | None = None,
) -> Outreach:
    """The permitted contact points of an audience and the others counted by reason; logged in one row.

    Raises BadInputError without a reason. A person counts once, however often an id is repeated.
    """
    if not reason.strip():
        raise BadInputError("Say in one line what you need the addresses for.")
    register = find_purpose(session, purpose)
    audience = sorted(set(person_ids))
    permitted: list[PermittedPoint] = []
    withheld: Counter[Withheld] = Counter()
    for start in range(0, len(audience), BATCH):
        batch = audience[start : start + BATCH]
        known = _look(session, batch, register, channel)
        for person_id in batch:
            answer = _decide(person_id, known, register, channel, on or now_utc().date())
            if answer.reason is not None:
                withheld[answer.reason] += 1
            else:
                permitted.append(_permitted(known, answer, channel))
    entry = _entry(session, "outreach", reason)
    entry.purpose, entry.channel, entry.people = purpose, channel.value, len(permitted)
    _log(session, entry)
    return Outreach(permitted, dict(withheld), len(audience))


def reveal(session: Session, contact_point_id: int, reason: str) -> str:
    """The value of one contact point, for somebody who said why; logged.

    Raises NotFoundError when there is none in scope, NotAllowedError for people whose protection forbids it.
    """
    if not reason.strip():
        raise BadInputError("Say in one line what you need the address for.")
    point = session.get(ContactPoint, contact_point_id)
    person = session.get(Person, point.person_id) if point is not None else None
    if point is None or person is None or point.removed_at is not None or person.status is PersonStatus.ERASED:
        raise NotFoundError("There is no such contact point.")
    if person.protection is not Protection.NORMAL:
        raise NotAllowedError("This person is protected; ask the steward of the affiliate that holds the record.")
    entry = _entry(session, "reveal", reason)
    entry.person_id, entry.record_id, entry.channel, entry.people = person.id, point.id, point.kind.value, 1
    _log(session, entry)
    return point.value


def _look(session: Session, ids: Sequence[int], purpose: Purpose, channel: Channel) -> _Known:
    people = session.scalars(sa.select(Person).where(col(Person.id).in_(ids)))
    states: dict[int, list[ConsentState]] = {}
    wanted = (Channel.ANY, channel)
    of_purpose = sa.select(ConsentState).where(
        col(ConsentState.person_id).in_(ids),
        col(ConsentState.purpose_id) == purpose.id,
        col(ConsentState.channel).in_(wanted),
    )
    for state in session.scalars(of_purpose):
        states.setdefault(state.person_id, []).append(state)
    points: dict[int, list[ContactPoint]] = {}
    if channel.value in set(ContactKind):
        of_channel = (
            sa.select(ContactPoint)
            .where(col(ContactPoint.person_id).in_(ids), col(ContactPoint.kind) == ContactKind(channel.value))
            .where(col(ContactPoint.removed_at).is_(None), col(ContactPoint.superseded_by_id).is_(None))
            .order_by(col(ContactPoint.preferred).desc(), col(ContactPoint.id))
        )
        for point in session.scalars(of_channel):
            points.setdefault(point.person_id, []).append(point)
    return _Known({person.id: person for person in people}, states, points)


def _decide(person_id: int, known: _Known, purpose: Purpose, channel: Channel, day: dt.date) -> ContactAnswer:
    reason = _protected(known.people.get(person_id), purpose)
    state = _strictest(known.states.get(person_id, ()), channel)
    if reason is None:
        reason = _forbidden(state, day)
    if reason is None and channel is not Channel.IN_PERSON:
        reason = _unreachable(known.points.get(person_id, ()))
    return ContactAnswer(
        person_id=person_id,
        answer=Answer.YES if reason is None else Answer.NO,
        reason=reason,
        since=state.since if state else None,
        valid_until=state.valid_until if state else None,
        consent_event_id=state.event_id if state else None,
    )


def _protected(person: Person | None, purpose: Purpose) -> Withheld | None:
    if person is None or person.status is PersonStatus.ERASED:
        return Withheld.ERASED
    if person.protection is Protection.SEALED:
        return Withheld.SEALED
    if person.status is not PersonStatus.ACTIVE or person.removed_at is not None:
        return Withheld.NOT_ACTIVE
    if person.protection is Protection.ELEVATED:
        return Withheld.ELEVATED
    if person.stepped_back_on is not None and purpose.code in RECRUITMENT:
        return Withheld.STEPPED_BACK
    return None


# A decision about all channels and one about this channel can both stand; what forbids more is looked at first.
_FORBIDDING = (
    (ConsentStanding.OBJECTED, Withheld.OBJECTED),
    (ConsentStanding.WITHDRAWN, Withheld.WITHDRAWN),
    (ConsentStanding.REFUSED, Withheld.REFUSED),
    (ConsentStanding.UNPROVEN, Withheld.UNPROVEN),
)


def _strictest(states: Sequence[ConsentState], channel: Channel) -> ConsentState | None:
    """The state of the channel itself, which the fold made with the decisions about all channels in it."""
    by_channel = {state.channel: state for state in states}
    return by_channel.get(channel) or by_channel.get(Channel.ANY)


def _forbidden(state: ConsentState | None, day: dt.date) -> Withheld | None:
    if state is None:
        return Withheld.NO_CONSENT
    for standing, reason in _FORBIDDING:
        if state.standing is standing:
            return reason
    if state.since is not None and day < state.since:
        return Withheld.NO_CONSENT
    if state.valid_until is not None and day > state.valid_until:
        return Withheld.EXPIRED
    return None


def _unreachable(points: Sequence[ContactPoint]) -> Withheld | None:
    if not points:
        return Withheld.NO_CONTACT_POINT
    return Withheld.BOUNCED if all(point.held_since is not None for point in points) else None


def _permitted(known: _Known, answer: ContactAnswer, channel: Channel) -> PermittedPoint:
    person = known.people[answer.person_id]
    usable = [point for point in known.points.get(answer.person_id, ()) if point.held_since is None]
    return PermittedPoint(
        person=person.public_id,
        display_name=person.display_name,
        channel=channel,
        value=usable[0].normalized if usable else "",
        since=answer.since,
        valid_until=answer.valid_until,
    )


def _log(session: Session, entry: AccessLogEntry) -> None:
    session.add(entry)
    session.flush()


def _entry(session: Session, action: str, reason: str) -> AccessLogEntry:
    actor = actor_of(session)
    return AccessLogEntry(account_id=actor.account_id, actor=actor.name, action=action, reason=reason.strip())
