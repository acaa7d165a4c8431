"""Through their affiliate: an account asks, the affiliate passes on or declines, and no address changes hands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.cast import Cast, add_person, invite_cast
from tests.self_service.conftest import keyring_folder, server, settings  # noqa: F401
from tests.self_service.server import MailServer
from wmcrm.accounts import add_account, find_actor
from wmcrm.consent import Act, record_decision
from wmcrm.db import OPERATOR, Session, session_scope
from wmcrm.dedupe import merge
from wmcrm.errors import BadInputError, ConflictError, NotFoundError
from wmcrm.models import (
    AccessLogEntry,
    Account,
    Affiliate,
    Channel,
    ConsentDecision,
    ConsentMethod,
    ContactRequest,
    ContactRequestState,
    FieldGroup,
    Letter,
    LetterState,
    Person,
    Protection,
    PurposeCode,
)
from wmcrm.outreach import Withheld
from wmcrm.passing_on import (
    Wish,
    answer_contact_request,
    ask_affiliate,
    cancel_contact_request,
    count_to_answer,
    my_requests,
    requests_to_answer,
)
from wmcrm.privacy import erase_person
from wmcrm.self_service import Round, send_waiting
from wmcrm.settings import Settings
from wmcrm.sharing import Terms, grant

NOW = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
WISH = Wish("organizer_recruitment", "a photo contest in Dakar", "Would you help? Write to chen@example.org.")
As = Callable[..., "contextmanager[Session]"]
ACCOUNTS = {
    "aida": ("editor", "WSN"),
    "vera": ("viewer", "WSN"),
    "dana": ("editor", "WCL"),
    "chen": ("programme", None),
}


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The cast with accounts that have addresses; nobody has said anything about being asked to help."""
    with session_scope(engine, OPERATOR, writing=True) as session:
        made = invite_cast(session)
        for name, (role, affiliate) in ACCOUNTS.items():
            account = add_account(session, name, role=role, affiliate=affiliate)
            account.email = f"{name}@example.net"
        return made


@pytest.fixture
def acting(engine: Engine, cast: Cast) -> As:
    """A writing session of an account by name."""

    @contextmanager
    def open_as(name: str) -> Iterator[Session]:
        with session_scope(engine, OPERATOR) as looking:
            actor = find_actor(looking, name)
        with session_scope(engine, actor, writing=True) as session:
            yield session

    return open_as


def asked_by_chen(acting: As, person_id: int) -> str:
    with acting("chen") as session:
        return ask_affiliate(session, session.get_one(Person, person_id), WISH, now=NOW).public_id


def said(engine: Engine, person_id: int, decision: ConsentDecision) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        act = Act(ConsentMethod.FORM, dt.date(2026, 3, 5), notice="v1")
        person = session.get_one(Person, person_id)
        record_decision(session, person, decision, purpose=WISH.purpose, channel=Channel.EMAIL, act=act)


def test_the_affiliate_passes_on_and_who_asked_sees_it_without_an_address(acting: As, cast: Cast) -> None:
    key = asked_by_chen(acting, cast.aicha.id)
    with acting("aida") as session:
        assert count_to_answer(session) == 1
        (line,) = requests_to_answer(session)
        assert (line.asked_by, line.message, line.withheld) == ("chen", WISH.message, Withheld.NO_CONSENT)
        assert line.person == cast.aicha.public_id
        answer_contact_request(session, key, passed_on=True, note="told her  on Friday", now=NOW)
        assert count_to_answer(session) == 0
    with acting("chen") as session:
        (mine,) = my_requests(session)
        assert (mine.state, mine.note) == (ContactRequestState.PASSED_ON, "told her on Friday")
        assert "aicha@example.org" not in repr([getattr(mine, name) for name in mine.__slots__])


def test_a_request_is_seen_by_its_two_sides_only(acting: As, cast: Cast) -> None:
    key = asked_by_chen(acting, cast.aicha.id)
    with acting("dana") as session:
        assert (requests_to_answer(session), my_requests(session)) == ([], [])
        assert session.scalars(sa.select(ContactRequest)).all() == []
        for attempt in (
            cancel_contact_request,
            lambda s, k, now: answer_contact_request(s, k, passed_on=True, now=now),
        ):
            with pytest.raises(NotFoundError):
                attempt(session, key, now=NOW)
    with acting("chen") as session, pytest.raises(NotFoundError):  # who asks does not answer
        answer_contact_request(session, key, passed_on=True, now=NOW)
    with acting("aida") as session, pytest.raises(NotFoundError):
        cancel_contact_request(session, key, now=NOW)


def test_who_only_reads_at_the_affiliate_has_nothing_to_answer(acting: As, cast: Cast) -> None:
    asked_by_chen(acting, cast.aicha.id)
    with acting("vera") as session:
        assert (count_to_answer(session), requests_to_answer(session)) == (0, [])


def test_whoever_may_be_written_to_or_said_no_is_not_asked_so(engine: Engine, acting: As, cast: Cast) -> None:
    said(engine, cast.aicha.id, ConsentDecision.GIVEN)
    said(engine, cast.dana.id, ConsentDecision.OBJECTED)
    with acting("chen") as session:
        with pytest.raises(BadInputError, match="may be written to"):
            ask_affiliate(session, session.get_one(Person, cast.aicha.id), WISH, now=NOW)
        for person_id in (cast.dana.id, cast.chen.id):  # she objected; nobody holds him
            with pytest.raises(BadInputError, match="cannot be asked"):
                ask_affiliate(session, session.get_one(Person, person_id), WISH, now=NOW)
    with acting("aida") as session, pytest.raises(BadInputError, match="cannot be asked"):  # her own affiliate's
        ask_affiliate(session, session.get_one(Person, cast.omar.id), WISH, now=NOW)


@pytest.mark.parametrize("wish", [Wish(WISH.purpose, " ", "x"), Wish(WISH.purpose, "x", "\x00"), Wish("x", "x", "x")])
def test_a_request_needs_a_purpose_a_reason_and_words(acting: As, cast: Cast, wish: Wish) -> None:
    with acting("chen") as session, pytest.raises(BadInputError):
        ask_affiliate(session, session.get_one(Person, cast.aicha.id), wish, now=NOW)


def test_the_same_is_asked_once_until_it_is_answered_and_can_be_taken_back(acting: As, cast: Cast) -> None:
    key = asked_by_chen(acting, cast.aicha.id)
    with acting("chen") as session:
        with pytest.raises(ConflictError):
            ask_affiliate(session, session.get_one(Person, cast.aicha.id), WISH, now=NOW)
        assert cancel_contact_request(session, key, now=NOW).state is ContactRequestState.CANCELLED
        with pytest.raises(ConflictError):
            cancel_contact_request(session, key, now=NOW)
    with acting("aida") as session:
        assert requests_to_answer(session) == []
    asked_by_chen(acting, cast.aicha.id)


def test_every_step_stands_in_the_log(engine: Engine, acting: As, cast: Cast) -> None:
    key = asked_by_chen(acting, cast.aicha.id)
    with acting("aida") as session:
        answer_contact_request(session, key, passed_on=False, note="not now", now=NOW)
    with session_scope(engine, OPERATOR) as session:
        entries = session.scalars(sa.select(AccessLogEntry).where(AccessLogEntry.person_id == cast.aicha.id)).all()
    told = [(entry.actor, entry.action, entry.reason) for entry in entries]
    assert told == [("chen", "contact_request", WISH.reason), ("aida", "contact_request_declined", "not now")]


def test_accounts_that_may_answer_are_told_by_mail_without_a_name(
    engine: Engine,
    acting: As,
    cast: Cast,
    settings: Settings,  # noqa: F811
    server: MailServer,  # noqa: F811
) -> None:
    asked_by_chen(acting, cast.aicha.id)
    assert send_waiting(engine, settings) == Round(sent=1)
    (message,) = server.taken
    text = message.get_body(("plain",)).get_content()
    assert (message["To"], "https://crm.example.org/requests/" in text) == ("aida@example.net", True)
    assert not any(word in text for word in ("Diop", "chen", "Dakar"))


def test_nobody_is_told_of_what_was_answered_meanwhile(
    engine: Engine,
    acting: As,
    cast: Cast,
    settings: Settings,  # noqa: F811
) -> None:
    key = asked_by_chen(acting, cast.aicha.id)
    with acting("chen") as session:
        cancel_contact_request(session, key, now=NOW)
    assert send_waiting(engine, settings) == Round()
    with session_scope(engine, OPERATOR) as session:
        letter = session.scalars(sa.select(Letter)).one()
    assert (letter.state, letter.why) == (LetterState.WITHHELD, "answered")


def test_requests_go_with_the_person_and_are_not_shown_of_sealed_ones(engine: Engine, acting: As, cast: Cast) -> None:
    asked_by_chen(acting, cast.aicha.id)
    with session_scope(engine, OPERATOR, writing=True) as session:
        session.get_one(Person, cast.aicha.id).protection = Protection.SEALED
    for name in ("aida", "chen"):
        with acting(name) as session:
            assert (requests_to_answer(session), my_requests(session)) == ([], [])
    with session_scope(engine, OPERATOR, writing=True) as session:
        session.get_one(Person, cast.aicha.id).protection = Protection.NORMAL
        session.flush()
        erase_person(session, session.get_one(Person, cast.aicha.id), by=OPERATOR)
        assert session.scalars(sa.select(ContactRequest)).all() == []


def test_accounts_of_other_affiliates_and_closed_ones_are_told_nothing(engine: Engine, acting: As, cast: Cast) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        session.scalars(sa.select(Account).where(Account.name == "aida")).one().active = False
    asked_by_chen(acting, cast.aicha.id)
    with session_scope(engine, OPERATOR) as session:
        assert session.scalars(sa.select(Letter)).all() == []


def test_the_operator_asks_and_answers_by_command_too(engine: Engine, cast: Cast) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        extra = add_person(session, "Nobody's own", username="Nobodys")
        with pytest.raises(BadInputError):
            ask_affiliate(session, extra, WISH, now=NOW)
        made = ask_affiliate(session, session.get_one(Person, cast.aicha.id), WISH, now=NOW)
        assert made.public_id.startswith("k_")
        assert [line.request for line in requests_to_answer(session)] == [made.public_id]
        answered = answer_contact_request(session, made.public_id, passed_on=False, now=NOW)
        assert answered.state is ContactRequestState.DECLINED
    assert WISH.purpose in set(PurposeCode)


def test_a_request_about_a_record_that_was_merged_is_about_the_one_it_became(
    engine: Engine, acting: As, cast: Cast
) -> None:
    asked_by_chen(acting, cast.aicha.id)
    with session_scope(engine, OPERATOR, writing=True) as session:
        twin = add_person(session, "Aicha Diop", holder=session.get_one(Affiliate, cast.senegal.id))
        merge(session, twin, session.get_one(Person, cast.aicha.id), by=OPERATOR)
        public_id = twin.public_id
    with acting("aida") as session:
        (line,) = requests_to_answer(session)
        assert (line.person, line.withheld) == (public_id, Withheld.NO_CONSENT)


def test_where_only_other_fields_are_shared_the_holder_is_asked(engine: Engine, acting: As, cast: Cast) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        until = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)
        terms = Terms([FieldGroup.NAMES], WISH.purpose, until)
        giver, receiver = (session.get_one(Affiliate, one.id) for one in (cast.senegal, cast.chile))
        grant(session, giver, receiver, terms, today=dt.datetime.now(dt.UTC).date())
    with acting("dana") as session:
        ask_affiliate(session, session.get_one(Person, cast.aicha.id), WISH, now=NOW)
        (mine,) = my_requests(session)
        assert (mine.person, mine.affiliate) == (cast.aicha.public_id, "Wikimedians of Senegal User Group")
    with acting("aida") as session:
        assert count_to_answer(session) == 1
