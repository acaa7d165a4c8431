"""Migrations: one way up and down on both databases, never apart from the models."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from wmcrm.db import open_engine, schema
from wmcrm.errors import DatabaseStateError
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
