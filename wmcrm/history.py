"""History: what changed about a record, by whom, from what to what, and back again.

Writing it is the business of wmcrm.models.tracking (ORM) and the batch writer of imports; here it is read
and reverted.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Beyond, Through, actor_of, looks_beyond
from wmcrm.errors import ConflictError, NotFoundError
from wmcrm.models import Change, Origin, metadata, note_origin
from wmcrm.models.records import record_columns, select_record, split_place, update_record
from wmcrm.models.removing import require_held_by_nobody_else
from wmcrm.models.tracking import REFRESHERS, Operation, Subject, append_changes, touch_members
from wmcrm.normalize import exportable

APPEND_ONLY = frozenset({"consent_event"})
# Contact values leave through wmcrm.outreach only; history says that they changed, not to what.
HIDDEN_VALUES = {"contact_point": frozenset({"value", "normalized"}), "consent_event": frozenset({"evidence"})}
# Decided on ways of their own, each with a permission of its own: history does not put them back.
DECIDED_ELSEWHERE = {"person": frozenset({"protection"}), "contact_point": frozenset({"held_since", "held_because"})}
HIDDEN_MARK = "(hidden)"
HOMES = frozenset({"residence_country", "residence_city"})


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change as people read it."""

    id: int
    at: dt.datetime
    actor: str
    through: Through
    note: str | None
    run_id: int | None
    reverts_id: int | None
    merge_id: int | None
    operations: Sequence[Operation]
    reverted_by_id: int | None


def changes_of(session: Session, subject_table: str, subject_id: int, *, limit: int = 200) -> list[ChangeRow]:
    """The newest changes about a record, newest first."""
    later = sa.orm.aliased(Change)
    reverted_by = sa.select(sa.func.max(col(later.id))).where(col(later.reverts_id) == col(Change.id)).scalar_subquery()
    query = (
        sa.select(Change, reverted_by)
        .where(col(Change.subject_table) == subject_table, col(Change.subject_id) == subject_id)
        .order_by(col(Change.id).desc())
        .limit(limit)
    )
    return [
        ChangeRow(
            id=change.id,
            at=change.at,
            actor=change.actor,
            through=change.through,
            note=change.note,
            run_id=change.run_id,
            reverts_id=change.reverts_id,
            merge_id=change.merge_id,
            operations=change.operations,
            reverted_by_id=reverted,
        )
        for change, reverted in session.execute(query)
    ]


def shown_changes(session: Session, subject_table: str, subject_id: int) -> list[ChangeRow]:
    """The newest changes about a record as they may be printed: rows in scope only, contact values hidden.

    Of somebody who lives, or lived, in a country that protects its people no home is printed.
    """
    changes = changes_of(session, subject_table, subject_id)
    homes = HOMES if subject_table == "person" and _has_protected_home(changes) else frozenset()
    visible = operations_in_scope(session, [change.operations for change in changes])
    return [
        replace(change, operations=[_hide(one, homes) for one in operations])
        for change, operations in zip(changes, visible, strict=True)
        if operations or not change.operations
    ]


def _has_protected_home(changes: Sequence[ChangeRow]) -> bool:
    rows = [row for change in changes for one in change.operations for row in one[2:] if isinstance(row, dict)]
    countries = [row.get("residence_country") for row in rows]
    return any(isinstance(code, str) and exportable(code) is None for code in countries if code)


def _hide(operation: Operation, homes: frozenset[str]) -> Operation:
    hidden = HIDDEN_VALUES.get(str(operation[0]), homes if operation[0] == "person" else frozenset())
    rows = [
        {name: HIDDEN_MARK if name in hidden and value else value for name, value in row.items()}
        if isinstance(row, dict)
        else row
        for row in operation[2:]
    ]
    return [*operation[:2], *rows]


def operations_in_scope(session: Session, changes: Sequence[Sequence[Operation]]) -> list[list[Operation]]:
    """Of the operations of each change those on rows that the actor may see.

    A person whom several affiliates hold has one history; each affiliate sees what became of its own facts.
    """
    actor = actor_of(session)
    if actor.sees_all:
        return [list(operations) for operations in changes]
    holders = _holders(session, [operation for operations in changes for operation in operations])
    mine = actor.affiliate_ids
    return [[one for one in operations if holders.get(_row(one), -1) in {-1, *mine}] for operations in changes]


def _row(operation: Operation) -> tuple[str, int]:
    number = operation[1]
    assert isinstance(number, int)
    return str(operation[0]), number


@looks_beyond(Beyond.HISTORY)
def _holders(session: Session, operations: Sequence[Operation]) -> dict[tuple[str, int], int | None]:
    """For each row of a fact who holds it now; rows that are gone are nobody's. People are held otherwise."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for operation in operations:
        name, number = _row(operation)
        table = metadata.tables.get(name)
        if table is not None and "holder_affiliate_id" in table.c and "recorded_for_id" in table.c:
            wanted[name].add(number)
    found: dict[tuple[str, int], int | None] = {(name, number): None for name, ids in wanted.items() for number in ids}
    for name, ids in wanted.items():
        table = metadata.tables[name]
        query = sa.select(table.c.id, table.c.holder_affiliate_id).where(table.c.id.in_(sorted(ids)))
        found |= {(name, number): holder for number, holder in session.execute(query)}
    return found


def revert_change(session: Session, change_id: int, *, about: Subject | None = None) -> None:
    """Put a record back to what it was before one change; the revert is a change of its own.

    With ``about`` the change must be one of this record: whoever may revert people may not revert all else.

    Rows that the change made are removed (not deleted), rows it deleted come back, changed columns take
    their earlier values. Raises NotFoundError for an unknown change and ConflictError if one of its values
    was changed again since, if it was reverted already, if it is a merge (merges are taken apart), if it is
    a consent (consents are withdrawn, not reverted), or if it protects somebody.
    """
    change = session.get(Change, change_id)
    if (
        change is None
        or not _is_whole(session, change)
        or about not in {None, (change.subject_table, change.subject_id)}
    ):
        raise NotFoundError("There is no change {number}.", number=change_id)
    _refuse_second_revert(session, change)
    inverse = [_inverse(session, operation) for operation in reversed(change.operations)]
    session.flush()
    note_origin(session, Origin(reverts_id=change.id, note="reverted"))
    grouped: dict[Subject, list[Operation]] = defaultdict(list)
    grouped[(change.subject_table, change.subject_id)] = inverse
    append_changes(session, grouped)
    note_origin(session, None)
    session.expire_all()
    if change.subject_table == "person":
        for refresh in REFRESHERS:
            refresh(session, [change.subject_id])
    elif change.subject_table == "affiliate":
        touch_members(session, [change.subject_id])


def _is_whole(session: Session, change: Change) -> bool:
    """Whether the actor may see every row of a change."""
    return len(operations_in_scope(session, [change.operations])[0]) == len(change.operations)


def _refuse_second_revert(session: Session, change: Change) -> None:
    again = session.scalars(sa.select(Change).where(col(Change.reverts_id) == change.id)).first()
    if again is not None:
        raise ConflictError("Change {number} was reverted already.", number=change.id)
    if change.merge_id is not None:
        raise ConflictError("A merge is not reverted; take the records apart instead.")
    if any(operation[0] in APPEND_ONLY for operation in change.operations):
        raise ConflictError("A consent is not reverted; record a withdrawal instead.")
    if protects(change.operations):
        raise ConflictError("What protects a person is not reverted here; a steward decides about it on its own page.")


def protects(operations: Sequence[Operation]) -> bool:
    """Whether one of these operations says how a person or an address is protected, or takes that away."""
    return any(_protects(*operation) for operation in operations)


def _protects(table: object, _row: object, before: object, after: object) -> bool:
    changed = after if isinstance(before, dict) and isinstance(after, dict) else ()
    return table == "restriction" or not DECIDED_ELSEWHERE.get(str(table), frozenset()).isdisjoint(changed)


def _inverse(session: Session, operation: Operation) -> Operation:
    name, row_id, before, after = operation
    table = metadata.tables[str(name)]
    assert isinstance(row_id, int)
    if before is None:
        return _remove(session, table, row_id)
    assert isinstance(before, dict)
    if after is None:
        return _bring_back(session, table, before)
    assert isinstance(after, dict)
    return _put_back(session, table, row_id, before, after)


def _remove(session: Session, table: sa.Table, row_id: int) -> Operation:
    if table.name == "person":
        require_held_by_nobody_else(session, row_id)
    if "removed_at" not in table.c:
        session.execute(sa.delete(table).where(table.c.id == row_id))
        return [table.name, row_id, {"id": row_id}, None]
    moment = dt.datetime.now(dt.UTC)
    session.execute(sa.update(table).where(table.c.id == row_id).values(removed_at=moment))
    return [table.name, row_id, {"removed_at": None}, {"removed_at": moment.isoformat()}]


def _bring_back(session: Session, table: sa.Table, before: dict[str, object]) -> Operation:
    columns = record_columns(table.name)
    values = {name: stored(columns[name], value) for name, value in before.items()}
    own, place = split_place(table.name, values)
    session.execute(sa.insert(table).values(own))
    if place:
        update_record(session, table.name, int(str(before["id"])), place)
    return [table.name, before["id"], None, before]


def _put_back(
    session: Session, table: sa.Table, row_id: int, before: dict[str, object], after: dict[str, object]
) -> Operation:
    columns = record_columns(table.name)
    now = session.execute(select_record(table.name, after).where(table.c.id == row_id)).one_or_none()
    expected = [stored(columns[name], value) for name, value in after.items()]
    if now is None or list(now) != expected:
        raise ConflictError("This was changed again since; revert the later change first.")
    values = {name: stored(columns[name], before.get(name)) for name in after}
    if table.name == "person" and (values.get("removed_at") or "status" in values):
        require_held_by_nobody_else(session, row_id)
    if "version" in table.c:
        values["version"] = table.c.version + 1
    update_record(session, table.name, row_id, values)
    return [table.name, row_id, after, before]


def stored(column: sa.Column[object], value: object) -> object:
    """A value of the history (JSON) as the column takes it."""
    if not isinstance(value, str):
        return value
    kind = column.type.python_type
    if issubclass(kind, dt.datetime):
        return dt.datetime.fromisoformat(value)
    if issubclass(kind, dt.date):
        return dt.date.fromisoformat(value)
    if issubclass(kind, dt.time):
        return dt.time.fromisoformat(value)
    if isinstance(column.type, sa.Enum) and column.type.enum_class is not None:
        return column.type.enum_class(value)
    return value
