"""The second factor on the screens: who must have one, how it is set up, asked for and turned off."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from urllib.request import Request, urlopen

import pytest
import time_machine
from flask import Flask, request
from werkzeug.test import TestResponse

from admin_app import create_app
from admin_app.access import Permission, policy_of
from admin_app.serving import open_server, what_is_open
from admin_app.session import engine as engine_of
from tests.admin.cast import PASSWORD, Cast
from tests.admin.conftest import SECRET, Desk, Visitor, with_cast
from tests.admin.test_access import addresses
from wmcrm.accounts import code_at
from wmcrm.settings import Settings

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def strict_app(cast_file: tuple[Path, Cast], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The admin of an installation that requires second factors, at an address where passkeys work."""
    url = f"sqlite:///{tmp_path_factory.mktemp('strict') / 'admin.sqlite3'}"
    shutil.copy(cast_file[0], url.removeprefix("sqlite:///"))
    settings = Settings(database_url=url, secret_key=SECRET, base_url="http://localhost:8000", second_factor="required")
    made = create_app(settings, testing=True)
    yield made
    with made.app_context():
        engine_of().dispose()


@pytest.fixture
def strict(strict_app: Flask, cast_file: tuple[Path, Cast]) -> Desk:
    """The same over a copy of the cast."""
    return with_cast(strict_app, cast_file)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(START, tick=False) as moving:
        yield moving


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page) or re.search(
        rf'value="([^"]*)"[^>]*name="{name}"', page
    )
    assert found is not None
    return found[1]


def secret_on(page: str) -> str:
    found = re.search(r'class="secret"[^>]*>([^<]*)<', page)
    assert found is not None
    return found[1].replace(" ", "")


def signed_in(desk: Desk, name: str) -> Visitor:
    visitor = desk.visit("")
    assert visitor.post("/login", {"name": name, "password": PASSWORD}).status_code == 302
    return visitor


def set_up(visitor: Visitor, **extra: str) -> tuple[str, list[str]]:
    page = visitor.get("/account/protection/app").text
    secret = secret_on(page)
    sent = {"secret": field(page, "secret"), "code": code_at(secret, datetime.now(UTC)), **extra}
    answer = visitor.post("/account/protection/app", sent)
    assert answer.status_code == 200, answer.text
    return secret, re.findall(r"<li><code[^>]*>([^<]+)</code>", answer.text)


@pytest.mark.parametrize("name", ["Sami", "Ruth"])
def test_before_it_is_set_up_every_page_leads_there_and_nothing_can_be_sent(strict: Desk, name: str) -> None:
    visitor = signed_in(strict, name)
    for endpoint, address in addresses(strict.app, strict.cast).items():
        policy = policy_of(strict.app, endpoint)
        if policy in {Permission.PUBLIC, Permission.CLOSED, Permission.SETTING_UP}:
            continue
        answer = visitor.get(address)
        assert (answer.status_code, (answer.location or "").partition("?")[0]) == (302, "/account/protection/"), address
    assert visitor.post(f"/people/{strict.cast.fatou}/remove").status_code == 401
    assert visitor.get("/people/", headers={"Accept": "application/json"}).status_code == 401
    page = visitor.get("/account/protection/").text
    assert "/people/" not in page, "no search and no navigation yet"
    assert visitor.post("/logout").status_code == 302


def test_roles_that_need_none_are_let_through(strict: Desk) -> None:
    assert signed_in(strict, "Aïcha").get("/people/").status_code == 200


def test_on_a_machine_of_ones_own_it_is_offered_with_a_reminder(desk: Desk) -> None:
    assert "only a password protects your account" in signed_in(desk, "Ruth").get("/").text
    assert "only a password protects your account" not in signed_in(desk, "Aïcha").get("/").text


def test_the_whole_story_of_an_app(strict: Desk, clock: time_machine.Coordinates) -> None:
    ruth = signed_in(strict, "Ruth")
    secret, codes = set_up(ruth)
    assert len(codes) == 10
    assert ruth.get("/people/").status_code == 200

    clock.shift(timedelta(minutes=1))
    again = signed_in(strict, "Ruth")
    assert again.get("/people/").location == "/login/second?next=/people/"
    assert again.post("/people/new").status_code == 401
    assert again.get("/account/protection/app").location.startswith("/login/second")
    assert "not right" in again.post("/login/second", {"code": "000000"}).text
    code = code_at(secret, datetime.now(UTC))
    assert again.post("/login/second", {"code": code, "next": "/people/"}).location == "/people/"
    assert again.get("/people/").status_code == 200
    assert again.get("/login/second").location == "/"

    other = signed_in(strict, "Ruth")
    assert "used already" in other.post("/login/second", {"code": code}).text
    assert other.post("/login/second", {"code": codes[3]}).location == "/"


def test_the_sixth_wrong_code_has_to_wait_from_wherever_it_comes(strict: Desk, clock: time_machine.Coordinates) -> None:
    secret, _ = set_up(signed_in(strict, "Ruth"))
    clock.shift(timedelta(minutes=1))
    tries = []
    for number in range(6):
        visitor = signed_in(strict, "Ruth")
        visitor.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        tries.append(visitor.post("/login/second", {"code": f"00000{number}"}).status_code)
    assert tries == [200] * 5 + [429]
    assert (
        signed_in(strict, "Ruth").post("/login/second", {"code": code_at(secret, datetime.now(UTC))}).status_code == 429
    )
    clock.shift(timedelta(minutes=5))
    right = code_at(secret, datetime.now(UTC))
    assert signed_in(strict, "Ruth").post("/login/second", {"code": right}).status_code == 302


def test_a_secret_that_somebody_else_sealed_is_not_taken(strict: Desk, clock: time_machine.Coordinates) -> None:
    page = signed_in(strict, "Sami").get("/account/protection/app").text
    sent = {"secret": field(page, "secret"), "code": code_at(secret_on(page), START)}
    assert signed_in(strict, "Ruth").post("/account/protection/app", sent).status_code == 422
    clock.shift(timedelta(minutes=16))
    late = {"secret": field(page, "secret"), "code": code_at(secret_on(page), datetime.now(UTC))}
    assert signed_in(strict, "Sami").post("/account/protection/app", late).status_code == 422


def test_turning_it_off_takes_the_password_and_a_code(strict: Desk, clock: time_machine.Coordinates) -> None:
    ruth = signed_in(strict, "Ruth")
    secret, _ = set_up(ruth)
    clock.shift(timedelta(minutes=1))
    code = code_at(secret, datetime.now(UTC))
    for wrong in ({"password": "guess", "code": code}, {"password": PASSWORD, "code": "000000"}, {}):
        assert ruth.post("/account/protection/app/off", wrong).status_code == 422
    assert ruth.post("/account/protection/app/off", {"password": PASSWORD, "code": code}).status_code == 303
    assert ruth.get("/people/").location.startswith("/account/protection/"), "the role needs a new one"


def test_after_a_while_the_password_is_asked_again_before_factors_change(
    strict: Desk, clock: time_machine.Coordinates
) -> None:
    aicha = signed_in(strict, "Aïcha")
    clock.shift(timedelta(minutes=16))
    page = aicha.get("/account/protection/app").text
    sent = {"secret": field(page, "secret"), "code": code_at(secret_on(page), datetime.now(UTC))}
    assert "Type your password" in aicha.post("/account/protection/app", sent).text
    assert aicha.post("/account/protection/passkeys/ask").status_code == 403
    assert aicha.post("/account/protection/app", {**sent, "password": PASSWORD}).status_code == 200
    assert aicha.post("/account/protection/codes", {"password": "guess"}).status_code == 303
    assert "Type your password" in aicha.get("/account/protection/").text
    assert len(re.findall("<li><code", aicha.post("/account/protection/codes", {"password": PASSWORD}).text)) == 10


NONSENSE = (
    "",
    "{}",
    "[]",
    "null",
    "x" * 10_000,
    '{"id": 1}',
    '{"id":"é","rawId":"é","response":{},"type":"public-key"}',
)


@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_is_no_passkey(strict: Desk, answer: str) -> None:
    stranger = strict.visit("")
    assert stranger.post("/login/passkey", {"answer": answer}).status_code == 400, "nobody asked"
    asked = stranger.post("/login/passkey/ask")
    assert (asked.status_code, asked.mimetype) == (200, "application/json")
    assert asked.json is not None and asked.json["userVerification"] == "required"
    assert stranger.post("/login/passkey", {"answer": answer}).status_code == 422
    assert stranger.post("/login/passkey", {"answer": answer}).status_code == 400, "a challenge is answered once"
    ruth = signed_in(strict, "Ruth")
    assert ruth.post("/account/protection/passkeys/ask").json["user"]["name"] == "Ruth"  # type: ignore[index]
    assert ruth.post("/account/protection/passkeys", {"answer": answer, "name": "my key"}).status_code == 303
    assert "was not accepted" in ruth.get("/account/protection/").text


def test_a_passkey_that_fails_as_the_second_factor_leads_back_to_the_second_factor(
    strict: Desk, clock: time_machine.Coordinates
) -> None:
    set_up(signed_in(strict, "Ruth"))
    again = signed_in(strict, "Ruth")
    asked = again.post("/login/passkey/ask")
    assert asked.json is not None and not asked.json.get("allowCredentials")
    assert again.post("/login/passkey", {"answer": "{}", "next": "/people/"}).location == "/login/second?next=/people/"
    assert "was not accepted" in again.get("/login/second").text


def test_where_passkeys_cannot_work_none_is_offered(desk: Desk) -> None:
    assert "passkey" not in desk.visit("").get("/login").text.replace("passkeys.js", "")
    assert desk.visit("").post("/login/passkey/ask").status_code == 404
    ruth = signed_in(desk, "Ruth")
    assert "Passkeys need an address with a name" in ruth.get("/account/protection/").text
    assert ruth.post("/account/protection/passkeys/ask").status_code == 404


def test_a_passkey_of_somebody_else_does_not_exist(strict: Desk) -> None:
    aicha = signed_in(strict, "Aïcha")
    assert aicha.post("/account/protection/passkeys/1/remove").status_code == 404
    assert aicha.post("/account/protection/passkeys/99999999999999/remove").status_code == 404


FROM_ELSEWHERE = {
    "HTTP_HOST": "crm.example.org",
    "REMOTE_ADDR": "192.0.2.7",
    "HTTP_X_FORWARDED_FOR": "192.0.2.7",
    "HTTP_FORWARDED": "for=192.0.2.7",
}


def home_of(desk: Desk, name: str, **told: str) -> TestResponse:
    """The home page that an account is given, as a server tells of the request."""
    cookie = desk.visit(name).client.get_cookie("wmcrm")
    assert cookie is not None
    sent = {"HTTP_COOKIE": f"wmcrm={cookie.value}", **told}
    return desk.app.test_client(use_cookies=False).get("/", environ_overrides=sent)


@pytest.mark.parametrize("told", FROM_ELSEWHERE)
def test_whoever_reaches_an_installation_for_one_machine_from_elsewhere_needs_one(desk: Desk, told: str) -> None:
    elsewhere = {told: FROM_ELSEWHERE[told]}
    assert home_of(desk, "Ruth", REMOTE_ADDR="127.0.0.1").status_code == 200
    led = home_of(desk, "Ruth", **elsewhere)
    assert (led.status_code, led.location.partition("?")[0]) == (302, "/account/protection/")
    assert home_of(desk, "Aïcha", **elsewhere).status_code == 200


def test_it_stays_an_offer_where_the_settings_say_so(cast_file: tuple[Path, Cast], tmp_path: Path) -> None:
    shutil.copy(cast_file[0], tmp_path / "admin.sqlite3")
    url = f"sqlite:///{tmp_path / 'admin.sqlite3'}"
    made = Desk(create_app(Settings(database_url=url, secret_key=SECRET, second_factor="offered")), cast_file[1])
    assert made.visit("Ruth").get("/", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 200
    made.engine.dispose()


@pytest.mark.parametrize("base_url", ["https://crm.example.org", "https://localhost", "http://crm.example.org"])
def test_an_address_that_others_reach_requires_it(base_url: str) -> None:
    assert Settings(base_url=base_url).requires_second_factor
    assert not Settings(base_url=base_url, second_factor="offered").requires_second_factor


def test_a_server_for_others_with_the_settings_of_one_machine_says_so_when_it_starts() -> None:
    default = Settings()
    assert not default.requires_second_factor
    assert [what_is_open(default, host) for host in ("127.0.0.1", "::1", "localhost")] == [None, None, None]
    assert what_is_open(Settings(base_url="https://crm.example.org"), "0.0.0.0") is None
    warned = what_is_open(default, "0.0.0.0") or ""
    assert "set it to the https address" in warned
    assert "required of stewards and administrators" in warned
    assert "not required of them" in (what_is_open(Settings(second_factor="offered"), "0.0.0.0") or "")


def test_the_embedded_server_hands_on_what_a_proxy_says() -> None:
    app = Flask("echo")
    app.add_url_rule("/", view_func=lambda: request.headers.get("X-Forwarded-For", "nothing"))
    server, port = open_server(app, "127.0.0.1", 0)
    running = Thread(target=server.run, daemon=True)
    running.start()
    asked = Request(f"http://127.0.0.1:{port}/", headers={"X-Forwarded-For": "192.0.2.7"})
    with urlopen(asked, timeout=10) as answer:
        assert answer.read() == b"192.0.2.7"
    server.close()
