"""Letters to people about themselves: to which address, in which words, with which link."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import (
    Account,
    Channel,
    ContactPoint,
    ContactRequest,
    ContactRequestState,
    LanguageSkill,
    Letter,
    LetterKind,
    LinkKind,
    Person,
    Purpose,
    SelfServiceLink,
)
from wmcrm.outreach import (
    HeldPoint,
    Withheld,
    address_to_confirm,
    invite_to_my_data,
    unconfirmed_address,
    withdrawal_token,
)
from wmcrm.references import survivor_of
from wmcrm.self_service.links import hash_of, new_secret
from wmcrm.self_service.wording import day_words, letter_language, letter_words, purpose_words
from wmcrm.settings import Settings

OPT_IN_DAYS = 14
MY_DATA_HOURS = 24
ANSWERED = "answered"
WHY_WRITTEN = "a link to the own data was asked for"


@dataclass(frozen=True, slots=True)
class Addressed:
    """A letter with the person it is about today and the address the gate gave: never log it."""

    letter: Letter
    person: Person
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """What a letter says; ``unsubscribe`` for letters under a purpose."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    unsubscribe: str | None = field(default=None, repr=False)


def language_of(session: Session, person_id: int, fallback: str) -> str:
    """The language in which to write to a person: the first of theirs in which letters are written."""
    mine = (col(LanguageSkill.person_id) == person_id, col(LanguageSkill.removed_at).is_(None))
    codes = session.scalars(sa.select(col(LanguageSkill.language)).where(*mine).order_by(col(LanguageSkill.id)))
    return letter_language([*codes, fallback])


def address_of(session: Session, letter: Letter) -> Addressed | str:
    """Ask the gate, at this moment, for the address of a letter; or why it may not leave, in a word."""
    person = session.get(Person, letter.person_id)
    if person is not None and letter.kind is LetterKind.CONTACT_REQUEST:
        return _to_account(session, letter, person)
    point = session.get(ContactPoint, letter.contact_point_id) if letter.contact_point_id else None
    if person is None or point is None:
        return Withheld.ERASED
    person = survivor_of(session, person)
    held = HeldPoint(point.person_id, point.id)
    if held.person_id != person.id:
        return Withheld.NO_CONTACT_POINT
    if letter.kind is LetterKind.OPT_IN:
        purpose = session.get_one(Purpose, letter.purpose_id)
        value = address_to_confirm(session, held, purpose=purpose.code, channel=letter.channel or Channel.EMAIL)
    elif letter.kind is LetterKind.CONFIRM_ADDRESS:
        value = unconfirmed_address(session, held)
    else:
        value = invite_to_my_data(session, held, reason=WHY_WRITTEN)
    return value if isinstance(value, Withheld) else Addressed(letter, person, value)


def _to_account(session: Session, letter: Letter, person: Person) -> Addressed | str:
    """The address of the account that is told of a request, while that waits."""
    account = session.get(Account, letter.recipient_id)
    request = session.get(ContactRequest, letter.request_id)
    if request is None or request.state is not ContactRequestState.WAITING:
        return ANSWERED
    if account is None or not account.active or not account.email:
        return Withheld.NO_CONTACT_POINT
    return Addressed(letter, person, account.email)


def write_letter(session: Session, settings: Settings, addressed: Addressed, *, now: dt.datetime) -> Written:
    """The words of a letter; its link is made now and stands nowhere else."""
    base = settings.base_url.rstrip("/")
    letter, my_data = addressed.letter, f"{base}/my-data/"
    match letter.kind:
        case LetterKind.SHARED_ADDRESS:
            return Written(*letter_words(letter.kind, letter.language, my_data=my_data))
        case LetterKind.MY_DATA:
            until = now + dt.timedelta(hours=MY_DATA_HOURS)
            link = f"{my_data}open/{_link(session, LinkKind.MY_DATA, addressed, until)}"
            filled = {"link": link, "until": _moment(until, letter.language)}
            return Written(*letter_words(letter.kind, letter.language, **filled))
        case LetterKind.CONTACT_REQUEST:
            language = letter_language([letter.language])
            return Written(*letter_words(letter.kind, language, link=f"{base}/requests/"))
        case LetterKind.CONFIRM_ADDRESS:
            until = now + dt.timedelta(days=OPT_IN_DAYS)
            link = f"{base}/confirm-address/{_link(session, LinkKind.CONFIRM_ADDRESS, addressed, until)}"
            day = day_words(until.date(), letter.language)
            return Written(*letter_words(letter.kind, letter.language, link=link, until=day, my_data=my_data))
        case LetterKind.OPT_IN:
            return _invitation(session, settings, addressed, now)


def _invitation(session: Session, settings: Settings, addressed: Addressed, now: dt.datetime) -> Written:
    letter, base = addressed.letter, settings.base_url.rstrip("/")
    purpose = session.get_one(Purpose, letter.purpose_id)
    channel = letter.channel or Channel.EMAIL
    until = now + dt.timedelta(days=OPT_IN_DAYS)
    subject, text = letter_words(
        letter.kind,
        letter.language,
        purpose=purpose_words(purpose, letter.language),
        until=day_words(until.date(), letter.language),
        link=f"{base}/confirm/{_link(session, LinkKind.OPT_IN, addressed, until)}",
        my_data=f"{base}/my-data/",
    )
    token = withdrawal_token(settings.require_secret(), addressed.person, purpose=purpose.code, channel=channel)
    return Written(subject, text, f"{base}/withdraw/{token}")


def _link(session: Session, kind: LinkKind, addressed: Addressed, until: dt.datetime) -> str:
    letter, secret = addressed.letter, new_secret()
    made = SelfServiceLink(
        kind=kind,
        secret_hash=hash_of(secret),
        person_id=addressed.person.id,
        contact_point_id=letter.contact_point_id,
        purpose_id=letter.purpose_id,
        channel=letter.channel,
        notice_id=letter.notice_id,
        expires_at=until,
    )
    session.add(made)
    session.flush()
    return secret


def _moment(until: dt.datetime, language: str) -> str:
    return f"{day_words(until.date(), language)}, {until:%H:%M} UTC"
