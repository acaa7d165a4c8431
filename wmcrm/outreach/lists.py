"""Prepared lists: who is on it is kept, addresses are not; the gate judges again whenever it is opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent import find_purpose
from wmcrm.db import Beyond, actor_of, beyond_scope, looks_beyond
from wmcrm.errors import BadInputError, NotAllowedError, NotFoundError
from wmcrm.models import Channel, ExportedList, ExportedListPerson, Person, Purpose, metadata, now_utc
from wmcrm.outreach.answers import Outreach
from wmcrm.outreach.asking import permitted_ids
from wmcrm.outreach.gate import decide, let_out, open_entry

USABLE_DAYS = 30
ON_LIST = metadata.tables[str(ExportedListPerson.__tablename__)]


@dataclass(frozen=True, slots=True)
class PreparedList:
    """A prepared list as its owner sees it: for what, for how many people, until when, opened how often."""

    public_id: str
    purpose: str
    channel: Channel
    reason: str = field(repr=False)
    prepared_at: dt.datetime
    actor: str
    use_by: dt.date
    opened: int
    people: int

    def is_usable(self, day: dt.date) -> bool:
        """Whether the list may still be opened on a day."""
        return day <= self.use_by


def prepare_permitted(
    session: Session, person_ids: Sequence[int], *, purpose: str, channel: Channel, reason: str
) -> ExportedList:
    """A prepared list of those of an audience who may be written to today.

    Raises BadInputError when nobody may, and without a reason.
    """
    permitted = permitted_ids(session, person_ids, purpose=purpose, channel=channel)
    if not permitted:
        raise BadInputError("None of these people may be written to for this; no list was made.")
    return prepare_list(session, permitted, purpose=purpose, channel=channel, reason=reason)


@looks_beyond(Beyond.GATE)  # whoever may be seen, also people whom another affiliate shares
def prepared_lists(session: Session) -> list[PreparedList]:
    """The lists of the account that acts (the operator's: all), the newest first."""
    return [_told(row) for row in session.execute(_lists(session).order_by(col(ExportedList.id).desc()))]


@looks_beyond(Beyond.GATE)
def find_list(session: Session, public_id: str) -> PreparedList:
    """One list of the account that acts; raises NotFoundError for others."""
    row = session.execute(_lists(session).where(col(ExportedList.public_id) == public_id)).first()
    if row is None:
        raise NotFoundError("There is no list {name}.", name=public_id)
    return _told(row)


def people_of_list(session: Session, public_id: str) -> list[int]:
    """The ids of those who are on a list of the account that acts and still here."""
    mine = find_list(session, public_id)
    query = sa.select(col(ExportedList.id)).where(col(ExportedList.public_id) == mine.public_id)
    return _people_on(session, session.scalars(query).one())


@looks_beyond(Beyond.GATE)
def _people_on(session: Session, list_id: int) -> list[int]:
    """Those on a list whom the actor may see today."""
    query = sa.select(col(Person.id)).join(ON_LIST, ON_LIST.c.person_id == col(Person.id))
    return list(session.scalars(query.where(ON_LIST.c.list_id == list_id).order_by(col(Person.id))))


def _lists(session: Session) -> sa.Select[ExportedList, str, int]:
    seen = sa.select(sa.func.count(col(Person.id))).join(ON_LIST, ON_LIST.c.person_id == col(Person.id))
    on_it = seen.where(ON_LIST.c.list_id == col(ExportedList.id)).correlate(ExportedList).scalar_subquery()
    query = sa.select(ExportedList, col(Purpose.code), on_it).join(
        Purpose, col(Purpose.id) == col(ExportedList.purpose_id)
    )
    actor = actor_of(session)
    return query if actor.is_operator else query.where(col(ExportedList.account_id) == actor.account_id)


def _told(row: sa.Row[ExportedList, str, int]) -> PreparedList:
    made, purpose, people = row
    return PreparedList(
        public_id=made.public_id,
        purpose=purpose,
        channel=made.channel,
        reason=made.reason,
        prepared_at=made.prepared_at,
        actor=made.actor,
        use_by=made.use_by,
        opened=made.opened,
        people=people,
    )


def prepare_list(
    session: Session,
    person_ids: Iterable[int],
    *,
    purpose: str,
    channel: Channel,
    reason: str,
    on: dt.date | None = None,
) -> ExportedList:
    """Keep an audience for one purpose and channel, usable for 30 days; no value leaves here."""
    register = find_purpose(session, purpose)
    entry = open_entry(session, "list_prepared", reason, purpose=purpose, channel=channel)
    audience = sorted(set(person_ids))
    entry.people = len(audience)
    made = ExportedList(
        purpose_id=register.id,
        channel=channel,
        reason=entry.reason or "",
        account_id=entry.account_id,
        actor=entry.actor,
        use_by=(on or now_utc().date()) + dt.timedelta(days=USABLE_DAYS),
    )
    session.add_all([made, entry])
    session.flush()
    if audience:
        rows = [{"list_id": made.id, "person_id": person_id} for person_id in audience]
        with beyond_scope(session, Beyond.GATE):  # also people whom another affiliate shares
            session.execute(sa.insert(ON_LIST), rows)
    return made


def open_list(session: Session, public_id: str, *, on: dt.date | None = None) -> Outreach:
    """The list as it may be used today: judged again, logged again.

    Raises NotFoundError for lists of other accounts, NotAllowedError after its last day.
    """
    found = session.scalars(sa.select(ExportedList).where(col(ExportedList.public_id) == public_id)).first()
    actor = actor_of(session)
    if found is None or not (actor.is_operator or actor.account_id == found.account_id):
        raise NotFoundError("There is no list {name}.", name=public_id)
    day = on or now_utc().date()
    if day > found.use_by:
        raise NotAllowedError("The list was usable until {day}; prepare a new one.", day=found.use_by.isoformat())
    register = session.get(Purpose, found.purpose_id)
    assert register is not None
    channel = found.channel
    entry = open_entry(session, "list", found.reason, purpose=register.code, channel=channel)
    entry.record_id = found.id
    found.opened += 1
    return let_out(
        session,
        _people_on(session, found.id),
        (register, channel, day),
        entry,
        lambda one, known: decide(one, known, register, channel, day),
    )
