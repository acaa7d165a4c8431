"""The schema: upgraded, compared with the models, and refused when it is behind."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

import migrations
from migrations.safety import include_name
from wmcrm.db.engine import writing
from wmcrm.db.roles import prepare_role
from wmcrm.db.statistics import keep_figures
from wmcrm.errors import DatabaseStateError

MIGRATION_LOCK = 7_231_990


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision (default: the newest); a SQLite file is backed up beside itself first."""
    if current_revision(engine) is not None and is_behind(engine):
        back_up_before_migration(engine)
    with _migrating(engine) as connection:
        command.upgrade(_config(connection), revision)
    if engine.dialect.name == "sqlite":
        _keep_figures(engine)


def _keep_figures(engine: Engine) -> None:
    """Let SQLite's planner know of new tables and indexes; connections read it when they open."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        keep_figures(driver)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to a revision (``base`` = empty)."""
    back_up_before_migration(engine)
    with _migrating(engine) as connection:
        command.downgrade(_config(connection), revision)


def current_revision(engine: Engine) -> str | None:
    """The revision a database is at; None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def head_revision() -> str:
    """The newest revision this version of wmcrm knows; asked of the files once, they do not change meanwhile."""
    head = ScriptDirectory.from_config(_config(None)).get_current_head()
    assert head is not None
    return head


def is_behind(engine: Engine) -> bool:
    """True when the database is not at the newest revision."""
    return current_revision(engine) != head_revision()


def prepare(engine: Engine) -> None:
    """Upgrade an empty database; refuse one whose schema is behind or unknown with the command to run."""
    current = current_revision(engine)
    if current is None:
        if _has_tables(engine):
            raise DatabaseStateError(
                "The database holds tables that are not wmcrm's; name an empty database in WMCRM_DATABASE_URL."
            )
        upgrade(engine)
    elif current != head_revision():
        raise DatabaseStateError(
            "The database is at schema {current}, this version needs {head}; run: wmcrm db upgrade",
            current=current,
            head=head_revision(),
        )


def differences(engine: Engine, metadata: sa.MetaData) -> list[str]:
    """What tells the database from the models, one line each; empty when they agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": include_name, "target_metadata": metadata}
        )
        return [str(difference[0]) for difference in _flat(compare_metadata(context, metadata))]


def back_up_before_migration(engine: Engine) -> Path | None:
    """Copy a SQLite file beside itself before its schema changes; None for PostgreSQL and for memory."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database or database == ":memory:":
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    target = Path(f"{database}.before-{head_revision()}-{stamp}")
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("VACUUM INTO ?", (str(target),))
    return target


def _has_tables(engine: Engine) -> bool:
    return bool(sa.inspect(engine).get_table_names())


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__path__[0])).replace("%", "%%"))
    config.attributes["connection"] = connection
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return config


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    with writing(engine).connect() as connection:
        if connection.dialect.name == "sqlite":
            # Inside a transaction the pragma would do nothing; with it on, a rebuilt table loses its children.
            _pragma(connection, "foreign_keys=OFF")
        else:
            prepare_role(connection)
            connection.exec_driver_sql("SET lock_timeout = '10s'")
            connection.exec_driver_sql("SET statement_timeout = '30min'")
            connection.execute(sa.select(sa.func.pg_advisory_lock(MIGRATION_LOCK)))
            connection.commit()
        try:
            yield connection
            _refuse_orphans(connection)
            connection.commit()
        finally:
            connection.rollback()
            _finish(connection)


def _refuse_orphans(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise DatabaseStateError(
            "The migration would leave rows without their parents in {tables}; nothing was changed.",
            tables=", ".join(sorted({str(row[0]) for row in broken})),
        )


def _finish(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        _pragma(connection, "foreign_keys=ON")
    else:
        connection.execute(sa.select(sa.func.pg_advisory_unlock(MIGRATION_LOCK)))
        connection.exec_driver_sql("RESET lock_timeout")
        connection.exec_driver_sql("RESET statement_timeout")
        connection.commit()


def _pragma(connection: Connection, pragma: str) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA {pragma}")


def _flat(found: list[object]) -> Iterator[tuple[object, ...]]:
    for item in found:
        if isinstance(item, list):
            yield from _flat(item)
        elif isinstance(item, tuple):
            yield item
