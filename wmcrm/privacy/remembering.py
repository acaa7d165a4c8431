"""What is remembered of somebody erased: a keyed hash of each identifier, so that no later sheet brings them back."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import BlindIndex, ContactPoint, PersonStatus, WikiAccount, metadata
from wmcrm.outreach import Identifier, IdentifierKind, digest, identifier_of_contact
from wmcrm.privacy.subject import named_identifiers

PERSON = metadata.tables["person"]


def hashes_to_keep(
    session: Session, key: bytes, ids: Collection[int], identifiers: Collection[Identifier]
) -> dict[str, str]:
    """Hash to kind, for what is the people's own and, with their names, for what others use as well.

    Others are people in use, and sealed ones, of whom only hashes are known.
    """
    shared = _used_by_others(session, ids, {one.value for one in identifiers})
    kept = [*(one for one in identifiers if one not in shared), *named_identifiers(session, ids, identifiers)]
    found = {digest(key, one).hex(): one.kind.value for one in kept}
    own, of_others = _blind_hashes(session, ids)
    found = {made: kind for made, kind in found.items() if made not in of_others or kind == IdentifierKind.NAMED}
    return found | _without_those_in_use(session, key, ids, own, of_others)


def _blind_hashes(session: Session, ids: Collection[int]) -> tuple[dict[str, str], set[str]]:
    """The hashes by which these people are found while they are sealed, with their kinds; and those of others."""
    query = sa.select(col(BlindIndex.person_id), col(BlindIndex.digest), col(BlindIndex.kind))
    rows = session.execute(query).all()
    own = {made.hex(): kind for person_id, made, kind in rows if person_id in ids}
    return own, {made.hex() for person_id, made, _ in rows if person_id not in ids}


def _without_those_in_use(
    session: Session, key: bytes, ids: Collection[int], own: dict[str, str], of_others: set[str]
) -> dict[str, str]:
    """The hashes of sealed people without those of what others use: a hash is only found by hashing all of that."""
    if not own:
        return {}
    in_use = of_others | {digest(key, one).hex() for one in _used_by_others(session, ids)}
    return {made: kind for made, kind in own.items() if made not in in_use or kind == IdentifierKind.NAMED}


def _used_by_others(session: Session, ids: Collection[int], values: Collection[str] | None = None) -> set[Identifier]:
    """Identifiers (of these values) that other people in use have, such as the mailbox of an office."""
    in_use = sa.select(PERSON.c.id).where(
        PERSON.c.id.not_in(ids), PERSON.c.status.in_([PersonStatus.ACTIVE, PersonStatus.HELD])
    )
    points = sa.select(col(ContactPoint.kind), col(ContactPoint.normalized)).where(
        col(ContactPoint.person_id).in_(in_use)
    )
    accounts = sa.select(col(WikiAccount.username)).where(col(WikiAccount.person_id).in_(in_use))
    if values is not None:
        points = points.where(col(ContactPoint.normalized).in_(values))
        accounts = accounts.where(col(WikiAccount.username).in_(values))
    found = {identifier_of_contact(kind, value) for kind, value in session.execute(points)}
    found |= {Identifier(IdentifierKind.USERNAME, name) for name in session.scalars(accounts)}
    return {one for one in found if one is not None}
