"""The subject of a request: one person with every record that was absorbed into them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Beyond, looks_beyond
from wmcrm.models import ContactKind, ContactPoint, Person, PersonName, WikiAccount, metadata
from wmcrm.outreach import Identifier, IdentifierKind, identifier_of_contact, named_identifier
from wmcrm.privacy.inventory import keys_of

BY_TELEPHONE = frozenset({ContactKind.WHATSAPP, ContactKind.SIGNAL})


@dataclass(frozen=True, slots=True)
class Subject:
    """The survivor of all merges and the ids of everything they are made of."""

    person: Person
    ids: tuple[int, ...]


@looks_beyond(Beyond.WHOLE)
def subject_of(session: Session, person: Person) -> Subject:
    """The whole of a person: from an absorbed record upwards to the survivor, then down to all absorbed."""
    session.flush()
    while person.merged_into_id is not None:
        following = session.get(Person, person.merged_into_id)
        if following is None:
            break
        person = following
    ids = [person.id]
    waiting = [person.id]
    everybody = metadata.tables["person"]  # a merge moved what puts absorbed records into an account's scope
    while waiting:
        query = sa.select(everybody.c.id).where(everybody.c.merged_into_id.in_(waiting))
        waiting = [found for found in session.scalars(query) if found not in ids]
        ids += waiting
    return Subject(person, tuple(ids))


@looks_beyond(Beyond.WHOLE)
def hold_subject(session: Session, person: Person) -> Subject:
    """The whole of a person, to whom nobody adds anything and whom nobody merges until this transaction ends."""
    everybody = metadata.tables["person"]
    while True:
        subject = subject_of(session, person)
        held = sa.select(everybody.c.id).where(everybody.c.id.in_(subject.ids)).order_by(everybody.c.id)
        session.execute(held.with_for_update()).all()
        session.expire(person, ["merged_into_id"])  # as it is after the wait
        if subject_of(session, person).ids == subject.ids:
            return subject


def of_subject(table: sa.Table, ids: Collection[int], columns: Sequence[str] | None = None) -> sa.ColumnElement[bool]:
    """The condition that any key of a table (default: all its keys to person) is one of these ids."""
    return sa.or_(*(table.c[name].in_(ids) for name in columns or keys_of(table.name)))


def identifiers_of(session: Session, ids: Collection[int]) -> set[Identifier]:
    """Everything these records can be recognised by: accounts (also former), contact points, external ids."""
    found: set[Identifier] = set()
    accounts = sa.select(col(WikiAccount.username), col(WikiAccount.renamed_from)).where(
        of_subject(metadata.tables["wiki_account"], ids)
    )
    for usernames in session.execute(accounts):
        found.update(Identifier(IdentifierKind.USERNAME, name) for name in usernames if name)
    points = sa.select(col(ContactPoint.kind), col(ContactPoint.normalized)).where(
        of_subject(metadata.tables["contact_point"], ids)
    )
    for kind, value in session.execute(points):
        named = identifier_of_contact(kind, value)
        found.update({named} if named is not None else ())
        if kind in BY_TELEPHONE and value.startswith("+"):  # a sheet says it as a telephone
            found.add(Identifier(IdentifierKind.PHONE, value))
    people = sa.select(col(Person.source), col(Person.external_id)).where(col(Person.id).in_(ids))
    found.update(external_identifier(source, number) for source, number in session.execute(people) if number)
    return found


def named_identifiers(session: Session, ids: Collection[int], identifiers: Collection[Identifier]) -> set[Identifier]:
    """The mailboxes and telephones among these identifiers, each together with every name of these records."""
    names = set(session.scalars(sa.select(col(PersonName.name)).where(col(PersonName.person_id).in_(ids))))
    names |= set(session.scalars(sa.select(col(Person.display_name)).where(col(Person.id).in_(ids))))
    shareable = [one for one in identifiers if one.kind in {IdentifierKind.EMAIL, IdentifierKind.PHONE}]
    return {named_identifier(name, one) for name in names for one in shareable}


def external_identifier(source: str | None, external_id: str) -> Identifier:
    """The identifier of a record that a file brought: its source and its id there."""
    return Identifier(IdentifierKind.EXTERNAL, f"{source or ''}:{external_id}")
