"""Who visits: the session that the cookie names, read once a request; begun, completed and ended here."""

from __future__ import annotations

from contextlib import suppress

from flask import Response, after_this_request, g, request, session
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from admin_app.session import engine
from admin_app.signin.device import device_of
from admin_app.signin.ways import is_required
from wmcrm.accounts import (
    SEEN_EVERY,
    Standing,
    Visit,
    begin_sign_in,
    complete_sign_in,
    end_sign_ins,
    find_visit,
    note_seen,
)
from wmcrm.db import OPERATOR, Session, session_scope
from wmcrm.models import Account, SignIn, SignInMethod, now_utc

TOKEN = "sign_in"  # noqa: S105  (the name of what the cookie holds)


def visit() -> Visit | None:
    """The session of this request with its account; None for strangers. One question a request."""
    if "visit" not in g:
        token = session.get(TOKEN)
        g.visit = _find(token) if isinstance(token, str) else None
    found: Visit | None = g.visit
    return found


def standing() -> Standing | None:
    """How far the visitor's sign-in came; None for strangers."""
    found = visit()
    return found.standing(required=is_required()) if found else None


def lacks_second_factor() -> bool:
    """Whether the visitor's role should have a second factor and has none."""
    found = visit()
    return found is not None and found.is_privileged and not found.has_factor


def enter(writing: Session, account: Account, method: SignInMethod, *, proven: bool = False) -> None:
    """Begin a session for whoever sends this request; one that they had before ends."""
    before = visit()
    if before is not None:
        _end(writing, before)
    device = device_of(request.user_agent.string)
    token = begin_sign_in(writing, account, method, device=device, proven=proven, now=now_utc())
    session.clear()
    session.permanent = True
    _keep(token)


def complete(writing: Session, found: Visit) -> None:
    """The second factor was given: the session goes on under a new token."""
    _keep(complete_sign_in(writing, found.sign_in.id, now=now_utc()))


def leave() -> None:
    """End the session of whoever sends this request."""
    found = visit()
    if found is not None:
        with session_scope(engine(), OPERATOR, writing=True) as writing:
            _end(writing, found)
    session.clear()
    g.visit = None


def end_others(writing: Session, found: Visit) -> int:
    """End the visitor's sessions in other browsers; returns how many."""
    return end_sign_ins(writing, found.account.id, but=found.sign_in.id)


def _find(token: str) -> Visit | None:
    now = now_utc()
    with session_scope(engine(), OPERATOR) as reading:
        found = find_visit(reading, token, now=now)
    if found is not None and now - found.sign_in.seen_at > SEEN_EVERY:
        _note_when_answered(engine(), found.sign_in)
    return found


def _note_when_answered(opened: Engine, sign_in: SignIn) -> None:
    """Write when the session was last seen: after the answer left, in a transaction of one row of its own."""

    def write() -> None:
        # Whoever has the lock is busy with more than this; the next request tries again.
        with suppress(OperationalError), session_scope(opened, OPERATOR, writing=True) as writing:
            note_seen(writing, sign_in.id, now=now_utc())

    @after_this_request
    def later(response: Response) -> Response:
        response.call_on_close(write)
        return response


def _keep(token: str) -> None:
    session[TOKEN] = token
    for known in ("visit", "visitor", "actor"):
        g.pop(known, None)


def _end(writing: Session, found: Visit) -> None:
    row = writing.get(SignIn, found.sign_in.id)
    if row is not None:
        writing.delete(row)
