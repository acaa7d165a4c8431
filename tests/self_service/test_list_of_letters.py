"""The list of letters: newest first, page by page, without addresses; one that waits can be tried now."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.cast import add_person
from tests.cli.runner import refused, run
from tests.self_service.conftest import World
from tests.self_service.server import MailServer, mail_server
from wmcrm.db import OPERATOR, session_scope
from wmcrm.errors import BadInputError, ConflictError, NotFoundError
from wmcrm.models import ContactPoint, Letter, LetterKind, LetterState
from wmcrm.self_service import LetterRow, Round, letters, send_waiting, try_now
from wmcrm.self_service.outbox import PAUSES
from wmcrm.settings import Settings

NOW = dt.datetime(2026, 5, 21, 12, 0, tzinfo=dt.UTC)


def write(world: World, *states: LetterState) -> list[str]:
    """Letters in these states, the oldest first; returns their ids."""
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        made = [Letter(kind=LetterKind.MY_DATA, person_id=world.aicha, language="en", state=one) for one in states]
        for letter in made:
            session.add(letter)
            session.flush()
        return [letter.public_id for letter in made]


def ids(world: World, **asked: object) -> list[str]:
    with session_scope(world.engine, OPERATOR) as session:
        return [row.letter for row in letters(session, **asked)]  # type: ignore[arg-type]


def tried(world: World, reference: str) -> LetterRow:
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        return try_now(session, reference, now=NOW)


def test_letters_come_page_by_page_the_newest_first(world: World) -> None:
    made = write(world, *[LetterState.SENT] * 5)
    first = ids(world, limit=2)
    assert first + ids(world, limit=2, before=first[-1]) == [made[4], made[3], made[2], made[1]]
    assert ids(world, before=made[0]) == []


def test_a_page_of_one_state_goes_on_in_that_state(world: World) -> None:
    made = write(world, LetterState.FAILED, LetterState.SENT, LetterState.FAILED)
    failed = {"states": [LetterState.FAILED]}
    assert ids(world, **failed) == [made[2], made[0]]
    assert ids(world, **failed, before=made[2]) == [made[0]]


def test_a_letter_that_is_gone_is_no_place_to_go_on_from(world: World) -> None:
    with pytest.raises(BadInputError, match="begin at its first page"):
        ids(world, before="m_nowhere")


def test_no_state_is_sorted_for_its_list(world: World) -> None:
    if world.engine.dialect.name == "sqlite":  # PostgreSQL chooses by what is in the table
        asked = sa.text("EXPLAIN QUERY PLAN SELECT * FROM letter WHERE state = 'sent' ORDER BY id DESC LIMIT 51")
        with world.engine.connect() as connection:
            assert "TEMP B-TREE" not in str(connection.execute(asked).all())


def test_a_letter_that_waits_is_tried_now_and_that_counts_as_none_of_its_tries(
    world: World, settings: Settings, server: MailServer
) -> None:
    (waiting,) = write(world, LetterState.WAITING)
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        letter = session.scalars(sa.select(Letter)).one()
        letter.tries, letter.next_try_at = len(PAUSES), NOW + dt.timedelta(days=1)
    row = tried(world, waiting)
    assert (row.state, row.tries, row.next_try_at) == (LetterState.WAITING, len(PAUSES) - 1, NOW)


@pytest.mark.parametrize("state", [state for state in LetterState if state is not LetterState.WAITING])
def test_a_letter_that_left_or_was_given_up_is_never_tried_again(world: World, state: LetterState) -> None:
    (other,) = write(world, state)
    with pytest.raises(ConflictError, match="does not wait any more"):
        tried(world, other)
    with pytest.raises(NotFoundError):
        tried(world, "m_nowhere")


def test_after_an_outage_trying_now_sends_once(world: World, settings: Settings, server: MailServer) -> None:
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        nour = add_person(session, "Nour", email="nour@example.org").id
        point = session.scalars(sa.select(ContactPoint.id).where(ContactPoint.person_id == nour)).one()
        letter = Letter(kind=LetterKind.SHARED_ADDRESS, person_id=nour, contact_point_id=point, language="en")
        session.add(letter)
        session.flush()
        reference = letter.public_id
    with mail_server(answers={"rcpt": "451 later"}) as busy:
        assert send_waiting(world.engine, replace(settings, smtp_url=busy.url)) == Round(waiting=1)
    assert send_waiting(world.engine, settings) == Round()
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        try_now(session, reference, now=dt.datetime.now(dt.UTC))
    assert send_waiting(world.engine, settings) == Round(sent=1)
    assert len(server.taken) == 1


def test_the_command_goes_on_after_a_letter_and_refuses_one_that_left(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = write(world, LetterState.SENT, LetterState.SENT)
    monkeypatch.setenv("WMCRM_DATABASE_URL", world.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("WMCRM_SECRET_KEY", settings.secret_key)
    monkeypatch.setenv("WMCRM_SMTP_URL", settings.smtp_url)
    monkeypatch.setenv("WMCRM_MAIL_FROM", settings.mail_from)
    shown = run("mail", "list", "--before", made[1], "--format", "json").json
    assert [row["letter"] for row in shown] == [made[0]]
    assert refused(told := run("mail", "try", made[0])) and "does not wait any more" in told.err
