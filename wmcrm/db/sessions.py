"""Sessions that carry who acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

import sqlmodel
from sqlalchemy import orm
from sqlalchemy.engine import Engine

from wmcrm.db.engine import writing as writing_engine


class Through(StrEnum):
    """Through what somebody acts."""

    SCREEN = "screen"
    COMMAND = "command"
    IMPORT = "import"
    JOB = "job"
    SELF_SERVICE = "self_service"


@dataclass(frozen=True, slots=True)
class Share:
    """What another affiliate shares with the actor's: whose records, which groups of fields, for which purpose."""

    holder_id: int
    fields: frozenset[str]
    purpose_id: int


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account with its roles and affiliates, the operator of the command, or nobody.

    ``sees_all`` is true for the operator and for grants over all affiliates. ``shares`` ran when the actor was
    made: a grant that ends meanwhile ends with the session.
    """

    name: str
    account_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    affiliate_ids: frozenset[int] = field(default_factory=frozenset)
    sees_all: bool = False
    through: Through = Through.COMMAND
    shares: frozenset[Share] = frozenset()

    def holders_sharing(self, field: str | None = None) -> list[int]:
        """The affiliates that share a group of fields with the actor's, or (without) anything, ascending."""
        return sorted({share.holder_id for share in self.shares if field is None or field in share.fields})

    @property
    def is_operator(self) -> bool:
        """True for who works on the machine itself; never for somebody who came by a link."""
        return self.account_id is None and self.sees_all and self.through is not Through.SELF_SERVICE


OPERATOR = Actor(name="operator", sees_all=True)
NOBODY = Actor(name="nobody")


class Session(sqlmodel.Session):
    """A unit of work of one actor. Library functions may flush it; the edge commits it."""


def open_session(engine: Engine, actor: Actor, *, writing: bool = False) -> Session:
    """A session of ``actor``; with ``writing`` its transaction takes the write lock when it begins."""
    session = Session(writing_engine(engine) if writing else engine, expire_on_commit=False)
    session.info["actor"] = actor
    session.info["writing"] = writing
    return session


@contextmanager
def session_scope(engine: Engine, actor: Actor, *, writing: bool = False) -> Iterator[Session]:
    """A session that commits at the end (when writing), rolls back on any error and always closes."""
    session = open_session(engine, actor, writing=writing)
    try:
        yield session
        if writing:
            session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()


def actor_of(session: orm.Session) -> Actor:
    """Who acts in this session; NOBODY when it was opened without an actor."""
    actor = session.info.get("actor", NOBODY)
    assert isinstance(actor, Actor)
    return actor
