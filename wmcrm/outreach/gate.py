"""The gate: may_contact answers for one person, outreach for many, reveal gives one value."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent import find_purpose, may_rest_on_interest
from wmcrm.db import Beyond, actor_of, beyond_scope
from wmcrm.errors import BadInputError, NotAllowedError, NotFoundError
from wmcrm.models import (
    AccessLogEntry,
    Channel,
    ConsentStanding,
    ContactPoint,
    Disclosure,
    LawfulBasis,
    PermissionRole,
    Person,
    PersonStatus,
    Protection,
    Purpose,
    holds,
    metadata,
    now_utc,
)
from wmcrm.outreach.answers import Answer, ContactAnswer, Outreach, PermittedPoint, Withheld
from wmcrm.outreach.looking import Known, KnownState, look, other_teams, strictest
from wmcrm.outreach.restrictions import restricted_people

BATCH = 1000
RECRUITMENT = frozenset({"organizer_recruitment"})
STEWARDS = frozenset({PermissionRole.STEWARD.value, PermissionRole.ADMINISTRATOR.value})
Judge = Callable[[int, Known], ContactAnswer]


def may_contact(
    session: Session, person: Person, *, purpose: str, channel: Channel, on: dt.date | None = None
) -> ContactAnswer:
    """Whether a person may be written to for a purpose through a channel on a day (default: today)."""
    register = find_purpose(session, purpose)
    day = on or now_utc().date()
    return decide(person.id, look(session, [person.id], register, channel, day), register, channel, day)


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

    Raises BadInputError without a reason. A person counts once, however often an id is repeated. Each
    permitted person is noted as a recipient of that row of the log.
    """
    register = find_purpose(session, purpose)
    day = on or now_utc().date()
    entry = open_entry(session, "outreach", reason, purpose=purpose, channel=channel)

    def judge(person_id: int, known: Known) -> ContactAnswer:
        return decide(person_id, known, register, channel, day)

    return let_out(session, person_ids, (register, channel, day), entry, judge)


def let_out(
    session: Session,
    person_ids: Iterable[int],
    about: tuple[Purpose, Channel, dt.date],
    entry: AccessLogEntry,
    judge: Judge,
) -> Outreach:
    """Judge each person of an audience, give the permitted points and log them under one entry."""
    register, channel, day = about
    audience = sorted(set(person_ids))
    permitted: dict[int, PermittedPoint] = {}
    withheld: Counter[Withheld] = Counter()
    for batch in _batches(audience):
        known = look(session, batch, register, channel, day)
        for person_id in batch:
            answer = judge(person_id, known)
            if answer.reason is not None:
                withheld[answer.reason] += 1
            else:
                permitted[person_id] = _permitted(known, answer, channel)
    hinted = _hinted(session, permitted, entry.actor)
    entry.people = len(permitted)
    _log(session, entry)
    _note_recipients(session, entry, list(permitted))
    return Outreach(hinted, dict(withheld), len(audience))


def reveal(session: Session, contact_point_id: int, reason: str) -> str:
    """The value of one contact point, for somebody who said why; logged.

    Raises NotFoundError when there is none in scope, NotAllowedError for people whose protection or
    restriction forbids it: of elevated people only stewards see addresses, of sealed ones nobody here.
    """
    point = session.get(ContactPoint, contact_point_id)
    person = session.get(Person, point.person_id) if point is not None else None
    entry = open_entry(session, "reveal", reason)
    if point is None or person is None or point.removed_at is not None or person.status is PersonStatus.ERASED:
        raise NotFoundError("There is no such contact point.")
    if person.protection is Protection.SEALED or (
        person.protection is Protection.ELEVATED and not _is_steward_of(session, person)
    ):
        raise NotAllowedError("This person is protected; ask the steward of the affiliate that holds the record.")
    restricted = sa.select(sa.literal(1)).where(restricted_people(now_utc().date()), col(Person.id) == person.id)
    if session.scalars(restricted.select_from(Person)).first():
        raise NotAllowedError("The use of this person's data is restricted; ask a steward.")
    entry.person_id, entry.record_id, entry.channel, entry.people = person.id, point.id, point.kind.value, 1
    _log(session, entry)
    return point.value


def _is_steward_of(session: Session, person: Person) -> bool:
    actor = actor_of(session)
    steward = actor.with_roles(STEWARDS)
    return actor.is_operator or (bool(steward.roles) and holds(session, steward, person))


def decide(person_id: int, known: Known, purpose: Purpose, channel: Channel, day: dt.date) -> ContactAnswer:
    """The answer for one person of a batch."""
    reason = _protected(person_id, known, purpose)
    state = strictest(known.states.get(person_id, ()), channel)
    if reason is None:
        reason = _forbidden(state, day) or _wrong_basis(state, purpose)
    if reason is None and channel is not Channel.IN_PERSON:
        reason = unreachable(person_id, known)
    return ContactAnswer(
        person_id=person_id,
        answer=Answer.YES if reason is None else Answer.NO,
        reason=reason,
        since=state.since if state else None,
        valid_until=state.valid_until if state else None,
        consent_event_id=state.event_id if state else None,
        basis=state.basis if state else None,
    )


def open_entry(
    session: Session, action: str, reason: str, *, purpose: str | None = None, channel: Channel | None = None
) -> AccessLogEntry:
    """A line for the access log in the name of who acts, not yet stored; raises BadInputError without a reason."""
    if not reason.strip():
        raise BadInputError("Say in one line what you need the addresses for.")
    actor = actor_of(session)
    return AccessLogEntry(
        account_id=actor.account_id,
        actor=actor.name,
        action=action,
        reason=reason.strip()[:500],
        purpose=purpose,
        channel=channel.value if channel else None,
    )


def _protected(person_id: int, known: Known, purpose: Purpose) -> Withheld | None:
    person = known.people.get(person_id)
    if person is None or person.status is PersonStatus.ERASED:
        return Withheld.ERASED
    if person.protection is Protection.SEALED:
        return Withheld.SEALED
    if person.status is not PersonStatus.ACTIVE or person.removed_at is not None:
        return Withheld.NOT_ACTIVE
    if person.protection is Protection.ELEVATED:
        return Withheld.ELEVATED
    if person_id in known.not_shared:
        return Withheld.NOT_SHARED
    if person_id in known.restricted:
        return Withheld.RESTRICTED
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


def _forbidden(state: KnownState | None, day: dt.date) -> Withheld | None:
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


def _wrong_basis(state: KnownState | None, purpose: Purpose) -> Withheld | None:
    """A ground other than consent counts only if the register names it for the purpose."""
    basis = state.basis if state is not None else None
    if basis is None or basis is LawfulBasis.CONSENT:
        return None
    if basis is LawfulBasis.LEGITIMATE_INTEREST:
        return None if may_rest_on_interest(purpose) else Withheld.WRONG_BASIS
    return None if basis is purpose.default_basis else Withheld.WRONG_BASIS


def unreachable(person_id: int, known: Known) -> Withheld | None:
    """Why none of a person's addresses may be used; None where one may."""
    points = known.own_points(person_id)
    if not points:
        return Withheld.NO_CONTACT_POINT
    if all(point.held_since is not None for point in points):
        return Withheld.UNCONFIRMED if all(point.is_unconfirmed for point in points) else Withheld.BOUNCED
    return None if known.usable_points(person_id) else Withheld.SUPPRESSED


def _permitted(known: Known, answer: ContactAnswer, channel: Channel) -> PermittedPoint:
    person = known.people[answer.person_id]
    usable = known.usable_points(answer.person_id)
    return PermittedPoint(
        person=person.public_id,
        display_name=person.display_name,
        channel=channel,
        value=usable[0].normalized if usable else "",
        since=answer.since,
        valid_until=answer.valid_until,
        basis=answer.basis,
    )


def _hinted(session: Session, permitted: dict[int, PermittedPoint], team: str) -> list[PermittedPoint]:
    counts: dict[int, int] = {}
    for batch in _batches(list(permitted)):
        counts |= other_teams(session, batch, team, now_utc())
    return [replace(point, other_teams=counts.get(person_id, 0)) for person_id, point in permitted.items()]


def _note_recipients(session: Session, entry: AccessLogEntry, person_ids: Sequence[int]) -> None:
    rows = [{"entry_id": entry.id, "person_id": person_id} for person_id in person_ids]
    if rows:
        with beyond_scope(session, Beyond.GATE):  # also of people whom another affiliate shares
            session.execute(sa.insert(metadata.tables[str(Disclosure.__tablename__)]), rows)


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _log(session: Session, entry: AccessLogEntry) -> None:
    session.add(entry)
    session.flush()
