"""History as it happens: every ORM write of a tracked table leaves one change per subject and flush.

A table is tracked when its class names its subject: ``__subject__`` is the column that holds the id of
the record the row is about (``id`` when the row is that record). Batches of Core inserts do not pass
here; who writes them appends their changes with :func:`change_rows`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum

import sqlalchemy as sa
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import UOWTransaction
from sqlmodel import SQLModel

from wmcrm.db import Beyond, Session, actor_of, looks_beyond
from wmcrm.models.base import metadata, now_utc
from wmcrm.models.changes import Change

SUBJECT_TABLES: Mapping[str, str] = {
    "person_id": "person",
    "survivor_id": "person",
    "event_id": "event",
    "affiliate_id": "affiliate",
    "current_id": "affiliate",
    "from_affiliate_id": "affiliate",
    "initiative_id": "initiative",
}
UNTRACKED_COLUMNS = frozenset({"version"})
CALLED = frozenset({"name", "alias"})  # what an affiliate is called stands in what is kept of its members
_AS_THEY_ARE = frozenset({str, int, float, bool, type(None), list, dict})
# Called with the ids of the people a session touched, before it commits; wmcrm.upkeep puts itself here.
REFRESHERS: list[Callable[[OrmSession, Iterable[int]], None]] = []
Operation = list[object]
Subject = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Origin:
    """From what the writes of a session come: an import run, a merge, the revert of a change."""

    run_id: int | None = None
    merge_id: int | None = None
    reverts_id: int | None = None
    note: str | None = None


def note_origin(session: OrmSession, origin: Origin | None) -> None:
    """From now on changes of this session name this origin (None ends it)."""
    session.info["origin"] = origin or Origin()


def plain(value: object) -> object:
    """A column value as JSON can hold it."""
    if type(value) in _AS_THEY_ARE:  # nearly all of 60 values a row of a sheet
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value


def change_rows(session: OrmSession, grouped: Mapping[Subject, list[Operation]]) -> list[dict[str, object]]:
    """Rows for the change table, one a subject, in the name of the session's actor and origin."""
    actor = actor_of(session)
    origin: Origin = session.info.get("origin") or Origin()
    moment = now_utc()
    return [
        {
            "subject_table": table,
            "subject_id": subject_id,
            "operations": operations,
            "at": moment,
            "account_id": actor.account_id,
            "actor": actor.name,
            "through": actor.through,
            "note": origin.note,
            "run_id": origin.run_id,
            "merge_id": origin.merge_id,
            "reverts_id": origin.reverts_id,
        }
        for (table, subject_id), operations in grouped.items()
    ]


def append_changes(session: OrmSession, grouped: Mapping[Subject, list[Operation]]) -> None:
    """Write one change for each subject."""
    rows = change_rows(session, grouped)
    if rows:
        # Nothing is asked back: whom a row is about may be in scope only when its holding is written.
        session.execute(sa.insert(Change.__table__).inline(), rows)  # type: ignore[attr-defined]


def tracked(rows: Iterable[object]) -> list[SQLModel]:
    """The rows whose tables keep a history."""
    return [row for row in rows if isinstance(row, SQLModel) and getattr(type(row), "__subject__", None)]


def subject_of(row: SQLModel) -> Subject:
    """The record a row is about, as (table, id)."""
    column = type(row).__subject__  # type: ignore[attr-defined]
    table = str(type(row).__tablename__) if column == "id" else SUBJECT_TABLES[column]
    return table, int(getattr(row, str(column)))


def row_id(row: SQLModel) -> int:
    """The primary key of a tracked row."""
    return int(getattr(row, inspect(type(row)).primary_key[0].name))


def _part_of(row: SQLModel) -> str | None:
    """The table of the record that a row completes, under which its changes are told."""
    return getattr(type(row), "__part_of__", None)


def _record(row: SQLModel) -> SQLModel:
    """The row that counts the versions of what a row says."""
    part_of = _part_of(row)
    return (part_of and getattr(row, part_of)) or row


def _column_values(row: SQLModel) -> dict[str, object]:
    left_out = UNTRACKED_COLUMNS | {"person_id"} if _part_of(row) else UNTRACKED_COLUMNS
    values = {key: plain(getattr(row, key)) for key in inspect(type(row)).column_attrs.keys()}  # noqa: SIM118
    return {key: value for key, value in values.items() if value is not None and key not in left_out}


def _changed_values(session: Session, row: SQLModel) -> tuple[dict[str, object], dict[str, object]]:
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    unread: list[str] = []
    state = inspect(row)
    for attribute in (state.attrs[key] for key in state.mapper.column_attrs.keys()):  # noqa: SIM118
        history = attribute.history
        if attribute.key in UNTRACKED_COLUMNS or not history.has_changes():
            continue
        before[attribute.key] = plain(history.deleted[0]) if history.deleted else None
        after[attribute.key] = plain(history.added[0]) if history.added else None
        if not history.deleted:
            unread.append(attribute.key)
    if unread:  # set on a row that a commit had made the session forget: what was there is in the database only
        before |= _stored_values(session, row, unread)
        same = {key for key in unread if before[key] == after[key]}
        before, after = ({key: values[key] for key in values if key not in same} for values in (before, after))
    return before, after


def _stored_values(session: Session, row: SQLModel, keys: Collection[str]) -> dict[str, object]:
    """These values of a row as the database has them before the flush."""
    mapper = inspect(type(row))
    columns = [mapper.attrs[key].columns[0].label(key) for key in keys]
    query = sa.select(*columns).where(mapper.primary_key[0] == row_id(row))
    found = session.connection().execute(query).one()
    return {key: plain(value) for key, value in found._mapping.items()}


@event.listens_for(Session, "before_flush")
def _collect(session: Session, _context: UOWTransaction, _instances: object) -> None:
    pending: list[tuple[SQLModel, str, dict[str, object], dict[str, object]]] = []
    for row in tracked(session.dirty):
        before, after = _changed_values(session, row)
        if after:
            pending.append((row, "update", before, after))
    pending += [(row, "delete", _column_values(row), {}) for row in tracked(session.deleted)]
    pending += [(row, "insert", {}, {}) for row in tracked(session.new)]
    records = (_record(row) for row, action, _, _ in pending if action == "update" or _part_of(row))
    for record in {id(record): record for record in records if record not in session.new}.values():
        if isinstance(getattr(record, "version", None), int):
            record.version += 1  # type: ignore[attr-defined]
    for row, action, _, _ in pending:
        if action == "update" and _part_of(row) and not _column_values(row):
            setattr(row, str(_part_of(row)), None)  # says nothing more, so it goes
    session.info["pending"] = sorted(pending, key=lambda one: _part_of(one[0]) is not None)  # records before parts


@event.listens_for(Session, "after_flush")
def _write(session: Session, _context: UOWTransaction) -> None:
    grouped: dict[Subject, list[Operation]] = defaultdict(list)
    renamed: set[int] = set()
    for row, action, before, after in session.info.pop("pending", ()):
        new = _column_values(row) if action == "insert" else after
        if _part_of(row):
            _tell_part(grouped[subject_of(row)], row, before, new)
            continue
        operation: Operation = [
            str(type(row).__tablename__),
            row_id(row),
            before or None,
            new or None,
        ]
        grouped[subject_of(row)].append(operation)
        if str(type(row).__tablename__) == "affiliate" and action == "update" and CALLED & after.keys():
            renamed.add(row_id(row))
    if renamed:
        touch_members(session, renamed)
    touched: set[int] = session.info.setdefault("touched_people", set())
    touched.update(subject_id for table, subject_id in grouped if table == "person")
    append_changes(session, grouped)


def _tell_part(operations: list[Operation], row: SQLModel, before: dict[str, object], after: dict[str, object]) -> None:
    """Tell what a row completes as columns of its record, in one with what else changed of that record."""
    made = [{**dict.fromkeys(after), **before}, {**dict.fromkeys(before), **after}]
    if not made[0]:
        return
    known = next((one for one in operations if one[:2] == [_part_of(row), row_id(row)]), None)
    if known is None:
        operations.append([_part_of(row), row_id(row), *made])
    else:
        for side, more in enumerate(made, 2):
            told = known[side]
            known[side] = {**told, **more} if isinstance(told, dict) else told


@looks_beyond(Beyond.DERIVED)
def touch_members(session: OrmSession, affiliate_ids: Collection[int]) -> None:
    """The people with a position at these affiliates are made anew before the session commits, whoever holds them."""
    membership = metadata.tables["membership"]
    members = sa.select(membership.c.person_id).where(membership.c.affiliate_id.in_(sorted(affiliate_ids)))
    session.info.setdefault("touched_people", set()).update(session.execute(members).scalars())


@event.listens_for(Session, "before_commit")
def _refresh_touched(session: Session) -> None:
    session.flush()
    touched: set[int] = session.info.pop("touched_people", set())
    if touched and not REFRESHERS:
        raise RuntimeError("import wmcrm.upkeep before writing people")
    for refresh in REFRESHERS:
        refresh(session, touched)


@event.listens_for(Session, "after_rollback")
def _forget_touched(session: Session) -> None:
    session.info.pop("touched_people", None)
    session.info.pop("pending", None)
