"""What the page of a person tells beside the facts: consents, merges, and why they stand where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import gettext
from sqlmodel import col

from admin_app.formats import day
from admin_app.words import word
from wmcrm.consent import StandingRow, standings
from wmcrm.db import Session
from wmcrm.errors import NotFoundError
from wmcrm.models import ConsentStanding, Merge, Person
from wmcrm.paths import names_for, path_of, render, why

WITHDRAWABLE = frozenset({ConsentStanding.GIVEN, ConsentStanding.UNPROVEN})


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A merge that stands: which record became part of this one, and when."""

    id: int
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """What holds for a purpose and channel, and whether there is something to withdraw."""

    row: StandingRow
    may_withdraw: bool


def path_lines(session: Session, person: Person, today: date) -> list[str]:
    """Where the person stands on the path and why, in sentences; empty where the reader may not be shown it."""
    try:
        path = path_of(session, person.id, today)
    except NotFoundError:
        return []
    sentences = why(path, names_for(session, path))
    return [render(sentence, translate=gettext, label=word, show_day=day) for sentence in sentences]


def merges_of(session: Session, person: Person) -> list[MergeLine]:
    """The records that became part of this one and could be taken out again, the latest first."""
    standing = sa.select(Merge).where(col(Merge.survivor_id) == person.id, col(Merge.undone_at).is_(None))
    return [
        MergeLine(made.id, absorbed_name(made), made.merged_at)
        for made in session.scalars(standing.order_by(col(Merge.id).desc()))
    ]


def absorbed_name(made: Merge) -> str:
    """What the absorbed record was called, as the merge keeps it."""
    fields = made.choices.get("fields")
    named = fields.get("display_name") if isinstance(fields, dict) else None
    return str(named["absorbed"][0]) if named else ""


def consents_of(session: Session, person: Person) -> list[ConsentLine]:
    """What the person consented to, refused or withdrew, by purpose."""
    return [ConsentLine(row, row.standing in WITHDRAWABLE) for row in standings(session, person)]
