"""The admin over a small movement, and people who use it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from admin_app import create_app
from admin_app.session import engine as engine_of
from admin_app.signin.visitor import TOKEN
from tests.admin.cast import Cast, build_cast, keep_signed_in, mark_of
from tests.conftest import BACKENDS, replace_file
from tests.postgres import copy_of, replace_database
from wmcrm.db import OPERATOR, open_engine, session_scope
from wmcrm.models import Account, Grant, PermissionRole
from wmcrm.settings import Settings

SECRET = "only-for-tests-" + "x" * 32


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a browser: reads pages, sends forms with the token that a page would have given."""

    client: FlaskClient

    def get(self, address: str, **extra: object) -> TestResponse:
        return self.client.get(address, buffered=True, **extra)

    def post(self, address: str, data: dict[str, object] | None = None, **extra: object) -> TestResponse:
        return self.client.post(address, data={**(data or {}), "csrf_token": self.token()}, **extra)

    def token(self) -> str:
        with self.client.session_transaction() as session, self.client.application.test_request_context():
            from flask import session as current

            current.update(session)
            token = generate_csrf()
            session["csrf_token"] = current["csrf_token"]
            return token


@dataclass(frozen=True, slots=True)
class Desk:
    """An application and the cast in its database."""

    app: Flask
    cast: Cast

    def visit(self, name: str) -> Visitor:
        """The browser of an account, signed in; of a stranger for no name."""
        client = self.app.test_client()
        if name:
            with client.session_transaction() as session:
                session[TOKEN] = mark_of(name)
        return Visitor(client)

    def account(self, name: str, role: str) -> Visitor:
        """The browser of one more account for the whole movement, invited for this test."""
        with session_scope(self.engine, OPERATOR, writing=True) as session:
            account = Account(name=name, fs_uniquifier=mark_of(name))
            session.add(account)
            session.flush()
            session.add(Grant(account_id=account.id, role=PermissionRole(role)))
            keep_signed_in(session, account)
        return self.visit(name)

    @property
    def engine(self) -> Engine:
        """The application's engine."""
        with self.app.app_context():
            return engine_of()


@pytest.fixture(scope="session")
def cast_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Cast]:
    """A SQLite file with the cast in it, to be copied."""
    path = tmp_path_factory.mktemp("cast") / "cast.sqlite3"
    shutil.copy(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    cast = build_cast(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path, cast


@pytest.fixture(scope="session")
def sqlite_app(cast_file: tuple[Path, Cast], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for all tests on SQLite: its templates and statements are compiled once, its file is replaced."""
    path = tmp_path_factory.mktemp("admin") / "admin.sqlite3"
    shutil.copy(cast_file[0], path)
    made = create_app(Settings(database_url=f"sqlite:///{path}", secret_key=SECRET), testing=True)
    yield made
    with made.app_context():
        engine_of().dispose()


def with_cast(app: Flask, cast_file: tuple[Path, Cast]) -> Desk:
    """An application whose SQLite file is replaced by a copy of the cast."""
    with app.app_context():
        replace_file(engine_of(), cast_file[0])
    return Desk(app, cast_file[1])


@pytest.fixture
def desk(sqlite_app: Flask, cast_file: tuple[Path, Cast]) -> Desk:
    """The admin over a copy of the cast, on SQLite: for what does not depend on the database."""
    return with_cast(sqlite_app, cast_file)


@pytest.fixture
def own_desk(cast_file: tuple[Path, Cast], tmp_path: Path) -> Iterator[Desk]:
    """The same with an application of its own: for tests that add routes to it or count its tries."""
    shutil.copy(cast_file[0], tmp_path / "admin.sqlite3")
    made = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'admin.sqlite3'}", secret_key=SECRET), testing=True)
    yield Desk(made, cast_file[1])
    with made.app_context():
        engine_of().dispose()


@pytest.fixture(scope="session")
def cast_database(postgres_template: sa.URL) -> Iterator[tuple[sa.URL, Cast]]:
    """A PostgreSQL database with the cast in it, to be cloned: writing the cast anew costs half a second."""
    with copy_of(postgres_template) as url:
        engine = open_engine(url.render_as_string(hide_password=False))
        cast = build_cast(engine)
        engine.dispose()
        yield url, cast


@pytest.fixture(scope="session")
def postgres_app(cast_database: tuple[sa.URL, Cast]) -> Iterator[Flask]:
    """One application for all tests on PostgreSQL; its database is made anew for each."""
    with copy_of(cast_database[0]) as url:
        address = url.render_as_string(hide_password=False)
        made = create_app(Settings(database_url=address, secret_key=SECRET), testing=True)
        yield made
        with made.app_context():
            engine_of().dispose()


@pytest.fixture(params=BACKENDS)
def either(request: pytest.FixtureRequest) -> Desk:
    """The admin over a copy of the cast, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        found: Desk = request.getfixturevalue("desk")
        return found
    template, cast = request.getfixturevalue("cast_database")
    app: Flask = request.getfixturevalue("postgres_app")
    with app.app_context():
        engine = engine_of()
    engine.dispose()
    replace_database(engine.url, template)
    return Desk(app, cast)


@pytest.fixture(scope="module")
def shared_desk(cast_file: tuple[Path, Cast], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One application for many examples that only read."""
    path = tmp_path_factory.mktemp("shared") / "admin.sqlite3"
    shutil.copy(cast_file[0], path)
    made = create_app(Settings(database_url=f"sqlite:///{path}", secret_key=SECRET), testing=True)
    yield Desk(made, cast_file[1])
    with made.app_context():
        engine_of().dispose()
