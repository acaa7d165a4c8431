"""The databases and the cast of the tests. The same tests run on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import Engine

import wmcrm.models  # noqa: F401  (the tables)
from tests.memory import work_in_memory
from tests.missing import lacking
from tests.postgres import copy_of, find_server, replace_database
from wmcrm.db import OPERATOR, Session, open_engine, open_session, schema

settings.register_profile("wmcrm", deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
settings.load_profile("wmcrm")


def pytest_configure(config: pytest.Config) -> None:
    """Once a run, before workers begin: they inherit where temporary files lie."""
    if not hasattr(config, "workerinput"):
        work_in_memory()


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and ledgers that tests make go into a folder of their own."""
    monkeypatch.setenv("WMCRM_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    engine = open_engine(f"sqlite:///{path}")
    schema.prepare(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@cache
def postgres_server() -> sa.URL | None:
    """The server of this test run, found or started once."""
    return find_server()


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[sa.URL]:
    """A migrated, empty PostgreSQL database, to be cloned."""
    server = postgres_server()
    if server is None:
        lacking("no PostgreSQL found: install it or set WMCRM_TEST_POSTGRES_URL")
    with copy_of(server.set(database="template1")) as url:
        engine = open_engine(url.render_as_string(hide_password=False))
        schema.prepare(engine)
        engine.dispose()
        yield url


BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def sqlite_engine(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One engine for all tests on SQLite, whose file is replaced for each.

    An engine of its own would compile every statement anew: nearly half of the time of a test.
    """
    path = tmp_path_factory.mktemp("own") / "test.sqlite3"
    shutil.copy(sqlite_template, path)
    made = open_engine(f"sqlite:///{path}")
    yield made
    made.dispose()


def replace_file(engine: Engine, template: Path) -> None:
    """The SQLite file of an engine is a copy of the template from now on, without what its journal held."""
    engine.dispose()
    path = Path(str(engine.url.database))
    for leftover in path.parent.glob(f"{path.name}*"):
        leftover.unlink()
    shutil.copy(template, path)


def _engine_over_copy(template: sa.URL) -> Iterator[Engine]:
    with copy_of(template) as url:
        made = open_engine(url.render_as_string(hide_password=False))
        yield made
        made.dispose()


@pytest.fixture(scope="session")
def postgres_engine(postgres_template: sa.URL) -> Iterator[Engine]:
    """One engine for all tests on PostgreSQL that commit, whose database is made anew for each."""
    yield from _engine_over_copy(postgres_template)


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine over a migrated, empty database of its own, once on each kind: for tests that commit."""
    made: Engine
    if request.param == "sqlite":
        made = request.getfixturevalue("sqlite_engine")
        replace_file(made, request.getfixturevalue("sqlite_template"))
    else:
        made = request.getfixturevalue("postgres_engine")
        replace_database(made.url, request.getfixturevalue("postgres_template"))
    yield made
    made.dispose()


@pytest.fixture
def database_url(engine: Engine) -> str:
    """The address of a migrated, empty database of its own, once on each kind."""
    return engine.url.set(drivername=engine.dialect.name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def shared_postgres(postgres_template: sa.URL) -> Iterator[Engine]:
    """An engine over one database for all tests that roll back (a database of its own costs a third of a second)."""
    yield from _engine_over_copy(postgres_template)


@pytest.fixture(params=BACKENDS)
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A writing session of the operator over an empty database; whatever it commits is gone after the test."""
    if request.param == "sqlite":
        engine: Engine = request.getfixturevalue("sqlite_engine")
        replace_file(engine, request.getfixturevalue("sqlite_template"))
        made = open_session(engine, OPERATOR, writing=True)
        yield made
        made.rollback()
        made.close()
        engine.dispose()
        return
    shared: Engine = request.getfixturevalue("shared_postgres")
    with shared.connect() as connection:
        outer = connection.begin()
        made = Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        made.info.update(actor=OPERATOR, writing=True)
        yield made
        made.close()
        outer.rollback()
