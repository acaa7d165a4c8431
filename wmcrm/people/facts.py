"""Facts about a person as staff type them in, one at a time: names, accounts, languages, ways to reach them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent.recording import recording_affiliate
from wmcrm.db import Beyond, actor_of, looks_beyond
from wmcrm.db.search import TRIGRAM
from wmcrm.errors import BadInputError, ConflictError
from wmcrm.models import ContactKind, ContactPoint, Person, WikiAccount, metadata
from wmcrm.normalize import Parsed, clean_text, email_key, fold, parse_emails, parse_phones, parse_username
from wmcrm.outreach import identifier_of_contact, suppressed_identifiers
from wmcrm.people.card import live

PHONES = frozenset({ContactKind.PHONE, ContactKind.WHATSAPP, ContactKind.SIGNAL})
LONGEST_VALUE = 400
LEAST_DIGITS = 7  # of a number, to find somebody by it: whoever guesses so many at once need not ask


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


@looks_beyond(Beyond.COMPARING)
def named_otherwise(session: Session, person_ids: Sequence[int], text: str) -> list[int]:
    """Of the people whom the search index gives for a text those whom more than a part of an address or number names.

    The index holds addresses: letter by letter anybody who may search could ask them out of it. So an address finds
    by the whole of it, a number by its last seven digits at least.
    """
    index, point = metadata.tables["person_search"], metadata.tables["contact_point"]
    live_point = sa.and_(
        point.c.person_id == index.c.person_id,
        point.c.kind.in_([ContactKind.EMAIL, ContactKind.PHONE]),
        point.c.removed_at.is_(None),
        point.c.superseded_by_id.is_(None),
    )
    query = sa.select(index.c.person_id, index.c.folded, point.c.normalized).outerjoin(point, live_point)
    said: dict[int, tuple[str, list[str]]] = {}
    for person_id, folded, value in session.execute(query.where(index.c.person_id.in_(person_ids))):
        said.setdefault(person_id, (folded, []))[1].append(fold(value or ""))
    terms = fold(text).split()
    return [person_id for person_id in person_ids if person_id in said and _is_named(terms, *said[person_id])]


def _is_named(terms: Sequence[str], said: str, reached: Sequence[str]) -> bool:
    asked, rest = f" {' '.join(terms)} ", f" {said} "
    for form in filter(None, reached):
        asked, rest = (text.replace(f" {form} ", "  ") for text in (asked, rest))
    numbers = tuple(form for form in reached if form.isdecimal())
    left = (term for term in asked.split() if len(term) < LEAST_DIGITS or not any(n.endswith(term) for n in numbers))
    return all(term in rest if len(term) >= TRIGRAM else f" {term}" in rest for term in left)


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
