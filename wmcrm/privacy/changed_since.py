"""What changed around a record while it was sealed: rows that went, people who were erased or sealed themselves.

A sealed row is put back as it was, unless that would name what is not there any more or say something of
somebody else who has left or is sealed since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.models import (
    ConsentDecision,
    ConsentEvent,
    ConsentMethod,
    ImportState,
    PersonStatus,
    Protection,
    metadata,
    now_utc,
)
from wmcrm.models.records import record_columns
from wmcrm.privacy.inventory import KEYS, Erased, Sealed
from wmcrm.privacy.sealed_rows import SOME, WHOLE, SealedRow, mine, moved_tables

PERSON, MERGE, CHANGE, ROW, EVENT = (
    metadata.tables[name] for name in ("person", "merge", "change", "imported_row", "consent_event")
)
KEPT_OF_VOIDED = (
    "person_id",
    "recorded_for_id",
    "holder_affiliate_id",
    "purpose_id",
    "channel",
    "controller_id",
    "basis",
)
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Since:
    """Rows that are not there any more, and other people who were erased or sealed."""

    missing: frozenset[Place]
    erased: frozenset[int]
    sealed: frozenset[int]


def restorable(session: Session, rows: Sequence[SealedRow], ids: Collection[int]) -> list[SealedRow]:
    """Those of the sealed rows of these records that can be put back, without what is true no more."""
    since = _look(session, rows, ids)
    there = _still_blank(session, rows, ids)
    wanted = (row for row in rows if row.column == WHOLE or (row.table, row.row_id) in there)
    return [fitting for row in wanted if (fitting := _fitting(row, since)) is not None]


def void_undone(session: Session, ids: Collection[int]) -> None:
    """Void what imports gave that were taken back while these records were sealed: nobody found it then."""
    entry, run, voiding = EVENT, metadata.tables["import_run"], EVENT.alias()
    query = (
        sa.select(entry)
        .join(ROW, ROW.c.id == entry.c.source_row_id)
        .join(run, run.c.id == ROW.c.run_id)
        .where(entry.c.person_id.in_(ids), entry.c.decision == ConsentDecision.GIVEN)
        .where(run.c.state == ImportState.UNDONE, ~sa.exists().where(voiding.c.voids_id == entry.c.id))
    )
    session.add_all(
        ConsentEvent(
            **{name: given[name] for name in KEPT_OF_VOIDED},
            decision=ConsentDecision.VOIDED,
            method=ConsentMethod.IMPORT,
            evidence="import undone",
            on_day=now_utc().date(),
            voids_id=given["id"],
        )
        for given in session.execute(query).mappings().all()
    )
    session.flush()


def _fitting(row: SealedRow, since: _Since) -> SealedRow | None:
    changed: dict[str, object] = {}
    for column, target, value in _references(row):
        key = KEYS.get((row.table, column.name))
        if target == "person" and key is not None and value in since.erased | since.sealed:
            if key.erased is Erased.DELETED or (value in since.sealed and _is_told(row.table, column.name)):
                return None
            if key.erased is Erased.CLEARED:
                changed[column.name] = None
            elif key.erased is Erased.EMPTIED:
                changed["topic"] = None  # of a mentorship
        elif (target, value) in since.missing:
            if not column.nullable:
                return None
            changed[column.name] = None
    return replace(row, values={**row.values, **changed}) if changed else row


def _is_told(table: str, column: str) -> bool:
    """Whether a row says something of the person of this key, so that their sealing would have moved it."""
    key = KEYS[(table, column)]
    return key.sealed is Sealed.MOVED and key.erased is not Erased.FOLLOWS


def _references(row: SealedRow) -> Iterator[tuple[sa.Column[object], str, int]]:
    """The keys of a row to other rows: column, table and id."""
    columns = record_columns(row.table)
    for name, value in row.values.items():
        for key in columns[name].foreign_keys:
            if isinstance(value, int):
                yield columns[name], key.column.table.name, value


def _look(session: Session, rows: Sequence[SealedRow], ids: Collection[int]) -> _Since:
    named: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        for _, target, value in _references(row):
            named[target].add(value)
    others = PERSON.c.id.in_(sorted(named.pop("person", set()) - set(ids)))
    missing = {
        (target, value)
        for target, values in named.items()
        if target not in moved_tables()
        for value in values - _there(session, target, values)
    }
    erased = session.scalars(sa.select(PERSON.c.id).where(others, PERSON.c.status == PersonStatus.ERASED))
    sealed = session.scalars(sa.select(PERSON.c.id).where(others, PERSON.c.protection == Protection.SEALED))
    return _Since(frozenset(missing), frozenset(erased), frozenset(sealed))


def _there(session: Session, name: str, ids: Collection[int]) -> set[int]:
    table = metadata.tables[name]
    return set(session.scalars(sa.select(table.c.id).where(table.c.id.in_(sorted(ids)))))


def _still_blank(session: Session, rows: Sequence[SealedRow], ids: Collection[int]) -> set[Place]:
    """The rows that sealing blanked and that are still these people's: SQLite gives ids of deleted rows anew."""
    blanked: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row.column == SOME:
            blanked[row.table].append(row.row_id)
    found: set[Place] = set()
    for name, numbers in blanked.items():
        table = metadata.tables[name]
        query = sa.select(table.c.id).where(table.c.id.in_(numbers), *_conditions(table, ids))
        found |= {(name, number) for number in session.scalars(query)}
    return found


def _conditions(table: sa.Table, ids: Collection[int]) -> list[sa.ColumnElement[bool]]:
    other = sa.select(PERSON.c.id).where(
        PERSON.c.id.in_([MERGE.c.survivor_id, MERGE.c.absorbed_id]),
        PERSON.c.id.not_in(ids),
        PERSON.c.protection == Protection.SEALED,
    )
    with_sealed = sa.select(MERGE.c.id).where(other.correlate(MERGE).exists())
    match table.name:
        case "imported_row":
            return [ROW.c.person_id.is_(None), ROW.c.fingerprint == ""]
        case "merge":
            return [mine(table, ids), MERGE.c.id.not_in(with_sealed)]
        case "change":  # an erasure of the other side leaves its note
            told = sa.or_(CHANGE.c.merge_id.is_(None), CHANGE.c.merge_id.not_in(with_sealed))
            return [mine(table, ids), CHANGE.c.note.is_(None), told]
        case _:
            return [mine(table, ids)]
