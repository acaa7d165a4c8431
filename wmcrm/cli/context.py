"""What every command needs: its database, its actor, its output format."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import reduce, wraps
from typing import ParamSpec, TypeVar

import click
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, OperationalError

import wmcrm.privacy
import wmcrm.upkeep  # noqa: F401  (derived rows are kept with what commands write)
from wmcrm.accounts import find_actor
from wmcrm.cli.policies import POLICIES, path_of
from wmcrm.db import OPERATOR, Actor, Session, open_engine, schema, session_scope
from wmcrm.errors import BadInputError, DatabaseStateError, NotAllowedError
from wmcrm.permissions import Permission, allowed, narrowed
from wmcrm.settings import read_settings

P = ParamSpec("P")
R = TypeVar("R")
OUTPUT = "wmcrm.output"
ACCOUNT = "wmcrm.account"
NEEDED = "wmcrm.needed"

SENTENCES = (
    ("readonly", "The database cannot be written: it or its folder is read-only."),
    ("read-only", "The database cannot be written: it is read-only."),
    ("disk is full", "The disk is full; nothing was stored. Free some space and try again."),
    ("No space left", "The disk is full; nothing was stored. Free some space and try again."),
    ("locked", "Somebody else is writing to the database; try again in a moment."),
    ("not a database", "The file is no SQLite database."),
    ("malformed", "The database file is damaged; restore a backup: wmcrm db restore FILE"),
    ("unable to open", "The database file cannot be opened; look at its path and permissions."),
)


def common_options(command: Callable[P, R]) -> Callable[P, R]:
    """Give a command ``--format`` and ``--as``."""

    def keep(key: str) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
        def callback(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
            if value is not None:
                ctx.meta[key] = value
            return value

        return callback

    formatted = click.option(
        "--format",
        type=click.Choice(["json", "csv", "table"]),
        expose_value=False,
        callback=keep(OUTPUT),
        help="How to print: json, csv or table (the default).",
    )
    acting = click.option(
        "--as", expose_value=False, metavar="ACCOUNT", callback=keep(ACCOUNT), help="Act as this account, in its scope."
    )

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with plain_database_errors():
            _check_policy()
            return command(*args, **kwargs)

    return formatted(acting(wrapped))


def _check_policy() -> None:
    """Refuse what the account of ``--as`` may not run; the operator may run everything."""
    context = click.get_current_context()
    if context.meta.get(ACCOUNT) is None:
        return
    needed = POLICIES.get(path_of(context))
    if needed is None:
        raise NotAllowedError("Only the operator of this machine may run this command; leave --as out.")
    require_permission(needed)


def require_permission(needed: Permission) -> None:
    """From here on the account of ``--as`` acts where it has this permission; an option may ask for one too.

    Raises NotAllowedError where it has it nowhere.
    """
    if click.get_current_context().meta.get(ACCOUNT) is None:
        return
    context = click.get_current_context()
    actor = _actor(engine())
    if needed not in allowed(actor):
        raise NotAllowedError("The account {name} lacks the permission {code}.", name=actor.name, code=needed)
    context.meta[NEEDED] = (*context.meta.get(NEEDED, ()), needed)


def output_format() -> str:
    """The format asked for; ``table`` if none was."""
    return str(click.get_current_context().meta.get(OUTPUT, "table"))


def engine() -> Engine:
    """The engine of WMCRM_DATABASE_URL; an empty database is upgraded, one that is behind is refused."""
    made = bare_engine()
    schema.prepare(made)
    return made


def bare_engine() -> Engine:
    """The engine of WMCRM_DATABASE_URL whatever its schema; closed when the command ends."""
    made = open_engine(read_settings().database_url)
    click.get_current_context().call_on_close(made.dispose)
    return made


@contextmanager
def session(*, writing: bool = False) -> Iterator[Session]:
    """A session in the name of ``--as`` or of the operator; commits at the end when writing."""
    opened = engine()
    with session_scope(opened, _actor(opened), writing=writing) as made:
        yield made


def _actor(opened: Engine) -> Actor:
    """Who acts: where they have every permission that was asked for up to now."""
    asked = click.get_current_context().meta
    if asked.get(ACCOUNT) is None:
        return OPERATOR
    with session_scope(opened, OPERATOR) as looking:
        return reduce(narrowed, asked.get(NEEDED, ()), find_actor(looking, str(asked[ACCOUNT])))


@contextmanager
def plain_database_errors() -> Iterator[None]:
    """Turn what a database driver says into one sentence that a person can act on."""
    try:
        yield
    except OperationalError as error:
        raise DatabaseStateError("{sentence}", sentence=_sentence(str(error.orig))) from error
    except DBAPIError as error:
        if _is_known(str(error.orig)):
            raise DatabaseStateError("{sentence}", sentence=_sentence(str(error.orig))) from error
        raise


def _is_known(said: str) -> bool:
    return any(mark in said for mark, _ in SENTENCES)


def _sentence(said: str) -> str:
    for mark, sentence in SENTENCES:
        if mark in said:
            return sentence
    return "The database does not answer; look at WMCRM_DATABASE_URL and whether the server runs."


def day(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> dt.date | None:
    """A click callback for ISO dates."""
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise BadInputError("'{value}' is not a date; write it as 2026-02-28.", value=value) from error
