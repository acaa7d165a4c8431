"""Letters leave after what decided on them, once, through the gate, and never when it was rolled back."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from subprocess import PIPE

import pytest
import sqlalchemy as sa

from tests.cast import add_person
from tests.self_service.conftest import NOW, World
from tests.self_service.server import MailServer, mail_server
from wmcrm.consent import Act, withdraw
from wmcrm.db import OPERATOR, session_scope
from wmcrm.db.turns import my_turn
from wmcrm.errors import SettingsError
from wmcrm.mail import Handed, Outcome
from wmcrm.models import (
    AccessLogEntry,
    Channel,
    ConsentMethod,
    ContactPoint,
    Letter,
    LetterState,
    Person,
    Protection,
    RestrictionGround,
    SelfServiceLink,
    metadata,
)
from wmcrm.outreach import Withheld, use_again
from wmcrm.privacy import apply_purge, erase_person, purge, restrict
from wmcrm.self_service import Round, ask_for_my_data, invite, send_in_turn, send_waiting
from wmcrm.self_service.outbox import PAUSES, note_outcome, take_letter
from wmcrm.settings import Settings

ABOUT = {"purpose": "newsletter", "channel": Channel.EMAIL, "reason": "confirm"}


def invite_all(world: World) -> None:
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        invite(session, session.scalars(sa.select(Person.id)).all(), **ABOUT)


def at(moment: dt.datetime) -> Callable[[], dt.datetime]:
    return lambda: moment


def letter_of(world: World) -> Letter:
    with session_scope(world.engine, OPERATOR) as session:
        return session.scalars(sa.select(Letter)).one()


def test_an_invitation_arrives_with_a_link_and_a_way_out(world: World, settings: Settings, server: MailServer) -> None:
    invite_all(world)
    assert server.taken == []
    assert send_waiting(world.engine, settings) == Round(sent=1)
    (message,) = server.taken
    assert message["To"] == "aicha@example.org"
    assert message["List-Unsubscribe"].startswith("<https://crm.example.org/withdraw/p_")
    assert "https://crm.example.org/confirm/" in message.get_body(("plain",)).get_content()
    assert letter_of(world).state is LetterState.SENT


def test_what_is_rolled_back_sends_nothing(world: World, settings: Settings, server: MailServer) -> None:
    with pytest.raises(RuntimeError), session_scope(world.engine, OPERATOR, writing=True) as session:
        invite(session, [world.aicha], **ABOUT)
        raise RuntimeError
    assert send_waiting(world.engine, settings) == Round()
    assert server.taken == []
    invite_all(world)  # and nobody counts as asked
    assert send_waiting(world.engine, settings).sent == 1


def test_sending_twice_sends_once(world: World, settings: Settings, server: MailServer) -> None:
    invite_all(world)
    invite_all(world)
    assert [send_waiting(world.engine, settings).sent for _ in range(3)] == [1, 0, 0]
    assert len(server.taken) == 1


def test_two_senders_at_once_send_once(world: World, settings: Settings, server: MailServer) -> None:
    invite_all(world)
    rounds: list[Round] = []
    senders = [threading.Thread(target=lambda: rounds.append(send_waiting(world.engine, settings))) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert (len(server.taken), sum(one.sent for one in rounds)) == (1, 1)


def test_the_outbox_holds_no_address_and_no_secret(world: World, settings: Settings, server: MailServer) -> None:
    invite_all(world)
    send_waiting(world.engine, settings)
    secret = server.taken[0].get_body(("plain",)).get_content().split("/confirm/")[1].split()[0]
    with world.engine.connect() as connection:
        for name in ("letter", "self_service_link"):
            said = str(connection.execute(sa.select(metadata.tables[name])).all())
            assert "aicha" not in said and secret not in said


def test_the_gate_is_asked_again_when_a_letter_leaves(world: World, settings: Settings, server: MailServer) -> None:
    invite_all(world)
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        act = Act(ConsentMethod.SPOKEN, NOW.date())
        withdraw(session, session.get_one(Person, world.aicha), purpose="newsletter", act=act)
    assert send_waiting(world.engine, settings) == Round()
    assert (letter_of(world).state, letter_of(world).why) == (LetterState.WITHHELD, "withdrawn")
    assert server.taken == []


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (lambda s, p: setattr(p, "protection", Protection.ELEVATED), "elevated"),
        (lambda s, p: restrict(s, p, RestrictionGround.REQUESTED, on=dt.date(2026, 1, 1)), "restricted"),
        (lambda s, p: setattr(s.scalars(sa.select(ContactPoint)).first(), "removed_at", NOW), "no_contact_point"),
    ],
)
def test_whatever_forbids_it_meanwhile_keeps_the_letter_here(
    world: World, settings: Settings, happens: object, why: str
) -> None:
    invite_all(world)
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        happens(session, session.get_one(Person, world.aicha))  # type: ignore[operator]
    send_waiting(world.engine, settings)
    assert (letter_of(world).state, letter_of(world).why) == (LetterState.WITHHELD, why)


def test_an_erased_person_takes_their_letters_and_links_along(
    world: World, settings: Settings, server: MailServer
) -> None:
    invite_all(world)
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        erase_person(session, session.get_one(Person, world.aicha), by=OPERATOR)
    assert send_waiting(world.engine, settings) == Round()
    with session_scope(world.engine, OPERATOR) as session:
        assert session.scalars(sa.select(Letter)).all() == session.scalars(sa.select(SelfServiceLink)).all() == []
    assert server.taken == []


def test_a_person_erased_while_their_letter_is_on_its_way_stops_no_other_letter(
    world: World, settings: Settings
) -> None:
    invite_all(world)
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        parcel = take_letter(session, settings, now=dt.datetime.now(dt.UTC))
        assert parcel is not None
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        erase_person(session, session.get_one(Person, world.aicha), by=OPERATOR)
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        assert note_outcome(session, parcel.letter_id, Handed(Outcome.SENT), now=NOW) is LetterState.SENT


def test_a_refusal_for_now_is_tried_again_with_growing_pauses(world: World, settings: Settings) -> None:
    invite_all(world)
    with mail_server(answers={"rcpt": "451 later"}) as busy:
        slow = replace(settings, smtp_url=busy.url)
        moment = dt.datetime.now(dt.UTC)
        for pause in PAUSES:
            assert send_waiting(world.engine, slow, clock=at(moment)) == Round(waiting=1)
            assert send_waiting(world.engine, slow, clock=at(moment)) == Round()
            moment += pause
        assert send_waiting(world.engine, slow, clock=at(moment)) == Round(failed=1)
    assert (letter_of(world).state, letter_of(world).why, letter_of(world).tries) == (LetterState.FAILED, "451", 6)


def test_after_a_failure_the_next_try_sends_it(world: World, settings: Settings, server: MailServer) -> None:
    invite_all(world)
    now = dt.datetime.now(dt.UTC)
    nowhere = replace(settings, smtp_url="smtp://localhost:9")
    assert send_waiting(world.engine, nowhere, clock=at(now)).waiting == 1
    assert send_waiting(world.engine, settings, clock=at(now + PAUSES[0])).sent == 1
    assert len(server.taken) == 1


def test_a_refusal_for_good_is_not_tried_again(world: World, settings: Settings) -> None:
    invite_all(world)
    with mail_server(answers={"rcpt": "550 unknown"}) as strict:
        assert send_waiting(world.engine, replace(settings, smtp_url=strict.url)) == Round(failed=1)
    assert letter_of(world).why == "no such mailbox"


def test_an_address_without_a_mailbox_is_held_and_withheld_from_then_on(world: World, settings: Settings) -> None:
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        same = add_person(session, "Aïcha again", email="aicha@example.org")
        other = same.id
    invite_all(world)
    with mail_server(answers={"rcpt": "550 5.1.1 unknown"}) as strict:
        send_waiting(world.engine, replace(settings, smtp_url=strict.url))
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        points = session.scalars(sa.select(ContactPoint).where(ContactPoint.person_id.in_([world.aicha, other]))).all()
        assert [(point.held_because, point.held_since is None) for point in points] == [("no such mailbox", False)] * 2
        assert invite(session, [world.aicha], **ABOUT).withheld == {Withheld.BOUNCED: 1}
        use_again(session, points[0])
        assert len(invite(session, [world.aicha], **ABOUT).permitted) == 1, "nobody was asked, so she may be"


def test_a_server_that_refuses_us_blames_no_address(world: World, settings: Settings) -> None:
    invite_all(world)
    with mail_server(answers={"rcpt": "550 5.7.1 blocked"}) as strict:
        assert send_waiting(world.engine, replace(settings, smtp_url=strict.url)) == Round(failed=1)
    with session_scope(world.engine, OPERATOR) as session:
        assert session.scalars(sa.select(ContactPoint).where(ContactPoint.held_since.is_not(None))).all() == []


def test_a_letter_that_was_withheld_is_no_invitation(world: World, settings: Settings, server: MailServer) -> None:
    invite_all(world)
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        session.get_one(Person, world.aicha).protection = Protection.ELEVATED
    send_waiting(world.engine, settings)
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        session.get_one(Person, world.aicha).protection = Protection.NORMAL
    invite_all(world)
    assert (send_waiting(world.engine, settings).sent, len(server.taken)) == (1, 1)
    invite_all(world)
    assert send_waiting(world.engine, settings).sent == 0


def test_while_one_process_sends_by_itself_another_leaves_it(world: World, settings: Settings) -> None:
    invite_all(world)
    with my_turn(world.engine, "letters") as mine:
        assert mine
        assert send_in_turn(world.engine, settings) == Round()
    assert send_in_turn(world.engine, settings) == Round(sent=1)


def test_a_turn_ends_with_the_process_that_has_it(world: World) -> None:
    url = world.engine.url.render_as_string(hide_password=False)
    code = (
        "import os, sys; from wmcrm.db import open_engine; from wmcrm.db.turns import my_turn\n"
        "with my_turn(open_engine(sys.argv[1]), 'letters') as mine: print(mine, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code, url], stdin=PIPE, stdout=PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        with my_turn(world.engine, "letters") as mine:
            assert not mine
        other.kill()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with my_turn(world.engine, "letters") as mine:
            if mine:
                return
        time.sleep(0.01)
    raise AssertionError("the turn of a killed process does not end")


def test_a_sender_that_is_told_to_stop_begins_no_other_letter(world: World, settings: Settings) -> None:
    invite_all(world)
    assert send_waiting(world.engine, settings, stopping=lambda: True) == Round()
    assert letter_of(world).state is LetterState.WAITING


def test_a_connection_that_breaks_at_the_end_leaves_it_open_and_sends_nothing_twice(
    world: World, settings: Settings, server: MailServer
) -> None:
    invite_all(world)
    with mail_server(vanish_after="content") as odd:
        assert send_waiting(world.engine, replace(settings, smtp_url=odd.url)) == Round(unsure=1)
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
    assert send_waiting(world.engine, settings, clock=at(later)) == Round()
    assert server.taken == []


def test_a_sender_that_vanished_leaves_its_letter_unsure(world: World, settings: Settings, server: MailServer) -> None:
    invite_all(world)
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        session.scalars(sa.select(Letter)).one().state = LetterState.SENDING
    assert send_waiting(world.engine, settings) == Round()  # perhaps somebody is at it
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=20)
    assert send_waiting(world.engine, settings, clock=at(soon)) == Round(unsure=1)
    assert server.taken == []


def test_settings_that_cannot_send_leave_everything_waiting(world: World, settings: Settings) -> None:
    invite_all(world)
    with pytest.raises(SettingsError):
        send_waiting(world.engine, replace(settings, smtp_url="nonsense"))
    assert letter_of(world).state is LetterState.WAITING


def test_a_look_at_ones_own_address_is_logged(world: World, settings: Settings, server: MailServer) -> None:
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        assert ask_for_my_data(session, "aicha@example.org", language="en") == 1
    send_waiting(world.engine, settings)
    with session_scope(world.engine, OPERATOR) as session:
        entry = session.scalars(sa.select(AccessLogEntry)).one()
    assert (entry.actor, entry.action, entry.person_id, entry.people) == ("postman", "my_data_link", world.aicha, 1)
    assert server.taken[0]["List-Unsubscribe"] is None


def test_links_and_letters_go_when_their_time_is_over(world: World, settings: Settings, server: MailServer) -> None:
    invite_all(world)
    send_waiting(world.engine, settings)
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        later = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=100)
        counts = apply_purge(session, purge(session, today=later, clock_confirmed=True))
        assert (counts["links"], counts["letters"], counts["requests"]) == (1, 1, 0)
