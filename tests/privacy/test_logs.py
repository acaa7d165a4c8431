"""Whoever was erased is in no log: not of the server, not of jobs, not where something broke with their values in hand."""

from __future__ import annotations

import http.cookiejar
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tests.admin.conftest import SECRET
from tests.cli.runner import run
from wmcrm.db import Session
from wmcrm.errors import where_it_broke
from wmcrm.models import Affiliate, AffiliateType

VALUES = ("Zubaydah", "Qarmatian", "zq.canary@example.org", "+221770001122", "770001122", "ZubaydahQ", "Kaolackville")
PASSWORD = "long enough for a test"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
SERVE = "from wmcrm.cli import main; main(['serve', '--port', '0'])"
SHEET = (
    "Name,Username,E-mail,Phone,Attended\nZubaydah Qarmatian,ZubaydahQ,zq.canary@example.org,+221770001122,yes\n"
    "Zubaydah Qarmatian,Zubaydah#Q|[],zq.canary@@example,not a phone +221770001122,31/02/Qarmatian\n"
)


@dataclass(slots=True)
class Browser:
    """Somebody who uses the running server."""

    address: str
    opener: OpenerDirector = field(
        default_factory=lambda: build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))
    )
    token: str = ""

    def ask(self, path: str, form: dict[str, str] | None = None) -> str:
        """A page, or the answer to a form with the token of the page before, whatever its status."""
        sent = urlencode({**form, "csrf_token": self.token}).encode() if form is not None else None
        try:
            with self.opener.open(Request(self.address + path, data=sent), timeout=30) as answer:
                page, self.last = answer.read().decode(), answer.geturl()
        except HTTPError as error:
            page = error.read().decode()
        found = TOKEN.search(page)
        self.token = found.group(1) if found else self.token
        return page

    last: str = ""


@contextmanager
def served(log: Path) -> Iterator[Browser]:
    """The server as it is started in earnest, with its output in a file."""
    with log.open("wb") as written:
        running = subprocess.Popen([sys.executable, "-c", SERVE], stdout=written, stderr=written, env=os.environ.copy())
        try:
            for _ in range(300):
                if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text()):
                    break
                time.sleep(0.1)
            assert found is not None, log.read_text()
            yield Browser(found.group(0))
        finally:
            running.terminate()
            running.wait(30)


@pytest.fixture
def folder(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installation with an administrator."""
    monkeypatch.setenv("WMCRM_DATABASE_URL", database_url)
    monkeypatch.setenv("WMCRM_SECRET_KEY", SECRET)
    monkeypatch.setenv("WMCRM_DATA_DIR", str(tmp_path / "data"))
    made = run("account", "create", "ruth", "--role", "administrator", "--password-stdin", stdin=PASSWORD)
    assert made.status == 0, made.err
    return tmp_path


def found_in(*written: str | bytes) -> list[str]:
    """Which of the values stand in what was written."""
    told = b" ".join(one.encode() if isinstance(one, str) else one for one in written).lower()
    return [value for value in VALUES if value.lower().encode() in told]


def use_everything(browser: Browser) -> str:
    """Sign in, record, find, look, fail and be refused with the person's values; returns the public id."""
    browser.ask("/login")
    browser.ask("/login", {"name": "ruth", "password": PASSWORD})
    browser.ask("/people/new")
    person = {"display_name": "Zubaydah Qarmatian", "residence_city": "Kaolackville", "residence_country": "SN"}
    contact = {"username": "ZubaydahQ", "email": "zq.canary@example.org", "phone": "+221770001122"}
    browser.ask("/people/new", {**person, **contact, "entry_route": "unknown"})
    key = browser.last.rsplit("/", 1)[-1]
    assert key.startswith("p_"), browser.last
    for path in (
        f"/people/{key}",
        "/people/?q=Zubaydah",
        f"/people/{quote('Zubaydah Qarmatian')}",
        "/directory/?role=Zubaydah",
    ):
        browser.ask(path)
    browser.ask("/people/?q=Zubaydah%00Q")  # refused before anything is asked
    browser.ask("/people/new", {**person, "email": "zq.canary@@example", "since_year": "Qarmatian"})
    browser.ask(f"/facts/account/new?person={key}", {"username": "ZubaydahQ"})
    browser.ask("/import/", {"cells": SHEET, "text": SHEET})
    browser.ask(f"/people/{key}/contacts/1", {"reason": "Zubaydah asked for it"})
    token, browser.token = browser.token, "Zubaydah"
    browser.ask("/people/alike", {"display_name": "Zubaydah Qarmatian"})
    browser.token = token
    return key


def test_whoever_was_erased_is_in_no_log_of_the_server_and_of_jobs(folder: Path) -> None:
    log, sheet = folder / "server.log", folder / "sheet.csv"
    sheet.write_text(SHEET)
    with served(log) as browser:
        key = use_everything(browser)
        assert run("import", "signups", str(sheet), "--new-event", "Meetup", "--starts", "2026-03-04").status == 1
        erased = browser.ask(f"/people/{key}/rights/erase")
        assert "Zubaydah" in erased, re.sub(r"\s*<[^>]*>\s*", " ", erased)[-900:]
        browser.ask(f"/people/{key}/rights/erase", {"understood": "yes"})
    assert run("people", "show", key).status == 2, "they were not erased"
    sheet.unlink()
    jobs = [run(*words) for words in (("purge",), ("dedupe", "scan"), ("mail", "send"), ("db", "check"), ("doctor",))]
    data = [file.read_bytes() for file in (folder / "data").rglob("*") if file.is_file()]
    assert found_in(log.read_bytes(), *(f"{ran.out} {ran.err}" for ran in jobs), *data) == []
    assert "The admin is at" in log.read_text()


def test_a_database_that_repeats_a_value_is_not_quoted(session: Session) -> None:
    row = {"code": VALUES[0], "name": VALUES[1], "affiliate_type": AffiliateType.USER_GROUP}
    session.execute(sa.insert(Affiliate).values(**row))
    with pytest.raises(IntegrityError) as raised:
        session.execute(sa.insert(Affiliate).values(**row))
    if session.get_bind().dialect.name == "postgresql":
        assert found_in(str(raised.value)) != [], "then nothing need be kept back"
    assert found_in(where_it_broke(raised.value)) == []
    assert "IntegrityError" in where_it_broke(raised.value)


BREAKS = """
import sys
import click
import wmcrm.cli as cli

@click.command()
@click.argument("name")
def breaks(name):
    try:
        int(name)
    except ValueError as error:
        raise RuntimeError(f"cannot read {name}") from error

cli.wmcrm.add_command(breaks)
cli.wmcrm.get_command = lambda _ctx, _name: breaks
cli.main(["breaks", "Zubaydah Qarmatian"])
"""


def test_a_command_that_breaks_says_where_and_not_with_what(tmp_path: Path) -> None:
    broken = subprocess.run([sys.executable, "-c", BREAKS], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert broken.returncode == 1
    assert found_in(broken.stdout, broken.stderr) == []
    assert [kind in broken.stderr for kind in ("Something broke", "ValueError", "RuntimeError", "line ")] == [True] * 4
