"""The rows of a person that are sealed: read as plain values, taken out of the tables, put back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.db import reserve_ids
from wmcrm.history import stored
from wmcrm.models import metadata
from wmcrm.models.records import record_columns, select_record, update_record
from wmcrm.models.tracking import plain
from wmcrm.privacy.contents import changes_about
from wmcrm.privacy.inventory import KEYS, Sealed
from wmcrm.privacy.subject import of_subject

Values = dict[str, object]
Numbers = dict[tuple[str, int], int]
WHOLE = "*"
SOME = "+"
# Columns that are encrypted where the row itself stays, with what stands there meanwhile.
BLANKS: Mapping[str, Values] = {
    "person": {
        "residence_country": None,
        "residence_city": None,
        "community_region": None,
        "since_year": None,
        "pronouns": None,
        "alias": None,
        "stepped_back_on": None,
        "last_verified_on": None,
        "source": None,
        "external_id": None,
        "source_row_id": None,
        "recorded_by_id": None,
        "entry_route": "unknown",
        "sort_name": "",
        "display_name": "",
    },
    "consent_event": {
        "evidence": None,
        "collector": None,
        "source": None,
        "external_id": None,
        "source_row_id": None,
        "recorded_by_id": None,
    },
    "merge": {"choices": {}},
    "imported_row": {
        "person_id": None,
        "cells": None,
        "reading": None,
        "issues": None,
        "external_id": None,
        "candidates": None,
        "fingerprint": "",
    },
    "change": {"operations": [], "note": None},
    "access_log_entry": {"reason": None},
}


@dataclass(frozen=True, slots=True)
class SealedRow:
    """One row, whole (``*``) or some columns of it (``+``), as JSON can hold it."""

    table: str
    column: str
    row_id: int
    values: Values


def rows_to_seal(session: Session, ids: Collection[int]) -> Iterator[SealedRow]:
    """Every row that sealing moves, then every row of which it encrypts columns."""
    for name in moved_tables():
        table = metadata.tables[name]
        query = sa.select(table).where(mine(table, ids)).order_by(table.c.id)
        for row in session.execute(query).mappings():
            yield SealedRow(name, WHOLE, row["id"], {key: plain(value) for key, value in row.items()})
    for name, blanks in BLANKS.items():
        table = metadata.tables[name]
        query = select_record(name, ["id", *blanks]).where(mine(table, ids)).order_by(table.c.id)
        for row in session.execute(query).mappings():
            values = {key: plain(value) for key, value in row.items() if key != "id"}
            if values != {key: plain(value) for key, value in blanks.items()}:
                yield SealedRow(name, SOME, row["id"], values)


def take_out(session: Session, rows: Collection[SealedRow]) -> None:
    """Delete the moved rows and blank the encrypted columns; beside the ORM, so that no history is written."""
    for row in rows:
        if row.column == WHOLE:
            table = metadata.tables[row.table]
            session.execute(sa.delete(table).where(table.c.id == row.row_id))
        else:
            update_record(session, row.table, row.row_id, BLANKS[row.table])


def put_back(session: Session, rows: Collection[SealedRow]) -> None:
    """Insert the moved rows again and fill the encrypted columns.

    A row keeps its id unless another row took it meanwhile (SQLite gives the highest ids anew); then whatever
    names it here (what a merge replaced, the history) names its new id.
    """
    moved = [row for row in rows if row.column == WHOLE]
    numbers = _free_ids(session, moved)
    for row in moved:
        table = metadata.tables[row.table]
        session.execute(sa.insert(table).values(_typed(row.table, _renumbered(row.table, row.values, numbers))))
    for row in rows:
        if row.column == SOME:
            values = _renumbered_history(row.values, numbers) if row.table == "change" else row.values
            update_record(session, row.table, row.row_id, _typed(row.table, values))


def moved_tables() -> list[str]:
    """The tables whose rows are moved, parents before children."""
    wanted = {table for (table, _), key in KEYS.items() if key.sealed is Sealed.MOVED}
    return [table.name for table in metadata.sorted_tables if table.name in wanted]


def dropped_keys() -> list[tuple[str, str]]:
    """The keys whose rows sealing deletes."""
    return [name for name, key in KEYS.items() if key.sealed is Sealed.DELETED]


def mine(table: sa.Table, ids: Collection[int]) -> sa.ColumnElement[bool]:
    """The condition that a row is one of those that sealing these people moves or blanks."""
    match table.name:
        case "person":
            return table.c.id.in_(ids)
        case "change":
            return changes_about(ids)
        case "access_log_entry":
            return table.c.person_id.in_(ids)
        case name:
            kinds = (Sealed.MOVED, Sealed.ENCRYPTED)
            columns = [column for (one, column), key in KEYS.items() if one == name and key.sealed in kinds]
            return of_subject(table, ids, columns)


def _free_ids(session: Session, moved: Collection[SealedRow]) -> Numbers:
    numbers: Numbers = {(row.table, row.row_id): row.row_id for row in moved}
    for name in {row.table for row in moved}:
        table = metadata.tables[name]
        wanted = [row.row_id for row in moved if row.table == name]
        taken = list(session.scalars(sa.select(table.c.id).where(table.c.id.in_(wanted)).order_by(table.c.id)))
        fresh = [one for one in reserve_ids(session, table, len(taken) + len(wanted)) if one not in wanted]
        numbers |= {(name, old): new for old, new in zip(taken, fresh, strict=False)}
    return numbers


def _renumbered(table: str, values: Values, numbers: Numbers) -> Values:
    """The columns that name the row itself or another of its table, by their new ids."""
    named = [(column, old) for column in ("id", "superseded_by_id") if isinstance(old := values.get(column), int)]
    return {**values, **{column: numbers.get((table, old), old) for column, old in named}}


def _renumbered_history(values: Values, numbers: Numbers) -> Values:
    told: list[object] = []
    operations = values.get("operations")
    for table, row_id, *said in operations if isinstance(operations, list) else ():
        before, after = (_renumbered(table, one, numbers) if one else one for one in said)
        told.append([table, numbers.get((table, row_id), row_id), before, after])
    return {**values, "operations": told}


def _typed(table: str, values: Values) -> Values:
    columns = record_columns(table)
    return {name: stored(columns[name], value) for name, value in values.items()}
