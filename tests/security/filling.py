"""A row in every table, made from the columns: a new table is planted by itself.

``TextOf`` says what stands in a text column, so that the same rows carry canaries or scripts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import get_args, get_origin

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from wmcrm.db import Session, UtcDateTime
from wmcrm.models import ContactKind, metadata

TextOf = Callable[[str, str, int], str]
Values = dict[str, object]

# Made by hand in planted.py, by the library (imports, merges, history) or kept with other rows (derived).
NOT_FILLED = frozenset(
    {"account", "grant", "affiliate", "person", "holding", "event", "event_host"}
    | {"import_run", "imported_row", "stored_file", "change", "merge"}
    | {"affiliate_link", "affiliate_judgement"}
    | {"suppression", "blind_index", "affiliate_judgement", "affiliate_link"}
    | {"residence"}  # comes with the people, who are planted with a place
    | {"person_search", "person_summary", "match_key", "consent_state", "retention_rule"}
)
# Who looked at somebody is told to those who read the log, whatever became of the person: by ids only.
LOGGED = frozenset({"access_log_entry", "disclosure"})
# Everybody with an account may read these, so one row of them is planted, and it is no canary.
OPEN_TABLES = frozenset(
    {"affiliate", "affiliate_name", "affiliate_status", "affiliate_involvement", "event", "event_host", "event_session"}
    | {"event_topic", "programme", "recommendation", "initiative", "skill", "purpose", "privacy_notice"}
    | {"retention_rule", "processing_activity", "steward_key", "purge_run"}
)
# Text that is a code, which nobody types: what stands there is checked where it is written.
CODES: Mapping[str, str] = {
    "country": "SN",
    "residence_country": "SN",
    "timezone": "UTC",
    "script": "Latn",
    "language": "fr",
    "locale": "en",
    "key_id": "k1",
    "fields": "names",
    "action": "reveal",
}
NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
DAY, FUTURE = dt.date(2026, 6, 1), dt.date(2031, 6, 1)
LATER_WORDS = ("until", "use_by", "expires", "valid")
REFERENCES_KEPT = frozenset({"account", "person", "affiliate", "event", "purpose", "privacy_notice", "skill"})
NEVER = frozenset({"removed_by_id", "undone_by_id", "superseded_by_id", "voids_id", "merged_into_id", "revoked_by_id"})


@dataclass(slots=True)
class Ground:
    """Whose rows are planted: by table the id that references take, and people by the column that names them."""

    person_id: int
    partner_id: int
    account_id: int
    affiliate_id: int
    ids: dict[str, int] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)

    def reference(self, table: str, column: str) -> int | None:
        """The row of a table that a column refers to."""
        if table == "person":
            low, high = sorted((self.person_id, self.partner_id))
            sides = {"person_a_id": low, "person_b_id": high, "found_id": self.partner_id}
            return self.partner_id if column.startswith("mentee") else sides.get(column, self.person_id)
        return {"account": self.account_id, "affiliate": self.affiliate_id}.get(table, self.ids.get(table))


def model_of(table: sa.Table) -> type[SQLModel]:
    """The class of a table."""
    return next(m.class_ for m in SQLModel._sa_registry.mappers if m.local_table is table)


def is_fact(table: sa.Table) -> bool:
    """Whether staff record, remove and bring back rows of this table about people."""
    return {"person_id", "removed_at", "recorded_for_id"} <= set(table.columns.keys())


def about_people(table: sa.Table) -> bool:
    """Whether a row of this table says something about a person."""
    return any(key.column.table.name == "person" for key in table.foreign_keys) or "person_id" in table.columns


def fill(session: Session, ground: Ground, text: TextOf, *, only_people: bool = False) -> None:
    """A row in every table for this ground, and of facts a removed one too; open tables have one row in all."""
    for table in metadata.sorted_tables:
        if only_people and table.name in LOGGED:
            continue
        if table.name in NOT_FILLED or table.name in ground.ids or (only_people and not about_people(table)):
            continue
        ground.ids[table.name] = _insert(session, table, _row(table, ground, text))
        if is_fact(table):
            gone = {**_row(table, ground, text), "removed_at": NOW}
            gone.pop("external_id", None)
            with suppress(IntegrityError), session.begin_nested():  # some facts there can be one of only
                ground.removed[table.name] = _insert(session, table, gone)


def _insert(session: Session, table: sa.Table, row: Values) -> int:
    key = session.execute(sa.insert(table).values(row)).inserted_primary_key
    assert key is not None
    return key[0] if isinstance(key[0], int) else 0


def _row(table: sa.Table, ground: Ground, text: TextOf) -> Values:
    model = model_of(table)
    row: Values = {}
    for column in table.columns:
        if column.primary_key and not column.foreign_keys and isinstance(column.type, sa.Integer):
            continue
        row[column.name] = _value(model, table.name, column, ground, text)
    return {name: value for name, value in row.items() if value is not None}


def _value(model: type[SQLModel], table: str, column: sa.Column[object], ground: Ground, text: TextOf) -> object:
    key = next(iter(column.foreign_keys), None)
    if column.name in NEVER:
        return None
    if key is not None:
        target = key.column.table.name
        wanted = not column.nullable or (target in REFERENCES_KEPT and not key.use_alter)
        return ground.reference(target, column.name) if wanted else None
    if column.name == "account_id":
        return ground.account_id
    if column.name == "person_id":
        return ground.person_id
    return _plain(model, table, column, text)


def _plain(model: type[SQLModel], table: str, column: sa.Column[object], text: TextOf) -> object:
    kind = column.type
    if isinstance(kind, sa.JSON | JSONB):
        return _json(model, column.name, text(table, column.name, 200))
    if isinstance(kind, sa.Enum):
        assert kind.enum_class is not None
        return ContactKind.EMAIL if kind.enum_class is ContactKind else next(iter(kind.enum_class))
    if isinstance(kind, sa.LargeBinary):
        return text(table, column.name, 200).encode()
    if isinstance(kind, sa.String | AutoString):
        made = model.model_fields[column.name].default_factory
        return made() if made is not None else text(table, column.name, getattr(kind, "length", None) or 2000)  # type: ignore[call-arg]
    return None if column.nullable else _of_type(column)


def _of_type(column: sa.Column[object]) -> object:
    later = column.name.startswith(LATER_WORDS)
    match column.type:
        case UtcDateTime():
            return NOW + dt.timedelta(days=400) if later else NOW
        case sa.Boolean():
            return column.name in {"active", "proven"}
        case sa.Date():
            return FUTURE if later else DAY
        case sa.Time():
            return dt.time(18, 30)
        case sa.Float():
            return 0.9
        case _:
            return 1


def _json(model: type[SQLModel], name: str, text: str) -> object:
    said = model.model_fields[name].annotation
    if get_origin(said) is not list:
        said = next((part for part in get_args(said) if get_origin(part) is not None), said)
    inner = get_args(said)
    if get_origin(said) is list:
        if inner[0] is str:
            return [text]
        if get_origin(inner[0]) is dict:
            return [{"field": "name", "level": "near", "bits": 1.0, "words": text}]
        return []
    return {"note": text} if len(inner) == 2 and inner[1] is object else {}
