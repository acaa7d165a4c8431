"""Erasure (Article 17): the person goes, the counts of events stay, a later sheet brings nobody back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import OPERATOR, Actor, Beyond, looks_beyond, new_public_id
from wmcrm.models import (
    AccessLogEntry,
    EntryRoute,
    Merge,
    Origin,
    Person,
    PersonStatus,
    Protection,
    metadata,
    note_origin,
    now_utc,
)
from wmcrm.models.tracking import REFRESHERS, Operation, append_changes
from wmcrm.models.tracking import Subject as HistorySubject
from wmcrm.outreach import (
    Identifier,
    checked_key,
    digest,
    free_hashes,
    key_id,
    keyring_of,
    suppress_hashes,
)
from wmcrm.privacy.authority import require_all_of
from wmcrm.privacy.contents import (
    delete_rows,
    drop_uploads,
    empty_history,
    empty_import_rows,
    forget_topics,
    import_rows_about,
)
from wmcrm.privacy.inventory import Erased, tables_where
from wmcrm.privacy.ledger import LedgerLine, moment, note_in_ledger, person_digest, read_ledger
from wmcrm.privacy.open_sheets import drop_open_sheets_that_say
from wmcrm.privacy.remembering import hashes_to_keep
from wmcrm.privacy.subject import hold_subject, identifiers_of, subject_of

PERSON = metadata.tables["person"]
WHY = "erased"
BACK = "came back"


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure did, in numbers: nothing in it names anybody."""

    records: int
    facts: int
    participations_kept: int
    changes_emptied: int
    rows_emptied: int
    uploads_deleted: int
    sheets_dropped: int
    identifiers_suppressed: int


@looks_beyond(Beyond.WHOLE)
def erase_person(session: Session, person: Person, *, by: Actor) -> Erasure:
    """Erase a person with everybody absorbed into them; participations stay, of somebody without a name.

    Each identifier leaves a keyed hash, so that a later sheet brings nobody back; one that others use too
    is withheld together with the name only. When the transaction commits, the ledger of erasures has a line.
    Afterwards the edge calls :func:`wmcrm.privacy.scrub`, so that no byte stays in the file. Raises
    NotAllowedError for a person of whom affiliates hold records that are not the actor's.
    """
    subject = hold_subject(session, person)
    require_all_of(session, subject)
    key = checked_key(session)
    identifiers = identifiers_of(session, subject.ids)
    hashes = hashes_to_keep(session, key, subject.ids, identifiers)
    public_ids = session.scalars(sa.select(col(Person.public_id)).where(col(Person.id).in_(subject.ids))).all()
    people = tuple(person_digest(key, public_id) for public_id in public_ids)
    pairs = tuple(sorted(hashes.items()))
    note_in_ledger(session, LedgerLine(WHY, moment(), key_id(key), people, pairs))
    return _erase(session, subject.ids, identifiers, hashes, by)


def replay_erasures(session: Session, *, take_apart: Callable[[Session, Merge], object] | None = None) -> int:
    """Erase again whoever the ledger says was erased, for instance after an old backup was restored.

    ``take_apart`` (:func:`wmcrm.dedupe.unmerge`) parts them from people who are still merged with them there and were
    not erased. Returns how many records were erased; hashes of identifiers come back too. Raises DatabaseStateError
    when the ledger was written with another key.
    """
    key = checked_key(session)
    gone: set[str] = set()
    for line in read_ledger(keyring_of(session)):
        if line.act == WHY:
            gone.update(line.people)
            suppress_hashes(session, line.identifiers, why=WHY, hashed_by=line.key)
        elif line.act == BACK:
            free_hashes(session, [made for made, _ in line.identifiers])
    checked_key(session)
    if not gone:
        return 0
    everybody = sa.select(col(Person.id), col(Person.public_id)).where(col(Person.status) != PersonStatus.ERASED)
    found = [number for number, public_id in session.execute(everybody) if person_digest(key, public_id) in gone]
    erased = 0
    for number in found:
        person = session.get(Person, number)
        if person is not None and person.status is not PersonStatus.ERASED:
            if take_apart is not None:
                _part(session, person, frozenset(found), take_apart)
            whole = subject_of(session, person)
            identifiers = identifiers_of(session, whole.ids)
            hashes = hashes_to_keep(session, key, whole.ids, identifiers)
            erased += _erase(session, whole.ids, identifiers, hashes, OPERATOR).records
    return erased


def _part(
    session: Session, person: Person, gone: frozenset[int], take_apart: Callable[[Session, Merge], object]
) -> None:
    """Take merges apart, the newest first, until nobody is made of erased records and of others."""
    whole = subject_of(session, person)
    if gone.isdisjoint(whole.ids) or gone.issuperset(whole.ids):
        return
    standing = sa.select(Merge).where(col(Merge.survivor_id) == whole.person.id, col(Merge.undone_at).is_(None))
    for merge in session.scalars(standing.order_by(col(Merge.id).desc())).all():
        take_apart(session, merge)
        _part(session, session.get_one(Person, merge.absorbed_id), gone, take_apart)


def allow_again(session: Session, identifiers: Iterable[Identifier]) -> int:
    """Somebody came back by an act of their own: their identifiers may be used again, also after a restore.

    Returns how many were freed.
    """
    key = checked_key(session)
    hashes = {digest(key, one).hex(): one.kind.value for one in identifiers}
    note_in_ledger(session, LedgerLine(BACK, moment(), key_id(key), (), tuple(sorted(hashes.items()))))
    return free_hashes(session, list(hashes))


def _erase(
    session: Session, ids: Collection[int], identifiers: Collection[Identifier], hashes: dict[str, str], by: Actor
) -> Erasure:
    suppressed = suppress_hashes(session, hashes.items(), why=WHY, hashed_by=key_id(checked_key(session)))
    about = import_rows_about(session, ids, identifiers)
    uploads = drop_uploads(session, about)
    sheets = drop_open_sheets_that_say(session, identifiers)
    rows = empty_import_rows(session, about)
    changes = empty_history(session, ids, WHY)
    kept = _empty_participations(session, ids)
    _clear_keys(session, ids)
    deleted = [name for name in tables_where(erased=Erased.DELETED) if name != "mentorship"]
    facts = sum(delete_rows(session, metadata.tables[name], ids) for name in deleted)
    facts += delete_rows(session, metadata.tables["mentorship"], ids, ["person_id"])
    _empty_people(session, ids)
    _tell(session, ids, by)
    session.expire_all()
    for refresh in REFRESHERS:
        refresh(session, ids)
    return Erasure(len(ids), facts, kept, changes, rows, uploads, sheets, suppressed)


def _empty_participations(session: Session, ids: Collection[int]) -> int:
    part = metadata.tables["participation"]
    mine = part.c.person_id.in_(ids)
    values = {
        "source": None,
        "external_id": None,
        "source_row_id": None,
        "registered_on": None,
        "recorded_by_id": None,
        "removed_by_id": None,
        "recorded_for_id": part.c.person_id,
    }
    done = session.execute(sa.update(part).where(mine).values(**values))
    return int(getattr(done, "rowcount", 0))


def _clear_keys(session: Session, ids: Collection[int]) -> None:
    """Keys of other people's rows to the erased one, and the topic of what a mentor gave them."""
    part = metadata.tables["participation"]
    session.execute(sa.update(part).where(part.c.confirmed_by_id.in_(ids)).values(confirmed_by_id=None))
    forget_topics(session, ids)
    event = metadata.tables["consent_event"]
    session.execute(sa.update(event).where(event.c.person_id.in_(ids)).values(voids_id=None))
    log = metadata.tables[str(AccessLogEntry.__tablename__)]
    session.execute(sa.update(log).where(log.c.person_id.in_(ids)).values(reason=None))


def _empty_people(session: Session, ids: Collection[int]) -> None:
    cleared = ["since_year", "pronouns", "alias", "stepped_back_on", "last_verified_on"]
    cleared += ["source", "external_id", "source_row_id", "recorded_by_id"]
    values: dict[str, object] = dict.fromkeys((*cleared, "merged_into_id", "removed_at", "removed_by_id"))
    values |= {
        "display_name": "",
        "sort_name": "",
        "entry_route": EntryRoute.UNKNOWN,
        "protection": Protection.NORMAL,
        "status": PersonStatus.ERASED,
        "version": PERSON.c.version + 1,
    }
    for person_id in ids:
        # A new public id too: whoever kept an old export must not find the row again.
        values["public_id"] = new_public_id("p")
        session.execute(sa.update(PERSON).where(PERSON.c.id == person_id).values(values))


def _tell(session: Session, ids: Collection[int], by: Actor) -> None:
    note_origin(session, Origin(note=WHY))
    grouped: dict[HistorySubject, list[Operation]] = defaultdict(list)
    for person_id in ids:
        grouped[("person", person_id)] = []
    append_changes(session, grouped)
    note_origin(session, None)
    first = min(ids)
    session.add(
        AccessLogEntry(
            at=now_utc(), account_id=by.account_id, actor=by.name, action="erase", person_id=first, people=len(ids)
        )
    )
    session.flush()
