"""The pages of one's own account, and of all accounts for administrators."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from admin_app import create_app
from admin_app.session import engine as engine_of
from tests.admin.cast import PASSWORD, WELCOME
from tests.admin.conftest import SECRET, Desk
from tests.self_service.server import MailServer, mail_server
from wmcrm.accounts import find_account, grant_role
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import Account, SignIn, SignInTry
from wmcrm.settings import Settings

NEW = "quite another sentence"


def id_of(desk: Desk, name: str) -> int:
    with session_scope(desk.engine, OPERATOR) as session:
        return int(session.execute(sa.select(Account.id).where(Account.name == name)).scalar_one())  # type: ignore[call-overload]


def sessions_of(desk: Desk, name: str) -> list[int]:
    with session_scope(desk.engine, OPERATOR) as session:
        mine = sa.select(SignIn.id).where(SignIn.account_id == id_of(desk, name))  # type: ignore[call-overload]
        return list(session.execute(mine).scalars())


def test_everybody_sees_where_they_are_signed_in_and_ends_one_there(either: Desk) -> None:
    aicha = either.visit("")
    agent = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Mobile Safari/537.36"
    aicha.post("/login", {"name": "Aïcha", "password": PASSWORD}, headers={"User-Agent": agent})
    page = aicha.get("/account/").text
    assert "Chrome, Android" in page and "Firefox, Linux" in page and page.count("this one") == 1
    elsewhere = min(sessions_of(either, "Aïcha"))
    assert aicha.post(f"/account/sessions/{elsewhere}/end").status_code == 303
    assert either.visit("Aïcha").get("/").status_code == 302
    assert aicha.get("/").status_code == 200


def test_all_other_browsers_are_signed_out_at_once(desk: Desk) -> None:
    aicha = desk.visit("")
    aicha.post("/login", {"name": "Aïcha", "password": PASSWORD})
    aicha.post("/account/sessions/end")
    assert desk.visit("Aïcha").get("/").status_code == 302
    assert aicha.get("/").status_code == 200


def test_a_session_of_somebody_else_does_not_exist(desk: Desk) -> None:
    theirs = sessions_of(desk, "Omar")[0]
    for number in (theirs, 0, 99999999999999999999):
        assert desk.visit("Aïcha").post(f"/account/sessions/{number}/end").status_code == 404
    assert sessions_of(desk, "Omar") == [theirs]


def test_a_password_is_changed_by_whoever_knows_the_old_one(desk: Desk) -> None:
    aicha = desk.visit("")
    aicha.post("/login", {"name": "Aïcha", "password": PASSWORD})
    for old, new, again, why in (
        ("guess", NEW, NEW, "The old password is not right."),
        (PASSWORD, NEW, "else", "The two passwords differ."),
        (PASSWORD, "short", "short", "at least 12"),
        (PASSWORD, "password1234", "password1234", "Everybody guesses"),
        ("", "", "", "required"),
    ):
        answer = aicha.post("/account/password", {"old": old, "new": new, "again": again})
        assert answer.status_code == 422 and why in answer.text
        aicha = desk.visit("Aïcha") if aicha.get("/").status_code != 200 else aicha
        forget_tries(desk)
    assert aicha.post("/account/password", {"old": PASSWORD, "new": NEW, "again": NEW}).status_code == 303
    assert desk.visit("Aïcha").get("/").status_code == 302, "other browsers are signed out"
    assert desk.visit("").post("/login", {"name": "Aïcha", "password": NEW}).location == "/"


def test_the_old_password_cannot_be_guessed_for_long(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    guesses = [
        aicha.post("/account/password", {"old": "guess", "new": NEW, "again": NEW}).status_code for _ in range(6)
    ]
    assert guesses == [422] * 5 + [429]


def test_language_and_keys_are_kept_with_the_account(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    aicha.post("/account/preferences", {"locale": "ar"})
    page = aicha.get("/account/").text
    assert '<html lang="ar" dir="rtl" data-keys="off">' in page
    aicha.post("/account/preferences", {"locale": "tlh", "shortcuts": "y"})
    assert '<html lang="ar"' in aicha.get("/account/").text
    aicha.post("/account/preferences", {"locale": "", "shortcuts": "y"})
    assert '<html lang="en" dir="ltr">' in aicha.get("/account/").text


def test_an_administrator_invites_by_a_link_that_is_shown_once(either: Desk) -> None:
    ruth = either.visit("Ruth")
    sent = {"name": "Nadia", "role": "editor", "affiliate": "baobab", "wiki_username": "nadia_w"}
    answer = ruth.post("/accounts/new", sent)
    link = re.search(r"/welcome/[\w-]+", answer.text)
    assert link is not None
    page = ruth.get(f"/accounts/{id_of(either, 'Nadia')}").text
    assert link[0] not in page and "Nadia w" in page and "Baobab Wikimedians User Group" in page
    nadia = either.visit("")
    assert "Nadia" in nadia.get(link[0]).text
    assert nadia.post(link[0], {"new": "short", "again": "short"}).status_code == 422
    assert nadia.post(link[0], {"new": NEW, "again": NEW}).location == "/"
    assert nadia.get("/people/").status_code == 200
    assert either.visit("").get(link[0]).status_code == 404


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"name": "Omar", "role": "viewer"}, "already"),
        ({"name": "", "role": "viewer"}, "required"),
        ({"name": "x" * 101, "role": "viewer"}, "100"),
        ({"name": "New", "role": "emperor"}, "missing or wrong"),
        ({"name": "New", "role": "viewer", "affiliate": "nowhere"}, "affiliate"),
        ({"name": "New", "role": "viewer", "wiki_username": "a|b"}, "no username"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_in_one_line(desk: Desk, sent: dict[str, object], why: str) -> None:
    answer = desk.visit("Ruth").post("/accounts/new", sent)
    assert answer.status_code == 422 and why.casefold() in answer.text.casefold()
    with session_scope(desk.engine, OPERATOR) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Account).where(Account.name == "New")) == 0


def test_an_administrator_gives_and_takes_roles(desk: Desk) -> None:
    ruth, address = desk.visit("Ruth"), f"/accounts/{id_of(desk, 'Omar')}"
    assert ruth.post(f"{address}/grant", {"role": "editor", "affiliate": "fjord"}).status_code == 303
    assert "Wikimedians of the Fjords" in ruth.get(address).text
    assert desk.visit("Omar").get("/import/").status_code == 200
    grants = [int(number) for number in re.findall(rf"{address}/grants/(\d+)/revoke", ruth.get(address).text)]
    assert ruth.post(f"{address}/grants/{max(grants)}/revoke").status_code == 303
    assert desk.visit("Omar").get("/import/").status_code == 403
    for sent in ({}, {"role": "emperor"}, {"role": "editor", "affiliate": "nowhere"}):
        assert ruth.post(f"{address}/grant", sent).status_code == 422
    assert ruth.post(f"/accounts/{id_of(desk, 'Aïcha')}/grants/{min(grants)}/revoke").status_code == 404


def test_an_administrator_closes_an_account_and_its_sessions(desk: Desk) -> None:
    ruth, address = desk.visit("Ruth"), f"/accounts/{id_of(desk, 'Omar')}"
    assert ruth.post(f"{address}/close").status_code == 303
    assert desk.visit("Omar").get("/").status_code == 302
    assert "closed" in ruth.get("/accounts/").text
    assert ruth.post(f"{address}/open").status_code == 303
    assert desk.visit("").post("/login", {"name": "Omar", "password": PASSWORD}).location == "/"


def test_the_last_administrator_cannot_lock_everybody_out(desk: Desk) -> None:
    ruth, address = desk.visit("Ruth"), f"/accounts/{id_of(desk, 'Ruth')}"
    assert ruth.post(f"{address}/close").status_code == 409
    grant = re.search(rf"{address}/grants/(\d+)/revoke", ruth.get(address).text)
    assert grant is not None
    answer = ruth.post(f"{address}/grants/{grant[1]}/revoke")
    assert answer.status_code == 409 and "make another administrator first" in answer.text


def test_an_administrator_ends_sessions_and_forgets_second_factors(desk: Desk) -> None:
    ruth, address = desk.visit("Ruth"), f"/accounts/{id_of(desk, 'Omar')}"
    for nonsense in ("x", "-1", "٣x", "999999999999"):
        assert ruth.post(f"{address}/sessions/end", {"session": nonsense}).status_code == 404
    assert ruth.post(f"{address}/sessions/end", {"session": str(sessions_of(desk, "Omar")[0])}).status_code == 303
    assert desk.visit("Omar").get("/").status_code == 302
    assert ruth.post(f"/accounts/{id_of(desk, 'Dana')}/sessions/end").status_code == 303
    assert desk.visit("Dana").get("/").status_code == 302
    assert ruth.post(f"{address}/reset").status_code == 303
    assert "Second factors forgotten" in ruth.get(address).text


def test_what_is_no_account_does_not_exist(desk: Desk) -> None:
    ruth = desk.visit("Ruth")
    for number in ("0", "99999999999999999999999"):
        assert ruth.get(f"/accounts/{number}").status_code == 404
        for deed in ("close", "open", "link", "reset", "wiki", "grant", "sessions/end"):
            assert ruth.post(f"/accounts/{number}/{deed}").status_code == 404


def test_an_administrator_of_one_affiliate_manages_no_accounts(desk: Desk) -> None:
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        omar = find_account(session, "Omar")
        assert omar is not None
        grant_role(session, omar, "administrator", "baobab")
    omar_there = desk.visit("Omar")
    for address in ("/accounts/", "/accounts/new", f"/accounts/{id_of(desk, 'Ruth')}"):
        assert omar_there.get(address).status_code == 403, address
    assert omar_there.post(f"/accounts/{id_of(desk, 'Omar')}/grant", {"role": "administrator"}).status_code == 403


def test_the_welcome_of_an_invited_person(desk: Desk) -> None:
    vera = desk.visit("")
    assert vera.client.post(f"/welcome/{WELCOME}", data={"new": NEW, "again": NEW}).status_code == 400, "no token"
    assert vera.post(f"/welcome/{WELCOME}", {"new": NEW, "again": "else"}).status_code == 422
    assert vera.post(f"/welcome/{WELCOME}", {"new": NEW, "again": NEW}).location == "/"
    assert vera.get("/account/").status_code == 403, "nobody gave her a role yet"


def forget_tries(desk: Desk) -> None:
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        session.execute(sa.delete(SignInTry))


@pytest.fixture
def posted(own_desk: Desk) -> Iterator[tuple[Desk, MailServer]]:
    """The admin of an installation with a mail server."""
    with mail_server() as server:
        url = own_desk.engine.url.render_as_string()
        made = create_app(Settings(database_url=url, secret_key=SECRET, smtp_url=server.url), testing=True)
        yield Desk(made, own_desk.cast), server
        with made.app_context():
            engine_of().dispose()


def test_where_there_is_a_mail_server_the_link_goes_by_mail(posted: tuple[Desk, MailServer]) -> None:
    desk, server = posted
    ruth = desk.visit("Ruth")
    sent = {"name": "Nadia", "role": "editor", "affiliate": "baobab", "email": "nadia@example.org"}
    answer = ruth.post("/accounts/new", sent)
    assert answer.status_code == 303 and "The link was sent." in ruth.get(answer.location).text
    text = server.taken[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = re.search(r"/welcome/[\w-]+", text)
    assert "nadia@example.org" in server.recipients[0] and link is not None
    assert desk.visit("").post(link[0], {"new": NEW, "again": NEW}).location == "/"
    with session_scope(desk.engine, OPERATOR) as session:
        assert "nadia@example.org" not in str([row.model_dump() for row in session.scalars(sa.select(Account))])


def test_a_link_that_did_not_leave_is_shown(posted: tuple[Desk, MailServer]) -> None:
    desk, server = posted
    server.answers["rcpt"] = "550 nobody here"
    sent = {"name": "Nadia", "role": "editor", "email": "nadia@example.org"}
    answer = desk.visit("Ruth").post("/accounts/new", sent)
    assert answer.status_code == 200 and "/welcome/" in answer.text
    assert server.taken == []


@pytest.mark.parametrize("address", ["nobody", "a@b\r\nBcc: c@d", "a@b, c@d", "x" * 400 + "@example.org"])
def test_an_address_that_is_none_stores_nothing(posted: tuple[Desk, MailServer], address: str) -> None:
    desk, server = posted
    answer = desk.visit("Ruth").post("/accounts/new", {"name": "Nadia", "role": "editor", "email": address})
    assert answer.status_code == 422 and "Nadia" not in desk.visit("Ruth").get("/accounts/").text
    assert server.taken == []
