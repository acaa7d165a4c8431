"""The second wall: PostgreSQL itself keeps rows from who may not see them.

Each transaction of a session tells the database who acts. An actor who does not see all rows works as the
role ``wmcrm_app``, which owns nothing and is held by row-level security (migrations.wall); this stands also
where the login owns the tables. What must look beyond the actor's scope says so and why: :func:`beyond_scope`.
SQLite has no such wall: there the session's scope (wmcrm.models.scope) stands alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from enum import StrEnum
from functools import lru_cache, wraps
from inspect import isgeneratorfunction
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import ORMExecuteState, SessionTransaction, UOWTransaction
from sqlalchemy.orm import Session as OrmSession

from migrations.wall import ROLE
from wmcrm.db.sessions import Actor, Session, acting_as, actor_of

# Tables without a policy, each with the reason; a test and `wmcrm doctor` find every other one.
_PUBLIC = "no secret between accounts: what is held, by whom it is organized, the words of the registers"
_NAMES_NOBODY = "holds numbers and settings, nobody's data"
OPEN_TABLES: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "affiliate",
            "affiliate_involvement",
            "affiliate_judgement",
            "affiliate_link",
            "affiliate_name",
            "affiliate_status",
            "event",
            "event_host",
            "event_session",
            "event_topic",
            "initiative",
            "privacy_notice",
            "processing_activity",
            "programme",
            "purpose",
            "recommendation",
            "signup_question",
            "skill",
        ),
        _PUBLIC,
    ),
    **dict.fromkeys(("alembic_version", "answer_aggregate", "purge_run", "retention_rule"), _NAMES_NOBODY),
    "exported_list": "says for what a list was prepared; who stands on it has a policy",
    "sign_in_try": "counts under keyed hashes, asked before anybody is known",
    "steward_key": "public keys",
    "suppression": "keyed hashes that name nobody, asked whenever anything is imported or sent",
}
P = ParamSpec("P")
R = TypeVar("R")
_TOLD = "wall"
_BEYOND = "beyond"
_WALLED_LOGIN = "wmcrm_walled"


class Beyond(StrEnum):
    """Why work looks beyond what its actor may see. It answers within the actor's scope all the same."""

    DERIVED = "search text, keys, summaries and states follow from all facts of a person, whoever recorded them"
    LOOKUP = "a sheet is compared with everybody, so that nobody is recorded twice and nobody erased comes back"
    WRITING = "an import writes what it planned, and a candidate pair with somebody of another affiliate"
    UNDO = "what an import made may belong to somebody else's record since"
    COMPARING = "a record is compared with everybody; who is not in scope is not named"
    WHOLE = "merging, telling apart, exporting, erasing and sealing concern the whole person"
    GATE = "a withdrawal or suppression holds for whoever asks, wherever it was recorded"
    HISTORY = "who holds the rows that a change names decides whether it is shown"
    PASSING_ON = "a request reaches accounts of the affiliate that is asked, which the asker does not see"
    MOVED = "a record that became part of another leads to it"


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the database is told for a transaction, in the order of its statement."""

    role: str
    sees_all: str
    affiliates: str = ""
    account: str = ""
    shares: str = ""


_WIDE = _Standing("none", "on")
_TELL = (
    "SELECT set_config('role', %s, true), set_config('wmcrm.sees_all', %s, true), "
    "set_config('wmcrm.affiliates', %s, true), set_config('wmcrm.account', %s, true), "
    "set_config('wmcrm.shares', %s, true)"
)
# True where the login is not the owner of the tables: then also the operator must say that all rows are meant.
_ASK_LOGIN = "SELECT coalesce(row_security_active(to_regclass('person')), false)"


@contextmanager
def beyond_scope(session: OrmSession, _why: Beyond) -> Iterator[None]:
    """Inside, statements over Core tables reach all rows on PostgreSQL, as they do on SQLite.

    What the ORM reads and writes stays within the session's scope. The second wall stands again with the
    first statement after it.
    """
    session.info[_BEYOND] = session.info.get(_BEYOND, 0) + 1
    try:
        _tell(session)
        yield
    finally:
        session.info[_BEYOND] -= 1


@contextmanager
def acting_for(session: OrmSession, affiliate_ids: Collection[int]) -> Iterator[None]:
    """Inside, the session sees what these affiliates hold too, for what they lent; read columns only.

    A row that was loaded here would stay in the session.
    """
    actor = actor_of(session)
    wider = replace(actor, affiliate_ids=actor.affiliate_ids | set(affiliate_ids), shares=frozenset())
    with acting_as(session, wider):
        yield


def looks_beyond(
    why: Beyond,
) -> Callable[[Callable[Concatenate[OrmSession, P], R]], Callable[Concatenate[OrmSession, P], R]]:
    """Decorate a function of a session that does all its work :func:`beyond_scope`."""

    def decorate(work: Callable[Concatenate[OrmSession, P], R]) -> Callable[Concatenate[OrmSession, P], R]:
        assert not isgeneratorfunction(work), "a generator would leave the wall open between its rows"

        @wraps(work)
        def inside(session: OrmSession, /, *args: P.args, **kwargs: P.kwargs) -> R:
            with beyond_scope(session, why):
                return work(session, *args, **kwargs)

        return inside

    return decorate


def is_walled_login(connection: Connection) -> bool:
    """Whether the login of a connection is held by row-level security even where no role is taken."""
    if connection.dialect.name != "postgresql":
        return False
    if _WALLED_LOGIN not in connection.info:
        cursor = connection.connection.cursor()
        cursor.execute(_ASK_LOGIN)
        row = cursor.fetchone()
        cursor.close()
        connection.info[_WALLED_LOGIN] = row is not None and bool(row[0])
    return bool(connection.info[_WALLED_LOGIN])


def see_everything(connection: Connection) -> None:
    """From here to the end of its transaction a bare connection sees all rows: for checks by the operator."""
    if is_walled_login(connection):
        _send(connection, _WIDE)


def _wanted(session: OrmSession) -> _Standing:
    actor = actor_of(session)
    return _WIDE if actor.sees_all or session.info.get(_BEYOND) else _narrow(actor)


@lru_cache(maxsize=256)
def _narrow(actor: Actor) -> _Standing:
    affiliates = "{" + ",".join(map(str, sorted(actor.affiliate_ids))) + "}"
    account = "" if actor.account_id is None else str(actor.account_id)
    return _Standing(ROLE, "off", affiliates, account, _shares(actor))


def _shares(actor: Actor) -> str:
    """Which affiliates share what, as JSON: of every group of fields the ids, under "people" all of them."""
    if not actor.shares:
        return ""
    fields = sorted({field for share in actor.shares for field in share.fields})
    return json.dumps({"people": actor.holders_sharing(), **{field: actor.holders_sharing(field) for field in fields}})


def _tell(session: OrmSession) -> None:
    """Tell the database who acts, when it was last told something else."""
    if _TOLD not in session.info or session.info[_TOLD] == _wanted(session):
        return
    connection = session.connection()  # a transaction that begins here is told so by itself
    wanted = _wanted(session)
    if session.info[_TOLD] != wanted:
        _send(connection, wanted)
        session.info[_TOLD] = wanted


def _send(connection: Connection, standing: _Standing) -> None:
    # By the driver's own cursor: SQLAlchemy would prepare, count and log it like a question of the page.
    cursor = connection.connection.cursor()
    cursor.execute(_TELL, astuple(standing))
    cursor.close()


@event.listens_for(Session, "after_begin")
def _begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if transaction.nested or connection.dialect.name != "postgresql":
        return
    wanted = _wanted(session)
    untold = session.info.get(_TOLD) in {None, _WIDE} and wanted == _WIDE
    if not untold or is_walled_login(connection):
        _send(connection, wanted)
    session.info[_TOLD] = wanted


@event.listens_for(Session, "do_orm_execute")
def _before_statement(state: ORMExecuteState) -> None:
    _tell(state.session)


@event.listens_for(Session, "before_flush")
def _before_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
    _tell(session)


@event.listens_for(Session, "after_soft_rollback")
def _after_savepoint(session: Session, ended: SessionTransaction) -> None:
    if ended.nested and _TOLD in session.info:
        session.info[_TOLD] = _Standing("unknown", "off")  # what was told inside went with the savepoint
