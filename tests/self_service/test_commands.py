"""``wmcrm consent invite``, ``subject link|requests|answer``, ``mail`` and ``worker``, as a shell sees them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.runner import refused, run
from tests.self_service.conftest import NOW, SECRET, World
from tests.self_service.server import MailServer
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import Channel, Person, now_utc
from wmcrm.self_service import ask_for_erasure, begin_visit, invite


@pytest.fixture(autouse=True)
def _shell(
    database_url: str, world: World, server: MailServer, keyring_folder: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WMCRM_DATABASE_URL", database_url)
    monkeypatch.setenv("WMCRM_SMTP_URL", server.url)
    monkeypatch.setenv("WMCRM_SECRET_KEY", SECRET)
    monkeypatch.setenv("WMCRM_MAIL_FROM", "wmcrm@example.org")


def test_an_invitation_is_sent_once_and_its_letter_is_listed(server: MailServer) -> None:
    asked = ("consent", "invite", "--purpose", "newsletter", "--channel", "email", "--format", "json")
    first = run(*asked)
    assert (first.status, first.err) == (0, "")
    assert first.json == {
        "invited": 1,
        "withheld": {"no_consent": 3},
        "audience": 4,
        "sent": 1,
        "waiting": 0,
        "failed": 0,
        "unsure": 0,
    }
    assert run(*asked).json["sent"] == 0  # type: ignore[index]
    assert len(server.taken) == 1
    (row,) = run("mail", "list", "--format", "json").json  # type: ignore[misc]
    assert (row["kind"], row["state"], "aicha" in str(row)) == ("opt_in", "sent", False)


def test_an_account_is_told_of_its_own_invitations_and_not_of_the_letters_of_others(server: MailServer) -> None:
    run("account", "create", "Aida", "--role", "editor", "--affiliate", "WSN")
    ran = run("consent", "invite", "--purpose", "newsletter", "--channel", "email", "--as", "Aida", "--format", "json")
    assert (ran.status, ran.err, set(ran.json)) == (0, "", {"invited", "withheld", "audience"})  # type: ignore[call-overload]
    assert len(server.taken) == 1


def test_people_can_be_named_and_nobody_is_asked_for_a_purpose_without_wording(server: MailServer) -> None:
    named = run("consent", "invite", "OmarB", "--purpose", "newsletter", "--channel", "email", "--format", "json")
    assert (named.json["audience"], named.json["sent"]) == (1, 0)  # type: ignore[index]
    refused = run("consent", "invite", "--purpose", "photo_recording", "--channel", "email")
    assert (refused.status, refused.out) == (2, "")
    assert "wmcrm notice add" in refused.err


def test_a_server_that_is_away_is_one_line_and_the_letter_leaves_later(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WMCRM_SMTP_URL", "smtp://localhost:9")
    ran = run("consent", "invite", "--purpose", "newsletter", "--channel", "email", "--format", "json")
    assert (ran.status, ran.json["waiting"]) == (1, 1)  # type: ignore[index]
    assert ran.err == "The mail server did not take 1; they are tried again: wmcrm mail send\n"
    monkeypatch.setenv("WMCRM_SMTP_URL", server.url)
    assert run("mail", "send", "--format", "json").json["sent"] == 0  # type: ignore[index]  # not before its time


def test_settings_without_a_way_out_refuse_before_anything_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WMCRM_SMTP_URL", "smtp://me:secret@mail.example.org")
    ran = run("consent", "invite", "--purpose", "newsletter", "--channel", "email")
    assert (ran.status, ran.out, "secret" in ran.err) == (2, "", False)
    monkeypatch.delenv("WMCRM_SMTP_URL")
    assert run("mail", "list", "--format", "json").json == []


def test_the_worker_sends_what_waits_and_ends_when_it_is_told_to(world: World, server: MailServer) -> None:
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        invite(session, [world.aicha], purpose="newsletter", channel=Channel.EMAIL, reason="confirm")
    command = [Path(sys.executable).with_name("wmcrm"), "worker", "--every", "3600", "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert running.stderr
        assert "every 3600 seconds" in running.stderr.readline()
        wait_for(lambda: server.taken)
        running.terminate()
        told = json.load(running.stdout)
    assert (running.returncode, told) == (0, {"sent": 1, "waiting": 0, "failed": 0, "unsure": 0})
    assert run("worker", "--once", "--format", "json").json["sent"] == 0  # type: ignore[index]


@pytest.mark.parametrize("every", ["0", "4", "-5", "soon", "99999999", "1.5"])
def test_a_worker_with_a_pause_that_is_none_is_refused(every: str) -> None:
    assert refused(run("worker", "--every", every))


def wait_for(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_link_is_printed_and_opens_a_visit(world: World) -> None:
    printed = run("subject", "link", "Aicha D", "--format", "json").json
    secret = printed["link"].rpartition("/")[2]  # type: ignore[index]
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        assert begin_visit(session, secret, now=now_utc())


def test_requests_are_listed_and_answered(world: World) -> None:
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        ask_for_erasure(session, session.get_one(Person, world.aicha), now=NOW)
    (row,) = run("subject", "requests", "--format", "json").json  # type: ignore[misc]
    assert (row["kind"], row["due_on"]) == ("erasure", "2026-06-20")
    assert run("subject", "answer", row["request"], "--refused", "--format", "json").json["answer"] == "refused"  # type: ignore[index]
    assert run("subject", "requests", "--format", "json").json == []
    assert run("subject", "answer", "q_nothing").status == 2


def test_accounts_need_the_permission(world: World) -> None:
    run("account", "create", "Omar", "--role", "viewer", "--affiliate", "WSN", "--format", "json")
    for command in (("subject", "link", "Aicha D"), ("mail", "send"), ("subject", "requests")):
        assert run(*command, "--as", "Omar").status == 2


def test_an_address_that_bounced_is_used_again_by_command(server: MailServer, world: World) -> None:
    server.answers["rcpt"] = "550 5.1.1 unknown"
    asked = ("consent", "invite", "--purpose", "newsletter", "--channel", "email", "--format", "json")
    assert run(*asked).json["failed"] == 1  # type: ignore[index]
    (row,) = run("mail", "list", "--format", "json").json  # type: ignore[misc]
    assert (row["state"], row["why"]) == ("failed", "no such mailbox")
    assert run(*asked).json["withheld"] == {"bounced": 1, "no_consent": 3}  # type: ignore[index]
    with session_scope(world.engine, OPERATOR) as session:
        person = session.get_one(Person, world.aicha).public_id
    assert run("mail", "again", person, "--format", "json").json == {"person": person, "used_again": 1}
    assert run("mail", "again", person, "--format", "json").json == {"person": person, "used_again": 0}
    server.answers.clear()
    assert run(*asked).json["sent"] == 1  # type: ignore[index]
