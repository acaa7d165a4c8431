"""What is remembered of somebody erased: a keyed hash of each identifier, so that no later sheet brings them back."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import BlindIndex, ContactPoint, PersonStatus, WikiAccount, metadata
from wmcrm.normalize import email_key
from wmcrm.outreach import Identifier, IdentifierKind, digest, identifier_of_contact
from wmcrm.privacy.subject import named_identifiers

PERSON = metadata.tables["person"]


def hashes_to_keep(
    session: Session, key: bytes, ids: Collection[int], identifiers: Collection[Identifier]
) -> dict[str, str]:
    """Hash to kind, for what is the people's own and, with their names, for what others use as well.

    Others are people in use, and sealed ones, of whom only hashes are known.
    """
    own, sealed = _blind_hashes(session, ids)
    # Compared by hash, as the importer and the gate do: with one mailbox behind several spellings.
    found = {digest(key, one).hex(): one.kind.value for one in identifiers}
    in_use = sealed | {digest(key, one).hex() for one in _used_by_others(session, ids, None if own else identifiers)}
    kept = {made: kind for made, kind in (found | own).items() if made not in in_use or kind == IdentifierKind.NAMED}
    return kept | {digest(key, one).hex(): one.kind.value for one in named_identifiers(session, ids, identifiers)}


def _blind_hashes(session: Session, ids: Collection[int]) -> tuple[dict[str, str], set[str]]:
    """The hashes by which these people are found while they are sealed, with their kinds; and those of others."""
    query = sa.select(col(BlindIndex.person_id), col(BlindIndex.digest), col(BlindIndex.kind))
    rows = session.execute(query).all()
    own = {made.hex(): kind for person_id, made, kind in rows if person_id in ids}
    return own, {made.hex() for person_id, made, _ in rows if person_id not in ids}


def _used_by_others(session: Session, ids: Collection[int], like: Collection[Identifier] | None) -> set[Identifier]:
    """Identifiers of other people in use, such as the mailbox of an office: all that may equal some of these.

    Without these all there are: what sealed people have is known by its hash only.
    """
    in_use = sa.select(PERSON.c.id).where(
        PERSON.c.id.not_in(ids), PERSON.c.status.in_([PersonStatus.ACTIVE, PersonStatus.HELD])
    )
    points = sa.select(col(ContactPoint.kind), col(ContactPoint.normalized)).where(
        col(ContactPoint.person_id).in_(in_use)
    )
    accounts = sa.select(col(WikiAccount.username)).where(col(WikiAccount.person_id).in_(in_use))
    if like is not None:
        values = {one.value for one in like}
        points = points.where(sa.or_(col(ContactPoint.normalized).in_(values), *_at_domains(like)))
        accounts = accounts.where(col(WikiAccount.username).in_(values))
    found = {identifier_of_contact(kind, value) for kind, value in session.execute(points)}
    found |= {Identifier(IdentifierKind.USERNAME, name) for name in session.scalars(accounts)}
    return {one for one in found if one is not None}


def _at_domains(like: Collection[Identifier]) -> Iterator[sa.ColumnElement[bool]]:
    """Every address at the domains of these: two that differ may be one mailbox."""
    mailboxes = {text for one in like if one.kind is IdentifierKind.EMAIL for text in (one.value, email_key(one.value))}
    for domain in sorted({text.rpartition("@")[2] for text in mailboxes}):
        yield col(ContactPoint.normalized).endswith(f"@{domain}", autoescape=True)
