"""One session of the database a request, in the name of whoever acts.

It opens when a view first asks for it, takes the write lock only where the request may write, and is
committed at the edge: after the view, before the answer leaves. An answer of 400 or more keeps nothing.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, g, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.engine import Engine

import wmcrm.upkeep  # noqa: F401  (keeps search text and summaries with what screens write)
from wmcrm.db import NOBODY, Actor, Session, open_session

READING = frozenset({"GET", "HEAD", "OPTIONS"})
_ENGINE = "wmcrm_engine"


class Application(Flask):
    """A Flask application that commits a view's work before it answers."""

    jinja_options = {"trim_blocks": True, "lstrip_blocks": True}

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view, then commit; an error on the way leaves nothing behind."""
        response = make_response(super().dispatch_request())
        finish(response)
        return response


def finish(response: Response) -> None:
    """Commit what the view did, unless it refused or only read."""
    session: Session | None = g.get("db")
    if session is not None and session.info["writing"] and response.status_code < 400:
        session.commit()


def commit_now() -> None:
    """Commit before the view answers: for what can only be done, and told of, after the commit."""
    session: Session | None = g.get("db")
    if session is not None:
        session.commit()


def install_sessions(app: Flask, engine: Engine) -> None:
    """Give the application its engine, and close every request's session."""
    app.extensions[_ENGINE] = engine

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        session: Session | None = g.pop("db", None)
        if session is not None:
            session.close()


def engine() -> Engine:
    """The engine of the current application."""
    found = current_app.extensions[_ENGINE]
    assert isinstance(found, Engine)
    return found


def db() -> Session:
    """The session of this request; a library call flushes it, the edge commits it."""
    if "db" not in g:
        actor: Actor = g.get("actor", NOBODY)
        g.db = open_session(engine(), actor, writing=request.method not in READING)
    session: Session = g.db
    return session
