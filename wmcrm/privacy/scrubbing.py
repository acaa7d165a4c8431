"""After an erasure or a sealing: no byte of it stays in the database's files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from wmcrm.db import OPERATOR, session_scope
from wmcrm.db.search import merge_segments
from wmcrm.models import metadata
from wmcrm.privacy.inventory import KEYS

if TYPE_CHECKING:
    from psycopg.errors import Diagnostic

OTHER_TABLES = ("change", "stored_file", "import_run", "access_log_entry", "person")


# "3 dead row versions cannot be removed yet.", in whatever language the server speaks
DEAD_ROWS_KEPT = re.compile(r"\A\D*(\d+)")


@dataclass(frozen=True, slots=True)
class Scrubbing:
    """What became of the bytes after a commit.

    ``clean``: the database was rewritten where it held deleted text. ``reused_later``: its server reuses the
    space but does not overwrite it at once (PostgreSQL). ``copies``: files beside it that still hold it.
    """

    clean: bool
    reused_later: bool
    copies: tuple[Path, ...]


def scrub_and_tell(engine: Engine) -> Scrubbing:
    """Scrub after a commit and say what is left; a database that cannot be scrubbed now is no error.

    What was deleted stays deleted; the next purge scrubs again.
    """
    try:
        clean = scrub(engine)
    except DBAPIError:
        clean = False
    return Scrubbing(clean, engine.dialect.name != "sqlite", tuple(copies_of(engine)))


def scrub(engine: Engine, *, rewrite: bool = False) -> bool:
    """Rewrite what still holds deleted text; call it after the commit, outside any transaction.

    SQLite: the search index is merged, then the write-ahead log is emptied (False if a reader was in the
    way: call again). PostgreSQL: the tables about people are vacuumed, which frees their space but leaves the
    bytes in it until it is used again; with ``rewrite`` they are written anew without them, locked meanwhile
    (False if a transaction that was open keeps what it may still read: call again; one that writes into another
    database of the same server does so too).
    """
    if engine.dialect.name == "sqlite":
        return _scrub_sqlite(engine)
    return _vacuum(engine, rewrite)


def copies_of(engine: Engine) -> list[Path]:
    """Copies of a SQLite file that upgrades left beside it: they still hold whoever was erased since."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database or database == ":memory:":
        return []
    file = Path(database)
    return sorted(file.parent.glob(f"{escape(file.name)}.before-*"))


def _scrub_sqlite(engine: Engine) -> bool:
    with session_scope(engine, OPERATOR, writing=True) as session:
        merge_segments(session)
    raw = engine.raw_connection()
    try:
        driver = raw.driver_connection
        assert driver is not None
        busy: int = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        raw.close()
    return busy == 0


def _vacuum(engine: Engine, rewrite: bool) -> bool:
    """The planner's figures hold values of rows too (histograms): they are made anew with the tables.

    The server says of each table how many dead rows some open transaction may still read, its own counting
    included; only that tells whether the bytes are gone.
    """
    known = {table for table, _ in KEYS} | set(OTHER_TABLES)
    names = ", ".join(f'"{name}"' for name in sorted(known) if name in metadata.tables)
    how = ("(FULL, VERBOSE, ANALYZE)", "(FULL, VERBOSE)") if rewrite else ("(ANALYZE)", "")
    kept: list[int] = []
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None

        def listen(said: Diagnostic) -> None:
            kept.extend(map(int, DEAD_ROWS_KEPT.findall(said.message_detail or "")))

        driver.add_notice_handler(listen)
        try:
            driver.execute(f"VACUUM {how[0]} {names}")
            driver.execute(f"VACUUM {how[1]} pg_statistic")  # skipped, with a warning, for who does not own the server
        finally:
            driver.remove_notice_handler(listen)
    return not any(kept)
