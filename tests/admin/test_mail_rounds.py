"""The server sends what waits by itself, stops when it stops, and says in the log and by doctor what goes wrong."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from admin_app import create_app
from admin_app.mail_rounds import mail_rounds
from admin_app.session import engine
from tests.admin.conftest import SECRET
from tests.cli.runner import run
from tests.self_service.conftest import World, keyring_folder, server, world  # noqa: F401
from tests.self_service.server import MailServer
from wmcrm.db import OPERATOR, session_scope
from wmcrm.errors import SettingsError
from wmcrm.models import Channel, Letter, LetterState
from wmcrm.self_service import invite
from wmcrm.settings import Settings


@pytest.fixture
def letter(world: World) -> None:  # noqa: F811
    """An invitation that waits."""
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        invite(session, [world.aicha], purpose="newsletter", channel=Channel.EMAIL, reason="confirm")


def settings(url: str, smtp: str, every: str = "60") -> Settings:
    return Settings(database_url=url, secret_key=SECRET, smtp_url=smtp, mail_from="w@example.org", mail_every=every)


@contextmanager
def running(made: Settings) -> Iterator[None]:
    """The rounds of an application with these settings."""
    app = create_app(made, testing=True)
    with mail_rounds(app):
        yield
    with app.app_context():
        engine().dispose()


def soon(true: Callable[[], object]) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and not true():
        time.sleep(0.01)
    return bool(true())


def test_what_waits_leaves_when_the_server_starts(database_url: str, letter: None, server: MailServer) -> None:  # noqa: F811
    with running(settings(database_url, server.url)):
        assert soon(lambda: server.taken)
    assert len(server.taken) == 1


def test_switched_off_nothing_leaves_by_itself(database_url: str, letter: None, server: MailServer) -> None:  # noqa: F811
    with running(settings(database_url, server.url, "off")):
        time.sleep(0.2)
    assert server.taken == []


def test_a_round_that_fails_is_logged_without_words_of_anybody_and_ends_nothing(
    database_url: str, letter: None, caplog: pytest.LogCaptureFixture
) -> None:
    with running(settings(database_url, "nonsense")):
        assert soon(lambda: caplog.messages)
    assert caplog.messages == ["letters wait: SettingsError"]


@pytest.mark.parametrize("every", ["0", "4", "-5", "soon", "99999999", ""])
def test_a_pause_that_is_none_is_refused(every: str) -> None:
    with pytest.raises(SettingsError, match="WMCRM_MAIL_EVERY"):
        _ = Settings(mail_every=every).mail_pause


def test_doctor_says_that_letters_do_not_leave(
    world: World,  # noqa: F811
    letter: None,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WMCRM_DATABASE_URL", database_url)
    assert found() == (True, "0 overdue, 0 failed or unsure within a week")
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        waiting = session.scalars(sa.select(Letter)).one()
        waiting.next_try_at -= dt.timedelta(hours=2)
    assert found() == (False, "1 overdue, 0 failed or unsure within a week")
    for why, counted in (("timeout", 1), ("no such mailbox", 0)):
        with session_scope(world.engine, OPERATOR, writing=True) as session:
            failed = session.scalars(sa.select(Letter)).one()
            failed.state, failed.why, failed.ended_at = LetterState.FAILED, why, dt.datetime.now(dt.UTC)
        assert found() == (not counted, f"0 overdue, {counted} failed or unsure within a week")


def found() -> tuple[bool, str]:
    rows = run("doctor", "--format", "json").json
    assert isinstance(rows, list)
    row = next(row for row in rows if row["check"] == "letters")
    return row["ok"], row["found"]
