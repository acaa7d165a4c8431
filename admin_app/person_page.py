"""What the page of a person shows, each kind of fact by one question to the database.

Of contact points it reads everything but the value: values leave through wmcrm.outreach only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col

from wmcrm.db import Session
from wmcrm.history import changes_of
from wmcrm.models import (
    Affiliate,
    ContactKind,
    ContactPoint,
    Event,
    LanguageSkill,
    Membership,
    Participation,
    Person,
    PersonName,
    WikiAccount,
)
from wmcrm.models.base import PersonFact

SHOWN = 300
HIDDEN_TABLES = frozenset({"contact_point", "consent_event", "suppression"})
HIDDEN_COLUMNS = frozenset({"id", "person_id", "recorded_for_id", "recorded_at", "recorded_by_id", "source_row_id"})


@dataclass(frozen=True, slots=True)
class ContactState:
    """That there is a way to reach the person, and in which state: never its value."""

    kind: ContactKind
    preferred: bool
    verified_on: date | None
    held: bool


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change as the page tells it: who, when, and for each row what became of which fields."""

    at: datetime
    actor: str
    through: str
    details: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...]


def facts_about(session: Session, person: Person) -> dict[str, object]:
    """Names, accounts, ways to reach, languages, positions and occasions, live ones only."""
    return {
        "names": _facts(session, PersonName, person),
        "accounts": _facts(session, WikiAccount, person),
        "languages": _facts(session, LanguageSkill, person),
        "contacts": _contacts(session, person),
        "positions": _positions(session, person),
        "occasions": _occasions(session, person),
    }


def history_of(session: Session, person: Person) -> list[ChangeLine]:
    """What changed, newest first; values of addresses and consents are left out."""
    return [
        ChangeLine(
            change.at, change.actor, str(change.through), tuple(_told(operation) for operation in change.operations)
        )
        for change in changes_of(session, "person", person.id, limit=50)
    ]


def _live(kind: type[PersonFact], person: Person) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(kind.person_id) == person.id, col(kind.removed_at).is_(None), col(kind.superseded_by_id).is_(None)
    )


def _facts(session: Session, kind: type[PersonFact], person: Person) -> list[PersonFact]:
    key = kind.id  # type: ignore[attr-defined]
    return list(session.execute(sa.select(kind).where(_live(kind, person)).order_by(key).limit(SHOWN)).scalars())


def _contacts(session: Session, person: Person) -> list[ContactState]:
    columns = (
        col(ContactPoint.kind),
        col(ContactPoint.preferred),
        col(ContactPoint.verified_on),
        col(ContactPoint.held_since).is_not(None),
    )
    query = sa.select(*columns).where(_live(ContactPoint, person))
    query = query.order_by(col(ContactPoint.preferred).desc(), col(ContactPoint.id))
    return [ContactState(*row) for row in session.execute(query)]


def _positions(session: Session, person: Person) -> list[sa.Row[tuple[Membership, str, str]]]:
    query = (
        sa.select(Membership, col(Affiliate.name), col(Affiliate.public_id))
        .join(Affiliate, col(Affiliate.id) == col(Membership.affiliate_id))
        .where(_live(Membership, person))
        .order_by(col(Membership.since).desc().nulls_last(), col(Membership.id))
    )
    return list(session.execute(query.limit(SHOWN)))


def _occasions(session: Session, person: Person) -> list[sa.Row[tuple[Participation, Event]]]:
    query = (
        sa.select(Participation, Event)
        .join(Event, col(Event.id) == col(Participation.event_id))
        .where(_live(Participation, person), col(Event.removed_at).is_(None))
        .order_by(col(Event.starts_on).desc(), col(Participation.id).desc())
    )
    return list(session.execute(query.limit(SHOWN)))


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
