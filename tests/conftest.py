"""The databases and the cast of the tests. The same tests run on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import Engine

import wmcrm.models  # noqa: F401  (the tables)
from tests.missing import lacking
from tests.postgres import find_server
from wmcrm.db import OPERATOR, Session, open_engine, open_session, schema

settings.register_profile("wmcrm", deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
settings.load_profile("wmcrm")


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
    name = f"wmcrm_template_{uuid.uuid4().hex[:12]}"
    _administer(server, f'CREATE DATABASE "{name}"')
    url = server.set(database=name)
    engine = open_engine(url.render_as_string(hide_password=False))
    schema.prepare(engine)
    engine.dispose()
    yield url
    _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(server: sa.URL, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database of its own, once on each kind."""
    if request.param == "sqlite":
        yield _copy_of_template(request, tmp_path)
        return
    template_url: sa.URL = request.getfixturevalue("postgres_template")
    server = postgres_server()
    assert server is not None
    name = f"wmcrm_test_{uuid.uuid4().hex[:12]}"
    _administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template_url.database}" STRATEGY file_copy')
    yield server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _copy_of_template(request: pytest.FixtureRequest, folder: Path) -> str:
    shutil.copy(request.getfixturevalue("sqlite_template"), folder / "test.sqlite3")
    return f"sqlite:///{folder / 'test.sqlite3'}"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine over a migrated, empty database of its own: for tests that commit."""
    made = open_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def shared_postgres(postgres_template: sa.URL) -> Iterator[Engine]:
    """An engine over one database for all tests that roll back (a database of its own costs a third of a second)."""
    server = postgres_server()
    assert server is not None
    name = f"wmcrm_shared_{uuid.uuid4().hex[:12]}"
    _administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template.database}"')
    made = open_engine(server.set(drivername="postgresql", database=name).render_as_string(hide_password=False))
    yield made
    made.dispose()
    _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=BACKENDS)
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    """A writing session of the operator over an empty database; whatever it commits is gone after the test."""
    if request.param == "sqlite":
        engine = open_engine(_copy_of_template(request, tmp_path))
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
