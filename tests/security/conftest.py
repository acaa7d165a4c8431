"""The admin over the planted world, on both databases; it is put back after whatever changed it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine

from admin_app import create_app
from admin_app.session import engine as engine_of
from tests.admin.conftest import SECRET, Desk, Visitor
from tests.browser.conftest import browser_type_launch_args  # noqa: F401  (the system's Chromium)
from tests.conftest import BACKENDS, replace_file
from tests.postgres import copy_of, replace_database
from tests.security.planted import Planted, plant
from wmcrm.db import open_engine
from wmcrm.settings import Settings

DATA = "WMCRM_DATA_DIR"


@dataclass(slots=True)
class Hall:
    """An application over the planted world; ``put_back`` undoes whatever was stored since."""

    app: Flask
    world: Planted
    template: Path | sa.URL
    visitors: dict[str, Visitor] = field(default_factory=dict)

    def visit(self, name: str) -> Visitor:
        """The browser of an account, signed in; of a stranger for no name. It is a new one each time."""
        return Desk(self.app, None).visit(name)  # type: ignore[arg-type]

    @property
    def engine(self) -> Engine:
        """The application's engine."""
        with self.app.app_context():
            return engine_of()

    @property
    def url(self) -> str:
        """The address of the database, for commands."""
        return self.engine.url.render_as_string(hide_password=False)

    @contextmanager
    def as_it_is(self) -> Iterator[Hall]:
        """The same hall, which is put back to the database as it is now."""
        self.engine.dispose()
        if isinstance(self.template, Path):
            path = Path(str(self.engine.url.database))
            yield replace(self, template=Path(shutil.copy(path, path.with_suffix(".kept"))))
            return
        with copy_of(self.engine.url) as url:
            yield replace(self, template=url)

    def put_back(self) -> None:
        """The database as it was planted."""
        engine = self.engine
        if isinstance(self.template, Path):
            replace_file(engine, self.template)
        else:
            engine.dispose()
            replace_database(engine.url, self.template)


@pytest.fixture(scope="session")
def planted_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of keys that belongs to the planted databases."""
    return tmp_path_factory.mktemp("planted-data")


@pytest.fixture(scope="session")
def planted_sqlite(
    sqlite_template: Path, planted_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Planted]:
    """A SQLite file with the planted world, to be copied."""
    path = tmp_path_factory.mktemp("planted") / "planted.sqlite3"
    shutil.copy(sqlite_template, path)
    world = _plant_into(f"sqlite:///{path}", planted_data)
    return path, world


@pytest.fixture(scope="session")
def planted_postgres(postgres_template: sa.URL, planted_data: Path) -> Iterator[tuple[sa.URL, Planted]]:
    """A PostgreSQL database with the planted world, to be cloned."""
    with copy_of(postgres_template) as url:
        yield url, _plant_into(url.render_as_string(hide_password=False), planted_data)


def _plant_into(url: str, data: Path) -> Planted:
    engine = open_engine(url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA, str(data))
        world = plant(engine)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return world


@pytest.fixture(scope="session")
def sqlite_hall(
    planted_sqlite: tuple[Path, Planted], planted_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hall]:
    """The application over a copy of the SQLite file."""
    path = tmp_path_factory.mktemp("hall") / "hall.sqlite3"
    shutil.copy(planted_sqlite[0], path)
    yield from _hall(f"sqlite:///{path}", planted_sqlite, planted_data)


@pytest.fixture(scope="session")
def postgres_hall(planted_postgres: tuple[sa.URL, Planted], planted_data: Path) -> Iterator[Hall]:
    """The application over a clone of the PostgreSQL database."""
    with copy_of(planted_postgres[0]) as url:
        yield from _hall(url.render_as_string(hide_password=False), planted_postgres, planted_data)


def _hall(url: str, planted: tuple[Path, Planted] | tuple[sa.URL, Planted], data: Path) -> Iterator[Hall]:
    settings = Settings(database_url=url, secret_key=SECRET, data_dir=str(data))
    made = create_app(settings, testing=True)
    # The parts of an installation that limit tries would answer instead of what is asked here.
    made.config["RATELIMIT_ENABLED"] = False
    hall = Hall(made, planted[1], planted[0])
    yield hall
    hall.engine.dispose()


@pytest.fixture(params=BACKENDS)
def hall(request: pytest.FixtureRequest, planted_data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    """The planted world, once on SQLite and once on PostgreSQL, as it was planted."""
    monkeypatch.setenv(DATA, str(planted_data))
    made: Hall = request.getfixturevalue("sqlite_hall" if request.param == "sqlite" else "postgres_hall")
    yield made
    made.put_back()


@pytest.fixture
def hall_of(request: pytest.FixtureRequest, planted_data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    """The planted world on the database that a test names."""
    monkeypatch.setenv(DATA, str(planted_data))
    made: Hall = request.getfixturevalue(f"{request.param}_hall")
    yield made
    made.put_back()


@pytest.fixture
def small_hall(sqlite_hall: Hall, planted_data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    """The planted world on SQLite only: for what does not depend on the database."""
    monkeypatch.setenv(DATA, str(planted_data))
    yield sqlite_hall
    sqlite_hall.put_back()
