"""Asking an affiliate: whom, for what, in which words; and telling its accounts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent import find_purpose
from wmcrm.db import Beyond, actor_of, looks_beyond, new_public_id
from wmcrm.errors import BadInputError, ConflictError
from wmcrm.models import (
    Channel,
    ContactRequest,
    ContactRequestState,
    LetterKind,
    LetterState,
    Person,
    Purpose,
    metadata,
)
from wmcrm.outreach import Way, affiliate_to_ask, may_contact, ways_to
from wmcrm.passing_on.lines import asked_by_actor, log_deed
from wmcrm.permissions import Permission, roles_with

LONGEST_REASON, LONGEST_MESSAGE = 500, 2000
LETTER, ACCOUNT, GRANT = (metadata.tables[name] for name in ("letter", "account", "grant"))
FALLBACK_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked: for which purpose, why (for the affiliate and the log), and what the person should hear."""

    purpose: str
    reason: str = field(repr=False)
    message: str = field(repr=False)
    channel: Channel = Channel.EMAIL


def ask_affiliate(session: Session, person: Person, wish: Wish, *, now: dt.datetime) -> ContactRequest:
    """Ask the affiliate that holds a person to pass a message on; its accounts are told by mail. Logged.

    Raises BadInputError for people who are not reached through an affiliate (they may be written to, or said no,
    or one's own affiliate holds them) and without words, ConflictError while the same request waits.
    """
    actor, purpose = actor_of(session), find_purpose(session, wish.purpose)
    reason = _said(wish.reason, LONGEST_REASON, BadInputError("Say in one line why you ask."))
    message = _said(wish.message, LONGEST_MESSAGE, BadInputError("Write what the person should hear."))
    affiliate_id = _affiliate_for(session, person, wish)
    _refuse_twice(session, person, purpose)
    made = ContactRequest(
        person_id=person.id,
        affiliate_id=affiliate_id,
        purpose_id=purpose.id,
        account_id=actor.account_id,
        actor=actor.name,
        reason=reason,
        message=message,
        asked_at=now,
    )
    session.add(made)
    session.flush()
    log_deed(session, made, "contact_request", reason, now)
    _tell_accounts(session, made, now)
    return made


def _affiliate_for(session: Session, person: Person, wish: Wish) -> int:
    answer = may_contact(session, person, purpose=wish.purpose, channel=wish.channel)
    way = ways_to(session, {person.id: answer})[person.id]
    if way is Way.YES:
        raise BadInputError("This person may be written to for this purpose; make a list instead.")
    found = affiliate_to_ask(session, person.id) if way is Way.AFFILIATE else None
    if found is None:
        raise BadInputError("For this purpose the person cannot be asked through another affiliate.")
    return found


def _refuse_twice(session: Session, person: Person, purpose: Purpose) -> None:
    same = (col(ContactRequest.person_id) == person.id, col(ContactRequest.purpose_id) == purpose.id)
    waits = col(ContactRequest.state) == ContactRequestState.WAITING
    if session.scalars(sa.select(ContactRequest).where(*same, waits, asked_by_actor(session))).first() is not None:
        raise ConflictError("You asked this already; the affiliate has not answered yet.")


def _said(text: str, longest: int, missing: BadInputError) -> str:
    said = text.replace("\x00", "").strip()
    if not said:
        raise missing
    if len(said) > longest:
        raise BadInputError("This is too long; write at most {longest} characters.", longest=longest)
    return said


@looks_beyond(Beyond.PASSING_ON)
def _tell_accounts(session: Session, request: ContactRequest, now: dt.datetime) -> None:
    """Queue a letter to each account of the affiliate that may answer and has an address of its own."""
    query = (
        sa.select(ACCOUNT.c.id, ACCOUNT.c.locale)
        .join(GRANT, GRANT.c.account_id == ACCOUNT.c.id)
        .where(GRANT.c.affiliate_id == request.affiliate_id, GRANT.c.role.in_(roles_with(Permission.PASS_ON)))
        .where(ACCOUNT.c.active, ACCOUNT.c.email.is_not(None))
        .distinct()
    )
    letters = [
        {
            "public_id": new_public_id("m"),
            "kind": LetterKind.CONTACT_REQUEST,
            "person_id": request.person_id,
            "recipient_id": account_id,
            "request_id": request.id,
            "language": locale or FALLBACK_LANGUAGE,
            "state": LetterState.WAITING,
            "queued_at": now,
            "next_try_at": now,
            "tries": 0,
            "account_id": request.account_id,
        }
        for account_id, locale in session.execute(query)
    ]
    if letters:
        session.execute(sa.insert(LETTER), letters)
