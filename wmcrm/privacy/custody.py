"""Sealed records in the hands of their stewards: opened, given new keys and stewards, handed over."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyrage
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Actor
from wmcrm.errors import BadInputError, ConflictError
from wmcrm.models import BlindIndex, Person, Protection, SealedHit, now_utc
from wmcrm.outreach import Identifier, checked_key, digest
from wmcrm.privacy.cipher import new_data_key
from wmcrm.privacy.sealed_rows import SealedRow
from wmcrm.privacy.sealing import note_access, read_sealed, seal_again
from wmcrm.privacy.stewards import find_stewards, stewards_of, unwrap_key, wrap_key
from wmcrm.privacy.subject import subject_of

FORMAT = "wmcrm-sealed-record/1"
BATCH = 500


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """A sealed record as a steward reads it: rows by table. Never log it."""

    person: str
    tables: Mapping[str, Sequence[Mapping[str, object]]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenHit:
    """A record came in that shares an identifier with a sealed person: public ids of both."""

    id: int
    sealed: str
    found: str


def open_sealed(
    session: Session, person: Person, *, reason: str, identities: Sequence[Path] = (), by: Actor | None = None
) -> SealedRecord:
    """Read a sealed record; who did, and why, is logged. Raises NotAllowedError without a steward's key."""
    if not reason.strip():
        raise BadInputError("Say in one line why you open the record.")
    whole = _sealed(session, person)
    rows = list(read_sealed(session, whole, unwrap_key(session, whole.id, identities)))
    note_access(session, whole, "sealed_opened", by, reason.strip()[:500])
    return SealedRecord(whole.public_id, _by_table(rows))


def rotate_key(
    session: Session,
    person: Person,
    *,
    stewards: Iterable[str] | None = None,
    identities: Sequence[Path] = (),
    by: Actor | None = None,
) -> None:
    """Give a sealed record a new key, for the same stewards or for others: who is left out opens nothing new."""
    whole = _sealed(session, person)
    named = find_stewards(session, stewards if stewards is not None else stewards_of(session, whole.id))
    rows = list(read_sealed(session, whole, unwrap_key(session, whole.id, identities)))
    key, name = new_data_key()
    seal_again(session, whole, rows, key, name)
    wrap_key(session, whole.id, key, name, named)
    note_access(session, whole, "sealed_rekeyed", by)


def hand_over(
    session: Session,
    person: Person,
    recipient: str,
    target: Path,
    *,
    identities: Sequence[Path] = (),
    by: Actor | None = None,
) -> None:
    """Write the whole record into a new file that only ``recipient`` (an age public key) can open.

    The record stays here until it is erased. Raises ConflictError for an existing file.
    """
    try:
        key = pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as error:
        raise BadInputError("The recipient is no age public key; it begins with age1.") from error
    whole = _sealed(session, person)
    rows = list(read_sealed(session, whole, unwrap_key(session, whole.id, identities)))
    document = {
        "format": FORMAT,
        "person": whole.public_id,
        "made_at": now_utc().isoformat(),
        "tables": _by_table(rows),
    }
    sealed = pyrage.encrypt(json.dumps(document, ensure_ascii=False).encode(), [key])
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ConflictError("{target} exists already.", target=target) from error
    with os.fdopen(handle, "wb") as opened:
        opened.write(sealed)
    note_access(session, whole, "sealed_handed_over", by)


def sealed_hits(session: Session, identifiers: Iterable[Identifier]) -> dict[Identifier, tuple[int, ...]]:
    """Which of these identifiers belong to sealed people, and to whom (ids): for stewards' eyes only.

    An importer passes the answer to :func:`note_sealed_hits` and shows nothing of it.
    """
    wanted = list(dict.fromkeys(identifiers))
    if not wanted or session.scalars(sa.select(col(BlindIndex.id)).limit(1)).first() is None:
        return {}
    key = checked_key(session)
    digests = {digest(key, one): one for one in wanted}
    found: dict[Identifier, tuple[int, ...]] = defaultdict(tuple)
    numbers = sorted(digests)
    for start in range(0, len(numbers), BATCH):
        query = sa.select(col(BlindIndex.digest), col(BlindIndex.person_id)).where(
            col(BlindIndex.digest).in_(numbers[start : start + BATCH])
        )
        for made, person_id in session.execute(query.order_by(col(BlindIndex.id))):
            found[digests[made]] += (person_id,)
    return dict(found)


def note_sealed_hits(session: Session, rows: Mapping[int, Collection[Identifier]]) -> None:
    """Tell the stewards which new records (person id -> its identifiers) may be of sealed people; says nothing."""
    found = sealed_hits(session, [one for identifiers in rows.values() for one in identifiers])
    if not found:
        return
    pairs = {
        (sealed_id, person_id)
        for person_id, identifiers in rows.items()
        for one in identifiers
        for sealed_id in found.get(one, ())
        if sealed_id != person_id
    }
    known = set(session.execute(sa.select(col(SealedHit.person_id), col(SealedHit.found_id))).all())
    session.add_all(
        SealedHit(person_id=sealed_id, found_id=person_id) for sealed_id, person_id in sorted(pairs - known)
    )
    session.flush()


def open_hits(session: Session) -> list[OpenHit]:
    """What waits for a steward: records that may belong to sealed people."""
    sealed, found = sa.orm.aliased(Person), sa.orm.aliased(Person)
    query = (
        sa.select(col(SealedHit.id), col(sealed.public_id), col(found.public_id))
        .join(sealed, col(sealed.id) == col(SealedHit.person_id))
        .join(found, col(found.id) == col(SealedHit.found_id))
        .where(col(SealedHit.answered_at).is_(None))
        .order_by(col(SealedHit.id))
    )
    return [OpenHit(*row) for row in session.execute(query)]


def answer_hit(session: Session, hit_id: int) -> None:
    """A steward has dealt with a hit."""
    hit = session.get(SealedHit, hit_id)
    if hit is not None:
        hit.answered_at = now_utc()
        session.flush()


def _sealed(session: Session, person: Person) -> Person:
    whole = subject_of(session, person).person
    if whole.protection is not Protection.SEALED:
        raise ConflictError("{person} is not sealed.", person=whole.public_id)
    return whole


def _by_table(rows: Iterable[SealedRow]) -> dict[str, list[Mapping[str, object]]]:
    found: dict[str, list[Mapping[str, object]]] = defaultdict(list)
    for row in rows:
        found[row.table].append({"id": row.row_id, **row.values})
    return dict(found)
