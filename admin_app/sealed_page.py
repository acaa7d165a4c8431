"""What the screens about sealed records share: a steward's key from a form, and what was opened with it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import render_template, request

from admin_app.session import commit_now, db, engine
from admin_app.words import word
from wmcrm.errors import BadInputError
from wmcrm.privacy import Identity, SealedRecord, read_secret_key, scrub_and_tell

LONGEST_KEY = 10_000


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
    return [
        OpenedTable(
            word(table),
            tuple(
                tuple((word(name), _text(value)) for name, value in row.items() if value not in (None, "", [], {}))
                for row in rows
            ),
        )
        for table, rows in record.tables.items()
    ]


def done_page(heading: str, text: str, back: str) -> str:
    """Commit, scrub, and say what was done and whether the bytes are gone."""
    commit_now()
    scrubbing = scrub_and_tell(engine())
    db().rollback()
    return render_template("privacy/sealing_done.html", heading=heading, text=text, back=back, scrubbing=scrubbing)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
