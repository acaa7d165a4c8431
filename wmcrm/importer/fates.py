"""What becomes of each record when an import is undone: goes, is emptied, stays, or loses a few facts.

A record that the import made goes, unless somebody worked with it since: changed it, referred to it, or
imported another sheet that names it. A person who refused a consent stays, so that the refusal holds; one
who is only said to have given one leaves an empty, removed record to which the voided claim belongs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.models import ConsentDecision, ImportRun, ImportState, metadata

ANSWERED_FOR = frozenset({"CASCADE", "SET NULL"})
# Parts of a record go with it; whoever changed one changed the record, and is found by that change.
PARTS = {
    "event": frozenset({"event_host", "event_topic", "event_session"}),
    "affiliate": frozenset({"affiliate_name", "affiliate_status"}),
}


class Fate(StrEnum):
    """What becomes of a record."""

    GOES = "goes"
    EMPTIED = "emptied"
    STAYS = "stays"
    KNOWN_BEFORE = "known_before"


@dataclass(frozen=True, slots=True)
class Fates:
    """The fates of some records of one table; which were edited since, which another sheet names."""

    fates: dict[int, Fate] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    edited: frozenset[int] = frozenset()
    named_again: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RunSpan:
    """A run and the first of its changes."""

    run: ImportRun
    first_change_id: int


def find_fates(session: Session, span: RunSpan, subject_table: str, ids: Sequence[int], made: Collection[int]) -> Fates:
    """Decide for some records of a table; ``made`` are those that changes at hand show the import to have made."""
    created = set(made) | set(_made_by(session, span.run.id, subject_table, ids))
    edited = frozenset(_edited_since(session, span, subject_table, ids))
    is_person = subject_table == "person"
    named, named_here = _named_later(session, span.run, ids) if is_person else (frozenset(), frozenset())
    refused, given = _consents(session, span.run.id, ids) if is_person else (frozenset(), frozenset())
    referred = frozenset(_referred(session, span.run, subject_table, sorted(created)))
    found = Fates(edited=edited | referred, named_again=named_here)
    for record_id in ids:
        reason = _reason(record_id, edited, named, referred, refused)
        if record_id not in created:
            found.fates[record_id] = Fate.KNOWN_BEFORE
        elif reason:
            found.fates[record_id] = Fate.STAYS
            found.reasons[record_id] = reason
        else:
            found.fates[record_id] = Fate.EMPTIED if record_id in given else Fate.GOES
    return found


def _reason(
    record_id: int,
    edited: frozenset[int],
    named: frozenset[int],
    referred: frozenset[int],
    refused: frozenset[int],
) -> str | None:
    if record_id in edited:
        return "edited_later"
    if record_id in named:
        return "named_by_a_later_import"
    if record_id in referred:
        return "referred_to"
    return "refused_consent" if record_id in refused else None


def _own_rows(run_id: int) -> sa.Select[tuple[int]]:
    ledger = metadata.tables["imported_row"]
    return sa.select(ledger.c.id).where(ledger.c.run_id == run_id)


def _made_by(session: Session, run_id: int, subject_table: str, ids: Sequence[int]) -> Iterator[int]:
    table, ledger = metadata.tables[subject_table], metadata.tables["imported_row"]
    if "source_row_id" not in table.c:
        return
    sources = dict(session.execute(sa.select(table.c.id, table.c.source_row_id).where(table.c.id.in_(ids))).all())
    rows = sorted({source for source in sources.values() if source is not None})
    # Two look-ups by primary key: joined, SQLite walks the whole ledger of the run for each chunk.
    own = set(session.scalars(sa.select(ledger.c.id).where(ledger.c.id.in_(rows), ledger.c.run_id == run_id)))
    yield from (record_id for record_id, source in sources.items() if source in own)


def _edited_since(session: Session, span: RunSpan, subject_table: str, ids: Sequence[int]) -> Iterator[int]:
    """Records that anybody but the import changed since; what undone imports did does not count."""
    change, run = metadata.tables["change"], metadata.tables["import_run"]
    undone = sa.exists().where(run.c.id == change.c.run_id, run.c.state == ImportState.UNDONE)
    yield from session.scalars(
        sa.select(change.c.subject_id)
        .where(change.c.subject_table == subject_table, change.c.subject_id.in_(ids))
        .where(change.c.id > span.first_change_id)
        .where(change.c.run_id.is_distinct_from(span.run.id), ~undone)
        .distinct()
    )


def _named_later(session: Session, run: ImportRun, ids: Sequence[int]) -> tuple[frozenset[int], frozenset[int]]:
    """People whom later imports that still hold name: for any event, and for the same event."""
    ledger, other = metadata.tables["imported_row"], metadata.tables["import_run"]
    query = (
        sa.select(ledger.c.person_id, other.c.event_id)
        .join(other, other.c.id == ledger.c.run_id)
        .where(ledger.c.person_id.in_(ids), other.c.id > run.id, other.c.state == ImportState.APPLIED)
        .distinct()
    )
    rows = session.execute(query).all()
    named = frozenset(person_id for person_id, _ in rows if person_id is not None)
    return named, frozenset(person_id for person_id, event_id in rows if event_id and event_id == run.event_id)


def _consents(session: Session, run_id: int, ids: Sequence[int]) -> tuple[frozenset[int], frozenset[int]]:
    """Who refused anything in the sheet, and who is said to have given a consent."""
    event = metadata.tables["consent_event"]
    query = (
        sa.select(event.c.person_id, event.c.decision)
        .where(event.c.person_id.in_(ids), event.c.source_row_id.in_(_own_rows(run_id)))
        .distinct()
    )
    rows = session.execute(query).all()
    refused = frozenset(person_id for person_id, decision in rows if decision == ConsentDecision.REFUSED)
    return refused, frozenset(person_id for person_id, decision in rows if decision == ConsentDecision.GIVEN)


def _referred(session: Session, run: ImportRun, subject_table: str, ids: Sequence[int]) -> Iterator[int]:
    """Records to which rows refer that the import did not make, and that a deletion would not take along."""
    for key in _keys_to(subject_table):
        table = key.parent.table
        if table.name in PARTS.get(subject_table, ()):
            continue
        query = sa.select(key.parent).where(key.parent.in_(ids)).distinct()
        if "source_row_id" in table.c and not (table.name == "consent_event" and subject_table != "person"):
            ledger = metadata.tables["imported_row"].alias()
            made_here = sa.exists().where(ledger.c.id == table.c.source_row_id, ledger.c.run_id == run.id)
            query = query.where(~made_here)
        if table.name == "judgement" and run.applied_at is not None:
            query = query.where(table.c.judged_at > run.applied_at)  # earlier ones were said in the preview
        yield from session.scalars(query)


def _keys_to(table_name: str) -> Iterator[sa.ForeignKey]:
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == table_name and (key.ondelete or "").upper() not in ANSWERED_FOR:
                yield key
    if table_name == "person":
        judgement = metadata.tables["judgement"]
        yield from (*judgement.c.person_a_id.foreign_keys, *judgement.c.person_b_id.foreign_keys)
