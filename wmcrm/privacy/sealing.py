"""Sealing: a pseudonym, a coarse region and skills stay in the clear, everything else is encrypted.

The rows of a sealed person leave their tables, so that no list, search, count or report can show them by
mistake. What remains finds them again only for stewards: a keyed blind index of their identifiers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent import refresh_states
from wmcrm.db import Actor, actor_of
from wmcrm.errors import BadInputError, ConflictError
from wmcrm.models import (
    AccessLogEntry,
    BlindIndex,
    Origin,
    Person,
    PersonStatus,
    Protection,
    SealedHit,
    SealedKey,
    SealedValue,
    metadata,
    note_origin,
)
from wmcrm.models.records import update_record
from wmcrm.models.tracking import REFRESHERS, append_changes
from wmcrm.normalize import region_of
from wmcrm.outreach import Identifier, checked_key, digest, key_id
from wmcrm.permissions import Permission
from wmcrm.privacy.authority import require_for_all
from wmcrm.privacy.changed_since import restorable, void_undone
from wmcrm.privacy.cipher import associated_data, new_data_key, open_value, seal_value
from wmcrm.privacy.contents import (
    delete_rows,
    drop_uploads,
    empty_import_rows,
    import_rows_about,
    import_rows_that_say,
)
from wmcrm.privacy.open_sheets import drop_open_sheets_that_say
from wmcrm.privacy.sealed_rows import SealedRow, dropped_keys, put_back, rows_to_seal, take_out
from wmcrm.privacy.stewards import Identity, find_stewards, key_folder, unwrap_key, wrap_key
from wmcrm.privacy.subject import Subject, hold_subject, identifiers_of, named_identifiers, subject_of

PSEUDONYM_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Sealing:
    """What a sealing did, in numbers."""

    records: int
    values: int
    identifiers: int
    stewards: tuple[str, ...]


def seal_person(
    session: Session, person: Person, stewards: Sequence[str], *, pseudonym: str | None = None, by: Actor | None = None
) -> Sealing:
    """Encrypt everything about a person under a key of their own, wrapped for these stewards.

    In the clear stay a pseudonym (made when none is given), the region and skills; the log of consents
    without its evidence. The edge commits, then calls :func:`wmcrm.privacy.scrub`. Raises ConflictError for
    sealed and erased people.
    """
    require_for_all(session, Permission.PEOPLE_PROTECT)
    key_folder(session)
    subject = hold_subject(session, person)
    _refuse(session, subject.person)
    keepers = find_stewards(session, stewards)
    identifiers = identifiers_of(session, subject.ids)
    named = named_identifiers(session, subject.ids, identifiers)
    key, name = new_data_key()
    rows = list(rows_to_seal(session, subject.ids))
    _store(session, subject.person.id, rows, key, name)
    wrap_key(session, subject.person.id, key, name, keepers)
    _index(session, subject.person.id, identifiers | named)
    drop_uploads(session, import_rows_about(session, subject.ids, identifiers))
    empty_import_rows(session, import_rows_that_say(session, identifiers))
    drop_open_sheets_that_say(session, identifiers)
    for table, column in dropped_keys():
        delete_rows(session, metadata.tables[table], subject.ids, [column])
    region = _coarse_region(subject.person)
    take_out(session, rows)
    _hide(session, subject, pseudonym, region)
    _tell(session, subject, "sealed", by)
    return Sealing(len(subject.ids), len(rows), len(identifiers), tuple(steward.name for steward in keepers))


def unseal(session: Session, person: Person, *, identities: Sequence[Identity] = (), by: Actor | None = None) -> int:
    """Put everything back as it was; returns how many values. The person is elevated afterwards, not normal.

    What names an event or somebody that is not there any more stays away, and so does what would tell of somebody
    who was erased or sealed meanwhile. Needs a key of one of the stewards (NotAllowedError without).
    """
    require_for_all(session, Permission.PEOPLE_PROTECT)
    subject = subject_of(session, person)
    sealed = list(read_sealed(session, subject.person, unwrap_key(session, subject.person.id, identities)))
    rows = restorable(session, sealed, subject.ids)
    put_back(session, rows)
    void_undone(session, subject.ids)
    for table in (SealedValue, SealedKey, BlindIndex, SealedHit):
        delete_rows(session, metadata.tables[str(table.__tablename__)], [subject.person.id], ["person_id"])
    everybody = metadata.tables["person"]
    elevated = sa.update(everybody).where(everybody.c.id.in_(subject.ids)).values(protection=Protection.ELEVATED)
    session.execute(elevated)
    _tell(session, subject, "unsealed", by)
    return len(rows)


def read_sealed(session: Session, person: Person, key: bytes) -> Iterator[SealedRow]:
    """The sealed rows of a person, decrypted one by one; nothing is written."""
    query = sa.select(SealedValue).where(col(SealedValue.person_id) == person.id).order_by(col(SealedValue.id))
    for value in session.scalars(query):
        bound_to = associated_data(value.table_name, value.column_name, value.row_id, person.id)
        said = json.loads(open_value(key, value.record, bound_to))
        yield SealedRow(value.table_name, value.column_name, value.row_id, said)


def seal_again(session: Session, person: Person, rows: Iterable[SealedRow], key: bytes, name: str) -> None:
    """Replace the sealed values of a person by the same rows under another key."""
    session.execute(sa.delete(SealedValue).where(col(SealedValue.person_id) == person.id))
    _store(session, person.id, rows, key, name)


def note_access(session: Session, person: Person, action: str, by: Actor | None, reason: str | None = None) -> None:
    """A line in the access log: who did what with a sealed record."""
    actor = by or actor_of(session)
    session.add(
        AccessLogEntry(
            account_id=actor.account_id, actor=actor.name, action=action, person_id=person.id, reason=reason, people=1
        )
    )
    session.flush()


def _refuse(session: Session, person: Person) -> None:
    # What counts is the key: a person only marked as sealed, by a form or a merge, still waits to be encrypted.
    if session.scalars(sa.select(col(SealedKey.id)).where(col(SealedKey.person_id) == person.id)).first() is not None:
        raise ConflictError("{person} is sealed already.", person=person.public_id)
    if person.status is PersonStatus.ERASED:
        raise ConflictError("{person} was erased; there is nothing to seal.", person=person.public_id)


def _store(session: Session, person_id: int, rows: Iterable[SealedRow], key: bytes, name: str) -> None:
    made = [
        {
            "person_id": person_id,
            "table_name": row.table,
            "column_name": row.column,
            "row_id": row.row_id,
            "record": seal_value(
                key,
                name,
                json.dumps(row.values, ensure_ascii=False).encode(),
                associated_data(row.table, row.column, row.row_id, person_id),
            ),
        }
        for row in rows
    ]
    if made:
        session.execute(sa.insert(metadata.tables["sealed_value"]), made)


def _index(session: Session, person_id: int, identifiers: Iterable[Identifier]) -> None:
    key = checked_key(session)
    session.add_all(
        BlindIndex(person_id=person_id, kind=one.kind.value, digest=digest(key, one), key_id=key_id(key))
        for one in identifiers
    )
    session.flush()


def _coarse_region(person: Person) -> str | None:
    if person.community_region or not person.residence_country:
        return person.community_region
    return region_of(person.residence_country)


def _hide(session: Session, subject: Subject, pseudonym: str | None, region: str | None) -> None:
    if pseudonym is not None and not pseudonym.strip():
        raise BadInputError("A pseudonym needs at least one letter.")
    table = metadata.tables["person"]
    for person_id in subject.ids:
        shown = pseudonym or f"Sealed {subject.person.public_id[-PSEUDONYM_LENGTH:]}"
        values = {"display_name": shown, "sort_name": shown.casefold(), "protection": Protection.SEALED}
        where = {"community_region": region, "version": table.c.version + 1}
        update_record(session, "person", person_id, {**values, **where})


def _tell(session: Session, subject: Subject, what: str, by: Actor | None) -> None:
    session.expire_all()
    note_origin(session, Origin(note=what))
    append_changes(session, {("person", subject.person.id): []})
    note_origin(session, None)
    note_access(session, subject.person, what, by)
    refresh_states(session, subject.ids)
    for refresh in REFRESHERS:
        refresh(session, subject.ids)
