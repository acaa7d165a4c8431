"""The log of access, read page by page: who saw, exported, sealed or erased what, when and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Beyond, actor_of, looks_beyond
from wmcrm.errors import NotFoundError
from wmcrm.models import Account, Protection, held_by_actor, metadata

LOG = metadata.tables["access_log_entry"]
DISCLOSURE = metadata.tables["disclosure"]
PERSON = metadata.tables["person"]
PAGE = 50


@dataclass(frozen=True, slots=True)
class LogQuestion:
    """Which lines of the log: of a person (public id), an account (id), an action, of days (both inside)."""

    person: str | None = None
    account: int | None = None
    action: str | None = None
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """One act: ``person`` is a public id, ``name`` what the person is called, or the pseudonym."""

    id: int
    at: dt.datetime
    actor: str
    action: str
    person: str | None
    name: str | None = field(repr=False)
    is_sealed: bool
    purpose: str | None
    channel: str | None
    reason: str | None = field(repr=False)
    people: int | None


@looks_beyond(Beyond.HISTORY)  # its own condition says which lines are the reader's
def read_log(
    session: Session, asked: LogQuestion, *, before: int | None = None, limit: int = PAGE
) -> tuple[Sequence[LogLine], int | None]:
    """A page of the log, the newest first, and the id before which the next begins (None at the end).

    Whoever sees the whole movement sees every line; others their own and those about people whom their
    affiliates hold. A page costs the same however long the log is.
    """
    query = (
        sa.select(
            LOG.c.id, LOG.c.at, LOG.c.actor, LOG.c.action, PERSON.c.public_id, PERSON.c.display_name,
            PERSON.c.protection, LOG.c.purpose, LOG.c.channel, LOG.c.reason, LOG.c.people,
        )
        .outerjoin(PERSON, PERSON.c.id == LOG.c.person_id)
        .where(*_conditions(session, asked))
    )  # fmt: skip
    if before is not None:
        query = query.where(LOG.c.id < before)
    rows = session.execute(query.order_by(LOG.c.id.desc()).limit(limit + 1)).all()
    lines = [LogLine(*row[:6], row[6] is Protection.SEALED, *row[7:]) for row in rows[:limit]]
    return lines, lines[-1].id if len(rows) > limit else None


@looks_beyond(Beyond.HISTORY)
def actions_in_log(session: Session) -> list[str]:
    """Every action of the lines that the reader may see, found by hopping over an index and not by reading the log.

    That somebody was sealed at all is for those who watch over the whole movement.
    """
    found = [str(action) for action in _distinct(session, LOG.c.action, "")]
    mine = _of_reader(session)
    if not mine:
        return found
    lines = sa.select(LOG.c.id).where(*mine).limit(1)
    return [action for action in found if session.scalar(lines.where(LOG.c.action == action)) is not None]


def accounts_in_log(session: Session) -> list[Account]:
    """The accounts that stand in the log and that the reader may see, by name."""
    ids = _distinct(session, LOG.c.account_id, 0)
    found = session.scalars(sa.select(Account).where(col(Account.id).in_(ids)).order_by(col(Account.name)))
    return list(found)


def find_logged_account(session: Session, name: str) -> Account:
    """The account of a name, also one that may sign in no more; raises NotFoundError where there is none."""
    found = session.scalars(sa.select(Account).where(col(Account.name) == name)).first()
    if found is None:
        raise NotFoundError("There is no account {name}.", name=name)
    return found


def _of_reader(session: Session) -> list[sa.ColumnElement[bool]]:
    """The condition on lines that the reader may see: none for who sees the whole movement."""
    actor = actor_of(session)
    if actor.sees_all:
        return []
    return [sa.or_(LOG.c.account_id == actor.account_id, held_by_actor(session, LOG.c.person_id))]


def _conditions(session: Session, asked: LogQuestion) -> list[sa.ColumnElement[bool]]:
    conditions = _of_reader(session)
    if asked.person is not None:
        person = sa.select(PERSON.c.id).where(PERSON.c.public_id == asked.person).scalar_subquery()
        named = sa.select(LOG.c.id).where(LOG.c.person_id == person)
        listed = sa.select(DISCLOSURE.c.entry_id).where(DISCLOSURE.c.person_id == person)
        conditions.append(LOG.c.id.in_(named.union(listed)))
    if asked.account is not None:
        conditions.append(LOG.c.account_id == asked.account)
    if asked.action is not None:
        conditions.append(LOG.c.action == asked.action)
    if asked.first is not None:
        conditions += _since(session, _start(asked.first))
    if asked.last is not None:
        conditions += _until(session, _start(asked.last + dt.timedelta(days=1)))
    return conditions


# The first and last id of the days are looked up, so that no line outside need be passed over.
def _since(session: Session, moment: dt.datetime) -> list[sa.ColumnElement[bool]]:
    oldest = sa.select(LOG.c.id).where(LOG.c.at >= moment).order_by(LOG.c.at, LOG.c.id).limit(1)
    lowest = session.scalar(oldest)
    return [sa.false()] if lowest is None else [LOG.c.at >= moment, LOG.c.id >= lowest]


def _until(session: Session, moment: dt.datetime) -> list[sa.ColumnElement[bool]]:
    newest = sa.select(LOG.c.id).where(LOG.c.at < moment).order_by(LOG.c.at.desc(), LOG.c.id.desc()).limit(1)
    highest = session.scalar(newest)
    return [sa.false()] if highest is None else [LOG.c.at < moment, LOG.c.id <= highest]


def _distinct(session: Session, column: sa.Column[object], lowest: object) -> list[object]:
    found: list[object] = []
    value = session.scalar(sa.select(sa.func.min(column)).where(column > lowest))
    while value is not None:
        found.append(value)
        value = session.scalar(sa.select(sa.func.min(column)).where(column > value))
    return found


def _start(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
