"""The cast of the tests with a claim that nobody proved, settings with a mail server, a clock that stands still."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from tests.cast import Cast, invite_cast
from tests.self_service.server import MailServer, mail_server
from wmcrm.consent import add_notice, find_purpose, refresh_states
from wmcrm.db import OPERATOR, Session, session_scope
from wmcrm.models import Channel, ConsentDecision, ConsentEvent, ConsentMethod, Person
from wmcrm.settings import Settings

SECRET = "only-for-tests-" + "x" * 32
NOW = dt.datetime(2026, 5, 21, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def keyring_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("WMCRM_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def settings(server: MailServer, keyring_folder: Path) -> Settings:
    return Settings(
        secret_key=SECRET,
        smtp_url=server.url,
        mail_from="wmcrm@example.org",
        base_url="https://crm.example.org",
        data_dir=str(keyring_folder),
    )


@pytest.fixture
def cast(session: Session) -> Cast:
    made = invite_cast(session)
    add_notice(session, "v3", purpose="newsletter", language="en", wording="A letter once a month; leave at any time.")
    add_notice(session, "v3", purpose="newsletter", language="ar", wording="رسالة كل شهر؛ يمكنك المغادرة متى شئت.")
    claim(session, made.aicha)
    return made


def claim(session: Session, person: Person, purpose: str = "newsletter") -> None:
    """What a sheet says: yes, without a proof."""
    session.add(
        ConsentEvent(
            person_id=person.id,
            recorded_for_id=person.id,
            purpose_id=find_purpose(session, purpose).id,
            channel=Channel.EMAIL,
            decision=ConsentDecision.GIVEN,
            method=ConsentMethod.IMPORT,
            proven=False,
            on_day=NOW.date(),
        )
    )
    session.flush()
    refresh_states(session, [person.id])


@dataclass(frozen=True, slots=True)
class World:
    """A committed database: ids, for sessions come and go."""

    engine: Engine
    aicha: int


@pytest.fixture
def world(engine: Engine) -> World:
    """Aïcha with a claim, in a database of its own; for tests that commit."""
    with session_scope(engine, OPERATOR, writing=True) as session:
        made = invite_cast(session)
        add_notice(session, "v3", purpose="newsletter", language="en", wording="A letter once a month.")
        claim(session, made.aicha)
        return World(engine, made.aicha.id)
