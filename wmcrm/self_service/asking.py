"""Asking for one's own data: by an address or a username typed on a public page, or through a steward.

Whoever asks on the page hears the same at once, whatever is found: this is called after the answer.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.errors import NotAllowedError
from wmcrm.models import (
    AccessLogEntry,
    Channel,
    Letter,
    LetterKind,
    LinkKind,
    Person,
    Protection,
    RequestKind,
    SelfServiceLink,
    WikiAccount,
    now_utc,
)
from wmcrm.normalize import canonical_username, parse_emails
from wmcrm.outreach import (
    HeldPoint,
    Identifier,
    IdentifierKind,
    addresses_of_people,
    holders_of_address,
    holders_of_same,
)
from wmcrm.privacy import sealed_hits, subject_of
from wmcrm.privacy.authority import require_all_of
from wmcrm.self_service.links import hash_of, new_secret
from wmcrm.self_service.outbox import queue_letter
from wmcrm.self_service.requests import file_request
from wmcrm.self_service.visits import are_one_person

LINK_OF_STEWARD = dt.timedelta(days=7)
LETTERS_A_DAY = 3
LONGEST_TYPED = 400


def ask_for_my_data(session: Session, typed: str, *, language: str, now: dt.datetime | None = None) -> int:
    """Queue a link to each address held with what somebody typed; returns how many letters, for tests and logs.

    An address that several people use gets a letter that says so, without a link. Somebody sealed is told to
    the stewards. One address gets three letters a day at most.
    """
    moment = now or now_utc()
    text = typed.strip()[:LONGEST_TYPED]
    _tell_stewards_of_sealed(session, text, moment)
    held = holders_of_address(session, text) or addresses_of_people(session, _ids_of_username(session, text))
    seen: set[int] = set()
    queued = 0
    for one in held:
        if one.point_id in seen:
            continue
        same = holders_of_same(session, one)
        seen.update(other.point_id for other in same)
        if not _had_enough(session, same[0], moment):
            _queue(session, same, language)
            queued += 1
    return queued


def link_for(session: Session, person: Person, *, now: dt.datetime | None = None) -> str:
    """A link to a person's own data for a steward to hand over: the secret, shown this once; logged.

    Raises NotAllowedError when others than the actor's affiliates hold records of the person, for the link
    opens all of them; and for somebody sealed, whom no link opens.
    """
    if person.protection is Protection.SEALED:
        raise NotAllowedError("This record is sealed: unseal it first, or write the person an export yourself.")
    require_all_of(session, subject_of(session, person))
    actor, secret = actor_of(session), new_secret()
    until = (now or now_utc()) + LINK_OF_STEWARD
    session.add_all(
        [
            SelfServiceLink(
                kind=LinkKind.MY_DATA,
                secret_hash=hash_of(secret),
                person_id=person.id,
                account_id=actor.account_id,
                expires_at=until,
            ),
            AccessLogEntry(
                account_id=actor.account_id, actor=actor.name, action="my_data_link", person_id=person.id, people=1
            ),
        ]
    )
    session.flush()
    return secret


def _queue(session: Session, same: list[HeldPoint], language: str) -> None:
    ids = [one.person_id for one in same]
    people = session.scalars(sa.select(Person).where(col(Person.id).in_(ids)).order_by(col(Person.id))).all()
    kind = LetterKind.MY_DATA if are_one_person(people) else LetterKind.SHARED_ADDRESS
    held = same[0]
    letter = Letter(
        kind=kind,
        person_id=held.person_id,
        contact_point_id=held.point_id,
        channel=Channel.EMAIL,
        language=language,
    )
    queue_letter(session, letter)


def _had_enough(session: Session, held: HeldPoint, now: dt.datetime) -> bool:
    query = (
        sa.select(sa.func.count())
        .select_from(Letter)
        .where(col(Letter.contact_point_id) == held.point_id)
        .where(col(Letter.kind) != LetterKind.OPT_IN, col(Letter.queued_at) > now - dt.timedelta(days=1))
    )
    return (session.scalar(query) or 0) >= LETTERS_A_DAY


def _ids_of_username(session: Session, text: str) -> list[int]:
    username = canonical_username(text)
    if username is None:
        return []
    live = (col(WikiAccount.removed_at).is_(None), col(WikiAccount.superseded_by_id).is_(None))
    query = sa.select(col(WikiAccount.person_id)).where(col(WikiAccount.username) == username, *live)
    return list(session.scalars(query))


def _tell_stewards_of_sealed(session: Session, text: str, now: dt.datetime) -> None:
    username, address = canonical_username(text), parse_emails(text).first
    asked = [Identifier(IdentifierKind.EMAIL, address)] if address else []
    asked += [Identifier(IdentifierKind.USERNAME, username)] if username else []
    for person_ids in sealed_hits(session, asked).values():
        for person_id in person_ids:
            file_request(session, session.get_one(Person, person_id), RequestKind.ACCESS, now=now)
