"""Whole records, whatever tables their columns stand in: a person, and where that person lives.

The place of a person has a table of its own, so that an affiliate can share people without it. Whatever speaks of
records column by column and beside the ORM (history, sealing, imports) says "person" and means both rows.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.models.base import metadata
from wmcrm.models.people import PLACE

Values = Mapping[str, object]
Records = sa.Select[*tuple[Any, ...]]
PERSON, RESIDENCE = metadata.tables["person"], metadata.tables["residence"]
# Where somebody lives, beside the person's row; without a row nothing is known of it.
WITH_PLACE = PERSON.outerjoin(RESIDENCE, RESIDENCE.c.person_id == PERSON.c.id)


def record_columns(name: str) -> dict[str, sa.Column[object]]:
    """The columns of a record by their names, in order."""
    columns: dict[str, sa.Column[object]] = {column.name: column for column in metadata.tables[name].columns}
    return columns | {column: RESIDENCE.c[column] for column in PLACE} if name == "person" else columns


def select_record(name: str, columns: Collection[str] | None = None) -> Records:
    """The query over whole records of a table, or over some of their columns."""
    known = record_columns(name)
    query = sa.select(*(known[column] for column in (known if columns is None else columns)))
    return query.select_from(WITH_PLACE if name == "person" else metadata.tables[name])


def split_place(name: str, values: Values) -> tuple[dict[str, object], dict[str, object]]:
    """Values of a record as those of its own row and, for a person, those of the place."""
    place = {column: value for column, value in values.items() if name == "person" and column in PLACE}
    return {column: value for column, value in values.items() if column not in place}, place


def update_record(session: Session, name: str, row_id: int, values: Values) -> None:
    """Give a record these values, beside the ORM."""
    own, place = split_place(name, values)
    table = metadata.tables[name]
    if own:
        session.execute(sa.update(table).where(table.c.id == row_id).values(own))
    if any(value is not None for value in place.values()):
        _make_room(session, [row_id])
    if place:
        session.execute(sa.update(RESIDENCE).where(RESIDENCE.c.person_id == row_id).values(place))
        _drop_empty(session, [row_id])


def update_records(session: Session, name: str, rows: Sequence[Values], *, bump: bool = False) -> None:
    """Give many records of a table new values of the same columns, each row with its ``row_id``, beside the ORM."""
    own, place = split_place(name, {column: None for column in rows[0] if column != "row_id"})
    table = metadata.tables[name]
    if own or bump:
        _update_rows(session, table.c.id, own, rows, bump=bump and "version" in table.c)
    if place:
        _make_room(session, [row["row_id"] for row in rows])
        _update_rows(session, RESIDENCE.c.person_id, place, rows)
        _drop_empty(session, [row["row_id"] for row in rows])


def _make_room(session: Session, person_ids: Collection[object]) -> None:
    """Give each of these people a row for where they live, where there is none yet."""
    known = sa.exists().where(RESIDENCE.c.person_id == PERSON.c.id)
    missing = sa.select(PERSON.c.id).where(PERSON.c.id == sa.bindparam("person"), ~known)
    statement = sa.insert(RESIDENCE).from_select(["person_id"], missing)
    session.connection().execute(statement, [{"person": number} for number in person_ids])


def _drop_empty(session: Session, person_ids: Collection[object]) -> None:
    """Take away the rows of these people that say nothing any more."""
    empty = sa.and_(*(RESIDENCE.c[name].is_(None) for name in PLACE))
    statement = sa.delete(RESIDENCE).where(RESIDENCE.c.person_id == sa.bindparam("person"), empty)
    session.connection().execute(statement, [{"person": number} for number in person_ids])


def _update_rows(
    session: Session, key: sa.Column[int], columns: Collection[str], rows: Sequence[Values], *, bump: bool = False
) -> None:
    known = key.table.c
    values: dict[str, object] = {name: sa.bindparam(f"new_{name}", type_=known[name].type) for name in columns}
    if bump:
        values["version"] = known["version"] + 1
    if values:
        statement = sa.update(key.table).where(key == sa.bindparam("row_id")).values(values)
        told = [{"row_id": row["row_id"], **{f"new_{name}": row[name] for name in columns}} for row in rows]
        session.connection().execute(statement, told)
