"""Identifiers that must not be used again: keyed hashes that outlive the people.

An importer asks :func:`suppressed_identifiers` with everything a row could be recognised by; a row that has
one of them is counted as withheld and nothing of it is stored.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import ContactKind, Purpose, Suppression, metadata
from wmcrm.normalize import canonical_username, email_key, fold
from wmcrm.outreach.keyring import DIGEST_LENGTH, checked_key, key_id

BATCH = 500
# Read beside the ORM: no account may list suppressions, but they hold for every account.
SUPPRESSED = metadata.tables["suppression"]


class IdentifierKind(StrEnum):
    """What can name a person by itself; the values are those of contact points where there is one."""

    USERNAME = "username"
    EMAIL = "email"
    PHONE = "phone"
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    SIGNAL = "signal"
    MATRIX = "matrix"
    IRC = "irc"
    EXTERNAL = "external"
    NAMED = "named"  # a mailbox or telephone that others use too, together with the person's name


@dataclass(frozen=True, slots=True)
class Identifier:
    """A username, address, number or external id (``SOURCE:ID``) as it is stored."""

    kind: IdentifierKind
    value: str = field(repr=False)


def identifiers_of_row(
    *,
    names: Iterable[str] = (),
    usernames: Iterable[str] = (),
    emails: Iterable[str] = (),
    phones: Iterable[str] = (),
    external: str | None = None,
) -> set[Identifier]:
    """Everything by which a row of a sheet could bring somebody back; ``external`` is ``SOURCE:ID``.

    Values are those of wmcrm.normalize. Ask :func:`suppressed_identifiers` with all of them at once.
    """
    found = {Identifier(IdentifierKind.USERNAME, username) for username in usernames}
    shareable = [Identifier(IdentifierKind.EMAIL, email) for email in emails]
    shareable += [Identifier(IdentifierKind.PHONE, phone) for phone in phones]
    found |= {*shareable, *(named_identifier(name, one) for name in names for one in shareable)}
    return found | ({Identifier(IdentifierKind.EXTERNAL, external)} if external else set())


def named_identifier(name: str, shared: Identifier) -> Identifier:
    """A shared mailbox or telephone together with one of the people who use it, in any order of the name."""
    words = " ".join(sorted(fold(name).split()))
    return Identifier(IdentifierKind.NAMED, f"{words}\0{shared.kind.value}\0{_compared(shared)}")


def identifier_of_contact(kind: ContactKind, value: str) -> Identifier | None:
    """The identifier a contact point is; None for postal addresses and talk pages."""
    return Identifier(IdentifierKind(kind.value), value) if kind.value in set(IdentifierKind) else None


def suppressed_identifiers(
    session: Session, identifiers: Iterable[Identifier], *, purpose: str | None = None
) -> set[Identifier]:
    """Which of these must not be used (for any purpose, or also for the one that is named).

    The database is asked once for each 500 identifiers, and only if anything is suppressed at all.
    """
    wanted = list(dict.fromkeys(identifiers))
    if not wanted or session.execute(sa.select(SUPPRESSED.c.id).limit(1)).first() is None:
        return set()
    key = checked_key(session)
    hashes = {identifier: digest(key, identifier).hex() for identifier in wanted}
    found = _known_hashes(session, sorted(set(hashes.values())), purpose)
    return {identifier for identifier, made in hashes.items() if made in found}


def suppress(session: Session, identifiers: Iterable[Identifier], *, why: str, purpose: str | None = None) -> int:
    """From now on these are not used, for a purpose or (without) at all; returns how many are new."""
    wanted = set(identifiers)
    if not wanted:
        return 0
    key = checked_key(session)
    hashes = {digest(key, identifier).hex(): identifier.kind.value for identifier in wanted}
    return suppress_hashes(session, hashes.items(), why=why, purpose=purpose, hashed_by=key_id(key))


def suppress_hashes(
    session: Session, hashes: Iterable[tuple[str, str]], *, why: str, hashed_by: str, purpose: str | None = None
) -> int:
    """The same for hashes that were made before: (hash, kind) each."""
    by_hash = dict(hashes)
    purpose_id = _purpose_id(session, purpose)
    scope = col(Suppression.purpose_id) == purpose_id if purpose_id else col(Suppression.purpose_id).is_(None)
    known: set[str] = set()
    for batch in _batches(sorted(by_hash)):
        query = sa.select(col(Suppression.identifier_hash)).where(col(Suppression.identifier_hash).in_(batch), scope)
        known.update(session.scalars(query))
    fresh = {made: kind for made, kind in by_hash.items() if made not in known}
    session.add_all(
        Suppression(identifier_hash=made, kind=kind, purpose_id=purpose_id, why=why, key_id=hashed_by)
        for made, kind in fresh.items()
    )
    session.flush()
    return len(fresh)


def free_hashes(session: Session, hashes: Sequence[str]) -> int:
    """Take hashes out of the suppression, whatever they were suppressed for; returns how many rows went."""
    rows = session.scalars(sa.select(Suppression).where(col(Suppression.identifier_hash).in_(hashes))).all()
    for row in rows:
        session.delete(row)
    session.flush()
    return len(rows)


def digest(key: bytes, identifier: Identifier) -> bytes:
    """HMAC-SHA256 of an identifier in its comparing form, the first 16 bytes."""
    text = f"{identifier.kind.value}\0{_compared(identifier)}"
    return hmac.digest(key, text.encode(), hashlib.sha256)[:DIGEST_LENGTH]


def _compared(identifier: Identifier) -> str:
    match identifier.kind:
        case IdentifierKind.EMAIL:
            return email_key(identifier.value)
        case IdentifierKind.USERNAME:
            return canonical_username(identifier.value) or identifier.value.strip()
        case IdentifierKind.EXTERNAL | IdentifierKind.NAMED:
            return identifier.value
        case _:
            return "".join(identifier.value.casefold().split())


def _known_hashes(session: Session, hashes: Sequence[str], purpose: str | None) -> set[str]:
    purpose_id = _purpose_id(session, purpose)
    scope: sa.ColumnElement[bool] = SUPPRESSED.c.purpose_id.is_(None)
    if purpose_id is not None:
        scope = sa.or_(scope, SUPPRESSED.c.purpose_id == purpose_id)
    found: set[str] = set()
    for batch in _batches(hashes):
        query = sa.select(SUPPRESSED.c.identifier_hash).where(SUPPRESSED.c.identifier_hash.in_(batch), scope)
        found.update(session.scalars(query))
    return found


def _purpose_id(session: Session, code: str | None) -> int | None:
    if code is None:
        return None
    return session.scalars(sa.select(col(Purpose.id)).where(col(Purpose.code) == code)).one()


def _batches(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + BATCH] for start in range(0, len(values), BATCH))
