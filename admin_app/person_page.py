"""What the page of a person tells beside the facts: what changed, and why they stand where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext

from admin_app.formats import day
from admin_app.words import word
from wmcrm.db import Session
from wmcrm.errors import NotFoundError
from wmcrm.history import changes_of
from wmcrm.models import Person
from wmcrm.paths import names_for, path_of, render, why

HIDDEN_TABLES = frozenset({"contact_point", "consent_event", "suppression"})
HIDDEN_COLUMNS = frozenset({"id", "person_id", "recorded_for_id", "recorded_at", "recorded_by_id", "source_row_id"})


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change as the page tells it: who, when, and for each row what became of which fields."""

    at: datetime
    actor: str
    through: str
    details: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...]


def path_lines(session: Session, person: Person, today: date) -> list[str]:
    """Where the person stands on the path and why, in sentences; empty where the reader may not be shown it."""
    try:
        path = path_of(session, person.id, today)
    except NotFoundError:
        return []
    sentences = why(path, names_for(session, path))
    return [render(sentence, translate=gettext, label=word, show_day=day) for sentence in sentences]


def history_of(session: Session, person: Person) -> list[ChangeLine]:
    """What changed, newest first; values of addresses and consents are left out."""
    return [
        ChangeLine(
            change.at, change.actor, str(change.through), tuple(_told(operation) for operation in change.operations)
        )
        for change in changes_of(session, "person", person.id, limit=50)
    ]


def _told(operation: list[object]) -> tuple[str, str, tuple[tuple[str, str, str], ...]]:
    table, _, before, after = operation
    old = before if isinstance(before, dict) else {}
    new = after if isinstance(after, dict) else {}
    deed = "added" if not old else "deleted" if not new else "changed"
    if "removed_at" in new:
        deed = "removed" if new["removed_at"] else "restored"
    hidden = str(table) in HIDDEN_TABLES
    fields = tuple(
        (name, "" if hidden else _plain(old.get(name)), "" if hidden else _plain(new.get(name)))
        for name in dict.fromkeys([*old, *new])
        if name not in HIDDEN_COLUMNS and not name.startswith("removed_")
    )
    return str(table), deed, fields


def _plain(value: object) -> str:
    return "" if value is None else str(value)
