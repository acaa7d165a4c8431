"""The directory on the screen: filters in the address, no address of a person, and who may be written to."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from tests.admin.cast import HIDDEN
from tests.admin.conftest import Desk
from tests.admin.test_lists import counted
from wmcrm.consent import Act, record_decision
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import Channel, ConsentDecision, ConsentMethod, Person

WRITE = "/directory/?purpose=newsletter&channel=email"


def consents(desk: Desk) -> None:
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        fatou = session.execute(sa.select(Person).filter_by(public_id=desk.cast.fatou)).scalar_one()
        act = Act(ConsentMethod.PAPER, date(2026, 3, 2), notice="v3", controller_id=fatou.holder_affiliate_id)
        record_decision(session, fatou, ConsentDecision.GIVEN, purpose="newsletter", channel=Channel.EMAIL, act=act)


def test_organizers_are_found_by_role_place_and_affiliate(either: Desk) -> None:
    aicha, key = either.visit("Aïcha"), either.cast.fatou
    for asked in ("", "role=group_contact_1", "country=SN", "affiliate=baobab", "active_since=2026-01-01"):
        assert key in aicha.get(f"/directory/?{asked}").text, asked
    assert key not in aicha.get("/directory/?role=treasurer").text
    assert key not in either.visit("Dana").get("/directory/").text


def test_whoever_just_looks_sees_no_word_about_contact(desk: Desk) -> None:
    page = desk.visit("Aïcha").get("/directory/").text
    assert '<th scope="col" role="columnheader">May contact' not in page
    assert HIDDEN not in page


def test_with_a_purpose_each_row_says_yes_or_why_not_and_the_sum_adds_up(either: Desk) -> None:
    aicha = either.visit("Aïcha")
    assert "1 person: 0 yes, 1 no" in aicha.get(WRITE).text
    assert "Not written to: 1 no consent." in aicha.get(WRITE).text
    consents(either)
    page = aicha.get(WRITE).text
    assert "1 person: 1 yes, 0 no" in page
    assert "consent of 2 Mar 2026, notice v3, Paper, until 2 Mar 2028" in page
    assert HIDDEN not in page


def test_a_reader_without_the_permission_only_looks(desk: Desk) -> None:
    page = desk.visit("Omar").get(WRITE).text
    assert "no consent" not in page
    assert "I want to write for" not in page


def test_an_empty_answer_says_which_filter_to_drop(desk: Desk) -> None:
    page = desk.visit("Aïcha").get("/directory/?country=NO&role=group_contact_1").text
    assert "Nobody is found." in page
    assert "Without Country: 1 person" in page
    assert 'href="/directory/?role=group_contact_1"' in page


@pytest.mark.parametrize("asked", ["role=emperor", "country=Atlantis", "language=klingonese", "affiliate=nobody"])
def test_a_filter_that_does_not_exist_is_refused_with_a_sentence(desk: Desk, asked: str) -> None:
    answer = desk.visit("Ruth").get(f"/directory/?{asked}")
    assert answer.status_code in {400, 404}
    assert "There is no" in answer.text


def test_the_directory_costs_no_question_for_each_person(desk: Desk) -> None:
    ruth = desk.visit("Ruth")
    with counted(desk.engine) as looking:
        ruth.get("/directory/")
    with counted(desk.engine) as writing:
        ruth.get(WRITE)
    assert len(looking) <= 16, looking
    assert len(writing) <= 26, writing
