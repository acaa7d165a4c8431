"""Typing in somebody who is here already: a warning with up to three names, never of foreign people."""

from __future__ import annotations

import sqlalchemy as sa

from tests.admin.cast import HIDDEN
from tests.admin.conftest import Desk
from tests.admin.test_records import one, person_form
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import ContactKind, ContactPoint, Person, WikiAccount
from wmcrm.upkeep import refresh_everybody

NEW = {"display_name": "Fatou Diop", "entry_route": "event", "residence_country": "SN"}


def known(desk: Desk) -> Desk:
    """The cast with its keys for looking people up."""
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        refresh_everybody(session)
    return desk


def people(desk: Desk) -> int:
    with session_scope(desk.engine, OPERATOR) as session:
        return session.execute(sa.select(sa.func.count()).select_from(Person)).scalar_one()


def test_somebody_who_is_here_already_is_not_added_unseen(either: Desk) -> None:
    aicha, before = known(either).visit("Aïcha"), people(either)
    warned = aicha.post("/people/new", NEW)
    assert warned.status_code == 422
    assert "here already" in warned.text
    assert f'href="/people/{either.cast.fatou}"' in warned.text
    assert people(either) == before
    assert aicha.post("/people/new", {**NEW, "anyway": "yes"}).status_code == 303
    assert people(either) == before + 1


def test_an_account_of_another_affiliate_is_known_but_nobody_is_named(either: Desk) -> None:
    aicha = known(either).visit("Aïcha")
    sent = {"display_name": "Kari Nordmann", "username": "Kari N", "entry_route": "event", "residence_country": "SN"}
    warned = aicha.post("/people/new", sent)
    assert "known to another affiliate" in warned.text
    assert either.cast.foreign not in warned.text


def test_the_warning_comes_while_one_types_and_changes_nothing(desk: Desk) -> None:
    aicha, before = known(desk).visit("Aïcha"), people(desk)
    part = aicha.post("/people/alike", {"display_name": "Fatou Diop", "residence_country": "SN"})
    assert part.status_code == 200
    assert desk.cast.fatou in part.text and "<html" not in part.text
    assert aicha.post("/people/alike", {"display_name": ""}).text.strip() == ""
    assert desk.visit("Omar").post("/people/alike", {"display_name": "Fatou Diop"}).status_code == 403
    assert people(desk) == before


def test_a_sealed_person_is_in_no_warning(desk: Desk) -> None:
    part = (
        known(desk).visit("Ruth").post("/people/alike", {"display_name": "Pseudonym Nine", "residence_country": "SN"})
    )
    assert desk.cast.sealed not in part.text


def test_a_new_person_may_be_given_an_account_at_once(desk: Desk) -> None:
    sent = {**NEW, "display_name": "Binta Sow", "username": "User:binta_sow"}
    assert desk.visit("Aïcha").post("/people/new", sent).status_code == 303
    assert one(desk, WikiAccount, username="Binta sow")


def test_saving_a_person_under_the_same_name_asks_nothing(desk: Desk) -> None:
    aicha, key = known(desk).visit("Aïcha"), desk.cast.fatou
    form = person_form(aicha, key, residence_city="Thiès")
    assert aicha.post(f"/people/{key}/edit", form).status_code == 303


def test_an_address_that_is_typed_in_finds_who_has_it_and_shows_it_of_nobody(either: Desk) -> None:
    aicha = known(either).visit("Aïcha")
    sent = {"display_name": "Fa", "email": HIDDEN.upper(), "residence_country": "SN"}
    owner = either.cast.fatou
    part = aicha.post("/people/alike", sent)
    assert owner in part.text
    assert "The e-mail address is the same" in part.text
    assert HIDDEN not in part.text
    warned = aicha.post("/people/new", {**NEW, **sent})
    assert warned.status_code == 422
    assert owner in warned.text


def test_an_address_is_no_question_about_the_people_of_others(either: Desk) -> None:
    desk = known(either)
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        foreign = session.execute(sa.select(Person).filter_by(public_id=desk.cast.foreign)).scalar_one()
        mine = {"person_id": foreign.id, "recorded_for_id": foreign.id}
        value = "kari.typed@example.org"
        session.add(ContactPoint(**mine, kind=ContactKind.EMAIL, value=value, normalized=value))
    sent = {"display_name": "Somebody Else", "email": "kari.typed@example.org", "phone": "+47 21 12 34 56"}
    assert desk.visit("Aïcha").post("/people/alike", sent).text.strip() == ""


def test_a_new_person_may_be_given_an_address_and_a_number_at_once(desk: Desk) -> None:
    sent = {**NEW, "display_name": "Coumba Faye", "email": "coumba@example.org", "phone": "77 123 45 99"}
    assert desk.visit("Aïcha").post("/people/new", sent).status_code == 303
    assert one(desk, ContactPoint, normalized="coumba@example.org")
    assert one(desk, ContactPoint, normalized="+221771234599")


def test_text_that_is_no_address_is_said_at_its_field(desk: Desk) -> None:
    answer = desk.visit("Aïcha").post("/people/new", {**NEW, "display_name": "Coumba Faye", "email": "not an address"})
    assert answer.status_code == 422
    assert "Type one complete address" in answer.text
