"""Where a home can put people at risk it leaves by no export; it changes nobody's protection by itself."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from tests.cast import Cast, add_event, add_person, invite_cast
from tests.cli.runner import run
from wmcrm.consent import Act, record_decision
from wmcrm.db import OPERATOR, Session, session_scope
from wmcrm.models import (
    Attendance,
    Channel,
    ConsentDecision,
    ConsentMethod,
    EventRole,
    Membership,
    Participation,
    Person,
    Position,
    Protection,
    Registration,
)
from wmcrm.normalize import COUNTRIES, exportable
from wmcrm.outreach import Answer, may_contact
from wmcrm.reports import REPORTS

HOME = re.compile(r"\bMM\b|\bMMR\b|Myanmar|Burma|Mandalay")


def live_there(session: Session, cast: Cast) -> Person:
    """Somebody at home in Myanmar who organizes, holds a position and agreed to letters."""
    person = add_person(session, "Htet Htet", holder=cast.senegal, username="Htet H", email="htet@example.org")
    person.residence_country, person.residence_city = "MM", "Mandalay"
    mine = {"person_id": person.id, "recorded_for_id": person.id, "holder_affiliate_id": cast.senegal.id}
    session.add(
        Membership(affiliate_id=cast.senegal.id, position=Position.TREASURER, since=dt.date(2024, 1, 1), **mine)
    )
    event = add_event(session, "Edit-a-thon", dt.date(2026, 3, 4), host=cast.senegal, country="SN")
    came = {"registration": Registration.REGISTERED, "attended": Attendance.YES}
    session.add(Participation(event_id=event.id, event_role=EventRole.ORGANIZER, **came, **mine))
    act = Act(ConsentMethod.FORM, dt.date(2026, 3, 4), notice="v3")
    record_decision(session, person, ConsentDecision.GIVEN, purpose="newsletter", channel=Channel.EMAIL, act=act)
    session.flush()
    return person


@pytest.fixture
def person(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("WMCRM_DATABASE_URL", database_url)
    with session_scope(engine, OPERATOR, writing=True) as session:
        return live_there(session, invite_cast(session)).public_id


def test_the_home_is_in_no_printed_listing_or_report(person: str, tmp_path: Path) -> None:
    asked = ("--purpose", "newsletter", "--channel", "email")
    listings: list[tuple[str, ...]] = [
        ("people", "find", "htet"),
        ("people", "show", person),
        ("history", person),
        ("directory",),
        ("directory", *asked),
        ("paths",),
        ("why", person),
        ("consent", "show", person),
        ("consent", "renewals", "--within", "730"),
        ("outreach", *asked),
        ("dedupe", "pairs"),
        ("dedupe", "clusters"),
        ("lists", "show"),
        *(("report", name) for name in REPORTS),
    ]
    for words in listings:
        for kind in ("json", "csv", "table"):
            told = run(*words, "--format", kind)
            assert told.status in {0, 1}, (words, told.err)
            assert HOME.search(told.out + told.err) is None, words
    assert "Htet Htet" in run("people", "show", person).out


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_the_home_is_in_no_list(person: str, tmp_path: Path, name: str) -> None:
    asked = ("--purpose", "newsletter", "--channel", "email", "--reason", "Letter", "--format", "json")
    made = run("lists", "prepare", *asked).json
    assert run("lists", "open", made["list"], "-o", str(tmp_path / name)).status == 0  # type: ignore[index]
    content = (tmp_path / name).read_bytes().decode("latin-1")
    if name.endswith("xlsx"):
        import zipfile

        with zipfile.ZipFile(tmp_path / name) as book:
            content = "".join(book.read(part).decode() for part in book.namelist() if part.endswith(".xml"))
    assert "htet@example.org" in content
    assert HOME.search(content) is None


def test_a_frozen_report_keeps_no_home(person: str) -> None:
    told = run("report", "coverage", "--by", "region", "--freeze", "Autumn", "--format", "json")
    assert told.status == 0
    assert HOME.search(told.out) is None


def test_a_home_there_does_not_change_the_protection(session: Session) -> None:
    person = live_there(session, invite_cast(session))
    assert person.protection is Protection.NORMAL
    found = may_contact(session, person, purpose="newsletter", channel=Channel.EMAIL, on=dt.date(2026, 4, 1))
    assert found.answer is Answer.YES


def test_every_country_of_the_list_is_kept_back_and_the_others_are_told() -> None:
    told = {code for code in COUNTRIES if exportable(code) == code}
    assert told == {code for code, country in COUNTRIES.items() if not country.protected}
    assert [exportable(code) for code in ("MM", None, "", "XX")] == [None, None, None, None]
