"""The consent of one person on the screen: what holds and why, a new decision, withdrawn in one press, notices."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.admin.cast import HIDDEN
from tests.admin.conftest import Desk
from wmcrm.consent import standings
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import ConsentEvent, Person, Protection, now_utc

GIVEN = {
    "decision": "given",
    "purpose": "newsletter",
    "channel": "email",
    "notice": "v3",
    "method": "paper",
    "on": "2026-03-02",
    "evidence": "folder 7",
    "basis": "consent",
}


def held(desk: Desk) -> list[tuple[str, str]]:
    with session_scope(desk.engine, OPERATOR) as session:
        person = session.scalars(sa.select(Person).where(Person.public_id == desk.cast.fatou)).one()
        return [(row.purpose, row.standing.value) for row in standings(session, person)]


def test_a_decision_is_recorded_shown_with_its_evidence_and_withdrawn_in_one_press(either: Desk) -> None:
    aicha, place = either.visit("Aïcha"), f"/people/{either.cast.fatou}/consent"
    assert "no consent" in aicha.get(place).text
    assert aicha.post(place, GIVEN).status_code == 303
    page = aicha.get(place).text
    assert "consent of 2 Mar 2026, notice v3, Paper, until 2 Mar 2028" in page
    assert "The wording of this notice is not recorded." in page
    assert "Baobab Wikimedians User Group" in page
    assert "folder 7" in page
    assert HIDDEN not in page
    assert aicha.post(f"{place}/withdraw", {"purpose": "newsletter", "channel": "email"}).status_code == 303
    page = aicha.get(place).text
    assert "withdrew consent" in page
    assert f"{place}/withdraw" not in page
    assert held(either) == [("newsletter", "withdrawn")]
    with session_scope(either.engine, OPERATOR) as session:
        collectors = session.scalars(sa.select(ConsentEvent.collector)).all()
    assert set(collectors) == {"Aïcha"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"notice": ""}, "A consent needs the notice the person was shown"),
        ({"on": (now_utc().date() + timedelta(days=1)).isoformat()}, "is in the future"),
        ({"on": "31/02/2024"}, "is not a date"),
        ({"on": ""}, "Decided on"),
        ({"basis": "legitimate_interest"}, "A legitimate interest is no ground for newsletter"),
        ({"purpose": "world_domination"}, "Not a valid choice"),
        ({"decision": "voided"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_recorded_is_refused_beside_the_form(desk: Desk, change: dict[str, str], sentence: str) -> None:
    answer = desk.visit("Aïcha").post(f"/people/{desk.cast.fatou}/consent", GIVEN | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert held(desk) == []


def test_an_objection_cannot_be_answered_with_an_interest(desk: Desk) -> None:
    aicha, place = desk.visit("Aïcha"), f"/people/{desk.cast.fatou}/consent"
    terms = {**GIVEN, "purpose": "programme_evaluation"}
    assert aicha.post(place, {**terms, "decision": "objected", "channel": "any"}).status_code == 303
    answer = aicha.post(place, {**terms, "basis": "legitimate_interest"})
    assert (answer.status_code, "The person said no to this purpose" in answer.text) == (422, True)


def test_readers_see_what_holds_and_change_nothing(desk: Desk) -> None:
    omar, place = desk.visit("Omar"), f"/people/{desk.cast.fatou}/consent"
    page = omar.get(place)
    assert (page.status_code, "Record a decision" in page.text) == (200, False)
    assert omar.post(place, GIVEN).status_code == 403
    assert omar.post(f"{place}/withdraw", {"purpose": "newsletter", "channel": "email"}).status_code == 403


def test_people_of_others_held_or_sealed_have_no_such_page(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    for key in (desk.cast.foreign, desk.cast.held, desk.cast.sealed, "p_nobody"):
        assert aicha.get(f"/people/{key}/consent").status_code == 404
        assert aicha.post(f"/people/{key}/consent", GIVEN).status_code == 404


def test_of_elevated_people_each_purpose_says_no(desk: Desk) -> None:
    desk.visit("Aïcha").post(f"/people/{desk.cast.fatou}/consent", GIVEN)
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        person = session.scalars(sa.select(Person).where(Person.public_id == desk.cast.fatou)).one()
        person.protection = Protection.ELEVATED
    page = desk.visit("Aïcha").get(f"/people/{desk.cast.fatou}/consent").text
    assert page.count("protected; ask the affiliate&#39;s contact") == 12
    assert "consent of 2 Mar" not in page


def test_the_register_lists_purposes_and_notices_with_their_languages(either: Desk) -> None:
    ruth = either.visit("Ruth")
    assert "No notice is recorded yet." in ruth.get("/consent/").text
    notice = {"version": "v3", "language": "French", "purposes": ["newsletter"], "wording": "Nous vous écrivons."}
    made = ruth.post("/consent/notices/new", notice)
    assert made.status_code == 303
    page = ruth.get(made.location)
    assert "Nous vous écrivons." in page.text
    assert 'lang="fr"' in page.text
    assert ruth.post("/consent/notices/new", {**notice, "language": "ar", "wording": "نكتب إليك."}).status_code == 303
    assert "Arabic" in ruth.get(made.location).text
    again = ruth.post("/consent/notices/new", {**notice, "wording": "Autre chose."})
    assert (again.status_code, "publish changes as a new version" in again.text) == (422, True)
    register = ruth.get("/consent/").text
    assert register.count("v3") >= 2
    assert "Legitimate interest" in register


def test_only_who_may_change_the_register_publishes(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    assert aicha.get("/consent/").status_code == 200
    assert "Publish a wording" not in aicha.get("/consent/").text
    assert aicha.get("/consent/notices/new").status_code == 403
    assert aicha.get("/consent/notices/99999999999").status_code == 404


def test_the_wording_that_somebody_saw_stands_on_their_page(desk: Desk) -> None:
    ruth = desk.visit("Ruth")
    ruth.post(
        "/consent/notices/new",
        {"version": "v3", "language": "fr", "purposes": ["newsletter"], "wording": "<b>Nous</b> vous écrivons."},
    )
    aicha, place = desk.visit("Aïcha"), f"/people/{desk.cast.fatou}/consent"
    aicha.post(place, {**GIVEN, "on": date(2026, 3, 2).isoformat()})
    assert "&lt;b&gt;Nous&lt;/b&gt; vous écrivons." in aicha.get(place).text
    assert place in aicha.get(f"/people/{desk.cast.fatou}").text
