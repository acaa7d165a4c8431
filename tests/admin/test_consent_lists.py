"""Lists on the screen: made from the directory, judged at each opening, downloaded without formulas, renewals."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.admin.cast import HIDDEN
from tests.admin.conftest import Desk, Visitor
from wmcrm.consent import Act, record_decision, withdraw
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import (
    AccessLogEntry,
    Channel,
    ConsentDecision,
    ConsentMethod,
    ExportedList,
    Person,
    Protection,
    now_utc,
)

ASKED = {"purpose": "newsletter", "channel": "email"}
REASON = "Letter of spring to our organizers"


def agree(desk: Desk, on: date = date(2026, 3, 2)) -> None:
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        fatou = session.scalars(sa.select(Person).where(Person.public_id == desk.cast.fatou)).one()
        act = Act(ConsentMethod.PAPER, on, notice="v3", controller_id=fatou.holder_affiliate_id)
        record_decision(session, fatou, ConsentDecision.GIVEN, purpose="newsletter", channel=Channel.EMAIL, act=act)


def take_back(desk: Desk) -> None:
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        fatou = session.scalars(sa.select(Person).where(Person.public_id == desk.cast.fatou)).one()
        withdraw(session, fatou, purpose="newsletter", act=Act(ConsentMethod.SELF_SERVICE, now_utc().date()))


def prepared(visitor: Visitor) -> str:
    made = visitor.post("/outreach/prepare", {**ASKED, "reason": REASON})
    assert made.status_code == 303, made.text
    return str(made.location)


def test_a_list_is_made_from_the_directory_and_opened_for_copying(either: Desk) -> None:
    agree(either)
    aicha = either.visit("Aïcha")
    assert "Make a list of 1 person" in aicha.get("/directory/?purpose=newsletter&channel=email").text
    place = prepared(aicha)
    shown = aicha.get(place)
    assert "Today 1 person may be written to." in shown.text
    assert HIDDEN not in shown.text
    opened = aicha.post(f"{place}/open")
    assert HIDDEN in opened.text
    assert opened.headers["Cache-Control"] == "no-store"
    assert REASON in aicha.get("/outreach/").text
    with session_scope(either.engine, OPERATOR) as session:
        log = session.scalars(sa.select(AccessLogEntry).order_by(AccessLogEntry.id)).all()
    told = [(entry.action, entry.actor, entry.reason, entry.purpose, entry.people) for entry in log]
    assert told == [
        ("list_prepared", "Aïcha", REASON, "newsletter", 1),
        ("list", "Aïcha", REASON, "newsletter", 1),
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_who_withdrew_is_on_no_download_and_is_counted(desk: Desk, kind: str) -> None:
    agree(desk)
    aicha = desk.visit("Aïcha")
    place = prepared(aicha)
    full = aicha.post(f"{place}/file", {"kind": kind})
    assert full.status_code == 200
    until = (now_utc().date() + timedelta(days=30)).isoformat()
    assert f"use-by-{until}.{kind}" in full.headers["Content-Disposition"]
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(full.data.decode("utf-8-sig"))))
        assert (rows[1][2], rows[1][-1]) == (HIDDEN, until)
    take_back(desk)
    assert "Left out: 1 withdrew consent." in aicha.get(place).text
    empty = aicha.post(f"{place}/file", {"kind": kind})
    assert HIDDEN.encode() not in empty.data
    assert "Left out of the file: 1 withdrew consent." in aicha.get("/outreach/").text


def test_an_expired_list_says_until_when_it_was_usable(desk: Desk) -> None:
    agree(desk)
    aicha = desk.visit("Aïcha")
    place = prepared(aicha)
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        session.execute(sa.update(ExportedList).values(use_by=date(2026, 1, 31)))
    assert "usable until 31 Jan 2026" in aicha.get(place).text
    for address in (f"{place}/open", f"{place}/file"):
        answer = aicha.post(address, {"kind": "csv"})
        assert (answer.status_code, "usable until 2026-01-31" in answer.text) == (403, True)
        assert HIDDEN not in answer.text


def test_lists_are_of_the_account_that_made_them(desk: Desk) -> None:
    agree(desk)
    place = prepared(desk.visit("Aïcha"))
    for name, status in (("Dana", 404), ("Sami", 404), ("Chen", 404), ("Omar", 403)):
        assert desk.visit(name).get(place).status_code == status
        assert desk.visit(name).post(f"{place}/open").status_code == status
        assert desk.visit(name).post(f"{place}/file", {"kind": "csv"}).status_code == status


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({**ASKED, "reason": " "}, "Say in one line what you need the addresses for."),
        ({"purpose": "nonsense", "channel": "email", "reason": "x"}, "There is no purpose nonsense"),
        ({"purpose": "newsletter", "channel": "pigeon", "reason": "x"}, "There is no channel pigeon"),
        ({"purpose": "newsletter", "channel": "phone", "reason": "x"}, "no list was made"),
        ({**ASKED, "reason": "x", "country": "NO"}, "no list was made"),
    ],
)
def test_a_list_without_a_reason_or_of_nobody_is_refused(desk: Desk, sent: dict[str, str], sentence: str) -> None:
    agree(desk)
    answer = desk.visit("Aïcha").post("/outreach/prepare", sent)
    assert (answer.status_code, sentence in answer.text) == (400, True)
    assert "You have no list." in desk.visit("Aïcha").get("/outreach/").text


def test_elevated_people_are_on_no_list_even_if_they_were(desk: Desk) -> None:
    agree(desk)
    aicha = desk.visit("Aïcha")
    place = prepared(aicha)
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        fatou = session.scalars(sa.select(Person).where(Person.public_id == desk.cast.fatou)).one()
        fatou.protection = Protection.ELEVATED
    assert HIDDEN not in aicha.post(f"{place}/open").text
    assert HIDDEN.encode() not in aicha.post(f"{place}/file", {"kind": "csv"}).data
    assert desk.cast.fatou not in aicha.get("/directory/?purpose=newsletter&channel=email").text
    refused = aicha.post("/outreach/prepare", {**ASKED, "reason": "Letter"})
    assert refused.status_code == 400


def test_consents_that_end_soon_are_listed_and_asked_again(either: Desk) -> None:
    aicha = either.visit("Aïcha")
    assert "No consent ends within 60 days." in aicha.get("/outreach/renewals").text
    agree(either, now_utc().date() - timedelta(days=710))
    page = aicha.get("/outreach/renewals").text
    assert f"/people/{either.cast.fatou}/consent" in page
    assert HIDDEN not in page
    made = aicha.post("/outreach/renewals/prepare", {**ASKED, "reason": "Ask again"})
    assert made.status_code == 303
    assert either.cast.fatou not in either.visit("Dana").get("/outreach/renewals").text
    nobody = aicha.post("/outreach/renewals/prepare", {"purpose": "newsletter", "channel": "phone", "reason": "x"})
    assert nobody.status_code == 400


def test_other_teams_are_hinted_at_in_the_directory(desk: Desk) -> None:
    agree(desk)
    aicha, sami = desk.visit("Aïcha"), desk.visit("Sami")
    sami.post(f"{prepared(sami)}/open")
    page = aicha.get("/directory/?purpose=newsletter&channel=email").text
    assert "1 other team wrote to this person in the last 30 days." in page
    assert "Other teams wrote to 1 of them" in aicha.get(prepared(aicha)).text
