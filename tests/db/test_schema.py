"""Migrations: one way up and down on both databases, never apart from the models."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.db.every_table import fill_every_table
from wmcrm.db import open_engine, schema
from wmcrm.db.engine import writing
from wmcrm.errors import DatabaseStateError, SettingsError
from wmcrm.models import metadata


def test_the_migrated_database_and_the_models_agree(engine: Engine) -> None:
    assert schema.differences(engine, metadata) == []


def test_a_model_that_moved_is_noticed(engine: Engine) -> None:
    other = sa.MetaData()
    sa.Table("person", other, sa.Column("id", sa.Integer, primary_key=True))
    assert "remove_column" in schema.differences(engine, other)


def test_the_schema_goes_down_to_nothing_and_up_again(engine: Engine) -> None:
    schema.downgrade(engine, "base")
    assert set(sa.inspect(engine).get_table_names()) <= {"alembic_version"}
    schema.upgrade(engine)
    assert schema.differences(engine, metadata) == []


def test_a_database_that_is_behind_is_refused_with_the_command_to_run(engine: Engine) -> None:
    schema.downgrade(engine, "0007")
    with pytest.raises(DatabaseStateError, match="wmcrm db upgrade"):
        schema.prepare(engine)


def test_a_foreign_database_is_left_alone(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'foreign.sqlite3'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE something (id INTEGER)")
    with pytest.raises(DatabaseStateError, match="not wmcrm's"):
        schema.prepare(engine)
    engine.dispose()


def test_every_enumeration_in_the_database_has_the_values_of_the_code(engine: Engine) -> None:
    checks = {
        (table, check["name"]): check["sqltext"]
        for table in metadata.tables
        for check in sa.inspect(engine).get_check_constraints(table)
    }
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, sa.Enum):
                text = checks[(table.name, f"ck_{table.name}_{column.name}")]
                assert all(f"'{value}'" in text for value in column.type.enums), (table.name, column.name)


def test_the_schema_goes_down_and_up_with_rows_in_every_table(engine: Engine) -> None:
    with writing(engine).begin() as connection:
        counts = fill_every_table(connection)
    assert min(counts.values()) >= 2
    schema.downgrade(engine, "-1")
    older = sa.inspect(engine).get_table_names()  # what the newest revision made is gone with its rows
    schema.upgrade(engine)
    with engine.connect() as connection:
        for name in older:
            if name in counts:
                assert connection.scalar(sa.select(sa.func.count()).select_from(metadata.tables[name])) == counts[name]
    schema.downgrade(engine, "base")
    schema.upgrade(engine)
    assert schema.differences(engine, metadata) == []


def test_a_file_is_copied_beside_itself_before_its_schema_changes(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'mine.sqlite3'}")
    schema.prepare(engine)
    schema.downgrade(engine, "0008")
    schema.upgrade(engine)
    engine.dispose()
    assert len(list(tmp_path.glob("mine.sqlite3.before-*"))) == 2


def test_moments_come_back_aware_and_naive_ones_are_refused(engine: Engine) -> None:
    change = metadata.tables["change"]
    row = {"subject_table": "person", "subject_id": 1, "operations": [], "actor": "x", "through": "command"}
    local = dt.datetime(2026, 3, 4, 18, 0, tzinfo=ZoneInfo("Africa/Nairobi"))
    with writing(engine).begin() as connection:
        connection.execute(sa.insert(change).values(**row, at=local))
        (back,) = connection.execute(sa.select(change.c.at)).one()
        assert (back, back.utcoffset()) == (local, dt.timedelta(0))
        with pytest.raises(sa.exc.StatementError, match="time zone"):
            connection.execute(sa.insert(change).values(**row, at=dt.datetime(2026, 3, 4)))  # noqa: DTZ001


def test_sqlite_is_opened_with_everything_that_keeps_it_safe(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'safe.sqlite3'}")
    with engine.connect() as connection:
        said = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("foreign_keys", "journal_mode")
        }
        assert said == {"foreign_keys": 1, "journal_mode": "wal"}
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    assert (tmp_path / "safe.sqlite3").stat().st_mode & 0o077 == 0
    engine.dispose()


def test_a_writer_takes_the_lock_when_it_begins_and_a_reader_does_not_wait(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'lock.sqlite3'}")
    schema.prepare(engine)
    with writing(engine).begin() as first:
        assert first.exec_driver_sql("SELECT 1").scalar() == 1
        with engine.connect() as reader:
            assert reader.execute(sa.select(sa.func.count()).select_from(metadata.tables["person"])).scalar() == 0
        other = sqlite3.connect(tmp_path / "lock.sqlite3", timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
    engine.dispose()


@pytest.mark.parametrize("address", ["", "nonsense", "mysql://x/y", "sqlite:////no/such/folder/x.db", "postgresql:"])
def test_an_address_that_is_none_is_refused_in_one_line(address: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        open_engine(address).connect()
    assert "\n" not in str(refusal.value)
