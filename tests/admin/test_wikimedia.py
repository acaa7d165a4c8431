"""Signing in with a wiki account, against an OAuth 2.0 server that speaks over a real socket."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from admin_app import create_app
from admin_app.session import engine as engine_of
from tests.admin.cast import Cast
from tests.admin.conftest import SECRET, Desk, Visitor, with_cast
from wmcrm.accounts import find_account, link_wiki_account
from wmcrm.db import OPERATOR, session_scope
from wmcrm.errors import SettingsError
from wmcrm.settings import Settings

CLIENT = {"client_id": "wmcrm", "client_secret": "only between the wiki and us"}


@dataclass
class Wiki:
    """An OAuth 2.0 server: whom it names, what it was told at the start, and how it misbehaves."""

    address: str = ""
    profile: dict[str, object] = field(default_factory=lambda: {"sub": 7, "username": "Aicha D"})
    challenge: str = ""
    broken: str = ""
    agents: set[str] = field(default_factory=set)

    def token(self, form: dict[str, list[str]]) -> tuple[int, object]:
        sent = {name: values[0] for name, values in form.items()}
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        proven = base64.urlsafe_b64encode(digest).decode().rstrip("=") == self.challenge
        if not proven or sent.get("code") != "right" or any(sent.get(name) != value for name, value in CLIENT.items()):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "opens the profile", "token_type": "Bearer", "expires_in": 3600}


@pytest.fixture(scope="module")
def running() -> Iterator[Wiki]:
    """The server, for all tests here."""
    made = Wiki()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/oauth2/access_token"
            length = int(self.headers["Content-Length"])
            self._say(*made.token(parse_qs(self.rfile.read(length).decode())))

        def do_GET(self) -> None:
            assert self.path == "/oauth2/resource/profile"
            allowed = self.headers["Authorization"] == "Bearer opens the profile"
            self._say(200 if allowed else 401, made.profile)

        def _say(self, status: int, what: object) -> None:
            made.agents.add(self.headers["User-Agent"])
            self.send_response(500 if made.broken else status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write((made.broken or json.dumps(what)).encode())

        def log_message(self, *_said: object) -> None:
            """Tests print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    made.address = f"http://127.0.0.1:{server.server_port}/oauth2"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def wiki(running: Wiki) -> Wiki:
    """The same as it was at first."""
    running.__dict__.update(Wiki(address=running.address).__dict__)
    return running


@pytest.fixture(scope="module")
def linked_app(
    running: Wiki, cast_file: tuple[Path, Cast], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The admin with this wiki."""
    url = f"sqlite:///{tmp_path_factory.mktemp('wiki') / 'admin.sqlite3'}"
    shutil.copy(cast_file[0], url.removeprefix("sqlite:///"))
    settings = Settings(
        database_url=url,
        secret_key=SECRET,
        oauth_client_id=CLIENT["client_id"],
        oauth_client_secret=CLIENT["client_secret"],
        oauth_server=running.address,
    )
    made = create_app(settings, testing=True)
    yield made
    with made.app_context():
        engine_of().dispose()


@pytest.fixture
def linked(linked_app: Flask, cast_file: tuple[Path, Cast]) -> Desk:
    """The same over a copy of the cast, with Aïcha's account linked to hers."""
    desk = with_cast(linked_app, cast_file)
    link(desk, "Aïcha", "Aicha D")
    return desk


def link(desk: Desk, name: str, username: str) -> None:
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        account = find_account(session, name)
        assert account is not None
        link_wiki_account(session, account, username)


def go(visitor: Visitor, wiki: Wiki, **query: str) -> str:
    """Start at our button; returns the state that comes back."""
    answer = visitor.get("/login/wikimedia", query_string=query)
    place = urlsplit(answer.location)
    asked = {name: values[0] for name, values in parse_qs(place.query).items()}
    assert answer.location.startswith(f"{wiki.address}/authorize?")
    assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", "wmcrm", "S256")
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/login/wikimedia/back"
    assert CLIENT["client_secret"] not in answer.location
    wiki.challenge = asked["code_challenge"]
    return asked["state"]


def back(visitor: Visitor, state: str, code: str = "right") -> object:
    return visitor.get("/login/wikimedia/back", query_string={"state": state, "code": code})


def test_the_holder_of_a_linked_wiki_account_signs_in(linked: Desk, wiki: Wiki) -> None:
    aicha = linked.visit("")
    assert "Sign in with your wiki account" in aicha.get("/login").text
    answer = back(aicha, go(aicha, wiki, next="/events/"))
    assert answer.location == "/events/"  # type: ignore[attr-defined]
    assert "Wiki account" in aicha.get("/account/").text
    assert all("wmcrm" in agent for agent in wiki.agents)


def test_nobody_else_gets_an_account_whoever_they_are(linked: Desk, wiki: Wiki) -> None:
    answers = set()
    for profile in ({"sub": 9, "username": "Stranger"}, {"sub": 9, "username": "Omar"}, {"sub": 9, "username": "#<>"}):
        wiki.profile = profile
        stranger = linked.visit("")
        answer = back(stranger, go(stranger, wiki))
        assert "No account here is linked" in answer.text  # type: ignore[attr-defined]
        answers.add(answer.status_code)  # type: ignore[attr-defined]
        assert stranger.get("/").status_code == 302
    assert answers == {403}


def test_another_holder_of_the_username_is_a_stranger(linked: Desk, wiki: Wiki) -> None:
    for number, status in ((7, 302), (8, 403)):
        wiki.profile = {"sub": number, "username": "Aicha D"}
        visitor = linked.visit("")
        assert back(visitor, go(visitor, wiki)).status_code == status  # type: ignore[attr-defined]


def test_only_the_browser_that_was_sent_comes_back_and_once(linked: Desk, wiki: Wiki) -> None:
    aicha, mallory = linked.visit(""), linked.visit("")
    state = go(aicha, wiki)
    for visitor, said in ((mallory, state), (mallory, ""), (linked.visit(""), "x" * 5000)):
        assert back(visitor, said).location == "/login"  # type: ignore[attr-defined]
        assert visitor.get("/").status_code == 302
    assert back(aicha, state).location == "/"  # type: ignore[attr-defined]
    assert back(aicha, state).location == "/login"  # type: ignore[attr-defined]
    assert linked.visit("").get("/login/wikimedia/back?error=access_denied").location == "/login"


def test_a_code_without_the_verifier_of_this_browser_is_refused(linked: Desk, wiki: Wiki) -> None:
    aicha = linked.visit("")
    state = go(aicha, wiki)
    go(linked.visit(""), wiki)
    assert "does not answer as it should" in back(aicha, state).text  # type: ignore[attr-defined]
    state = go(aicha, wiki)
    assert back(aicha, state, code="guess").status_code == 403  # type: ignore[attr-defined]


@pytest.mark.parametrize("broken", ["gateway timeout", "{", "[]", '{"username": "Aicha D"}'])
def test_a_wiki_that_misbehaves_signs_nobody_in(linked: Desk, wiki: Wiki, broken: str) -> None:
    aicha = linked.visit("")
    state = go(aicha, wiki)
    wiki.broken = broken
    assert "does not answer as it should" in back(aicha, state).text  # type: ignore[attr-defined]
    assert aicha.get("/").status_code == 302


@pytest.mark.parametrize("profile", [{}, {"username": "Aicha D"}, [], "Aicha D", None])
def test_a_profile_without_a_name_or_a_number_signs_nobody_in(linked: Desk, wiki: Wiki, profile: object) -> None:
    wiki.profile = profile  # type: ignore[assignment]
    aicha = linked.visit("")
    assert back(aicha, go(aicha, wiki)).status_code == 403  # type: ignore[attr-defined]


def test_a_wiki_account_is_one_factor_and_the_second_is_still_asked(linked: Desk, wiki: Wiki) -> None:
    from wmcrm.models import Passkey

    with session_scope(linked.engine, OPERATOR, writing=True) as session:
        account = find_account(session, "Aïcha")
        assert account is not None
        session.add(Passkey(account_id=account.id, name="my phone", credential_id="x", public_key=b"x"))
    aicha = linked.visit("")
    back(aicha, go(aicha, wiki))
    assert aicha.get("/people/").location == "/login/second?next=/people/"


def test_without_configuration_there_is_no_such_way(desk: Desk) -> None:
    assert "wiki account" not in desk.visit("").get("/login").text
    for address in ("/login/wikimedia", "/login/wikimedia/back?code=right&state=x"):
        assert desk.visit("").get(address).status_code == 404


def test_an_id_without_a_secret_is_refused_at_the_start(own_desk: Desk) -> None:
    url = own_desk.engine.url.render_as_string()
    with pytest.raises(SettingsError, match="belong together"):
        create_app(Settings(database_url=url, secret_key=SECRET, oauth_client_id="wmcrm"))
