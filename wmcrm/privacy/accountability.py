"""What an authority or a person affected may ask: the record of processing, the scope of a breach."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.errors import BadInputError
from wmcrm.models import (
    AccessLogEntry,
    Account,
    Affiliate,
    ContactPoint,
    Disclosure,
    Holding,
    LawfulBasis,
    Person,
    ProcessingActivity,
    Protection,
)
from wmcrm.permissions import Permission
from wmcrm.privacy.authority import require_for_all

BATCH = 500


@dataclass(frozen=True, slots=True)
class Activity:
    """A line of the record of processing activities (Article 30)."""

    code: str
    purpose: str
    basis: LawfulBasis
    people: str
    data: str
    recipients: str
    transfers: str
    retention: str
    security: str


@dataclass(frozen=True, slots=True)
class BreachScope:
    """What an account saw or took out in a span of time: ids of people, never their values.

    ``people`` maps each person id to the actions that touched them; ``acts`` counts lines of the log by
    action; ``unnamed`` is how many lines name nobody one by one (such as lists prepared but not opened).
    ``affiliates`` counts the people by who holds them today ("" for nobody); one person may count at several.
    """

    since: dt.datetime
    until: dt.datetime
    people: Mapping[int, frozenset[str]]
    acts: Mapping[str, int]
    unnamed: int
    protected: frozenset[int]
    kinds: Mapping[str, int]
    public_ids: Mapping[int, str]
    affiliates: Mapping[str, int]

    @property
    def must_tell_people(self) -> bool:
        """True when somebody protected is affected: then a high risk is to be assumed (Article 34)."""
        return bool(self.protected)


def processing_record(session: Session) -> Sequence[Activity]:
    """The record of processing activities, as rows that the operator keeps."""
    rows = session.scalars(sa.select(ProcessingActivity).order_by(col(ProcessingActivity.id)))
    names = Activity.__slots__
    return [Activity(**{name: getattr(row, name) for name in names}) for row in rows]


def breach_scope(
    session: Session, since: dt.datetime, until: dt.datetime, account: Account | None = None
) -> BreachScope:
    """Whose data was seen or taken out from ``since`` to before ``until``, by one account or by anybody.

    The log is kept for 180 days: an earlier beginning gives what is left. Raises BadInputError for a span
    that ends before it begins or has no time zone, NotAllowedError for who does not see the whole movement.
    """
    require_for_all(session, Permission.ACCESS_LOG_READ)
    if since.tzinfo is None or until.tzinfo is None or until < since:
        raise BadInputError("Give the span with time zones, the beginning before the end.")
    entries = _entries(session, since, until, account)
    touched: dict[int, set[str]] = {}
    named: set[int] = set()
    for entry_id, action, person_id in entries:
        if person_id is not None:
            touched.setdefault(person_id, set()).add(action)
            named.add(entry_id)
    ids = [entry_id for entry_id, _, _ in entries]
    actions = {entry_id: action for entry_id, action, _ in entries}
    for entry_id, person_id in _disclosed(session, ids):
        touched.setdefault(person_id, set()).add(actions[entry_id])
        named.add(entry_id)
    acts = Counter(actions.values())
    people = {person_id: frozenset(done) for person_id, done in sorted(touched.items())}
    return BreachScope(
        since=since,
        until=until,
        people=people,
        acts=dict(acts),
        unnamed=len(actions) - len(named),
        protected=_protected(session, people),
        kinds=_kinds(session, people),
        public_ids=_public_ids(session, people),
        affiliates=_affiliates(session, people),
    )


def tell_breach_taken(session: Session, scope: BreachScope) -> None:
    """Log that somebody took out the list of people whom a breach concerns."""
    actor = actor_of(session)
    span = f"{scope.since.isoformat(timespec='minutes')} to {scope.until.isoformat(timespec='minutes')}"
    session.add(
        AccessLogEntry(
            account_id=actor.account_id,
            actor=actor.name,
            action="breach_list",
            reason=span,
            people=len(scope.people),
        )
    )
    session.flush()


def _entries(
    session: Session, since: dt.datetime, until: dt.datetime, account: Account | None
) -> Sequence[tuple[int, str, int | None]]:
    query = sa.select(col(AccessLogEntry.id), col(AccessLogEntry.action), col(AccessLogEntry.person_id)).where(
        col(AccessLogEntry.at) >= since, col(AccessLogEntry.at) < until
    )
    if account is not None:
        query = query.where(col(AccessLogEntry.account_id) == account.id)
    return [(number, action, person) for number, action, person in session.execute(query)]


def _disclosed(session: Session, entry_ids: Sequence[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start in range(0, len(entry_ids), BATCH):
        query = sa.select(col(Disclosure.entry_id), col(Disclosure.person_id)).where(
            col(Disclosure.entry_id).in_(entry_ids[start : start + BATCH])
        )
        found += [(entry, person) for entry, person in session.execute(query)]
    return found


def _protected(session: Session, people: Mapping[int, object]) -> frozenset[int]:
    """Those of them who are protected now."""
    query = sa.select(col(Person.id)).where(col(Person.protection) != Protection.NORMAL)
    return frozenset(session.scalars(query)) & people.keys()


def _public_ids(session: Session, people: Mapping[int, object]) -> dict[int, str]:
    query = sa.select(col(Person.id), col(Person.public_id))
    return {
        number: public_id
        for batch in _batches(people)
        for number, public_id in session.execute(query.where(col(Person.id).in_(batch)))
    }


def _affiliates(session: Session, people: Mapping[int, object]) -> dict[str, int]:
    """How many of them each affiliate holds, by name; "" for people whom nobody holds."""
    counts: Counter[str] = Counter()
    held: set[int] = set()
    query = sa.select(col(Holding.person_id), col(Affiliate.name)).join(
        Affiliate, col(Affiliate.id) == col(Holding.holder_affiliate_id)
    )
    live = (col(Holding.removed_at).is_(None), col(Holding.until).is_(None))
    for batch in _batches(people):
        pairs = set(session.execute(query.where(col(Holding.person_id).in_(batch), *live)).all())
        counts.update(name for _, name in pairs)
        held.update(person_id for person_id, _ in pairs)
    free = len(people) - len(held)
    return dict(counts) | ({"": free} if free else {})


def _kinds(session: Session, people: Mapping[int, object]) -> dict[str, int]:
    """How many of their contact points there are, by kind: what may have leaked at most."""
    counts: Counter[str] = Counter()
    for batch in _batches(people):
        query = (
            sa.select(col(ContactPoint.kind), sa.func.count())
            .where(col(ContactPoint.person_id).in_(batch), col(ContactPoint.removed_at).is_(None))
            .group_by(col(ContactPoint.kind))
        )
        counts.update({kind.value: count for kind, count in session.execute(query)})
    return dict(counts)


def _batches(people: Mapping[int, object]) -> Iterator[list[int]]:
    ids = list(people)
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
