"""References: what people write to name a record, resolved or refused with the candidates.

A person is named by public id, ``external:ID``, or wiki username; an event by public id or ``external:ID``
or its whole title; an affiliate by code, public id, ``external:ID`` or its whole name. Prefixed public ids
never equal a username.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.aliases import may_know
from wmcrm.db import actor_of
from wmcrm.errors import AmbiguousReferenceError, NotFoundError
from wmcrm.models import Affiliate, AffiliateName, Event, Person, PersonStatus, Protection, WikiAccount
from wmcrm.normalize import canonical_username
from wmcrm.permissions import Permission, is_for_all

EXTERNAL = "external:"
SHOWN_CANDIDATES = 10
Record = TypeVar("Record", Person, Event, Affiliate)


def find_person(session: Session, reference: str) -> Person:
    """The person named; an absorbed person's reference gives the survivor, for ever.

    Raises NotFoundError when there is none (or it was erased, or sealed and the actor is no steward of the
    whole movement) and AmbiguousReferenceError with the candidates' public ids when there are several.
    """
    found = [survivor_of(session, person) for person in _people(session, _typed(reference))]
    live = {person.id: person for person in found if is_live(person) and not _is_hidden(session, person)}
    if not live:
        raise NotFoundError(
            "Nobody here is called {reference}; write a public id (p_...), external:ID or a wiki username.",
            reference=reference,
        )
    return _only(list(live.values()), reference)


def survivor_of(session: Session, person: Person) -> Person:
    """The person into whom somebody was merged, however many merges later; themselves if not merged."""
    while person.merged_into_id is not None:
        following = session.get(Person, person.merged_into_id)
        if following is None:
            break
        person = following
    return person


def is_live(person: Person) -> bool:
    """True for people who are in use or held at import."""
    return person.removed_at is None and person.status in {PersonStatus.ACTIVE, PersonStatus.HELD}


def _is_hidden(session: Session, person: Person) -> bool:
    """Sealed people are known to the operator and to stewards of the whole movement, and to nobody else."""
    knows = is_for_all(actor_of(session), Permission.PEOPLE_PROTECT)
    return person.protection is Protection.SEALED and not knows


def find_event(session: Session, reference: str) -> Event:
    """The event named; raises NotFoundError or AmbiguousReferenceError."""
    text = _typed(reference)
    query = sa.select(Event).where(col(Event.removed_at).is_(None))
    if text.startswith(EXTERNAL):
        query = query.where(col(Event.external_id) == text.removeprefix(EXTERNAL))
    else:
        query = query.where(sa.or_(col(Event.public_id) == text, col(Event.title) == text))
    found = session.scalars(query.order_by(col(Event.id)).limit(SHOWN_CANDIDATES + 1)).all()
    if not found:
        raise NotFoundError(
            "There is no event {reference}; write a public id (e_...), external:ID or the whole title.",
            reference=reference,
        )
    return _only(found, reference)


def find_affiliate(session: Session, reference: str) -> Affiliate:
    """The affiliate named by code, public id, external id, name or former name; raises as find_event does.

    One under an alias is found by others than its own people by the alias and the public id only.
    """
    text = _typed(reference)
    query = sa.select(Affiliate).where(col(Affiliate.removed_at).is_(None))
    if text.startswith(EXTERNAL):
        query = query.where(col(Affiliate.external_id) == text.removeprefix(EXTERNAL), may_know(session))
    else:
        known = may_know(session)
        former = (
            sa.select(AffiliateName)
            .where(col(AffiliateName.affiliate_id) == col(Affiliate.id), col(AffiliateName.removed_at).is_(None))
            .where(sa.or_(col(AffiliateName.name) == text, col(AffiliateName.code) == text))
        )
        real = sa.or_(col(Affiliate.code) == text, col(Affiliate.name) == text, former.exists())
        said = sa.or_(col(Affiliate.public_id) == text, col(Affiliate.alias) == text)
        query = query.where(sa.or_(said, sa.and_(known, real)))
    found = session.scalars(query.order_by(col(Affiliate.id)).limit(SHOWN_CANDIDATES + 1)).all()
    if not found:
        raise NotFoundError(
            "There is no affiliate {reference}; write its code, its public id (a_...), external:ID or its name.",
            reference=reference,
        )
    return _only(found, reference)


def _typed(reference: str) -> str:
    """The reference without white space around it and NUL bytes, which PostgreSQL refuses to hear."""
    return reference.replace("\x00", "").strip()


def _people(session: Session, text: str) -> Sequence[Person]:
    if text.startswith(EXTERNAL):
        condition = col(Person.external_id) == text.removeprefix(EXTERNAL)
        return session.scalars(sa.select(Person).where(condition).order_by(col(Person.id))).all()
    by_id = session.scalars(sa.select(Person).where(col(Person.public_id) == text)).all()
    if by_id:
        return by_id
    username = canonical_username(text)
    if username is None:
        return []
    account = (
        sa.select(WikiAccount)
        .where(col(WikiAccount.person_id) == col(Person.id), col(WikiAccount.username) == username)
        .where(col(WikiAccount.removed_at).is_(None), col(WikiAccount.superseded_by_id).is_(None))
    )
    return session.scalars(sa.select(Person).where(account.exists()).order_by(col(Person.id))).all()


def _only(found: Sequence[Record], reference: str) -> Record:
    if len(found) > 1:
        names = ", ".join(record.public_id for record in found[:SHOWN_CANDIDATES])
        raise AmbiguousReferenceError(
            "{reference} names several records; write one of: {candidates}", reference=reference, candidates=names
        )
    return found[0]
