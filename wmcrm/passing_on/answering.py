"""What becomes of a request: passed on, declined, or taken back by who asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.errors import ConflictError, NotFoundError
from wmcrm.models import Channel, ContactRequest, ContactRequestState
from wmcrm.outreach import Withheld, may_contact_many
from wmcrm.passing_on.lines import RequestLine, asked_by_actor, log_deed, request_lines, shown_requests, standing_today
from wmcrm.permissions import Permission, acting_with

LONGEST_NOTE = 500
SHOWN = 200
WAITS = col(ContactRequest.state) == ContactRequestState.WAITING
ANSWERED = col(ContactRequest.state).in_((ContactRequestState.PASSED_ON, ContactRequestState.DECLINED))


def requests_to_answer(session: Session) -> list[RequestLine]:
    """What others ask the actor's affiliates: what waits first, the oldest on top; then the latest answers."""
    with acting_with(session, Permission.PASS_ON):
        query = shown_requests().where(_asked_of(session))
        waiting = query.where(WAITS).order_by(col(ContactRequest.id)).limit(SHOWN)
        ended = query.where(ANSWERED).order_by(col(ContactRequest.id).desc()).limit(SHOWN)
        return [
            *_judged(session, session.execute(waiting).all()),
            *request_lines(session, session.execute(ended).all()),
        ]


def my_requests(session: Session) -> list[RequestLine]:
    """What the account that acts asked of affiliates (the operator: what was asked by command), the newest first."""
    query = shown_requests().where(asked_by_actor(session)).order_by(col(ContactRequest.id).desc())
    return request_lines(session, list(session.execute(query.limit(SHOWN))))


def count_to_answer(session: Session) -> int:
    """How many requests wait for an answer of the actor's affiliates."""
    with acting_with(session, Permission.PASS_ON):
        query = shown_requests().where(_asked_of(session), WAITS)
        return session.scalar(query.with_only_columns(sa.func.count())) or 0


def answer_contact_request(
    session: Session, public_id: str, *, passed_on: bool, note: str = "", now: dt.datetime
) -> RequestLine:
    """Say that a message was passed on, or that it is not; with a note for whoever asked.

    Raises NotFoundError for requests to other affiliates, ConflictError for one that was answered or taken back.
    """
    request = _find(session, public_id, _asked_of(session))
    state = ContactRequestState.PASSED_ON if passed_on else ContactRequestState.DECLINED
    _end(session, request, state, " ".join(note.split())[:LONGEST_NOTE] or None, now)
    return _line_of(session, public_id)


def cancel_contact_request(session: Session, public_id: str, *, now: dt.datetime) -> RequestLine:
    """Take a request of one's own back while nobody has answered; raises as answer_contact_request does."""
    request = _find(session, public_id, asked_by_actor(session))
    _end(session, request, ContactRequestState.CANCELLED, None, now)
    return _line_of(session, public_id)


def _judged(session: Session, rows: Sequence[sa.Row[ContactRequest, str]]) -> list[RequestLine]:
    """Lines with what the gate says of writing to the person by mail, for whoever decides about passing on."""
    today = standing_today(session, {request.person_id for request, _ in rows})
    reasons: dict[tuple[int, str], Withheld | None] = {}
    for purpose in sorted({code for _, code in rows}):
        ids = sorted({today[request.person_id] for request, code in rows if code == purpose})
        answers = may_contact_many(session, ids, purpose=purpose, channel=Channel.EMAIL)
        reasons |= {(person_id, purpose): answer.reason for person_id, answer in answers.items()}
    return [
        replace(line, withheld=reasons[(today[request.person_id], purpose)])
        for line, (request, purpose) in zip(request_lines(session, rows), rows, strict=True)
    ]


def _asked_of(session: Session) -> sa.ColumnElement[bool]:
    """Requests to the actor's affiliates; whoever asked does not answer."""
    actor = actor_of(session)
    to_mine = sa.true() if actor.sees_all else col(ContactRequest.affiliate_id).in_(sorted(actor.affiliate_ids))
    if actor.account_id is None:
        return to_mine
    return sa.and_(to_mine, sa.or_(col(ContactRequest.account_id).is_(None), sa.not_(asked_by_actor(session))))


def _find(session: Session, public_id: str, whose: sa.ColumnElement[bool]) -> ContactRequest:
    query = shown_requests().where(col(ContactRequest.public_id) == public_id, whose)
    found: ContactRequest | None = session.scalars(query).first()
    if found is None:
        raise NotFoundError("There is no request {name}.", name=public_id)
    return found


def _end(
    session: Session, request: ContactRequest, state: ContactRequestState, note: str | None, now: dt.datetime
) -> None:
    """Close a request that waits; of two who answer at one moment the second is refused."""
    waits = (col(ContactRequest.id) == request.id, WAITS)
    values = {"state": state, "note": note, "ended_at": now, "ended_by_id": actor_of(session).account_id}
    done = session.execute(sa.update(ContactRequest).where(*waits).values(**values))
    if getattr(done, "rowcount", 0) != 1:
        raise ConflictError("This request was answered or taken back already.")
    log_deed(session, request, f"contact_request_{state.value}", note, now)


def _line_of(session: Session, public_id: str) -> RequestLine:
    (line,) = request_lines(
        session, list(session.execute(shown_requests().where(col(ContactRequest.public_id) == public_id)))
    )
    return line
