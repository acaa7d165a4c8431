"""What an installation needs to be well, looked at one by one."""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from wmcrm.db import schema
from wmcrm.db.roles import owner_of_tables, unprotected_tables, what_weakens_role
from wmcrm.db.wall import OPEN_TABLES, see_everything
from wmcrm.models import LetterState, metadata, now_utc
from wmcrm.outreach import NO_MAILBOX

LONGEST_WAIT, LATELY = dt.timedelta(hours=1), dt.timedelta(days=7)
OLDEST_SQLITE = (3, 38, 0)  # trigram tokens came with 3.34, reliable RETURNING and JSON with 3.38


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was found, whether that is well, and what to do if not."""

    check: str
    ok: bool
    found: str
    advice: str = ""


def examine(engine: Engine) -> list[Finding]:
    """Look at Python, the database server, its schema, its rows and its search index; nothing is changed."""
    found = [_python()]
    try:
        with engine.connect() as connection:
            found.append(Finding("database answers", ok=True, found=engine.dialect.name))
            checks = _SQLITE if engine.dialect.name == "sqlite" else _POSTGRESQL
            found += [check(connection) for check in checks]
    except DBAPIError as error:
        why = " ".join(str(error.orig).split())[:200]
        return [*found, Finding("database answers", ok=False, found=why, advice="Look at WMCRM_DATABASE_URL.")]
    return [*found, *_schema(engine)]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or newer.")


def _schema(engine: Engine) -> list[Finding]:
    current, head = schema.current_revision(engine), schema.head_revision()
    at_head = Finding("schema", current == head, str(current), "Run: wmcrm db upgrade")
    if current != head:
        return [at_head]
    different = schema.differences(engine, metadata)
    told = ", ".join(different) or "as this version needs it"
    same = Finding("schema agrees", not different, told, "Restore a backup or report this.")
    return [at_head, same, _search_index(engine), _letters(engine), *_wall(engine)]


def _letters(engine: Engine) -> Finding:
    """Whether letters leave: none long overdue, none lately given up or unsure but for mailboxes that are gone."""
    letter, now = metadata.tables["letter"], now_utc()
    states = (LetterState.FAILED, LetterState.UNSURE)
    overdue = sa.and_(letter.c.state == LetterState.WAITING, letter.c.next_try_at < now - LONGEST_WAIT)
    lost = sa.and_(letter.c.state.in_(states), letter.c.ended_at > now - LATELY, letter.c.why != NO_MAILBOX)
    with engine.connect() as connection:
        see_everything(connection)
        counts = [_count(connection, letter, which) for which in (overdue, lost)]
    found = "{} overdue, {} failed or unsure within a week".format(*counts)
    advice = "Look at: wmcrm mail list; send with wmcrm serve (WMCRM_MAIL_EVERY), wmcrm worker or wmcrm mail send"
    return Finding("letters", counts == [0, 0], found, advice)


def _count(connection: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool]) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table).where(which)).scalar_one()


def _wall(engine: Engine) -> list[Finding]:
    """On PostgreSQL: the role that row-level security holds, its policies, and whose login this is."""
    if engine.dialect.name != "postgresql":
        return []
    with engine.connect() as connection:
        owner = owner_of_tables(connection)
        weak = what_weakens_role(connection)
        bare = sorted(unprotected_tables(connection) - OPEN_TABLES.keys())
    login = "owns the tables" if owner is None else f"serves only; {owner} owns the tables and upgrades them"
    return [
        Finding("login", ok=True, found=login),
        Finding("role wmcrm_app", weak is None, weak or "held by row-level security", "See docs/how-to/postgresql.md."),
        Finding("row-level security", not bare, ", ".join(bare) or "on every table of people", "Run: wmcrm db upgrade"),
    ]


def _search_index(engine: Engine) -> Finding:
    person, search = metadata.tables["person"], metadata.tables["person_search"]
    missing = (
        sa.select(sa.func.count())
        .select_from(person.outerjoin(search, search.c.person_id == person.c.id))
        .where(person.c.status == "active", person.c.protection != "sealed", person.c.removed_at.is_(None))
        .where(search.c.person_id.is_(None))
    )
    with engine.connect() as connection:
        see_everything(connection)
        count = connection.execute(missing).scalar_one()
    return Finding("search index", count == 0, f"{count} people missing", "Run: wmcrm db refresh")


def _sqlite_version(_connection: sa.Connection) -> Finding:
    well = sqlite3.sqlite_version_info >= OLDEST_SQLITE
    return Finding("SQLite", well, sqlite3.sqlite_version, "Use a Python with SQLite 3.38 or newer.")


def _sqlite_pragma(name: str, wanted: object) -> Callable[[sa.Connection], Finding]:
    def check(connection: sa.Connection) -> Finding:
        value = connection.exec_driver_sql(f"PRAGMA {name}").scalar()
        return Finding(f"SQLite {name}", value == wanted, str(value), "Open the database with wmcrm only.")

    return check


def _sqlite_rows(connection: sa.Connection) -> Finding:
    broken = len(connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall())
    sound = connection.exec_driver_sql("PRAGMA quick_check").scalar()
    found = f"{sound}, {broken} rows without parents"
    return Finding("rows", sound == "ok" and broken == 0, found, "Restore a backup: wmcrm db restore FILE")


def _sqlite_permissions(connection: sa.Connection) -> Finding:
    database = connection.engine.url.database
    if not database or database == ":memory:" or sys.platform == "win32":
        return Finding("file permissions", ok=True, found="not applicable")
    mode = Path(database).stat().st_mode & 0o777
    return Finding("file permissions", mode & 0o007 == 0, oct(mode), f"Run: chmod 640 {database}")


def _postgresql_version(connection: sa.Connection) -> Finding:
    version = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
    return Finding("PostgreSQL", int(version) >= 130000, version, "Use PostgreSQL 13 or newer.")


def _postgresql_encoding(connection: sa.Connection) -> Finding:
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    return Finding("encoding", encoding == "UTF8", encoding, "Make the database with ENCODING 'UTF8'.")


def _postgresql_trigrams(connection: sa.Connection) -> Finding:
    if connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'").scalar() is None:
        return Finding("trigrams", ok=False, found="no pg_trgm", advice="Run: wmcrm db upgrade")
    # With LC_CTYPE=C letters of Arabic and Chinese are no letters, and their words have no trigrams.
    count = connection.exec_driver_sql("SELECT cardinality(show_trgm('ويكي'))").scalar_one()
    advice = "Make the database anew with LC_CTYPE 'C.UTF-8' or another UTF-8 locale."
    return Finding("trigrams of every script", count > 0, f"{count} for an Arabic word", advice)


_SQLITE = (
    _sqlite_version,
    _sqlite_pragma("foreign_keys", 1),
    _sqlite_pragma("journal_mode", "wal"),
    _sqlite_pragma("secure_delete", 1),
    _sqlite_rows,
    _sqlite_permissions,
)
_POSTGRESQL = (_postgresql_version, _postgresql_encoding, _postgresql_trigrams)
