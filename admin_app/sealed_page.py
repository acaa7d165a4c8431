"""What the screens about sealed records share: a steward's key from a form, and what was opened with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request

from admin_app.person_history import dated
from admin_app.places import country, language
from admin_app.session import commit_now, db, engine
from admin_app.words import word
from wmcrm.errors import BadInputError
from wmcrm.models import metadata
from wmcrm.privacy import Identity, SealedRecord, named_row, read_secret_key, scrub_and_tell

LONGEST_KEY = 10_000
PLACES = frozenset({"country", "residence_country"})
# Columns that mean nothing to a reader: how rows are found, compared and ordered.
SILENT = frozenset(
    {"id", "normalized", "sort_name", "fingerprint", "version", "candidates", "recorded_at", "operations"}
)


@dataclass(frozen=True, slots=True)
class OpenedTable:
    """Rows of one table of an opened record: each a list of what a column holds."""

    title: str
    rows: tuple[tuple[tuple[str, str], ...], ...]


def given_keys() -> tuple[Identity, ...]:
    """The steward's key in the form, uploaded or pasted; only in memory, for this request. None given: none."""
    uploaded = request.files.get("key_file")
    text = uploaded.stream.read(LONGEST_KEY).decode("utf-8", "replace") if uploaded else ""
    text = text or request.form.get("key", "")[:LONGEST_KEY]
    return (read_secret_key(text),) if text.strip() else ()


def given_reason() -> str:
    """Why somebody opens a record; raises BadInputError for no reason."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        raise BadInputError("Say in one line why you open the record.")
    return reason


def opened_tables(record: SealedRecord) -> list[OpenedTable]:
    """What was sealed, by table, without what is empty or means nothing to a reader."""
    found: list[OpenedTable] = []
    for table, rows in record.tables.items():
        told = (_told(table, row) for row in rows)
        kept = tuple(row for row in told if row)
        if kept:
            found.append(OpenedTable(word(table), kept))
    return found


def done_page(heading: str, text: str, back: str) -> str:
    """Commit, scrub, and say what was done and whether the bytes are gone."""
    commit_now()
    scrubbing = scrub_and_tell(engine())
    db().rollback()
    return render_template("privacy/sealing_done.html", heading=heading, text=text, back=back, scrubbing=scrubbing)


def _told(table: str, row: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """What a row says, with names where it holds keys."""
    said = named_row(db(), table, row)
    return tuple(
        (word(name), _value(table, name, value))
        for name, value in said.items()
        if value not in ("", [], {}, False) and name not in SILENT
    )


def _value(table: str, name: str, value: object) -> str:
    """A stored value as people read it; what was typed stays as it is."""
    column = metadata.tables[table].c.get(name)
    if isinstance(value, bool):
        return word("yes" if value else "no")
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if name in PLACES:
        return country(value)
    if name == "language":
        return language(value)
    if column is None or (column.type.python_type is str and not hasattr(column.type, "enum_class")):
        return value
    return dated(value)
