"""People find their own data, and nobody else's, by links that work once."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_person
from tests.self_service.conftest import NOW
from wmcrm.accounts import create_account, find_actor
from wmcrm.db import OPERATOR, Session
from wmcrm.dedupe import merge, unmerge
from wmcrm.errors import BadInputError, ConflictError, NotAllowedError, NotFoundError
from wmcrm.history import changes_of
from wmcrm.models import (
    AccessLogEntry,
    Channel,
    ConsentEvent,
    ConsentMethod,
    ConsentStanding,
    ContactPoint,
    Letter,
    LetterKind,
    LinkKind,
    Person,
    PrivacyNotice,
    RequestAnswer,
    RequestKind,
    RestrictionGround,
    RightsRequest,
    SelfServiceLink,
)
from wmcrm.outreach import Withheld, lift_restriction, may_contact, restrict
from wmcrm.privacy import DutyKind, data_duties, erase_person, make_steward_key, open_sealed, seal_person
from wmcrm.self_service import (
    SELF,
    Visit,
    add_language,
    add_own_contact,
    answer_request,
    ask_for_erasure,
    ask_for_my_data,
    begin_visit,
    change_name,
    choose_record,
    end_visit,
    give_consent,
    link_for,
    my_record,
    object_to,
    open_requests,
    remove_language,
    remove_own_contact,
    say_not_me,
    take_back,
    visit_of,
)
from wmcrm.self_service.links import hash_of, new_secret


@pytest.fixture(autouse=True)
def _keys(keyring_folder: object) -> None:
    """Keys of each test lie in a folder of its own."""


def visit(session: Session, person: Person, *, now: dt.datetime = NOW) -> Visit:
    secret = begin_visit(session, link_for(session, person, now=now), now=now)
    session.info["actor"] = SELF
    found = visit_of(session, secret, now=now)
    assert found is not None
    return found


def kinds(session: Session) -> list[tuple[LetterKind, int]]:
    rows = session.scalars(sa.select(Letter).order_by(sa.column("id")))
    return [(letter.kind, letter.person_id) for letter in rows]


@pytest.mark.parametrize("typed", ["aicha@example.org", "  AICHA@Example.ORG ", "Aicha D", "User:Aicha_D"])
def test_an_address_or_a_username_brings_a_letter_to_the_address_that_is_held(
    session: Session, cast: Cast, typed: str
) -> None:
    assert ask_for_my_data(session, typed, language="ar") == 1
    assert kinds(session) == [(LetterKind.MY_DATA, cast.aicha.id)]
    assert session.scalars(sa.select(Letter)).one().language == "ar"


@pytest.mark.parametrize(
    "typed", ["", "   ", "nobody@example.org", "Nobody Here", "+221771234567", "OmarB", "x" * 5000]
)
def test_whoever_is_not_here_or_has_no_address_brings_none(session: Session, cast: Cast, typed: str) -> None:
    assert ask_for_my_data(session, typed, language="en") == 0
    assert kinds(session) == []


def test_one_address_gets_three_letters_a_day(session: Session, cast: Cast) -> None:
    sent = [ask_for_my_data(session, "aicha@example.org", language="en") for _ in range(5)]
    assert sent == [1, 1, 1, 0, 0]
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1, minutes=1)
    assert ask_for_my_data(session, "aicha@example.org", language="en", now=tomorrow) == 1


def test_two_records_of_one_person_are_opened_by_one_link(session: Session, cast: Cast) -> None:
    again = add_person(session, "Diop Aicha", holder=cast.chile, email="aicha@example.org")
    assert ask_for_my_data(session, "aicha@example.org", language="en") == 1
    letter = session.scalars(sa.select(Letter)).one()
    assert letter.kind is LetterKind.MY_DATA
    found = visit(session, cast.aicha)
    found.link.contact_point_id = letter.contact_point_id
    session.flush()
    found = visit_of_link(session, found)
    assert {person.id for person in found.records} == {cast.aicha.id, again.id}
    choose_record(session, found, again.public_id)
    assert visit_of_link(session, found).person.id == again.id
    with pytest.raises(NotFoundError):
        choose_record(session, found, cast.omar.public_id)


def visit_of_link(session: Session, found: Visit) -> Visit:
    from wmcrm.self_service.links import person_behind
    from wmcrm.self_service.visits import records_of

    person = person_behind(session, found.link)
    assert person is not None
    return Visit(found.link, person, records_of(session, found.link, person))


def test_a_mailbox_that_several_people_share_gets_no_link(session: Session, cast: Cast) -> None:
    for name in ("Awa Fall", "Binta Sow", "Cheikh Ndiaye", "Dieynaba Sy"):
        add_person(session, name, holder=cast.senegal, email="office@example.org")
    assert ask_for_my_data(session, "office@example.org", language="en") == 1
    assert [kind for kind, _ in kinds(session)] == [LetterKind.SHARED_ADDRESS]


def test_many_records_of_one_name_are_a_mailbox_and_not_a_person(session: Session, cast: Cast) -> None:
    for _ in range(11):
        add_person(session, "Info Desk", holder=cast.senegal, email="info@example.org")
    assert ask_for_my_data(session, "info@example.org", language="en") == 1
    assert [kind for kind, _ in kinds(session)] == [LetterKind.SHARED_ADDRESS]


def test_what_somebody_asks_for_themselves_holds_for_every_account(session: Session, cast: Cast) -> None:
    create_account(session, "Editor", role="editor", affiliate="WSN", password="correct horse battery")
    person = visit(session, cast.aicha).person
    give_consent(session, person, "newsletter", language="en", now=NOW)
    session.info["actor"] = find_actor(session, "Editor")
    asked = {"purpose": "newsletter", "channel": Channel.EMAIL, "on": NOW.date()}
    assert may_contact(session, session.get_one(Person, person.id), **asked).reason is None
    session.info["actor"] = SELF
    ask_for_erasure(session, person, now=NOW)
    session.info["actor"] = find_actor(session, "Editor")
    assert may_contact(session, session.get_one(Person, person.id), **asked).reason is Withheld.RESTRICTED


def test_no_link_opens_a_sealed_record(session: Session, cast: Cast) -> None:
    make_steward_key(session, "Fatou")
    seal_person(session, cast.aicha, ["Fatou"], by=session.info["actor"])
    with pytest.raises(NotAllowedError):
        link_for(session, cast.aicha, now=NOW)


def test_a_username_leads_to_the_same_refusal_where_its_address_is_shared(session: Session, cast: Cast) -> None:
    add_person(session, "Omar Kane", holder=cast.senegal, email="aicha@example.org")
    assert ask_for_my_data(session, "Aicha D", language="en") == 1
    assert [kind for kind, _ in kinds(session)] == [LetterKind.SHARED_ADDRESS]


def test_a_record_without_a_name_shares_its_address_with_nobody_by_guess(session: Session, cast: Cast) -> None:
    other = add_person(session, "Xyz77", holder=cast.senegal, username="Xyz77", email="aicha@example.org")
    other.display_name = ""
    session.flush()
    ask_for_my_data(session, "aicha@example.org", language="en")
    assert [kind for kind, _ in kinds(session)] == [LetterKind.SHARED_ADDRESS]


def test_a_sealed_person_is_absent_and_the_stewards_hear_of_it(session: Session, cast: Cast) -> None:
    make_steward_key(session, "Fatou")
    seal_person(session, cast.aicha, ["Fatou"], by=session.info["actor"])
    assert ask_for_my_data(session, "aicha@example.org", language="en") == 0
    assert ask_for_my_data(session, "Aicha D", language="en") == 0
    (request,) = open_requests(session)
    assert (request.kind, request.person) == (RequestKind.ACCESS, cast.aicha.public_id)


def test_who_came_by_a_link_opens_nothing_sealed(session: Session, cast: Cast) -> None:
    make_steward_key(session, "Fatou")
    seal_person(session, cast.dana, ["Fatou"], by=session.info["actor"])
    session.info["actor"] = SELF
    with pytest.raises(NotAllowedError):
        open_sealed(session, cast.dana, reason="look")


def test_a_link_works_once_and_a_visit_ends(session: Session, cast: Cast) -> None:
    secret = link_for(session, cast.aicha, now=NOW)
    opened = begin_visit(session, secret, now=NOW)
    with pytest.raises(NotFoundError, match="used already"):
        begin_visit(session, secret, now=NOW)
    assert visit_of(session, opened, now=NOW + dt.timedelta(minutes=29)) is not None
    assert visit_of(session, opened, now=NOW + dt.timedelta(minutes=31)) is None
    found = visit_of(session, opened, now=NOW)
    assert found is not None
    end_visit(session, found)
    assert visit_of(session, opened, now=NOW) is None


def test_a_link_of_a_steward_lasts_seven_days(session: Session, cast: Cast) -> None:
    secret = link_for(session, cast.aicha, now=NOW)
    with pytest.raises(NotFoundError, match="expired"):
        begin_visit(session, secret, now=NOW + dt.timedelta(days=7))


@pytest.mark.parametrize("secret", ["", "x", "p_0", "é\x00", "a" * 10_240, "\ud800", "'; DROP TABLE person; --"])
def test_garbage_opens_nothing(session: Session, cast: Cast, secret: str) -> None:
    with pytest.raises(NotFoundError):
        begin_visit(session, secret, now=NOW)
    assert visit_of(session, secret, now=NOW) is None


def test_a_link_of_a_merged_record_opens_the_survivor(session: Session, cast: Cast) -> None:
    again = add_person(session, "Aicha Diop", holder=cast.senegal, email="other@example.org")
    secret = link_for(session, again, now=NOW)
    merge(session, cast.aicha, again)
    opened = begin_visit(session, secret, now=NOW)
    found = visit_of(session, opened, now=NOW)
    assert found is not None and found.person.id == cast.aicha.id


def link_to_address(session: Session, person: Person, address: str) -> str:
    """The link of a letter to an address of a person."""
    point = session.scalars(sa.select(ContactPoint).where(ContactPoint.normalized == address)).one()
    secret, until = new_secret(), NOW + dt.timedelta(days=1)
    about = {"person_id": person.id, "contact_point_id": point.id, "expires_at": until}
    session.add(SelfServiceLink(kind=LinkKind.MY_DATA, secret_hash=hash_of(secret), **about))
    session.flush()
    return secret


def test_after_an_unmerge_links_open_the_record_of_their_address_only(session: Session, cast: Cast) -> None:
    again = add_person(session, "Aïcha Diop", holder=cast.senegal, email="second@example.org")
    made = merge(session, cast.aicha, again)
    secrets = [link_to_address(session, cast.aicha, address) for address in ("second@example.org", "aicha@example.org")]
    begun = begin_visit(session, link_to_address(session, cast.aicha, "second@example.org"), now=NOW)
    handed_over = link_for(session, cast.aicha, now=NOW)
    unmerge(session, made)
    session.info["actor"] = SELF
    visits = [visit_of(session, begin_visit(session, secret, now=NOW), now=NOW) for secret in secrets]
    visits.append(visit_of(session, begun, now=NOW))
    assert [found and found.person.id for found in visits] == [again.id, cast.aicha.id, again.id]
    with pytest.raises(NotFoundError):
        begin_visit(session, handed_over, now=NOW)


def test_a_link_to_an_address_that_is_held_no_more_opens_nothing(session: Session, cast: Cast) -> None:
    secret = link_to_address(session, cast.aicha, "aicha@example.org")
    session.scalars(
        sa.select(ContactPoint).where(ContactPoint.normalized == "aicha@example.org")
    ).one().removed_at = NOW
    session.flush()
    with pytest.raises(NotFoundError):
        begin_visit(session, secret, now=NOW)


def test_what_somebody_agreed_to_on_their_page_goes_with_their_address(session: Session, cast: Cast) -> None:
    again = add_person(session, "Aïcha Diop", holder=cast.senegal, email="second@example.org")
    made = merge(session, cast.aicha, again)
    found = visit_of(
        session, begin_visit(session, link_to_address(session, cast.aicha, "second@example.org"), now=NOW), now=NOW
    )
    assert found is not None
    give_consent(session, found.person, "newsletter", language="ar", now=NOW, link=found.link)
    assert notice_of(session) == ("v3", "ar")
    unmerge(session, made)
    answers = [
        may_contact(session, one, purpose="newsletter", channel=Channel.EMAIL, on=NOW.date()).reason
        for one in (again, cast.aicha)
    ]
    assert answers == [None, Withheld.UNPROVEN]


def notice_of(session: Session) -> tuple[str, str]:
    """Version and language of the notice that the newest decision names."""
    newest = session.scalars(sa.select(ConsentEvent).order_by(sa.column("id").desc())).first()
    assert newest is not None
    notice = session.get_one(PrivacyNotice, newest.notice_id)
    return notice.version, notice.language


def test_an_erased_person_has_no_visit_any_more(session: Session, cast: Cast) -> None:
    other = link_for(session, cast.aicha, now=NOW)
    opened = begin_visit(session, link_for(session, cast.aicha, now=NOW), now=NOW)
    erase_person(session, cast.aicha, by=session.info["actor"])
    assert visit_of(session, opened, now=NOW) is None
    with pytest.raises(NotFoundError):
        begin_visit(session, other, now=NOW)


def test_a_person_sealed_during_a_visit_is_absent_at_the_next_step(session: Session, cast: Cast) -> None:
    opened = begin_visit(session, link_for(session, cast.aicha, now=NOW), now=NOW)
    make_steward_key(session, "Fatou")
    seal_person(session, cast.aicha, ["Fatou"], by=session.info["actor"])
    assert visit_of(session, opened, now=NOW) is None


def test_the_page_says_what_is_held_by_whom_and_who_looked(session: Session, cast: Cast) -> None:
    cast.senegal.alias = "A group in West Africa"
    session.add(AccessLogEntry(actor="Chen", action="reveal", person_id=cast.aicha.id, reason="to call her"))
    session.flush()
    record = my_record(session, visit(session, cast.aicha).person, language="ar", now=NOW)
    assert [holder.name for holder in record.holders] == ["A group in West Africa"]
    assert [point.value for point in record.points] == ["aicha@example.org"]
    assert ("Chen", "reveal", "to call her") in [
        (row["actor"], row["action"], row.get("reason")) for row in record.looked
    ]
    newsletter = next(line for line in record.purposes if line.purpose == "newsletter")
    assert newsletter.can_withdraw and newsletter.offer is not None and newsletter.offer.language == "ar"
    assert record.kept and not record.restricted


def test_a_person_mends_their_record_and_the_history_says_who(session: Session, cast: Cast) -> None:
    cast.aicha.holder_affiliate_id = cast.senegal.id
    person = visit(session, cast.aicha).person
    change_name(session, person, "  Aïcha   Ndiaye ")
    add_language(session, person, "Wolof", "organizes_in")
    add_own_contact(session, person, "email", "aicha.new@example.org", language="en", now=NOW)
    old = session.scalars(sa.select(ContactPoint).where(ContactPoint.normalized == "aicha@example.org")).one()
    remove_own_contact(session, person, old.id, now=NOW)
    record = my_record(session, person, language="en", now=NOW)
    assert person.display_name == "Aïcha Ndiaye"
    assert [name.name for name in record.card.names] == ["Aïcha Ndiaye"]
    assert [point.value for point in record.points] == ["aicha.new@example.org"]
    (skill,) = record.card.languages
    assert (skill.language, skill.holder_affiliate_id) == ("wo", cast.senegal.id)
    remove_language(session, person, skill.id, now=NOW)
    assert {change.actor for change in changes_of(session, "person", person.id, limit=5)} == {"self-service"}


def test_what_makes_no_sense_is_refused_and_other_peoples_facts_do_not_exist(session: Session, cast: Cast) -> None:
    person = visit(session, cast.aicha).person
    dana = session.scalars(sa.select(ContactPoint).where(ContactPoint.person_id == cast.dana.id)).one()
    for wrong in ("", "   ", "x" * 301):
        with pytest.raises(BadInputError):
            change_name(session, person, wrong)
    with pytest.raises(BadInputError):
        add_language(session, person, "Klingonish??", "speaks")
    with pytest.raises(BadInputError):
        add_own_contact(session, person, "carrier pigeon", "x", language="en", now=NOW)
    with pytest.raises(ConflictError):
        add_own_contact(session, person, "email", "Aicha@example.org", language="en", now=NOW)
    for number in (dana.id, 2**31 - 1):
        with pytest.raises(NotFoundError):
            remove_own_contact(session, person, number, now=NOW)
        with pytest.raises(NotFoundError):
            remove_language(session, person, number, now=NOW)


def test_consent_is_given_taken_back_and_given_again_on_the_page(session: Session, cast: Cast) -> None:
    person = visit(session, cast.aicha).person
    newsletter = {"purpose": "newsletter", "channel": Channel.EMAIL, "on": NOW.date()}
    give_consent(session, person, "newsletter", language="en", now=NOW)
    assert may_contact(session, person, **newsletter).reason is None
    take_back(session, person, "newsletter", now=NOW)
    assert may_contact(session, person, **newsletter).reason is Withheld.WITHDRAWN
    give_consent(session, person, "newsletter", language="en", now=NOW)
    assert may_contact(session, person, **newsletter).reason is None
    object_to(session, person, "newsletter", now=NOW)
    assert may_contact(session, person, **newsletter).reason is Withheld.OBJECTED
    entry = my_record(session, person, language="en", now=NOW).decisions[0]
    assert (entry.method, entry.decision) == (ConsentMethod.SELF_SERVICE, "objected")


def test_nobody_agrees_to_what_they_cannot_read(session: Session, cast: Cast) -> None:
    person = visit(session, cast.aicha).person
    for purpose in ("research_survey", "path_reporting"):
        with pytest.raises(BadInputError):
            give_consent(session, person, purpose, language="en", now=NOW)
    line = next(
        one for one in my_record(session, person, language="en", now=NOW).purposes if one.purpose == "path_reporting"
    )
    assert (line.offer, line.can_object) == (None, True)


def test_asking_for_erasure_stops_every_use_at_once_and_is_owed_an_answer(session: Session, cast: Cast) -> None:
    person = visit(session, cast.aicha).person
    give_consent(session, person, "newsletter", language="en", now=NOW)
    asked = ask_for_erasure(session, person, now=NOW)
    assert ask_for_erasure(session, person, now=NOW + dt.timedelta(days=2)).id == asked.id
    answer = may_contact(session, person, purpose="newsletter", channel=Channel.EMAIL, on=NOW.date())
    assert answer.reason is Withheld.RESTRICTED
    assert asked.due_on == NOW.date() + dt.timedelta(days=30)
    assert my_record(session, person, language="en", now=NOW).restricted
    assert answer_request(session, asked.public_id, RequestAnswer.DONE).answer is RequestAnswer.DONE
    assert open_requests(session) == []
    with pytest.raises(NotFoundError):
        answer_request(session, asked.public_id, RequestAnswer.DONE)


def test_what_somebody_asks_for_outlasts_a_restriction_of_their_affiliate(session: Session, cast: Cast) -> None:
    create_account(session, "Steward", role="steward", affiliate="WSN", password="correct horse battery")
    session.info["actor"] = find_actor(session, "Steward")
    restrict(session, cast.aicha, RestrictionGround.ACCURACY_CONTESTED, on=NOW.date())
    session.info["actor"] = SELF
    ask_for_erasure(session, cast.aicha, now=NOW)
    session.info["actor"] = find_actor(session, "Steward")
    with pytest.raises(NotAllowedError):
        lift_restriction(session, cast.aicha)
    session.info["actor"] = OPERATOR
    assert lift_restriction(session, cast.aicha) == 2


def test_a_request_from_before_a_merge_is_not_filed_again(session: Session, cast: Cast) -> None:
    again = add_person(session, "Aïcha Diop", holder=cast.senegal)
    ask_for_erasure(session, cast.aicha, now=NOW)
    merge(session, again, cast.aicha)
    ask_for_erasure(session, again, now=NOW)
    assert [row.person for row in open_requests(session, again)] == [again.public_id]
    assert len(open_requests(session)) == 1


def test_this_is_not_me_is_a_request_too(session: Session, cast: Cast) -> None:
    say_not_me(session, visit(session, cast.aicha).person, now=NOW)
    assert [row.kind for row in open_requests(session)] == [RequestKind.NOT_ME]


def test_an_erasure_answers_what_was_asked(session: Session, cast: Cast) -> None:
    ask_for_erasure(session, cast.aicha, now=NOW)
    erase_person(session, cast.aicha, by=session.info["actor"])
    assert session.scalars(sa.select(RightsRequest)).all() == []


def test_a_steward_of_one_affiliate_hands_out_no_link_to_what_another_holds(session: Session, cast: Cast) -> None:
    create_account(session, "Sami", role="steward", affiliate="WSN", password="correct horse battery")
    add_own_contact(session, cast.aicha, "email", "second@example.org", language="en", now=NOW)
    operator, sami = session.info["actor"], find_actor(session, "Sami")
    session.info["actor"] = sami
    assert link_for(session, session.get_one(Person, cast.aicha.id), now=NOW)
    session.info["actor"] = operator
    point = sa.update(ContactPoint.__table__).where(ContactPoint.normalized == "second@example.org")  # type: ignore[attr-defined]
    session.execute(point.values(holder_affiliate_id=cast.chile.id))
    session.info["actor"] = sami
    with pytest.raises(NotAllowedError):
        link_for(session, session.get_one(Person, cast.aicha.id), now=NOW)


def test_standing_of_a_claim_shows_as_unproven(session: Session, cast: Cast) -> None:
    record = my_record(session, visit(session, cast.aicha).person, language="en", now=NOW)
    assert [one.standing for one in record.purposes[0].standings] == [ConsentStanding.UNPROVEN]


def test_what_waits_for_a_steward_is_a_duty_with_its_day(session: Session, cast: Cast) -> None:
    ask_for_erasure(session, cast.aicha, now=NOW)
    ask_for_erasure(session, cast.dana, now=NOW + dt.timedelta(days=1))
    say_not_me(session, cast.dana, now=NOW)
    found = {(duty.kind, duty.about): (duty.due_on, duty.count) for duty in data_duties(session, today=NOW.date())}
    assert found[(DutyKind.REQUEST_OPEN, "erasure")] == (NOW.date() + dt.timedelta(days=30), 2)
    assert found[(DutyKind.REQUEST_OPEN, "not_me")][1] == 1
