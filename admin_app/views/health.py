"""Is it alive? For watchdogs: no session, no account, one question to the database."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Response

from admin_app.access import Permission, needs
from admin_app.session import engine
from wmcrm.errors import DatabaseStateError

screen = Blueprint("health", __name__)


@screen.get("/healthz")
@needs(Permission.PUBLIC)
def healthz() -> Response:
    """``ok`` when the database answers, else 503."""
    try:
        with engine().connect() as connection:
            connection.execute(sa.select(sa.literal(1)))
    except sa.exc.SQLAlchemyError as error:
        raise DatabaseStateError("The database does not answer.") from error
    return Response("ok", mimetype="text/plain")
