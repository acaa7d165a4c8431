"""One import at a time, so that two of overlapping sheets never make the same person twice."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

LOCK_OF_IMPORTS = 7_231_991


def wait_for_other_imports(session: Session) -> None:
    """Wait until no other import or undo runs; held to the end of the transaction.

    A writing session on SQLite holds the write lock already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK_OF_IMPORTS)))
