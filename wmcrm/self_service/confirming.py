"""An address that a person added themselves: a letter with a link goes there, and opening it confirms the address."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.errors import ConflictError, NotFoundError
from wmcrm.models import Channel, ContactPoint, Letter, LetterKind, LinkKind, Person
from wmcrm.outreach import UNCONFIRMED, confirm
from wmcrm.self_service.links import OpenLink, find_link, gone, use_link
from wmcrm.self_service.outbox import queue_letter
from wmcrm.self_service.wording import letter_language

LETTERS_A_DAY = 5


def ask_to_confirm(session: Session, person: Person, point: ContactPoint, *, language: str, now: dt.datetime) -> None:
    """Queue the letter that asks to confirm an address; raises ConflictError after five within a day."""
    sent = (
        sa.select(sa.func.count())
        .select_from(Letter)
        .where(col(Letter.person_id) == person.id, col(Letter.kind) == LetterKind.CONFIRM_ADDRESS)
        .where(col(Letter.queued_at) > now - dt.timedelta(days=1))
    )
    if (session.scalar(sent) or 0) >= LETTERS_A_DAY:
        raise ConflictError("Five links to confirm addresses were sent today; go on tomorrow.")
    letter = Letter(
        kind=LetterKind.CONFIRM_ADDRESS,
        person_id=person.id,
        contact_point_id=point.id,
        channel=Channel.EMAIL,
        language=letter_language([language]),
        queued_at=now,
        next_try_at=now,
    )
    queue_letter(session, letter)


def ask_again_to_confirm(session: Session, person: Person, number: int, *, language: str, now: dt.datetime) -> None:
    """Send another link to an address that its person has not confirmed; raises NotFoundError for every other."""
    point = session.get(ContactPoint, number)
    if point is None or point.person_id != person.id or not _waits(point):
        raise NotFoundError("There is no such record.")
    ask_to_confirm(session, person, point, language=language, now=now)


def address_behind(session: Session, secret: str, *, now: dt.datetime) -> OpenLink:
    """The link of a letter that asks to confirm an address; changes nothing.

    Raises NotFoundError for links that may not be used, also when the address is not held any more.
    """
    found = find_link(session, LinkKind.CONFIRM_ADDRESS, secret, now=now)
    point = session.get(ContactPoint, found.link.contact_point_id)
    if point is None or point.person_id != found.person.id or point.removed_at is not None:
        raise gone()
    return found


def confirm_address(session: Session, secret: str, *, now: dt.datetime) -> ContactPoint:
    """Confirm the address to which a link was sent, and use the link up; raises as address_behind does."""
    found = address_behind(session, secret, now=now)
    use_link(session, found, now=now)
    point = session.get_one(ContactPoint, found.link.contact_point_id)
    confirm(session, point, now=now)
    return point


def _waits(point: ContactPoint) -> bool:
    return point.removed_at is None and point.held_because == UNCONFIRMED
