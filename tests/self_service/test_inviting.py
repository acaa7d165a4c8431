"""Double opt-in: a claim of a sheet becomes a consent by an act of the person, and by nothing else."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_person
from tests.self_service.conftest import NOW, claim
from wmcrm.accounts import create_account, find_actor
from wmcrm.consent import Act, add_notice, standings, withdraw
from wmcrm.db import OPERATOR, Session
from wmcrm.dedupe import merge, unmerge
from wmcrm.errors import BadInputError, NotFoundError
from wmcrm.models import (
    Channel,
    ConsentEvent,
    ConsentMethod,
    ConsentStanding,
    ContactPoint,
    Letter,
    LinkKind,
    OptInInvitation,
    Person,
    PrivacyNotice,
    Purpose,
    SelfServiceLink,
)
from wmcrm.outreach import Withheld, may_contact
from wmcrm.privacy import erase_person
from wmcrm.self_service import answer_question, invite, question_of
from wmcrm.self_service.links import hash_of, new_secret

ABOUT = {"purpose": "newsletter", "channel": Channel.EMAIL, "reason": "confirm"}
GATE = {"purpose": "newsletter", "channel": Channel.EMAIL, "on": NOW.date()}


@pytest.fixture(autouse=True)
def _keys(keyring_folder: object) -> None:
    """Keys of each test lie in a folder of its own."""


def link_to(session: Session, person: Person) -> str:
    """The link that the letter to this person would bring."""
    secret = new_secret()
    point = session.scalars(sa.select(ContactPoint).where(ContactPoint.person_id == person.id)).first()
    purpose = session.scalars(sa.select(Purpose).where(Purpose.code == "newsletter")).one()
    notice = session.scalars(sa.select(PrivacyNotice).where(PrivacyNotice.language == "en")).one()
    assert point is not None
    session.add(
        SelfServiceLink(
            kind=LinkKind.OPT_IN,
            secret_hash=hash_of(secret),
            person_id=person.id,
            contact_point_id=point.id,
            purpose_id=purpose.id,
            channel=Channel.EMAIL,
            notice_id=notice.id,
            expires_at=NOW + dt.timedelta(days=14),
        )
    )
    session.flush()
    return secret


def ask(session: Session, secret: str, language: str = "en", now: dt.datetime = NOW):  # type: ignore[no-untyped-def]
    return question_of(session, secret, language=language, now=now)


def test_unproven_claims_are_asked_once_and_everybody_is_counted(session: Session, cast: Cast) -> None:
    everybody = [cast.aicha.id, cast.omar.id, cast.chen.id, cast.dana.id]
    first = invite(session, everybody, **ABOUT)
    assert ([point.person for point in first.permitted], first.audience) == ([cast.aicha.public_id], 4)
    assert sum(first.withheld.values()) == 3
    again = invite(session, everybody, **ABOUT)
    assert (list(again.permitted), again.withheld[Withheld.ALREADY_ASKED]) == ([], 1)
    assert len(session.scalars(sa.select(Letter)).all()) == 1


def test_who_was_asked_is_not_asked_again_after_merges_whoever_asks(session: Session, cast: Cast) -> None:
    create_account(session, "Editor", role="editor", affiliate="WSN", password="correct horse battery")
    invite(session, [cast.aicha.id], **ABOUT)
    second, third = (add_person(session, "Aïcha Diop", holder=cast.senegal) for _ in range(2))
    merge(session, second, cast.aicha)
    session.info["actor"] = find_actor(session, "Editor")
    session.expunge_all()
    assert invite(session, [second.id], **ABOUT).withheld == {Withheld.ALREADY_ASKED: 1}
    session.info["actor"] = OPERATOR
    merge(session, session.get_one(Person, third.id), session.get_one(Person, second.id))
    assert invite(session, [third.id], **ABOUT).withheld == {Withheld.ALREADY_ASKED: 1}


def test_the_letter_is_in_the_language_of_the_person(session: Session, cast: Cast) -> None:
    from wmcrm.models import LanguageSkill

    mine = {"person_id": cast.aicha.id, "recorded_for_id": cast.aicha.id}
    session.add_all([LanguageSkill(**mine, language="wo"), LanguageSkill(**mine, language="ar-sn")])
    session.flush()
    invite(session, [cast.aicha.id], **ABOUT)
    letter = session.scalars(sa.select(Letter)).one()
    notice = session.get_one(PrivacyNotice, letter.notice_id)
    assert (letter.language, notice.language) == ("ar", "ar")


def test_only_mail_asks_and_only_with_a_wording(session: Session, cast: Cast) -> None:
    claim(session, cast.aicha, "research_survey")
    with pytest.raises(BadInputError, match="email"):
        invite(session, [cast.aicha.id], purpose="newsletter", channel=Channel.PHONE, reason="x")
    with pytest.raises(BadInputError, match="wmcrm notice add"):
        invite(session, [cast.aicha.id], purpose="research_survey", channel=Channel.EMAIL, reason="x")
    assert session.scalars(sa.select(OptInInvitation)).all() == []


def test_looking_changes_nothing_and_a_yes_counts_as_an_act_of_the_person(session: Session, cast: Cast) -> None:
    secret = link_to(session, cast.aicha)
    for _ in range(3):
        question = ask(session, secret)
    assert may_contact(session, cast.aicha, **GATE).reason is Withheld.UNPROVEN
    event = answer_question(session, question, agreed=True, now=NOW)
    assert (event.method, event.proven) == (ConsentMethod.DOUBLE_OPT_IN, True)
    assert session.get_one(PrivacyNotice, event.notice_id).version == "v3"
    assert may_contact(session, cast.aicha, **GATE).reason is None
    with pytest.raises(NotFoundError, match="used already"):
        ask(session, secret)
    with pytest.raises(NotFoundError, match="used already"):
        answer_question(session, question, agreed=False, now=NOW)


def test_a_no_is_recorded_as_easily(session: Session, cast: Cast) -> None:
    answer_question(session, ask(session, link_to(session, cast.aicha)), agreed=False, now=NOW)
    assert may_contact(session, cast.aicha, **GATE).reason is Withheld.REFUSED
    assert invite(session, [cast.aicha.id], **ABOUT).permitted == []


def test_the_wording_is_shown_in_the_readers_language_where_there_is_one(session: Session, cast: Cast) -> None:
    secret = link_to(session, cast.aicha)
    assert ask(session, secret, "ar").notice.language == "ar"
    assert ask(session, secret, "zh").notice.language == "en"


def test_a_yes_after_a_withdrawal_is_a_later_act_and_counts(session: Session, cast: Cast) -> None:
    secret = link_to(session, cast.aicha)
    withdraw(session, cast.aicha, purpose="newsletter", act=Act(ConsentMethod.SPOKEN, NOW.date()))
    answer_question(session, ask(session, secret), agreed=True, now=NOW)
    assert may_contact(session, cast.aicha, **GATE).reason is None


def test_a_link_ends_after_fourteen_days(session: Session, cast: Cast) -> None:
    secret = link_to(session, cast.aicha)
    assert ask(session, secret, now=NOW + dt.timedelta(days=13, hours=23))
    with pytest.raises(NotFoundError, match="expired"):
        ask(session, secret, now=NOW + dt.timedelta(days=14))


def test_a_link_to_an_address_that_is_held_no_more_confirms_nothing(session: Session, cast: Cast) -> None:
    secret = link_to(session, cast.aicha)
    session.scalars(sa.select(ContactPoint).where(ContactPoint.person_id == cast.aicha.id)).one().removed_at = NOW
    session.flush()
    with pytest.raises(NotFoundError, match="nothing any more"):
        ask(session, secret)


def test_a_merged_person_confirms_for_the_survivor_and_an_erased_one_for_nobody(session: Session, cast: Cast) -> None:
    again = add_person(session, "Aïcha Diop", holder=cast.senegal, email="second@example.org")
    claim(session, again)
    secret, other = link_to(session, again), link_to(session, cast.aicha)
    merge(session, cast.aicha, again)
    answer_question(session, ask(session, secret), agreed=True, now=NOW)
    assert session.scalars(sa.select(ConsentEvent).order_by(sa.column("id").desc())).first().person_id == cast.aicha.id  # type: ignore[union-attr]
    erase_person(session, cast.aicha, by=session.info["actor"])
    with pytest.raises(NotFoundError):
        ask(session, other)


def test_what_was_asked_and_answered_while_two_were_one_goes_with_the_address(session: Session, cast: Cast) -> None:
    again = add_person(session, "Aïcha Diop", holder=cast.senegal, email="second@example.org")
    claim(session, again)
    secret = link_to(session, cast.aicha)
    made = merge(session, again, cast.aicha)
    assert len(invite(session, [again.id], **ABOUT).permitted) == 1  # asked at the address of the older claim
    answer_question(session, ask(session, secret, "ar"), agreed=True, now=NOW)
    unmerge(session, made)
    assert [letter.person_id for letter in session.scalars(sa.select(Letter))] == [cast.aicha.id]
    assert may_contact(session, cast.aicha, **GATE).reason is None
    assert may_contact(session, again, **GATE).reason is Withheld.UNPROVEN
    assert invite(session, [again.id], **ABOUT).withheld == {Withheld.ALREADY_ASKED: 1}
    given = session.scalars(sa.select(ConsentEvent).order_by(sa.column("id").desc())).first()
    assert given is not None and session.get_one(PrivacyNotice, given.notice_id).language == "ar"


def test_a_version_that_is_translated_later_is_not_the_newest(session: Session, cast: Cast) -> None:
    add_notice(session, "v4", purpose="newsletter", language="en", wording="A letter every week.")
    add_notice(session, "v3", purpose="newsletter", language="fr", wording="Une lettre par mois.")
    invite(session, [cast.aicha.id], **ABOUT)
    letter = session.scalars(sa.select(Letter)).one()
    assert session.get_one(PrivacyNotice, letter.notice_id).version == "v4"


def test_after_an_unmerge_a_link_is_about_its_own_record_again(session: Session, cast: Cast) -> None:
    again = add_person(session, "Aïcha Diop", holder=cast.senegal, email="second@example.org")
    claim(session, again)
    secret = link_to(session, again)
    unmerge(session, merge(session, cast.aicha, again))
    answer_question(session, ask(session, secret), agreed=False, now=NOW)
    assert [row.standing for row in standings(session, again)] == [ConsentStanding.REFUSED]
    assert [row.standing for row in standings(session, cast.aicha)] == [ConsentStanding.UNPROVEN]


@pytest.mark.parametrize("secret", ["", "x", "\x00", "a" * 10_240, "../../etc"])
def test_garbage_asks_nothing(session: Session, cast: Cast, secret: str) -> None:
    with pytest.raises(NotFoundError):
        ask(session, secret)
