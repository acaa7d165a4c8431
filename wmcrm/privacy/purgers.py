"""What goes when its time is over: for each retention rule the rows that are due, and how they go.

A rule of a table that this version does not have has no purger here; who adds the table adds its purger to
``PURGERS``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.models import PersonStatus, Protection, metadata, now_utc
from wmcrm.models.tracking import REFRESHERS
from wmcrm.privacy.activity import PERSON, active_since
from wmcrm.privacy.answers import answers_past, sum_up
from wmcrm.privacy.contents import CHANGE

BATCH = 500
# (edge, today) -> ids
Due = Callable[[dt.date, dt.date], sa.Select[int]]


@dataclass(frozen=True, slots=True)
class Purger:
    """``due`` selects the ids of the rows that go when everything before ``edge`` goes; ``go`` deletes them."""

    table: str
    due: Due
    go: Callable[[Session, Sequence[int]], None]


def at_start(day: dt.date) -> dt.datetime:
    """The first moment of a day, UTC."""
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)


def _delete_from(name: str) -> Callable[[Session, Sequence[int]], None]:
    table = metadata.tables[name]

    def go(session: Session, ids: Sequence[int]) -> None:
        for start in range(0, len(ids), BATCH):
            session.execute(sa.delete(table).where(table.c.id.in_(ids[start : start + BATCH])))

    return go


def _raw_cells(edge: dt.date, _today: dt.date) -> sa.Select[int]:
    row, run = metadata.tables["imported_row"], metadata.tables["import_run"]
    said = sa.or_(row.c.cells.is_not(None), row.c.reading.is_not(None), row.c.issues.is_not(None))
    query = sa.select(row.c.id).join(run, run.c.id == row.c.run_id)
    return query.where(said, run.c.created_at < at_start(edge))


def _forget_cells(session: Session, ids: Sequence[int]) -> None:
    row, run = metadata.tables["imported_row"], metadata.tables["import_run"]
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        session.execute(sa.update(row).where(row.c.id.in_(batch)).values(cells=None, reading=None, issues=None))
        runs = sa.select(row.c.run_id).where(row.c.id.in_(batch))
        expired = sa.update(run).where(run.c.id.in_(runs), run.c.cells_expired_at.is_(None))
        session.execute(expired.values(cells_expired_at=now_utc()))


def _uploads(edge: dt.date, today: dt.date) -> sa.Select[int]:
    """Files past their own day, or without one past the rule's."""
    stored = metadata.tables["stored_file"]
    undated = sa.and_(stored.c.expires_at.is_(None), stored.c.stored_at < at_start(edge))
    return sa.select(stored.c.id).where(sa.or_(stored.c.expires_at < at_start(today), undated))


def _delete_uploads(session: Session, ids: Sequence[int]) -> None:
    run = metadata.tables["import_run"]
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        session.execute(sa.update(run).where(run.c.stored_file_id.in_(batch)).values(stored_file_id=None))
    _delete_from("stored_file")(session, ids)


def _contact_points(edge: dt.date, _today: dt.date) -> sa.Select[int]:
    point = metadata.tables["contact_point"]
    return (
        sa.select(point.c.id)
        .join(PERSON, PERSON.c.id == point.c.person_id)
        .where(PERSON.c.status.in_([PersonStatus.ACTIVE, PersonStatus.HELD]))
        .where(PERSON.c.protection != Protection.SEALED, ~sa.or_(*active_since(edge)))
    )


def _forget_contact_points(session: Session, ids: Sequence[int]) -> None:
    """The points go, and what the history says of them; the search text is made again without them."""
    point = metadata.tables["contact_point"]
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        owners = sa.select(point.c.person_id, point.c.recorded_for_id).where(point.c.id.in_(batch))
        people = sorted({number for owner in session.execute(owners) for number in owner})  # before merges, too
        session.execute(sa.delete(point).where(point.c.id.in_(batch)))
        _strip_history(session, people)
        for refresh in REFRESHERS:
            refresh(session, people)


def _strip_history(session: Session, person_ids: Sequence[int]) -> None:
    """All of their points go, so whatever the history says of points is of the past, deleted ones included."""
    query = sa.select(CHANGE.c.id, CHANGE.c.operations).where(
        CHANGE.c.subject_table == "person", CHANGE.c.subject_id.in_(person_ids)
    )
    for change_id, operations in session.execute(query).all():
        kept = [one for one in operations if one[0] != "contact_point"]
        if len(kept) < len(operations):
            session.execute(sa.update(CHANGE).where(CHANGE.c.id == change_id).values(operations=kept))


def _older(name: str, column: str) -> Due:
    table = metadata.tables[name]
    return lambda edge, _today: sa.select(table.c.id).where(table.c[column] < at_start(edge))


def _used_up_lists(edge: dt.date, _today: dt.date) -> sa.Select[int]:
    table = metadata.tables["exported_list"]
    return sa.select(table.c.id).where(table.c.use_by < edge)


PURGERS: dict[str, Purger] = {
    "raw_cells": Purger("imported_row", _raw_cells, _forget_cells),
    "uploads": Purger("stored_file", _uploads, _delete_uploads),
    "contact_points": Purger("contact_point", _contact_points, _forget_contact_points),
    "signup_answers": Purger("signup_answer", answers_past, sum_up),
    "access_log": Purger("access_log_entry", _older("access_log_entry", "at"), _delete_from("access_log_entry")),
    "lists": Purger("exported_list", _used_up_lists, _delete_from("exported_list")),
    "jobs": Purger("job", _older("job", "finished_at"), _delete_from("job")),
    "links": Purger("self_service_link", _older("self_service_link", "expires_at"), _delete_from("self_service_link")),
    "letters": Purger("letter", _older("letter", "ended_at"), _delete_from("letter")),
    "contact_requests": Purger(
        "contact_request", _older("contact_request", "ended_at"), _delete_from("contact_request")
    ),
    "requests": Purger("rights_request", _older("rights_request", "answered_at"), _delete_from("rights_request")),
    "candidates": Purger("candidate_pair", _older("candidate_pair", "found_at"), _delete_from("candidate_pair")),
}
