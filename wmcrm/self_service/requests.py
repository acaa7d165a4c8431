"""What people ask of the stewards: filed with a day by which they are owed an answer, and answered once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.errors import NotFoundError
from wmcrm.models import Person, Protection, RequestAnswer, RequestKind, RestrictionGround, RightsRequest, now_utc
from wmcrm.outreach import restrict
from wmcrm.permissions import Permission, is_for_all
from wmcrm.privacy import subject_of
from wmcrm.references import survivor_of

DAYS = 30  # a month, Article 12(3)


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request as stewards see it; ``person`` is the public id of the record it is about today."""

    request: str
    kind: RequestKind
    person: str
    filed_on: dt.date
    due_on: dt.date
    answer: RequestAnswer | None
    is_sealed: bool


def file_request(session: Session, person: Person, kind: RequestKind, *, now: dt.datetime) -> RightsRequest:
    """File a request; one that is open already is given back, with its own day, also from before a merge."""
    subject = subject_of(session, person)
    mine = (col(RightsRequest.person_id).in_(subject.ids), col(RightsRequest.kind) == kind)
    held = session.scalars(sa.select(RightsRequest).where(*mine, col(RightsRequest.answered_at).is_(None))).first()
    if held is not None:
        return held
    due = now.date() + dt.timedelta(days=DAYS)
    made = RightsRequest(person_id=subject.person.id, kind=kind, filed_at=now, due_on=due)
    session.add(made)
    session.flush()
    return made


def ask_for_erasure(session: Session, person: Person, *, now: dt.datetime) -> RightsRequest:
    """Ask the stewards to erase; from this moment the data is kept and used for nothing."""
    restrict(session, person, RestrictionGround.REQUESTED, on=now.date())
    return file_request(session, person, RequestKind.ERASURE, now=now)


def say_not_me(session: Session, person: Person, *, now: dt.datetime) -> RightsRequest:
    """The reader says that the record is about somebody else: it is used for nothing until that is clear."""
    restrict(session, person, RestrictionGround.ACCURACY_CONTESTED, on=now.date())
    return file_request(session, person, RequestKind.NOT_ME, now=now)


def open_requests(session: Session, person: Person | None = None) -> list[RequestRow]:
    """Requests without an answer, the most urgent first; of one person if named.

    Those of sealed people are for who may open sealed records of the whole movement.
    """
    query = sa.select(RightsRequest, Person).join(Person, col(Person.id) == col(RightsRequest.person_id))
    query = query.where(col(RightsRequest.answered_at).is_(None))
    if person is None:
        query = query.where(_told(session))
    else:
        query = query.where(col(RightsRequest.person_id).in_(subject_of(session, person).ids))
    found = session.execute(query.order_by(col(RightsRequest.due_on), col(RightsRequest.id))).all()
    return [_row(session, request, about) for request, about in found]


def answer_request(session: Session, public_id: str, answer: RequestAnswer) -> RequestRow:
    """Close a request; what was done for it is done by commands of its own (export, erase).

    Raises NotFoundError when there is no open one of this id.
    """
    query = sa.select(RightsRequest).join(Person, col(Person.id) == col(RightsRequest.person_id))
    query = query.where(col(RightsRequest.public_id) == public_id, col(RightsRequest.answered_at).is_(None))
    request = session.scalars(query.where(_told(session))).first()
    if request is None:
        raise NotFoundError("There is no open request {name}.", name=public_id)
    request.answer, request.answered_at, request.account_id = answer, now_utc(), actor_of(session).account_id
    session.flush()
    return _row(session, request, session.get_one(Person, request.person_id))


def _told(session: Session) -> sa.ColumnElement[bool]:
    """The condition that the reader may know that the person of a request is there."""
    if is_for_all(actor_of(session), Permission.PEOPLE_PROTECT):
        return sa.true()
    return col(Person.protection) != Protection.SEALED


def _row(session: Session, request: RightsRequest, person: Person) -> RequestRow:
    about = survivor_of(session, person)
    sealed = about.protection is Protection.SEALED
    filed = request.filed_at.date()
    return RequestRow(request.public_id, request.kind, about.public_id, filed, request.due_on, request.answer, sealed)
