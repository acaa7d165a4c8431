"""Signing in and out."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import time_machine

from admin_app import create_app
from tests.admin.cast import PASSWORD
from tests.admin.conftest import SECRET, Desk, Visitor
from wmcrm.db import OPERATOR, session_scope
from wmcrm.errors import SettingsError
from wmcrm.models import Account
from wmcrm.settings import Settings

WRONG = "The name or the password is not right."


def sign_in(visitor: Visitor, name: str, password: str, **extra: str) -> int:
    return visitor.post("/login", {"name": name, "password": password, **extra}).status_code


def test_the_right_password_opens_the_home_page(own_desk: Desk) -> None:
    visitor = own_desk.visit("")
    answer = visitor.post("/login", {"name": "Aïcha", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (302, "/")
    assert visitor.get("/").status_code == 200


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(own_desk: Desk) -> None:
    wrong = own_desk.visit("").post("/login", {"name": "Aïcha", "password": "guess"})
    unknown = own_desk.visit("").post("/login", {"name": "Nobody", "password": "guess"})
    assert WRONG in wrong.text
    assert WRONG in unknown.text
    assert wrong.status_code == unknown.status_code


def test_a_closed_account_cannot_sign_in(own_desk: Desk) -> None:
    change(own_desk, active=False)
    assert WRONG in own_desk.visit("").post("/login", {"name": "Aïcha", "password": PASSWORD}).text
    assert own_desk.visit("Aïcha").get("/").status_code == 302


def test_a_new_session_mark_ends_every_session(own_desk: Desk) -> None:
    visitor = own_desk.visit("Aïcha")
    assert visitor.get("/").status_code == 200
    change(own_desk, fs_uniquifier="another")
    assert visitor.get("/").status_code == 302


def test_signing_out_takes_a_post(own_desk: Desk) -> None:
    visitor = own_desk.visit("Aïcha")
    assert visitor.get("/logout").status_code == 405
    assert visitor.post("/logout").status_code == 302
    assert visitor.get("/").status_code == 302


def test_the_eleventh_try_for_a_name_has_to_wait(own_desk: Desk) -> None:
    tries = []
    for number in range(11):
        visitor = own_desk.visit("")
        visitor.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        tries.append(sign_in(visitor, "Aïcha", "guess"))
    assert tries == [200] * 10 + [429]


def test_the_eleventh_try_from_an_address_has_to_wait(own_desk: Desk) -> None:
    tries = [sign_in(own_desk.visit(""), f"Guess {number}", "guess") for number in range(11)]
    assert tries == [200] * 10 + [429]


def test_a_session_ends_after_twelve_hours(own_desk: Desk) -> None:
    with time_machine.travel("2026-11-21 08:00", tick=False) as clock:
        visitor = own_desk.visit("")
        assert sign_in(visitor, "Aïcha", PASSWORD) == 302
        clock.shift(timedelta(hours=11, minutes=59))
        assert visitor.get("/").status_code == 200
        clock.shift(timedelta(minutes=2))
        assert visitor.get("/").status_code == 302


def test_the_sign_in_returns_to_the_page_that_was_wanted(own_desk: Desk) -> None:
    visitor = own_desk.visit("")
    assert visitor.get("/events/?sort=title").location == "/login?next=/events/?sort%3Dtitle"
    answer = visitor.post("/login", {"name": "Aïcha", "password": PASSWORD, "next": "/events/?sort=title"})
    assert answer.location == "/events/?sort=title"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "\thttps://evil.example"]
)
def test_the_sign_in_sends_nobody_to_another_host(own_desk: Desk, elsewhere: str) -> None:
    answer = own_desk.visit("").post("/login", {"name": "Aïcha", "password": PASSWORD, "next": elsewhere})
    assert urlsplit(answer.location or "").netloc == ""
    assert not (answer.location or "").startswith(("//", "/\\"))


def test_there_is_no_registration(own_desk: Desk) -> None:
    for address in ("/register", "/reset", "/confirm", "/verify"):
        assert own_desk.visit("").get(address).status_code == 404, address


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


def change(own_desk: Desk, **values: object) -> None:
    with session_scope(own_desk.engine, OPERATOR, writing=True) as session:
        session.execute(sa.update(Account).where(Account.name == "Aïcha").values(**values))  # type: ignore[arg-type]
