"""Signing in and out."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import time_machine

from admin_app import create_app
from admin_app.session import engine as engine_of
from tests.admin.cast import PASSWORD, mark_of
from tests.admin.conftest import SECRET, Desk, Visitor
from wmcrm.accounts import hash_token
from wmcrm.db import OPERATOR, session_scope
from wmcrm.errors import SettingsError
from wmcrm.models import Account, SignIn, SignInTry
from wmcrm.settings import Settings

WRONG = "The name or the password is not right."


def sign_in(visitor: Visitor, name: str, password: str, **extra: str) -> int:
    return visitor.post("/login", {"name": name, "password": password, **extra}).status_code


def test_the_right_password_opens_the_home_page(either: Desk) -> None:
    visitor = either.visit("")
    answer = visitor.post("/login", {"name": "Aïcha", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (302, "/")
    assert visitor.get("/").status_code == 200


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(desk: Desk) -> None:
    wrong = desk.visit("").post("/login", {"name": "Aïcha", "password": "guess"})
    unknown = desk.visit("").post("/login", {"name": "Nobody", "password": "guess"})
    assert WRONG in wrong.text
    assert WRONG in unknown.text
    assert wrong.status_code == unknown.status_code


def test_a_closed_account_cannot_sign_in(desk: Desk) -> None:
    change(desk, active=False)
    assert WRONG in desk.visit("").post("/login", {"name": "Aïcha", "password": PASSWORD}).text
    assert desk.visit("Aïcha").get("/").status_code == 302


def test_an_account_that_chose_no_password_cannot_sign_in_with_one(desk: Desk) -> None:
    for password in (PASSWORD, "", "None"):
        assert sign_in(desk.visit(""), "Vera", password) == 200


@pytest.mark.parametrize("nonsense", ["", " ", "\ud800".encode("utf-8", "replace").decode(), "x" * 5000, "'; --", "٣"])
def test_nonsense_in_the_form_is_a_wrong_name(desk: Desk, nonsense: str) -> None:
    assert WRONG in desk.visit("").post("/login", {"name": nonsense, "password": nonsense}).text


def test_a_session_whose_row_is_gone_opens_nothing(desk: Desk) -> None:
    visitor = desk.visit("Aïcha")
    assert visitor.get("/").status_code == 200
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        session.execute(sa.delete(SignIn).where(SignIn.token_hash == hash_token(mark_of("Aïcha"))))  # type: ignore[arg-type]
    assert visitor.get("/").status_code == 302


def test_signing_out_takes_a_post_and_forgets_the_session(desk: Desk) -> None:
    visitor = desk.visit("Aïcha")
    assert visitor.get("/logout").status_code == 405
    assert visitor.post("/logout").status_code == 302
    assert visitor.get("/").status_code == 302
    with session_scope(desk.engine, OPERATOR) as session:
        rows = session.scalars(sa.select(SignIn).where(SignIn.token_hash == hash_token(mark_of("Aïcha"))))  # type: ignore[arg-type]
        assert rows.all() == []


def test_signing_in_again_ends_the_session_of_before_and_changes_the_cookie(desk: Desk) -> None:
    visitor = desk.visit("Aïcha")
    assert sign_in(visitor, "Omar", PASSWORD) == 302
    assert desk.visit("Aïcha").get("/").status_code == 302
    assert "Omar" in visitor.get("/").text


def test_the_eleventh_wrong_try_for_a_name_has_to_wait(desk: Desk) -> None:
    tries = []
    for number in range(11):
        visitor = desk.visit("")
        visitor.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        tries.append(sign_in(visitor, " aïCHA ", "guess"))
    assert tries == [200] * 10 + [429]
    assert sign_in(desk.visit(""), "Aïcha", PASSWORD) == 429


def test_the_eleventh_wrong_try_from_an_address_has_to_wait(desk: Desk) -> None:
    tries = [sign_in(desk.visit(""), f"Guess {number}", "guess") for number in range(11)]
    assert tries == [200] * 10 + [429]


def test_who_signs_in_rightly_can_do_so_all_day(desk: Desk) -> None:
    assert {sign_in(desk.visit(""), "Aïcha", PASSWORD) for _ in range(12)} == {302}


def test_tries_are_counted_for_every_process_that_serves_the_database(own_desk: Desk) -> None:
    url = own_desk.engine.url.render_as_string()
    other = create_app(Settings(database_url=url, secret_key=SECRET), testing=True)
    twin = Desk(other, own_desk.cast)
    tries = [sign_in(one.visit(""), "Aïcha", "guess") for one in (own_desk, twin) * 5]
    assert tries == [200] * 10
    assert sign_in(twin.visit(""), "Aïcha", "guess") == 429
    with other.app_context():
        engine_of().dispose()


def test_what_is_kept_of_tries_names_nobody(desk: Desk) -> None:
    sign_in(desk.visit(""), "Aïcha", "guess")
    with session_scope(desk.engine, OPERATOR) as session:
        kept = [tuple(row) for row in session.execute(sa.select(SignInTry.key, SignInTry.tries))]  # type: ignore[call-overload]
    assert len(kept) == 2
    assert "127.0.0.1" not in str(kept) and "cha" not in str([key for key, _ in kept]).casefold()


def test_a_session_ends_after_twelve_hours(desk: Desk) -> None:
    with time_machine.travel("2026-11-21 08:00Z", tick=False) as clock:
        visitor = desk.visit("")
        assert sign_in(visitor, "Aïcha", PASSWORD) == 302
        clock.shift(timedelta(hours=11, minutes=59))
        assert visitor.get("/").status_code == 200
        clock.shift(timedelta(minutes=2))
        assert visitor.get("/").status_code == 302


def test_when_somebody_was_last_seen_is_noted_once_in_five_minutes(desk: Desk) -> None:
    with time_machine.travel("2026-11-21 08:00Z", tick=False) as clock:
        visitor = desk.visit("")
        sign_in(visitor, "Aïcha", PASSWORD)
        seen = []
        for minutes in (0, 4, 4, 4):
            clock.shift(timedelta(minutes=minutes))
            visitor.get("/")
            with session_scope(desk.engine, OPERATOR) as session:
                newest = session.scalars(sa.select(SignIn).order_by(SignIn.id.desc())).first()  # type: ignore[attr-defined]
                assert newest is not None
                seen.append(newest.seen_at.minute)
    assert seen == [0, 0, 8, 8]


def test_who_somebody_is_takes_one_question_a_request(desk: Desk) -> None:
    asked: list[str] = []
    sa.event.listen(desk.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    desk.visit("Aïcha").get("/reference/")
    assert [text for text in asked if "sign_in" in text] == [text for text in asked if "SELECT" in text]
    assert len([text for text in asked if "SELECT" in text]) == 1


def test_the_sign_in_returns_to_the_page_that_was_wanted(desk: Desk) -> None:
    visitor = desk.visit("")
    assert visitor.get("/events/?sort=title").location == "/login?next=/events/?sort%3Dtitle"
    answer = visitor.post("/login", {"name": "Aïcha", "password": PASSWORD, "next": "/events/?sort=title"})
    assert answer.location == "/events/?sort=title"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "\thttps://evil.example"]
)
def test_the_sign_in_sends_nobody_to_another_host(desk: Desk, elsewhere: str) -> None:
    answer = desk.visit("").post("/login", {"name": "Aïcha", "password": PASSWORD, "next": elsewhere})
    assert answer.location == "/"
    assert urlsplit(desk.visit("Aïcha").get("/login", query_string={"next": elsewhere}).location or "").netloc == ""


def test_a_form_of_another_site_signs_nobody_in(desk: Desk) -> None:
    answer = desk.visit("").client.post("/login", data={"name": "Aïcha", "password": PASSWORD})
    assert answer.status_code == 400


def test_there_is_no_registration(desk: Desk) -> None:
    for address in ("/register", "/reset", "/confirm", "/verify"):
        assert desk.visit("").get(address).status_code == 404, address


def test_over_https_the_cookie_belongs_to_this_host_alone(own_desk: Desk) -> None:
    settings = Settings(
        database_url=own_desk.engine.url.render_as_string(), secret_key=SECRET, base_url="https://crm.example.org"
    )
    client = create_app(settings, testing=True).test_client()
    answer = client.get("/login", base_url="https://crm.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-wmcrm=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
    assert "Strict-Transport-Security" in answer.headers


@pytest.mark.parametrize("secret", ["", "changeme", "too short"])
def test_the_admin_does_not_start_with_a_weak_secret(own_desk: Desk, secret: str) -> None:
    with pytest.raises(SettingsError, match="WMCRM_SECRET_KEY"):
        create_app(Settings(database_url=own_desk.engine.url.render_as_string(), secret_key=secret))


def change(desk: Desk, **values: object) -> None:
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        session.execute(sa.update(Account).where(Account.name == "Aïcha").values(**values))  # type: ignore[arg-type]
