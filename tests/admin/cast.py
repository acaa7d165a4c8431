"""A small movement for the screens: two affiliates, four accounts that are always the same, some people.

Aïcha edits for the Baobab user group, Omar only reads there, Sami is its steward, Chen is programme staff,
Dana edits for another affiliate, Ruth administers. Everybody's password is PASSWORD, and each is signed in
somewhere for good. Vera was invited by the link WELCOME and has chosen no password yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from argon2 import PasswordHasher
from sqlalchemy.engine import Engine
from sqlmodel import col, select

import wmcrm.upkeep  # noqa: F401  (keeps the search text with the people)
from wmcrm.accounts import hash_token
from wmcrm.db import OPERATOR, Session, session_scope
from wmcrm.models import (
    Account,
    Affiliate,
    AffiliateType,
    Attendance,
    CandidatePair,
    ContactKind,
    ContactPoint,
    Event,
    EventHost,
    EventRole,
    EventType,
    Grant,
    Holding,
    Membership,
    NameKind,
    Participation,
    PermissionRole,
    Person,
    PersonName,
    PersonStatus,
    Position,
    Protection,
    Registration,
    SignIn,
    SignInMethod,
    WikiAccount,
)

PASSWORD = "correct horse battery"
WELCOME = "welcome-vera"
NEVER = datetime(2099, 1, 1, tzinfo=UTC)
HIDDEN = "fatou.secret@example.org"
GRANTS = {
    "Aïcha": (PermissionRole.EDITOR, "baobab"),
    "Omar": (PermissionRole.VIEWER, "baobab"),
    "Sami": (PermissionRole.STEWARD, "baobab"),
    "Dana": (PermissionRole.EDITOR, "fjord"),
    "Chen": (PermissionRole.PROGRAMME, None),
    "Ruth": (PermissionRole.ADMINISTRATOR, None),
}
NAMES = (
    ("Fatou Diop", "Fatou D."),
    ("ليلى حداد", "Laylah"),
    ("王小明", "Xiaoming W"),
    ("Олена Коваль", "Olena K"),
    ("Ana María Ñúñez", "Anita"),
    ("Þórunn Sigurðardóttir", ""),
)


ONE_LETTER: tuple[tuple[str, str, float, str], ...] = (
    ("name", "near", 9.4, "The names differ by a typo or a short form"),
    ("country", "equal", 1.2, "The country is the same"),
)
ALIKE: tuple[tuple[str, str, float, str], ...] = (
    ("email", "equal", 14.1, "The e-mail address is the same"),
    ("name", "different", -3.5, "The names are different"),
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Public ids of what the tests speak about."""

    fatou: str
    layla: str
    held: str
    sealed: str
    foreign: str
    twins: tuple[str, str]
    edit_a_thon: str
    baobab: str
    fjord: str


@cache
def password_hash() -> str:
    """A hash of PASSWORD made cheaply: the tests' time is not for argon2."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def build_cast(engine: Engine) -> Cast:
    """Fill an empty database with the cast."""
    with session_scope(engine, OPERATOR, writing=True) as session:
        baobab = _affiliate(session, "baobab", "Baobab Wikimedians User Group", "SN")
        fjord = _affiliate(session, "fjord", "Wikimedians of the Fjords", "NO")
        _accounts(session, {"baobab": baobab.id, "fjord": fjord.id})
        event = _event(session, baobab.id, "Dakar edit-a-thon", date(2026, 3, 14))
        _event(session, baobab.id, "مسابقة الصور", date(2026, 6, 2))
        people = [_person(session, baobab.id, name, username) for name, username in NAMES]
        people += [_person(session, baobab.id, f"Volunteer {number:03}", "") for number in range(60)]
        for person in people[:12]:
            _came(session, person.id, baobab.id, event.id)
        _knows_more(session, people[0].id, baobab.id)
        held = _person(session, baobab.id, "Fatou Diopp", "", status=PersonStatus.HELD)
        sealed = _person(session, baobab.id, "Pseudonym Nine", "", protection=Protection.SEALED)
        foreign = _person(session, fjord.id, "Kari Nordmann", "Kari N")
        _pair(session, people[0], held, 0.97, ONE_LETTER)
        _pair(session, people[6], people[7], 0.995, ALIKE)
        _pair(session, people[8], people[9], 0.72, ALIKE)
        _pair(session, people[0], foreign, 0.9, ALIKE)
        return Cast(
            fatou=people[0].public_id,
            layla=people[1].public_id,
            held=held.public_id,
            sealed=sealed.public_id,
            foreign=foreign.public_id,
            twins=(people[6].public_id, people[7].public_id),
            edit_a_thon=event.public_id,
            baobab=baobab.public_id,
            fjord=fjord.public_id,
        )


def _affiliate(session: Session, code: str, name: str, country: str) -> Affiliate:
    made = Affiliate(code=code, name=name, affiliate_type=AffiliateType.USER_GROUP, country=country)
    session.add(made)
    session.flush()
    return made


def _accounts(session: Session, affiliates: dict[str, int]) -> None:
    for name, (role, code) in GRANTS.items():
        account = Account(name=name, password_hash=password_hash(), fs_uniquifier=mark_of(name))
        session.add(account)
        session.flush()
        session.add(Grant(account_id=account.id, role=role, affiliate_id=affiliates[code] if code else None))
        keep_signed_in(session, account)
    vera = Account(name="Vera", fs_uniquifier=mark_of("Vera"), welcome_hash=hash_token(WELCOME), welcome_until=NEVER)
    session.add(vera)


def keep_signed_in(session: Session, account: Account) -> None:
    """A session of the account that never ends, without its second factor."""
    session.add(
        SignIn(
            account_id=account.id,
            token_hash=hash_token(mark_of(account.name)),
            method=SignInMethod.PASSWORD,
            device="Firefox, Linux",
            expires_at=NEVER,
            seen_at=NEVER,
        )
    )


def mark_of(name: str) -> str:
    """The token of the session in which one of the cast's accounts is signed in."""
    return f"mark-of-{name}"


def _event(session: Session, holder: int, title: str, day: date) -> Event:
    made = Event(
        title=title,
        event_type=EventType.EDITING_EVENT,
        country="SN",
        city="Dakar",
        starts_on=day,
        timezone="Africa/Dakar",
        holder_affiliate_id=holder,
    )
    session.add(made)
    session.flush()
    session.add(EventHost(event_id=made.id, affiliate_id=holder, holder_affiliate_id=holder))
    return made


def _person(
    session: Session,
    holder: int,
    name: str,
    username: str,
    status: PersonStatus = PersonStatus.ACTIVE,
    protection: Protection = Protection.NORMAL,
) -> Person:
    made = Person(
        display_name=name,
        sort_name=name.casefold(),
        residence_country="SN",
        status=status,
        protection=protection,
        holder_affiliate_id=holder,
    )
    session.add(made)
    session.flush()
    mine = {"person_id": made.id, "recorded_for_id": made.id, "holder_affiliate_id": holder}
    session.add(Holding(**mine))
    session.add(PersonName(name=name, kind=NameKind.PREFERRED, **mine))
    if username:
        session.add(WikiAccount(username=username, **mine))
    return made


def _pair(
    session: Session, a: Person, b: Person, probability: float, why: tuple[tuple[str, str, float, str], ...]
) -> None:
    low, high = sorted((a.id, b.id))
    reasons: list[dict[str, object]] = [
        {"field": field, "level": level, "bits": bits, "words": words} for field, level, bits, words in why
    ]
    session.add(
        CandidatePair(
            person_a_id=low,
            person_b_id=high,
            probability=probability,
            bits=sum(one[2] for one in why),
            reasons=reasons,
            model_version="test",
        )
    )


def _came(session: Session, person_id: int, holder: int, event_id: int) -> None:
    session.add(
        Participation(
            person_id=person_id,
            recorded_for_id=person_id,
            holder_affiliate_id=holder,
            event_id=event_id,
            event_role=EventRole.PARTICIPANT,
            registration=Registration.REGISTERED,
            attended=Attendance.YES,
        )
    )


def _knows_more(session: Session, person_id: int, holder: int) -> None:
    mine = {"person_id": person_id, "recorded_for_id": person_id, "holder_affiliate_id": holder}
    session.add(ContactPoint(kind=ContactKind.EMAIL, value=HIDDEN, normalized=HIDDEN, preferred=True, **mine))
    session.add(
        Membership(
            affiliate_id=holder, position=Position.GROUP_CONTACT_1, since=date(2024, 1, 1), is_public=True, **mine
        )
    )


def add_shared_holding(engine: Engine, public_id: str, code: str) -> None:
    """From now on a second affiliate holds somebody too."""
    with session_scope(engine, OPERATOR, writing=True) as session:
        person = session.scalars(select(Person).where(col(Person.public_id) == public_id)).one()
        affiliate = session.scalars(select(Affiliate).where(col(Affiliate.code) == code)).one()
        session.add(Holding(person_id=person.id, recorded_for_id=person.id, holder_affiliate_id=affiliate.id))
