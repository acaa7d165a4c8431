"""Everything the tables hold about one subject, as plain rows that say names instead of keys."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.models import metadata
from wmcrm.models.records import record_columns, select_record
from wmcrm.privacy.contents import changes_about
from wmcrm.privacy.inventory import KEYS, Shown
from wmcrm.privacy.subject import Subject, of_subject

Row = dict[str, object]
# What a row of another table is called, where a key leads to it.
LABELS: Mapping[str, str] = {
    "account": "name",
    "contact_request": "public_id",
    "affiliate": "name",
    "event": "title",
    "event_session": "title",
    "exported_list": "public_id",
    "import_run": "public_id",
    "initiative": "title",
    "privacy_notice": "version",
    "purpose": "code",
    "signup_question": "wording",
    "skill": "label",
}
HIDDEN = frozenset(
    {"id", "version", "sort_name", "candidates", "fingerprint", "choices", "superseded_by_id"}
    | {"secret_hash", "visit_hash"}
)
# These have sections of their own, with more than their own row.
OWN_SECTIONS = frozenset({"consent_event", "imported_row", "disclosure"})


def shown_tables() -> list[str]:
    """The tables whose rows a subject is shown, in the order of the inventory."""
    found = [table for (table, _), key in KEYS.items() if key.shown is Shown.ROW and table not in OWN_SECTIONS]
    return ["person", *dict.fromkeys(found)]


def rows_about(session: Session, subject: Subject, name: str) -> list[Row]:
    """The rows of one table about a subject; keys to other people are left out."""
    table = metadata.tables[name]
    columns = [column for (one, column), key in KEYS.items() if one == name and key.shown is Shown.ROW]
    mine = table.c.id.in_(subject.ids) if name == "person" else of_subject(table, subject.ids, columns)
    query = select_record(name).where(mine).order_by(*table.primary_key)
    return [named(session, name, dict(row._mapping)) for row in session.execute(query)]


def named(session: Session, table: str, row: Mapping[str, object]) -> Row:
    """A row with labels instead of keys, without what is of no meaning outside the database."""
    said: Row = {}
    for column in record_columns(table).values():
        value = row[column.name]
        if column.name in HIDDEN or value is None:
            continue
        key = next(iter(column.foreign_keys), None)
        if key is None:
            said[column.name] = value.value if isinstance(value, Enum) else value
        elif key.column.table.name in LABELS:
            said[column.name.removesuffix("_id")] = _label(session, key.column.table, value)
    return said


def named_row(session: Session, table: str, values: Mapping[str, object]) -> Row:
    """Some columns of a row of a table, as :func:`named` says them: for what was sealed and opened again."""
    return named(session, table, {name: values.get(name) for name in record_columns(table)})


def sources(session: Session, subject: Subject) -> list[Row]:
    """Which run of which day brought the person, from which row, and what the row said while it is kept."""
    row, run = metadata.tables["imported_row"], metadata.tables["import_run"]
    query = (
        sa.select(
            run.c.public_id.label("run"),
            run.c.kind,
            run.c.source,
            run.c.created_at.label("at"),
            row.c.row_number,
            row.c.external_id,
            row.c.cells,
            row.c.reading,
        )
        .join(run, run.c.id == row.c.run_id)
        .where(row.c.person_id.in_(subject.ids))
        .order_by(row.c.id)
    )
    return [_plain(found) for found in session.execute(query).mappings()]


def consents(session: Session, subject: Subject) -> list[Row]:
    """Every decision with its purpose, basis and the wording the person was shown."""
    event, purpose = metadata.tables["consent_event"], metadata.tables["purpose"]
    notice = metadata.tables["privacy_notice"]
    query = (
        sa.select(
            purpose.c.code.label("purpose"),
            purpose.c.description,
            event.c.channel,
            event.c.decision,
            event.c.basis,
            event.c.on_day,
            event.c.valid_until,
            event.c.method,
            event.c.evidence,
            event.c.collector,
            notice.c.version.label("notice"),
            notice.c.language,
            notice.c.wording,
            event.c.recorded_at,
        )
        .join(purpose, purpose.c.id == event.c.purpose_id)
        .outerjoin(notice, notice.c.id == event.c.notice_id)
        .where(of_subject(event, subject.ids))
        .order_by(event.c.on_day, event.c.id)
    )
    return [_plain(found) for found in session.execute(query).mappings()]


def access(session: Session, subject: Subject) -> list[Row]:
    """Who looked at the person, when and why."""
    entry = metadata.tables["access_log_entry"]
    query = sa.select(
        entry.c.at, entry.c.actor, entry.c.action, entry.c.purpose, entry.c.channel, entry.c.reason
    ).where(entry.c.person_id.in_(subject.ids))
    return [_plain(found) for found in session.execute(query.order_by(entry.c.id)).mappings()]


def recipients(session: Session, subject: Subject) -> list[Row]:
    """Who received an address of the person in a list, when and for what."""
    entry, out = metadata.tables["access_log_entry"], metadata.tables["disclosure"]
    query = (
        sa.select(entry.c.at, entry.c.actor, entry.c.action, entry.c.purpose, entry.c.channel, entry.c.reason)
        .join(out, out.c.entry_id == entry.c.id)
        .where(out.c.person_id.in_(subject.ids))
        .order_by(entry.c.id)
    )
    return [_plain(found) for found in session.execute(query).mappings()]


def history(session: Session, subject: Subject) -> list[Row]:
    """What was changed; changes of merges that were undone are left out, they tell of somebody else as well."""
    change, merge = metadata.tables["change"], metadata.tables["merge"]
    undone = sa.select(merge.c.id).where(merge.c.undone_at.is_not(None))
    query = (
        sa.select(change.c.at, change.c.actor, change.c.through, change.c.note, change.c.operations)
        .where(changes_about(subject.ids))
        .where(change.c.subject_table == "person", change.c.subject_id.in_(subject.ids))
        .where(sa.or_(change.c.merge_id.is_(None), change.c.merge_id.not_in(undone)))
        .order_by(change.c.id)
    )
    return [_plain(found) for found in session.execute(query).mappings()]


def _label(session: Session, table: sa.Table, value: object) -> object:
    return session.execute(sa.select(table.c[LABELS[table.name]]).where(table.c.id == value)).scalar()


def _plain(row: sa.RowMapping) -> Row:
    said = {name: value.value if isinstance(value, Enum) else value for name, value in row.items()}
    return {str(name): value for name, value in said.items() if value is not None}
