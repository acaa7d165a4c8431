"""What a person mends of their own record. Each change stands in the history as their own and can be put back."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from wmcrm.db import actor_of
from wmcrm.errors import BadInputError, ConflictError, NotFoundError
from wmcrm.models import ContactKind, ContactPoint, LanguageSkill, LanguageUse, Person
from wmcrm.normalize import clean_text, parse_languages
from wmcrm.outreach import hold_until_confirmed
from wmcrm.people import add_contact, holder_for, keep_name, show_person
from wmcrm.self_service.confirming import ask_to_confirm

LONGEST_NAME = 300


def change_name(session: Session, person: Person, name: str) -> None:
    """Take a name as the person writes it; raises BadInputError for none."""
    cleaned = clean_text(name)
    if not cleaned or len(cleaned) > LONGEST_NAME:
        raise BadInputError("Write the name you want to go by, up to 300 characters.")
    person.display_name = cleaned
    keep_name(session, person, actor_of(session))
    session.flush()


def add_own_contact(
    session: Session, person: Person, kind: str, text: str, *, language: str, now: dt.datetime
) -> ContactPoint:
    """Add a way to reach the person; raises BadInputError or ConflictError as add_contact does.

    An e-mail address is used for nothing until the link that is sent there was opened.
    """
    if kind not in set(ContactKind):
        raise BadInputError("Type one complete address or number of this kind.")
    made = add_contact(session, person, ContactKind(kind), text)
    if made.kind is ContactKind.EMAIL:
        hold_until_confirmed(session, made, now=now)
        ask_to_confirm(session, person, made, language=language, now=now)
    return made


def remove_own_contact(session: Session, person: Person, number: int, *, now: dt.datetime) -> None:
    """Take a way to reach the person out of use; raises NotFoundError for one of somebody else."""
    point = session.get(ContactPoint, number)
    if point is None or point.person_id != person.id or point.removed_at is not None:
        raise NotFoundError("There is no such record.")
    point.removed_at = now
    session.flush()


def add_language(session: Session, person: Person, text: str, use: str) -> None:
    """Add a language by name or code; raises BadInputError for none, ConflictError for one that is there."""
    code = parse_languages(text).first
    if code is None or use not in set(LanguageUse):
        raise BadInputError("Write one language, by its name or its code, such as French or fr.")
    if any((known.language, known.use) == (code, use) for known in show_person(session, person).languages):
        raise ConflictError("This language is there already.")
    made = LanguageSkill(person_id=person.id, recorded_for_id=person.id, language=code, use=LanguageUse(use))
    made.holder_affiliate_id = holder_for(session, person)
    session.add(made)
    session.flush()


def remove_language(session: Session, person: Person, number: int, *, now: dt.datetime) -> None:
    """Take a language off the record; raises NotFoundError for one of somebody else."""
    skill = session.get(LanguageSkill, number)
    if skill is None or skill.person_id != person.id or skill.removed_at is not None:
        raise NotFoundError("There is no such record.")
    skill.removed_at = now
    session.flush()
