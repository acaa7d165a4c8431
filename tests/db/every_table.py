"""Three rows in every table, made from the columns alone: for tests of migrations, backups and dumps."""

from __future__ import annotations

import datetime as dt
from functools import singledispatch

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection
from sqlmodel.sql.sqltypes import AutoString

from wmcrm.db import UtcDateTime
from wmcrm.models import metadata

PAIRS = {1: (1, 2), 2: (1, 3), 3: (2, 3)}
MOMENT = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)
SEEDED = {"purpose", "retention_rule", "processing_activity"}  # the migrations bring their rows


def fill_every_table(connection: Connection) -> dict[str, int]:
    """Insert rows 1 to 3 into each table, parents first; returns how many rows each table then has."""
    keys_later: list[tuple[sa.Table, sa.Column[int], str]] = []
    for table in metadata.sorted_tables:
        if table.name in SEEDED:
            continue
        for number in (1, 2, 3):
            connection.execute(sa.insert(table).values(_row(table, number)))
        keys_later += [(table, key.parent, key.column.table.name) for key in table.foreign_keys if key.use_alter]
    for table, column, _ in keys_later:
        connection.execute(sa.update(table).values({column: 1}))
    return {
        name: connection.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for name, t in metadata.tables.items()
    }


def _row(table: sa.Table, number: int) -> dict[str, object]:
    row: dict[str, object] = {}
    for column in table.columns:
        key = next(iter(column.foreign_keys), None)
        if key is not None and key.use_alter:
            continue
        row[column.name] = _key(table, column, number) if key is not None else _value(column, number)
    for partner in ("person_b_id", "absorbed_id", "mentee_id", "mentee_recorded_for_id", "current_id"):
        if partner in row:
            row[partner] = 2
    for first in ("person_a_id", "survivor_id", "former_id"):
        if first in row:
            row[first] = 1
    if table.name == "mentorship":
        row["person_id"] = row["recorded_for_id"] = 1
    for lower, higher in (("person_a_id", "person_b_id"), ("affiliate_a_id", "affiliate_b_id")):
        if lower in row:
            row[lower], row[higher] = PAIRS[number]
    return row


def _key(table: sa.Table, column: sa.Column[int], number: int) -> int | None:
    target = next(iter(column.foreign_keys)).column.table
    if target is table:
        return None  # a row of its own kind, such as the person somebody was merged into
    return number if column.primary_key or column.unique or not column.nullable else 1


def _value(column: sa.Column[object], number: int) -> object:
    if column.primary_key and isinstance(column.type, sa.Integer):
        return number
    if column.name in {"since", "starts_on"} and isinstance(column.type, sa.Date):
        return dt.date(2025, 1, number)
    return _of_type(column.type, column, number)


@singledispatch
def _of_type(kind: object, column: sa.Column[object], number: int) -> object:
    raise AssertionError(f"no value for {kind!r} of {column}")


@_of_type.register(sa.Integer)
@_of_type.register(sa.Float)
def _(_kind: object, _column: sa.Column[object], number: int) -> object:
    return number


@_of_type.register(sa.Boolean)
def _(_kind: object, _column: sa.Column[object], _number: int) -> object:
    return True


@_of_type.register(sa.Enum)
def _(kind: sa.Enum, _column: sa.Column[object], _number: int) -> object:
    assert kind.enum_class is not None
    return next(iter(kind.enum_class))


@_of_type.register(sa.String)
@_of_type.register(AutoString)
def _(kind: sa.String | AutoString, _column: sa.Column[object], number: int) -> object:
    length = getattr(kind, "length", None) or 10
    return f"ä{number}"[:length]


@_of_type.register(sa.JSON)
@_of_type.register(JSONB)
def _(_kind: object, _column: sa.Column[object], _number: int) -> object:
    return ["ä"]


@_of_type.register(sa.LargeBinary)
def _(_kind: object, _column: sa.Column[object], _number: int) -> object:
    return b"\x00\xff"


@_of_type.register(sa.Date)
def _(_kind: object, _column: sa.Column[object], _number: int) -> object:
    return dt.date(2026, 3, 4)


@_of_type.register(sa.Time)
def _(_kind: object, _column: sa.Column[object], _number: int) -> object:
    return dt.time(18, 30)


@_of_type.register(UtcDateTime)
def _(_kind: object, _column: sa.Column[object], _number: int) -> object:
    return MOMENT
