"""Taking turns: of several processes over one database one at a time does something, the others leave it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

KEY_BYTES = 8


@contextmanager
def my_turn(engine: Engine, what: str) -> Iterator[bool]:
    """Whether it is this process's turn to do something; until the end of the block it is nobody else's.

    The turn ends with the process, however that ends. On PostgreSQL an advisory lock keeps it, on SQLite the
    lock of an empty file beside the database.
    """
    if engine.dialect.name == "postgresql":
        with _by_advisory_lock(engine, what) as mine:
            yield mine
        return
    database = engine.url.database
    if not database or database == ":memory:":
        yield True
        return
    with _by_file(Path(f"{database}.{what}-turn")) as mine:
        yield mine


@contextmanager
def _by_advisory_lock(engine: Engine, what: str) -> Iterator[bool]:
    digest = hashlib.sha256(f"wmcrm {what}".encode()).digest()
    key = int.from_bytes(digest[:KEY_BYTES], "big", signed=True)
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        mine = bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))))
        try:
            yield mine
        finally:
            if mine:
                connection.scalar(sa.select(sa.func.pg_advisory_unlock(key)))


@contextmanager
def _by_file(path: Path) -> Iterator[bool]:
    """SQLite's own file locks, which every system has and which end with their process."""
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as held:
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            yield False
            return
        yield True
