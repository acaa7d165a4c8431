"""Engines: one way to open a database, with everything that keeps it safe switched on."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import time
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from wmcrm.db.statistics import SMALL, keep_figures
from wmcrm.errors import SettingsError

BUSY_SECONDS = 10
ASK_AGAIN = (0.001, 0.004)  # seconds
WRITING = "wmcrm_writing"


def open_engine(database_url: str) -> Engine:
    """Open a SQLite or PostgreSQL database; raises SettingsError for any other address.

    SQLite: foreign keys, WAL, full synchronous writes, secure delete, BEGIN IMMEDIATE for writers.
    PostgreSQL: psycopg 3, lock and statement timeouts. Parameters never appear in errors.
    """
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise SettingsError(
            "WMCRM_DATABASE_URL is no database address; write sqlite:///FILE or postgresql://USER@HOST/NAME."
        ) from error
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url)
    if url.get_backend_name() == "postgresql":
        return _open_postgresql(url)
    raise SettingsError(
        "wmcrm keeps its data in SQLite or PostgreSQL, not in {name}; write sqlite:///FILE or "
        "postgresql://USER@HOST/NAME.",
        name=url.get_backend_name(),
    )


def writing(engine: Engine) -> Engine:
    """The same engine (and pool) whose transactions take SQLite's write lock when they begin."""
    return engine.execution_options(**{WRITING: True})


def _open_sqlite(url: sa.URL) -> Engine:
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        _make_private(Path(url.database))
    engine = sa.create_engine(
        url.set(drivername="sqlite+pysqlite"), hide_parameters=True, connect_args={"timeout": BUSY_SECONDS}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "close", _keep_statistics)
    return engine


def _make_private(database: Path) -> None:
    """A new database file is readable by its owner only; SQLite gives its journal the same permissions."""
    if not database.parent.is_dir():
        raise SettingsError(
            "The folder of the database does not exist; create it first: {folder}", folder=database.parent
        )
    if not database.exists() and os.access(database.parent, os.W_OK):
        database.touch(mode=0o600)


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin by itself: _begin_sqlite does
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _keep_statistics(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    """Let SQLite note how its tables grew: without that it takes the index of a holder for that of an address.

    It costs some milliseconds when a connection closes; while somebody writes, or where nobody may, it is left out.
    """
    with contextlib.suppress(sqlite3.Error):
        for pragma in ("busy_timeout=0", "analysis_limit=400", "optimize"):
            connection.execute(f"PRAGMA {pragma}")
        if connection.total_changes > SMALL:
            keep_figures(connection)


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITING, False):
        _begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """Take the write lock, asking again every few milliseconds.

    SQLite's own waiting sleeps longer the longer it has waited, so that who waits longest loses against who
    just came: of four writers one got half the turns of another and waited up to 2.5 s (benchmarks/writers.py).
    """
    driver = connection.connection.driver_connection
    assert driver is not None
    deadline = time.monotonic() + BUSY_SECONDS
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails as other statements fail
                    return
                time.sleep(random.uniform(*ASK_AGAIN))  # noqa: S311  (no secret)
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


def _open_postgresql(url: sa.URL) -> Engine:
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"options": "-c timezone=UTC -c lock_timeout=15s -c idle_in_transaction_session_timeout=300s"},
    )
