"""What the database knows already of a file's rows, looked up in batches of keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.importer.files.steps import Row
from wmcrm.models import ImportKind, ImportState, Outcome, PersonStatus, metadata
from wmcrm.models.records import select_record

BATCH = 1000
LIVE_STATUSES = (PersonStatus.ACTIVE, PersonStatus.HELD)
KEPT_OUTCOMES = (Outcome.NEW, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.MATCHED)


@dataclass(frozen=True, slots=True)
class PersonReference:
    """Whom an id of the file names: the record itself and the person it belongs to since merges."""

    recorded_for_id: int
    person_id: int


@dataclass(slots=True)
class References:
    """What the ids in a file's reference columns stand for."""

    people: dict[str, PersonReference] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    affiliates: dict[str, int] = field(default_factory=dict)


def batches(values: Iterable[str], size: int = BATCH) -> Iterator[list[str]]:
    """The distinct values in lists that fit into one query."""
    distinct = sorted(set(values))
    for start in range(0, len(distinct), size):
        yield distinct[start : start + size]


def number_batches(values: Iterable[int], size: int = BATCH) -> Iterator[list[int]]:
    """The distinct numbers in lists that fit into one query."""
    distinct = sorted(set(values))
    for start in range(0, len(distinct), size):
        yield distinct[start : start + size]


def rows_by_external_id(session: Session, table: str, source: str, external_ids: Iterable[str]) -> dict[str, Row]:
    """Whole rows of a table by their ids in a source."""
    target = metadata.tables[table]
    found: dict[str, Row] = {}
    for batch in batches(external_ids):
        query = select_record(table).where(target.c.source == source, target.c.external_id.in_(batch))
        found |= {str(row["external_id"]): dict(row) for row in session.execute(query).mappings()}
    return found


def rows_of(session: Session, table: str, column: str, ids: Iterable[int]) -> Iterator[Row]:
    """Whole rows of a table whose ``column`` is one of ``ids``, removed ones too."""
    target = metadata.tables[table]
    for batch in number_batches(ids):
        query = sa.select(target).where(target.c[column].in_(batch)).order_by(target.c.id)
        yield from (dict(row) for row in session.execute(query).mappings())


def find_people(session: Session, source: str, keys: Collection[str]) -> dict[str, PersonReference]:
    """The live people that ids of a source, or public ids, name; whoever was merged is the survivor."""
    person = metadata.tables["person"]
    named = _ids_of(session, person, source, keys)
    following = _survivors(session, set(named.values()))
    live = set(_live(session, set(following.values())))
    return {
        key: PersonReference(person_id, following[person_id])
        for key, person_id in named.items()
        if following[person_id] in live
    }


def find_records(session: Session, table: str, source: str, keys: Collection[str]) -> dict[str, int]:
    """The live events or affiliates that ids of a source, public ids or (affiliates) codes name."""
    target = metadata.tables[table]
    named = _ids_of(session, target, source, keys)
    missing = [key for key in keys if key not in named]
    if table == "affiliate" and missing:
        named |= _pairs(session, target, target.c.code, missing)
    live: set[int] = set()
    for batch in number_batches(named.values()):
        live |= set(
            session.scalars(sa.select(target.c.id).where(target.c.id.in_(batch), target.c.removed_at.is_(None)))
        )
    return {key: row_id for key, row_id in named.items() if row_id in live}


def last_fingerprints(session: Session, kind: ImportKind, source: str, external_ids: Collection[str]) -> dict[str, str]:
    """What each row said the last time it was imported, as fingerprints; undone runs do not count."""
    run, ledger = metadata.tables["import_run"], metadata.tables["imported_row"]
    runs = sa.select(run.c.id).where(run.c.kind == kind, run.c.source == source, run.c.state == ImportState.APPLIED)
    wanted = set(external_ids)
    found: dict[str, str] = {}
    for run_id in session.scalars(runs.order_by(run.c.id.desc())):
        if len(found) == len(wanted):
            break
        query = sa.select(ledger.c.external_id, ledger.c.fingerprint).where(
            ledger.c.run_id == run_id, ledger.c.outcome.in_(KEPT_OUTCOMES)
        )
        for external_id, fingerprint in session.execute(query):
            if external_id in wanted:
                found.setdefault(external_id, fingerprint)
    return found


def live_holdings(session: Session, person_ids: Iterable[int]) -> set[tuple[int, int, int]]:
    """The open holdings of people, as (person, affiliate, recorded for)."""
    holding = metadata.tables["holding"]
    found: set[tuple[int, int, int]] = set()
    for batch in number_batches(person_ids):
        query = sa.select(holding.c.person_id, holding.c.holder_affiliate_id, holding.c.recorded_for_id).where(
            holding.c.person_id.in_(batch),
            holding.c.until.is_(None),
            holding.c.removed_at.is_(None),
            holding.c.superseded_by_id.is_(None),
        )
        found |= {tuple(row) for row in session.execute(query)}
    return found


def _ids_of(session: Session, table: sa.Table, source: str, keys: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in batches(keys):
        query = sa.select(table.c.external_id, table.c.id).where(
            table.c.source == source, table.c.external_id.in_(batch)
        )
        found |= {key: row_id for key, row_id in session.execute(query)}
    return found | _pairs(session, table, table.c.public_id, [key for key in keys if "_" in key and key not in found])


def _pairs(session: Session, table: sa.Table, column: sa.Column[object], keys: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in batches(keys):
        query = sa.select(column, table.c.id).where(column.in_(batch))
        found |= {str(key): row_id for key, row_id in session.execute(query)}
    return found


def _survivors(session: Session, person_ids: set[int]) -> dict[int, int]:
    """Each person's survivor, however many merges later."""
    person = metadata.tables["person"]
    survivors = {person_id: person_id for person_id in person_ids}
    waiting = set(person_ids)
    while waiting:
        merged: dict[int, int] = {}
        for batch in number_batches(waiting):
            query = sa.select(person.c.id, person.c.merged_into_id).where(
                person.c.id.in_(batch), person.c.merged_into_id.is_not(None)
            )
            merged |= {person_id: into for person_id, into in session.execute(query)}
        survivors = {person_id: merged.get(now, now) for person_id, now in survivors.items()}
        waiting = set(merged.values())
    return survivors


def _live(session: Session, person_ids: set[int]) -> Iterator[int]:
    person = metadata.tables["person"]
    for batch in number_batches(person_ids):
        query = sa.select(person.c.id).where(
            person.c.id.in_(batch), person.c.removed_at.is_(None), person.c.status.in_(LIVE_STATUSES)
        )
        yield from session.scalars(query)


def codes_in_use(session: Session, codes: Iterable[str]) -> dict[str, int]:
    """Which affiliates have these codes, removed ones too: codes are unique for ever."""
    affiliate = metadata.tables["affiliate"]
    return _pairs(session, affiliate, affiliate.c.code, sorted(codes))
