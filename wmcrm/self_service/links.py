"""One-time links: a secret that goes to one person, of which only the hash is kept.

Looking a link up changes nothing, so a program that opens every address of a message does no harm; using it
is a deed of its own. A link of a merged record is one of the survivor; of an erased or sealed one, of nobody.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.errors import NotFoundError
from wmcrm.models import ContactPoint, LinkKind, Person, Protection, SelfServiceLink
from wmcrm.references import is_live, survivor_of

SECRET_BYTES = 32
LONGEST_SECRET = 100


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that may be used now, and the person whom it is about today."""

    link: SelfServiceLink
    person: Person


def new_secret() -> str:
    """A secret for an address: 256 random bits."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> str:
    """What is kept of a secret. It is random and long, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def find_link(session: Session, kind: LinkKind, secret: str, *, now: dt.datetime) -> OpenLink:
    """The link of a secret; raises NotFoundError with what to do where there is none that may be used."""
    link = None
    if 0 < len(secret) <= LONGEST_SECRET:
        mine = (col(SelfServiceLink.secret_hash) == hash_of(secret), col(SelfServiceLink.kind) == kind)
        link = session.scalars(sa.select(SelfServiceLink).where(*mine)).first()
    if link is None:
        raise NotFoundError("This link is not complete; open it again from the message, or ask for a new one.")
    if link.used_at is not None:
        raise NotFoundError("This link was used already; it works once. Ask for a new one.")
    if now >= link.expires_at:
        raise NotFoundError("This link has expired; ask for a new one.")
    person = person_behind(session, link)
    if person is None:
        raise gone()
    return OpenLink(link, person)


def gone() -> NotFoundError:
    """The refusal for a link whose person or address is not here any more."""
    return NotFoundError("This link leads to nothing any more.")


def use_link(session: Session, found: OpenLink, *, now: dt.datetime) -> None:
    """Use a link up; of two who use it at one moment the second is refused (NotFoundError)."""
    mine = (col(SelfServiceLink.id) == found.link.id, col(SelfServiceLink.used_at).is_(None))
    done = session.execute(sa.update(SelfServiceLink).where(*mine).values(used_at=now))
    if getattr(done, "rowcount", 0) != 1:
        raise NotFoundError("This link was used already; it works once. Ask for a new one.")


def person_behind(session: Session, link: SelfServiceLink) -> Person | None:
    """The person a link is about today; None for people who were erased, sealed or removed."""
    person = session.get(Person, link.person_id)
    if person is None:
        return None
    person = survivor_of(session, person)
    return person if is_live(person) and person.protection is not Protection.SEALED else None


def record_behind(session: Session, link: SelfServiceLink) -> int | None:
    """The record to whose address a link was sent, of those its person is made of; None for one handed over."""
    point = session.get(ContactPoint, link.contact_point_id) if link.contact_point_id is not None else None
    return point.recorded_for_id if point is not None else None
