"""How often may be tried: counted in the database, so that the limit holds over all processes that serve it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import SignInTry, metadata

WITHIN = timedelta(minutes=5)
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``tries`` in five minutes under ``key``, a hash of 64 characters."""

    key: str
    tries: int


def is_spent(session: Session, limits: Sequence[Limit], *, now: datetime) -> bool:
    """Whether one of the limits is reached; reads only, so that a flood of tries writes nothing."""
    asked = {limit.key: limit.tries for limit in limits}
    query = sa.select(col(SignInTry.key), col(SignInTry.tries)).where(
        col(SignInTry.key).in_(sorted(asked)), col(SignInTry.since) > now - WITHIN
    )
    return any(tries >= asked[key] for key, tries in session.execute(query))


def count_try(session: Session, limits: Sequence[Limit], *, now: datetime) -> bool:
    """Count one more try under each limit; False when it was one too many. Exact for any number of processes."""
    counted = [(_count(session, limit.key, now), limit.tries) for limit in limits]  # all of them, also after a no
    return all(tries <= most for tries, most in counted)


def give_back(session: Session, limits: Sequence[Limit]) -> None:
    """Take one try off each limit: what succeeded does not count."""
    keys = sorted(limit.key for limit in limits)
    mine = sa.update(SignInTry).where(col(SignInTry.key).in_(keys), col(SignInTry.tries) > 0)
    session.execute(mine.values(tries=col(SignInTry.tries) - 1))


def forget_old_tries(session: Session, *, now: datetime) -> None:
    """Delete what was counted a day ago."""
    session.execute(sa.delete(SignInTry).where(col(SignInTry.since) < now - KEPT))


def _count(session: Session, key: str, now: datetime) -> int:
    table = metadata.tables[str(SignInTry.__tablename__)]
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    over = table.c.since <= now - WITHIN
    statement = insert(table).values(key=key, tries=1, since=now)
    counted = statement.on_conflict_do_update(
        index_elements=[table.c.key],
        set_={
            "tries": sa.case((over, 1), else_=table.c.tries + 1),
            "since": sa.case((over, sa.literal(now, table.c.since.type)), else_=table.c.since),
        },
    ).returning(table.c.tries)
    tries: int = session.execute(counted).scalar_one()
    return tries
