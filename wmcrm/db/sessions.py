"""Sessions that carry who acts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import product

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
    """What another affiliate shares with one of the actor's: whose records, which fields, for which purpose."""

    holder_id: int
    fields: frozenset[str]
    purpose_id: int
    receiver_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account with its roles and affiliates, the operator of the command, or nobody.

    ``grants`` are its roles, each with the affiliate where it has it (None: everywhere); who was made without
    them has every role at every affiliate. ``sees_all`` is true for the operator and for grants over all
    affiliates. ``shares`` ran when the actor was made: a grant that ends meanwhile ends with the session.
    """

    name: str
    account_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    affiliate_ids: frozenset[int] = field(default_factory=frozenset)
    sees_all: bool = False
    through: Through = Through.COMMAND
    shares: frozenset[Share] = frozenset()
    grants: frozenset[tuple[str, int | None]] = frozenset()

    def __post_init__(self) -> None:
        """Say of roles that came without a place that they hold at each."""
        if self.roles and not self.grants:
            places = [None] if self.sees_all else self.affiliate_ids
            object.__setattr__(self, "grants", frozenset(product(self.roles, places)))

    def with_roles(self, roles: Collection[str]) -> Actor:
        """The same account with these of its roles only, and so at the affiliates where it has one of them."""
        kept = frozenset(granted for granted in self.grants if granted[0] in roles)
        if kept and kept == self.grants:
            return self
        places = frozenset(place for _, place in kept)
        return replace(
            self,
            grants=kept,
            roles=frozenset(role for role, _ in kept),
            affiliate_ids=frozenset(place for place in places if place is not None),
            sees_all=None in places,
            shares=frozenset(share for share in self.shares if share.receiver_id in places),
        )

    def has_everywhere(self, roles: Collection[str]) -> bool:
        """True for the operator, and where one of these roles was granted over all affiliates."""
        return self.is_operator or any(role in roles and place is None for role, place in self.grants)

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


@contextmanager
def acting_as(session: orm.Session, actor: Actor) -> Iterator[None]:
    """Inside, the session is another actor's; what it has loaded stays loaded."""
    before = actor_of(session)
    session.info["actor"] = actor
    try:
        yield
    finally:
        session.info["actor"] = before


def actor_of(session: orm.Session) -> Actor:
    """Who acts in this session; NOBODY when it was opened without an actor."""
    actor = session.info.get("actor", NOBODY)
    assert isinstance(actor, Actor)
    return actor
