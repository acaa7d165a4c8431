"""Sealed records in the hands of their stewards: opened, given new keys and stewards, handed over."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyrage
from sqlalchemy.orm import Session

from wmcrm.db import Actor
from wmcrm.errors import BadInputError, ConflictError
from wmcrm.models import Person, Protection, now_utc
from wmcrm.permissions import Permission
from wmcrm.privacy.authority import require_for_all
from wmcrm.privacy.cipher import new_data_key
from wmcrm.privacy.sealed_rows import SealedRow
from wmcrm.privacy.sealing import note_access, read_sealed, seal_again
from wmcrm.privacy.stewards import Identity, active_stewards_of, find_stewards, unwrap_key, wrap_key
from wmcrm.privacy.subject import subject_of

FORMAT = "wmcrm-sealed-record/1"


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """A sealed record as a steward reads it: rows by table. Never log it."""

    person: str
    tables: Mapping[str, Sequence[Mapping[str, object]]] = field(repr=False)


def open_sealed(
    session: Session, person: Person, *, reason: str, identities: Sequence[Identity] = (), by: Actor | None = None
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
    identities: Sequence[Identity] = (),
    by: Actor | None = None,
) -> None:
    """Give a sealed record a new key, for the same stewards or for others: who is left out opens nothing new.

    Retired stewards are left out by themselves; an old copy of the database they still open.
    """
    whole = _sealed(session, person)
    named = find_stewards(session, stewards if stewards is not None else active_stewards_of(session, whole.id))
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
    identities: Sequence[Identity] = (),
    by: Actor | None = None,
) -> None:
    """Write the whole record into a new file that only ``recipient`` (an age public key) can open.

    The record stays here until it is erased. Raises ConflictError for an existing file.
    """
    sealed = handed_over(session, person, recipient, identities=identities, by=by)
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ConflictError("{target} exists already.", target=target) from error
    with os.fdopen(handle, "wb") as opened:
        opened.write(sealed)


def handed_over(
    session: Session,
    person: Person,
    recipient: str,
    *,
    identities: Sequence[Identity] = (),
    by: Actor | None = None,
) -> bytes:
    """The whole record as an age file that only ``recipient`` (an age public key) can open; logged."""
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
    note_access(session, whole, "sealed_handed_over", by)
    return bytes(pyrage.encrypt(json.dumps(document, ensure_ascii=False).encode(), [key]))


def _sealed(session: Session, person: Person) -> Person:
    require_for_all(session, Permission.PEOPLE_PROTECT)
    whole = subject_of(session, person).person
    if whole.protection is not Protection.SEALED:
        raise ConflictError("{person} is not sealed.", person=whole.public_id)
    return whole


def _by_table(rows: Iterable[SealedRow]) -> dict[str, list[Mapping[str, object]]]:
    found: dict[str, list[Mapping[str, object]]] = defaultdict(list)
    for row in rows:
        found[row.table].append({"id": row.row_id, **row.values})
    return dict(found)
