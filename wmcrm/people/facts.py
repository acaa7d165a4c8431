"""Facts about a person as staff type them in, one at a time: names, accounts, languages, ways to reach them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent.recording import recording_affiliate
from wmcrm.db import actor_of
from wmcrm.errors import BadInputError, ConflictError
from wmcrm.models import ContactKind, ContactPoint, Person, WikiAccount
from wmcrm.normalize import Parsed, clean_text, email_key, parse_emails, parse_phones, parse_username
from wmcrm.outreach import identifier_of_contact, suppressed_identifiers
from wmcrm.people.card import live

PHONES = frozenset({ContactKind.PHONE, ContactKind.WHATSAPP, ContactKind.SIGNAL})
LONGEST_VALUE = 400


def read_contact(kind: ContactKind, text: str, *, country: str | None) -> Parsed[str]:
    """A typed address or number in its stored form, with what is wrong in it.

    Numbers are read in the person's ``country`` where they do not name theirs; a talk page is stored as the
    username. Kinds without a rule of their own are only cleaned.
    """
    if kind is ContactKind.EMAIL:
        return parse_emails(text)
    if kind in PHONES:
        return parse_phones(text, country=country)
    if kind is ContactKind.TALK_PAGE:
        return parse_username(text)
    cleaned = clean_text(text)
    return Parsed((cleaned,)) if cleaned else Parsed()


def add_contact(session: Session, person: Person, kind: ContactKind, text: str) -> ContactPoint:
    """Record where a person can be written to; the first one of its kind is the preferred one.

    Raises BadInputError for text that is no such address or holds several, and for addresses of which
    somebody asked that they be used no more; ConflictError when the person has it already.
    """
    found = read_contact(kind, text, country=person.residence_country)
    if found.first is None or len(found.values) > 1 or len(found.first) > LONGEST_VALUE:
        raise BadInputError("Type one complete address or number of this kind.")
    identifier = identifier_of_contact(kind, found.first)
    if identifier is not None and suppressed_identifiers(session, [identifier]):
        raise BadInputError("Somebody asked that this address is not kept or used; it was not stored.")
    known = _points(session, person, kind)
    if any(_same(kind, point.normalized, found.first) for point in known):
        raise ConflictError("The person has this address or number already.")
    made = ContactPoint(
        person_id=person.id,
        recorded_for_id=person.id,
        holder_affiliate_id=holder_for(session, person),
        recorded_by_id=actor_of(session).account_id,
        kind=kind,
        value=clean_text(text),
        normalized=found.first,
        preferred=not known,
    )
    session.add(made)
    session.flush()
    return made


def add_account(session: Session, person: Person, username: str) -> WikiAccount:
    """Record a wiki account by its canonical name."""
    made = WikiAccount(person_id=person.id, recorded_for_id=person.id, username=username)
    made.holder_affiliate_id, made.recorded_by_id = holder_for(session, person), actor_of(session).account_id
    session.add(made)
    session.flush()
    return made


def prefer_contact(session: Session, point: ContactPoint) -> None:
    """Make a contact point the first to be used of its kind."""
    person = session.get(Person, point.person_id)
    assert person is not None
    for other in _points(session, person, point.kind):
        if other.preferred != (other.id == point.id):
            other.preferred = other.id == point.id
    session.flush()


def holder_for(session: Session, person: Person) -> int | None:
    """Who holds what an account types in about somebody: its own affiliate where it has one, else the person's."""
    mine = actor_of(session).affiliate_ids
    if person.holder_affiliate_id in mine:
        return person.holder_affiliate_id
    if len(mine) == 1:
        return next(iter(mine))
    return recording_affiliate(session, person.id) or person.holder_affiliate_id


def _points(session: Session, person: Person, kind: ContactKind) -> list[ContactPoint]:
    query = sa.select(ContactPoint).where(
        col(ContactPoint.person_id) == person.id, col(ContactPoint.kind) == kind, *live(ContactPoint)
    )
    return list(session.scalars(query.order_by(col(ContactPoint.id))))


def _same(kind: ContactKind, one: str, other: str) -> bool:
    return email_key(one) == email_key(other) if kind is ContactKind.EMAIL else one == other
