"""Requests as lists show them: those about people who are still here, the person only where scope has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.aliases import shown_names
from wmcrm.db import Beyond, actor_of, looks_beyond
from wmcrm.models import (
    AccessLogEntry,
    ContactRequest,
    ContactRequestState,
    Person,
    PersonStatus,
    Protection,
    Purpose,
    metadata,
)
from wmcrm.outreach import Withheld

PERSON = metadata.tables["person"]


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request as one of its two sides sees it; ``person`` and ``name`` only where the reader's scope has them.

    ``withheld`` tells who answers why the gate would not write to the person either; None where it would.
    """

    request: str
    person: str | None
    name: str | None = field(repr=False)
    affiliate: str
    purpose: str
    asked_by: str
    asked_at: dt.datetime
    reason: str = field(repr=False)
    message: str = field(repr=False)
    state: ContactRequestState
    note: str | None = field(repr=False)
    ended_at: dt.datetime | None
    withheld: Withheld | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state is ContactRequestState.WAITING


def shown_requests() -> sa.Select[ContactRequest, str]:
    """Requests and their purposes; what is about somebody sealed or erased since is not shown to anybody."""
    hidden = sa.select(PERSON.c.id).where(
        PERSON.c.id == col(ContactRequest.person_id),
        sa.or_(PERSON.c.protection == Protection.SEALED, PERSON.c.status == PersonStatus.ERASED),
    )
    query = sa.select(ContactRequest, col(Purpose.code)).where(~hidden.exists())
    return query.join(Purpose, col(Purpose.id) == col(ContactRequest.purpose_id))


def asked_by_actor(session: Session) -> sa.ColumnElement[bool]:
    """The condition that the account that acts asked; the operator's are those without an account."""
    account_id = actor_of(session).account_id
    own = col(ContactRequest.account_id)
    return own.is_(None) if account_id is None else own == account_id


def request_lines(session: Session, rows: Sequence[sa.Row[ContactRequest, str]]) -> list[RequestLine]:
    """These requests with their purposes, as the actor sees them."""
    names = shown_names(session, [request.affiliate_id for request, _ in rows])
    people = _people(session, [request.person_id for request, _ in rows])
    return [_line(request, purpose, names[request.affiliate_id], people) for request, purpose in rows]


def log_deed(session: Session, request: ContactRequest, action: str, reason: str | None, now: dt.datetime) -> None:
    """A line for the access log about a request."""
    actor = actor_of(session)
    entry = AccessLogEntry(
        at=now,
        account_id=actor.account_id,
        actor=actor.name,
        action=action,
        person_id=request.person_id,
        record_id=request.id,
        reason=reason,
        people=1,
    )
    session.add(entry)
    session.flush()


def _line(request: ContactRequest, purpose: str, affiliate: str, people: dict[int, Person]) -> RequestLine:
    person = people.get(request.person_id)
    return RequestLine(
        request=request.public_id,
        person=person.public_id if person else None,
        name=(person.alias or person.display_name) if person else None,
        affiliate=affiliate,
        purpose=purpose,
        asked_by=request.actor,
        asked_at=request.asked_at,
        reason=request.reason,
        message=request.message,
        state=request.state,
        note=request.note,
        ended_at=request.ended_at,
    )


def _people(session: Session, ids: Sequence[int]) -> dict[int, Person]:
    """Those of these people whom the actor may see, as the records that stand for them today."""
    today = standing_today(session, set(ids))
    found = session.scalars(sa.select(Person).where(col(Person.id).in_(set(today.values())))).all()
    shown = {person.id: person for person in found}
    return {asked: shown[now] for asked, now in today.items() if now in shown}


@looks_beyond(Beyond.MOVED)
def standing_today(session: Session, ids: Collection[int]) -> dict[int, int]:
    """The record that stands for each of these today; a record that was absorbed is in nobody's scope."""
    now = {number: number for number in ids}
    waiting = set(ids)
    while waiting:
        query = sa.select(PERSON.c.id, PERSON.c.merged_into_id).where(PERSON.c.id.in_(waiting))
        moved = {number: into for number, into in session.execute(query) if into is not None}
        now = {asked: moved.get(at, at) for asked, at in now.items()}
        waiting = set(moved.values())
    return now
