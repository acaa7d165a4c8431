"""The history of a person in readable words: who changed what, from what to what; addresses never."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from admin_app.formats import day, moment
from admin_app.places import country, language
from admin_app.words import word
from wmcrm.aliases import shown_names
from wmcrm.db import Session
from wmcrm.dedupe import LINK_NOTES
from wmcrm.history import ChangeRow, changes_of, operations_in_scope, protects
from wmcrm.models import Change, Person, metadata

SHOWN = 50
MASKED = frozenset({"value", "normalized", "evidence", "held_because"})
HIDDEN = frozenset(
    {"id", "person_id", "recorded_for_id", "recorded_at", "recorded_by_id", "source_row_id", "holder_affiliate_id"}
    | {"removed_at", "removed_by_id", "superseded_by_id", "sort_name", "script", "public_id", "source", "external_id"}
    | {"survivor_id", "absorbed_id", "choices", "merged_by_id", "undone_by_id", "mentee_id", "mentee_recorded_for_id"}
    | {"confirmed_by_id", "central_user_id", "proven", "controller_id", "notice_id", "voids_id", "merged_into_id"}
)
REFERENCES = {"event_id": ("event", "title"), "affiliate_id": ("affiliate", "name"), "purpose_id": ("purpose", "code")}
FREE_TEXT = frozenset({"name", "display_name", "given_name", "family_name", "username", "title", "residence_city"})
# A holding given back by a click would take the record out of the reader's own sight; people are removed instead.
NOT_REVERTED = frozenset({"consent_event", "merge", "holding"})
Names = Mapping[tuple[str, int], str]
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with its value before and after; both empty where values are not shown."""

    label: str
    before: str
    after: str
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """What became of one row: "E-mail: changed", and its fields."""

    what: str
    deed: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change as the page tells it; ``may_revert`` when it can be put back by itself."""

    id: int
    at: datetime
    actor: str
    through: str
    deeds: tuple[Deed, ...]
    reverted: bool
    may_revert: bool


def history_of(session: Session, person: Person) -> list[ChangeLine]:
    """The newest changes of what the reader may see of a person, newest first."""
    changes = changes_of(session, "person", person.id, limit=SHOWN)
    visible = operations_in_scope(session, [change.operations for change in changes])
    names = _names(session, [operation for operations in visible for operation in operations])
    return [_line(change, operations, names) for change, operations in zip(changes, visible, strict=True) if operations]


def can_be_reverted(change: ChangeRow | Change) -> bool:
    """Whether a change is one that its page offers to put back: no merge, link, consent, protection, new person."""
    made = any(operation[0] == "person" and operation[2] is None for operation in change.operations)
    fixed = any(operation[0] in NOT_REVERTED for operation in change.operations) or protects(change.operations)
    return change.merge_id is None and change.note not in LINK_NOTES and not made and not fixed


def _line(change: ChangeRow, operations: Sequence[list[object]], names: Names) -> ChangeLine:
    whole = len(operations) == len(change.operations)
    return ChangeLine(
        id=change.id,
        at=change.at,
        actor=change.actor,
        through=word(change.through),
        deeds=tuple(_deed(operation, names) for operation in operations),
        reverted=change.reverted_by_id is not None,
        may_revert=whole and change.reverted_by_id is None and can_be_reverted(change),
    )


def _deed(operation: Sequence[object], names: Names) -> Deed:
    table, _, before, after = operation
    old: Row = before if isinstance(before, dict) else {}
    new: Row = after if isinstance(after, dict) else {}
    return Deed(_what(str(table), new or old), word(_done(old, new)), tuple(_fields(old, new, names)))


def _done(old: Row, new: Row) -> str:
    if "removed_at" in new:
        return "removed" if new["removed_at"] else "restored"
    return "added" if not old else "deleted" if not new else "changed"


def _what(table: str, row: Row) -> str:
    return word(row["kind"]) if table == "contact_point" and row.get("kind") else word(table)


def _fields(old: Row, new: Row, names: Names) -> Iterable[FieldChange]:
    for name in dict.fromkeys([*old, *new]):
        if name in HIDDEN:
            continue
        if name in MASKED:
            if name != "normalized":
                yield FieldChange(word(name), "", "", masked=True)
            continue
        before, after = _told(name, old.get(name), names), _told(name, new.get(name), names)
        if before != after and (after or before):
            yield FieldChange(word(name), before, after)


def _told(name: str, value: object, names: Names) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return word("yes" if value else "no")
    if name in REFERENCES and isinstance(value, int):
        return names.get((name, value), "")
    if name in FREE_TEXT or not isinstance(value, str):
        return str(value)
    if name in {"residence_country", "country"}:
        return country(value)
    return language(value) if name == "language" else dated(value)


def dated(value: str) -> str:
    """A stored day or moment as the reader writes it; any other stored word as people say it."""
    if value[:4].isdecimal() and value[4:5] == "-":
        try:
            return day(date.fromisoformat(value)) if len(value) == 10 else moment(datetime.fromisoformat(value))
        except ValueError:
            return value
    return word(value)


def _names(session: Session, operations: Iterable[Sequence[object]]) -> Names:
    """What events, affiliates and purposes are called that the changes refer to."""
    wanted: dict[str, set[int]] = {name: set() for name in REFERENCES}
    for operation in operations:
        for row in operation[2:4]:
            for name in REFERENCES:
                number = row.get(name) if isinstance(row, dict) else None
                if isinstance(number, int):
                    wanted[name].add(number)
    found: dict[tuple[str, int], str] = {}
    for name, ids in wanted.items():
        table, column = metadata.tables[REFERENCES[name][0]], REFERENCES[name][1]
        if ids:
            query = sa.select(table.c.id, table.c[column]).where(table.c.id.in_(sorted(ids)))
            found |= {(name, number): text for number, text in session.execute(query)}
    found |= {("affiliate_id", number): text for number, text in shown_names(session, wanted["affiliate_id"]).items()}
    return {key: word(text) if key[0] == "purpose_id" else text for key, text in found.items()}
