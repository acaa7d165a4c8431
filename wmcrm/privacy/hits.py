"""A sealed person is found again by what a sheet says: told to the stewards, to nobody else, and answered by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Actor, Beyond, looks_beyond
from wmcrm.errors import NotFoundError
from wmcrm.models import Person, Protection, SealedHit, metadata, now_utc
from wmcrm.outreach import Identifier, checked_key, digest
from wmcrm.permissions import Permission
from wmcrm.privacy.authority import require_for_all
from wmcrm.privacy.sealing import note_access, seal_person, unseal
from wmcrm.privacy.stewards import Identity, active_stewards_of

BATCH = 500
# Core tables: whoever holds a sealed person, a sheet of any affiliate finds them for the stewards.
INDEX, HIT = metadata.tables["blind_index"], metadata.tables["sealed_hit"]


@dataclass(frozen=True, slots=True)
class OpenHit:
    """A record came in that shares an identifier with a sealed person: public ids of both."""

    id: int
    sealed: str
    found: str


@looks_beyond(Beyond.LOOKUP)
def sealed_hits(session: Session, identifiers: Iterable[Identifier]) -> dict[Identifier, tuple[int, ...]]:
    """Which of these identifiers belong to sealed people, and to whom (ids): for stewards' eyes only.

    An importer passes the answer to :func:`note_sealed_hits` and shows nothing of it.
    """
    wanted = list(dict.fromkeys(identifiers))
    if not wanted or session.execute(sa.select(INDEX.c.id).limit(1)).first() is None:
        return {}
    key = checked_key(session)
    digests = {digest(key, one): one for one in wanted}
    found: dict[Identifier, tuple[int, ...]] = defaultdict(tuple)
    numbers = sorted(digests)
    for start in range(0, len(numbers), BATCH):
        some = INDEX.c.digest.in_(numbers[start : start + BATCH])
        query = sa.select(INDEX.c.digest, INDEX.c.person_id).where(some).order_by(INDEX.c.id)
        for made, person_id in session.execute(query):
            found[digests[made]] += (person_id,)
    return dict(found)


@looks_beyond(Beyond.LOOKUP)
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
    known = {
        (sealed_id, found_id) for sealed_id, found_id in session.execute(sa.select(HIT.c.person_id, HIT.c.found_id))
    }
    moment = now_utc()
    new = [{"person_id": one, "found_id": other, "found_at": moment} for one, other in sorted(pairs - known)]
    if new:
        session.execute(sa.insert(HIT), new)


def open_hits(session: Session) -> list[OpenHit]:
    """What waits for a steward: records that may belong to sealed people."""
    require_for_all(session, Permission.PEOPLE_PROTECT)
    sealed, found = sa.orm.aliased(Person), sa.orm.aliased(Person)
    query = (
        sa.select(col(SealedHit.id), col(sealed.public_id), col(found.public_id))
        .join(sealed, col(sealed.id) == col(SealedHit.person_id))
        .join(found, col(found.id) == col(SealedHit.found_id))
        .where(col(SealedHit.answered_at).is_(None))
        .order_by(col(SealedHit.id))
    )
    return [OpenHit(*row) for row in session.execute(query)]


def tell_apart(session: Session, hit_id: int, *, by: Actor | None = None) -> None:
    """A steward has looked: the record that came in is somebody else. Raises NotFoundError for no open hit."""
    hit, sealed, _ = _opened(session, hit_id)
    hit.answered_at = now_utc()
    note_access(session, sealed, "sealed_hit_other", by)


def join_hit(
    session: Session,
    hit_id: int,
    merge: Callable[[Session, Person, Person], object],
    *,
    identities: Sequence[Identity] = (),
    by: Actor | None = None,
) -> Person:
    """A steward has looked: the record that came in is the sealed person. It is merged in and sealed with them.

    The record is unsealed, merged (``merge`` is :func:`wmcrm.dedupe.merge`) and sealed again for the same
    stewards, all in this transaction; the edge commits, then scrubs. Needs a key of one of the stewards.
    """
    _, sealed, found = _opened(session, hit_id)
    pseudonym, stewards = sealed.display_name, active_stewards_of(session, sealed.id)
    unseal(session, sealed, identities=identities, by=by)
    sealed.protection = Protection.NORMAL  # a merge takes no protected record; it is sealed again below
    session.flush()
    merge(session, sealed, found)
    seal_person(session, sealed, stewards, pseudonym=pseudonym, by=by)
    return sealed


def _opened(session: Session, hit_id: int) -> tuple[SealedHit, Person, Person]:
    require_for_all(session, Permission.PEOPLE_PROTECT)
    hit = session.get(SealedHit, hit_id)
    if hit is None or hit.answered_at is not None:
        raise NotFoundError("There is no such record.")
    sealed, found = session.get(Person, hit.person_id), session.get(Person, hit.found_id)
    assert sealed is not None and found is not None
    return hit, sealed, found
