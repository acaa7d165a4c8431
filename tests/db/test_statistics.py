"""SQLite finds a few people by their ids, not by a status that all share, however young the database is."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from wmcrm.db import OPERATOR, open_engine, schema, session_scope
from wmcrm.db.statistics import ASSUMED, SMALL
from wmcrm.models import Holding, Person, PersonStatus, metadata, now_utc

PEOPLE = sa.select(Person.id).where(Person.id.in_(range(500)), Person.status == PersonStatus.ACTIVE)
FACTS = sa.select(Holding.id).where(Holding.person_id.in_(range(500)), Holding.holder_affiliate_id == 1)


def plan(engine: sa.Engine, query: sa.Select[int]) -> str:
    """How SQLite would answer."""
    text = str(query.compile(engine, compile_kwargs={"literal_binds": True}))
    with engine.connect() as connection:
        return str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").first())


def add_people(engine: sa.Engine, first: int, count: int) -> None:
    rows = [
        {
            "id": number,
            "public_id": f"p_{number}",
            "display_name": "Aïcha",
            "sort_name": "aicha",
            "recorded_at": now_utc(),
        }
        for number in range(first, first + count)
    ]
    with session_scope(engine, OPERATOR, writing=True) as session:
        session.execute(sa.insert(metadata.tables["person"]), rows)
        session.commit()


@pytest.mark.parametrize("count", [0, 1, 50])
def test_a_few_are_found_by_id_in_a_new_database_and_in_a_small_one(tmp_path: Path, count: int) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    schema.prepare(engine)
    add_people(engine, 1, count) if count else None
    for _ in range(2):  # what a connection that closes counts does not mislead the next one
        assert "PRIMARY KEY" in plan(engine, PEOPLE)
        assert "ix_holding_person_id" in plan(engine, FACTS)
        engine.dispose()


def test_a_table_that_has_grown_is_counted(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'large.sqlite3'}")
    schema.prepare(engine)
    add_people(engine, 1, SMALL + 1)
    engine.dispose()
    with engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT stat FROM sqlite_stat1 WHERE idx = 'ix_person_sort_name_id'").scalar()
    assert int(str(told).split()[0]) != ASSUMED
    engine.dispose()
