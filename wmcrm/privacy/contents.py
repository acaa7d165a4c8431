"""Copies of what was said about people: history, cells of sheets, files. Emptied wherever the people go."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.models import metadata
from wmcrm.outreach import Identifier, IdentifierKind
from wmcrm.privacy.inventory import keys_of
from wmcrm.privacy.subject import of_subject

CHANGE = metadata.tables["change"]
ROW = metadata.tables["imported_row"]
MERGE = metadata.tables["merge"]
SHORTEST_SEARCHED = 4
BATCH = 500
EMPTY_ROW: dict[str, object] = {
    "person_id": None,
    "cells": None,
    "reading": None,
    "issues": None,
    "external_id": None,
    "candidates": None,
    "fingerprint": "",
}


def changes_about(ids: Collection[int]) -> sa.ColumnElement[bool]:
    """The condition on history that a change is about these people, or about a merge they were part of."""
    merges = sa.select(MERGE.c.id).where(of_subject(MERGE, ids))
    about = sa.and_(CHANGE.c.subject_table == "person", CHANGE.c.subject_id.in_(ids))
    return sa.or_(about, CHANGE.c.merge_id.in_(merges))


def empty_history(session: Session, ids: Collection[int], note: str) -> int:
    """Take the contents out of every change about these people: that something changed stays, what not."""
    emptied = session.execute(sa.update(CHANGE).where(changes_about(ids)).values(operations=[], note=note))
    return int(getattr(emptied, "rowcount", 0))


def forget_topics(session: Session, ids: Collection[int]) -> None:
    """Take out what mentors taught these people, from their rows and from the history of the mentors."""
    mentorship = metadata.tables["mentorship"]
    rows = sa.select(mentorship.c.id, mentorship.c.person_id).where(mentorship.c.mentee_id.in_(ids))
    mentors = {row_id: mentor_id for row_id, mentor_id in session.execute(rows)}
    session.execute(sa.update(mentorship).where(mentorship.c.id.in_(mentors)).values(topic=None))
    told = sa.select(CHANGE.c.id, CHANGE.c.operations).where(
        CHANGE.c.subject_table == "person", CHANGE.c.subject_id.in_(set(mentors.values()))
    )
    for change_id, operations in session.execute(told).all():
        kept = [_without_topic(one) if one[0] == "mentorship" and one[1] in mentors else one for one in operations]
        if kept != operations:
            session.execute(sa.update(CHANGE).where(CHANGE.c.id == change_id).values(operations=kept))


def _without_topic(operation: list[object]) -> list[object]:
    return [
        {name: value for name, value in part.items() if name != "topic"} if isinstance(part, dict) else part
        for part in operation
    ]


def import_rows_about(session: Session, ids: Collection[int], identifiers: Collection[Identifier]) -> list[int]:
    """The ledger rows of these people, then rows of nobody (held back, skipped, invalid) that say an identifier."""
    rows = list(session.scalars(sa.select(ROW.c.id).where(ROW.c.person_id.in_(ids))))
    return [*rows, *import_rows_that_say(session, identifiers)]


def empty_import_rows(session: Session, row_ids: Sequence[int]) -> int:
    """Take cells, readings, issues and the person out of these rows; returns how many there were.

    With an old copy of the sheet the link alone would name the person.
    """
    for start in range(0, len(row_ids), BATCH):
        batch = row_ids[start : start + BATCH]
        session.execute(sa.update(ROW).where(ROW.c.id.in_(batch)).values(**EMPTY_ROW))
    return len(row_ids)


def drop_uploads(session: Session, row_ids: Sequence[int]) -> int:
    """Delete the uploaded files of the runs that brought these rows; returns how many."""
    run, stored = metadata.tables["import_run"], metadata.tables["stored_file"]
    found: set[int] = set()
    for start in range(0, len(row_ids), BATCH):
        runs = sa.select(ROW.c.run_id).where(ROW.c.id.in_(row_ids[start : start + BATCH]))
        files = sa.select(run.c.stored_file_id).where(run.c.id.in_(runs), run.c.stored_file_id.is_not(None))
        found.update(session.scalars(files))
    if found:
        session.execute(sa.update(run).where(run.c.stored_file_id.in_(found)).values(stored_file_id=None))
        session.execute(sa.delete(stored).where(stored.c.id.in_(found)))
    return len(found)


def delete_rows(session: Session, table: sa.Table, ids: Collection[int], columns: Sequence[str] | None = None) -> int:
    """Delete the rows of a table that any of its keys to person (or these) gives to these people."""
    done = session.execute(sa.delete(table).where(of_subject(table, ids, columns or keys_of(table.name))))
    return int(getattr(done, "rowcount", 0))


def import_rows_that_say(session: Session, identifiers: Collection[Identifier]) -> list[int]:
    """Rows without a person (held back, skipped, invalid) whose cells or reading hold one of the identifiers.

    Short usernames and ids are left out of the search: they would be found inside other people's words.
    """
    said = {one.value for one in identifiers if one.kind is not IdentifierKind.EXTERNAL}
    wanted = sorted(value for value in said if len(value) >= SHORTEST_SEARCHED)
    found: set[int] = set()
    for start in range(0, len(wanted), 20):
        conditions = [_says(session, column, value) for value in wanted[start : start + 20] for column in _said_in()]
        found.update(session.scalars(sa.select(ROW.c.id).where(ROW.c.person_id.is_(None), sa.or_(*conditions))))
    return sorted(found)


def _said_in() -> tuple[sa.Column[object], ...]:
    return ROW.c.cells, ROW.c.reading, ROW.c.issues


def _says(session: Session, column: sa.Column[object], value: str) -> sa.ColumnElement[bool]:
    # SQLite keeps JSON as it was written, with \u escapes; PostgreSQL writes it anew, in letters.
    escaped = json.dumps(value, ensure_ascii=session.get_bind().dialect.name == "sqlite")[1:-1]
    return sa.func.lower(sa.cast(column, sa.Text)).contains(escaped.lower(), autoescape=True)
