"""Forms and records: what people type is read or refused, nothing is overwritten unseen, removal has an undo."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask.testing import FlaskClient

from tests.admin.cast import HIDDEN
from tests.admin.conftest import Desk, Visitor
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import Change, Event, Holding, Person, PersonName, Programme, Skill

VERSION = re.compile(r'name="version" value="(\d+)"')
UNDO = re.compile(r'action="([^"]+/restore)"')


def person_form(visitor: Visitor, key: str, **changed: str) -> dict[str, object]:
    page = visitor.get(f"/people/{key}/edit").text
    version = VERSION.search(page)
    assert version is not None
    filled = {"display_name": "Fatou Diop", "entry_route": "unknown", "residence_country": "SN"}
    return {**filled, "version": version.group(1), **changed}


def one(desk: Desk, model: type, **wanted: object) -> object:
    with session_scope(desk.engine, OPERATOR) as session:
        return session.execute(sa.select(model).filter_by(**wanted)).scalars().one()


def test_a_changed_name_changes_how_the_person_is_sorted_found_and_called(either: Desk) -> None:
    aicha, key = either.visit("Aïcha"), either.cast.fatou
    answer = aicha.post(f"/people/{key}/edit", person_form(aicha, key, display_name="  Zeynab   Diop "))
    assert (answer.status_code, answer.location) == (303, f"/people/{key}")
    person = one(either, Person, public_id=key)
    assert (person.display_name, person.sort_name) == ("Zeynab Diop", "zeynab diop")  # type: ignore[attr-defined]
    assert one(either, PersonName, person_id=person.id).name == "Zeynab Diop"  # type: ignore[attr-defined]
    assert key in aicha.get("/people/?q=zeynab").text


def test_a_change_is_in_the_history_under_the_name_of_who_made_it(desk: Desk) -> None:
    aicha, key = desk.visit("Aïcha"), desk.cast.fatou
    aicha.post(f"/people/{key}/edit", person_form(aicha, key, residence_city="Thiès"))
    with session_scope(desk.engine, OPERATOR) as session:
        change = session.execute(sa.select(Change).order_by(sa.desc("id"))).scalars().first()
    assert change is not None
    assert (change.actor, change.through.value) == ("Aïcha", "screen")
    assert "Thiès" in aicha.get(f"/people/{key}").text


def test_a_form_that_was_overtaken_changes_nothing(either: Desk) -> None:
    aicha, key = either.visit("Aïcha"), either.cast.fatou
    late = person_form(aicha, key, residence_city="Dakar")
    aicha.post(f"/people/{key}/edit", person_form(aicha, key, residence_city="Thiès"))
    answer = aicha.post(f"/people/{key}/edit", late)
    assert answer.status_code == 409
    assert "Somebody changed this record" in answer.text
    assert one(either, Person, public_id=key).residence_city == "Thiès"  # type: ignore[attr-defined]


def test_a_form_with_a_mistake_comes_back_with_what_was_typed(desk: Desk) -> None:
    aicha, key = desk.visit("Aïcha"), desk.cast.fatou
    answer = aicha.post(f"/people/{key}/edit", person_form(aicha, key, display_name="", residence_city="Thiès"))
    assert answer.status_code == 422
    assert 'value="Thiès"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert one(desk, Person, public_id=key).residence_city is None  # type: ignore[attr-defined]


def test_a_date_is_read_as_people_write_it_or_refused_with_a_sentence(desk: Desk) -> None:
    aicha, key = desk.visit("Aïcha"), desk.cast.fatou
    refused = aicha.post(f"/people/{key}/edit", person_form(aicha, key, last_verified_on="31/02/2024"))
    assert refused.status_code == 422
    assert "is not a date; write it as" in refused.text
    taken = aicha.post(f"/people/{key}/edit", person_form(aicha, key, last_verified_on="2024-02-28"))
    assert taken.status_code == 303


def test_a_new_person_is_held_by_the_affiliate_of_who_typed_it(either: Desk) -> None:
    aicha = either.visit("Aïcha")
    answer = aicha.post("/people/new", {"display_name": "Binta Sow", "entry_route": "event"})
    assert answer.status_code == 303
    person = one(either, Person, display_name="Binta Sow")
    holding = one(either, Holding, person_id=person.id)  # type: ignore[attr-defined]
    assert holding.holder_affiliate_id == person.holder_affiliate_id is not None  # type: ignore[attr-defined]
    assert "Binta Sow" in aicha.get("/people/?q=binta").text


def test_removing_a_person_can_be_undone_until_the_message_is_dismissed(either: Desk) -> None:
    aicha, key = either.visit("Aïcha"), either.cast.fatou
    assert aicha.post(f"/people/{key}/remove").location == "/people/"
    assert aicha.get(f"/people/{key}").status_code == 404
    for page in ("/events/", "/affiliates/"):
        assert UNDO.search(aicha.get(page).text), page
    assert aicha.post(f"/people/{key}/restore").location == f"/people/{key}"
    assert not UNDO.search(aicha.get(f"/people/{key}").text)


def test_a_dismissed_message_does_not_come_back(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    aicha.post(f"/people/{desk.cast.fatou}/remove")
    page = aicha.get("/people/").text
    dismiss = re.search(r'action="(/notices/[^"]+/dismiss)"', page)
    assert dismiss is not None
    aicha.post(dismiss.group(1), {"next": "/people/"})
    assert not UNDO.search(aicha.get("/people/").text)


def test_a_code_that_is_taken_is_explained_without_sql(either: Desk) -> None:
    ruth = either.visit("Ruth")
    assert ruth.post("/reference/skills/new", {"code": "gis", "label": "Maps"}).status_code == 303
    answer = ruth.post("/reference/skills/new", {"code": "gis", "label": "Maps again"})
    assert answer.status_code == 422
    assert "There is already one like this" in answer.text
    assert "INSERT" not in answer.text
    assert one(either, Skill, code="gis").label == "Maps"  # type: ignore[attr-defined]


def test_an_interval_that_ends_before_it_begins_is_explained(either: Desk) -> None:
    answer = either.visit("Ruth").post(
        "/reference/programmes/new", {"name": "Photo contest", "since": "2026-05-01", "until": "2026-04-01"}
    )
    assert answer.status_code == 422
    assert "The beginning must be before the end." in answer.text


def test_a_reference_table_made_by_its_columns_keeps_every_field(desk: Desk) -> None:
    ruth = desk.visit("Ruth")
    sent = {"name": "Wiki Loves Trees", "since": "2026-01-01", "until": ""}
    assert ruth.post("/reference/programmes/new", sent).status_code == 303
    made = one(desk, Programme, name="Wiki Loves Trees")
    assert (str(made.since), made.until) == ("2026-01-01", None)  # type: ignore[attr-defined]


def test_an_event_cannot_end_before_it_begins(desk: Desk) -> None:
    answer = desk.visit("Aïcha").post("/events/new", event(ends_on="2026-03-01"))
    assert "The end cannot be before the beginning." in answer.text


def test_the_languages_of_an_event_are_stored_as_codes(desk: Desk) -> None:
    assert desk.visit("Aïcha").post("/events/new", event(languages="French, Hausa")).status_code == 303
    assert one(desk, Event, title="Photo walk").languages == ["fr", "ha"]  # type: ignore[attr-defined]


def event(**changed: str) -> dict[str, object]:
    filled = {
        "title": "Photo walk",
        "event_type": "meetup",
        "event_format": "in_person",
        "status": "held",
        "starts_on": "2026-03-14",
        "timezone": "Africa/Dakar",
        "tracks_attendance": "y",
    }
    return {**filled, **changed}


def test_a_position_is_added_mended_and_taken_back(either: Desk) -> None:
    aicha, key = either.visit("Aïcha"), either.cast.layla
    sent = {"affiliate_id": "baobab", "position": "treasurer", "since": "2025-01-01"}
    assert aicha.post(f"/facts/membership/new?person={key}", sent).status_code == 303
    link = re.search(r'href="(/facts/membership/\d+)"', aicha.get(f"/people/{key}").text)
    assert link is not None
    version = VERSION.search(aicha.get(link.group(1)).text)
    assert version is not None
    mended = {**sent, "position": "chair", "version": version.group(1)}
    assert aicha.post(link.group(1), mended).status_code == 303
    assert "Chair" in aicha.get(f"/people/{key}").text
    assert aicha.post(link.group(1), mended).status_code == 409
    aicha.post(f"{link.group(1)}/remove")
    assert f'href="{link.group(1)}"' not in aicha.get(f"/people/{key}").text
    assert aicha.post(f"{link.group(1)}/restore").status_code == 303


def test_a_person_is_at_an_event_in_a_role_only_once(either: Desk) -> None:
    aicha, key = either.visit("Aïcha"), either.cast.fatou
    sent = {
        "event_id": either.cast.edit_a_thon,
        "event_role": "participant",
        "registration": "registered",
        "attended": "yes",
        "capacity": "participant",
    }
    answer = aicha.post(f"/facts/participation/new?person={key}", sent)
    assert answer.status_code == 422
    assert "There is already one like this" in answer.text
    assert aicha.post(f"/facts/participation/new?person={key}", {**sent, "event_role": "helper"}).status_code == 303


def test_a_reference_that_nobody_has_is_refused_with_what_to_type(desk: Desk) -> None:
    sent = {"affiliate_id": "no such code", "position": "chair"}
    answer = desk.visit("Aïcha").post(f"/facts/membership/new?person={desk.cast.fatou}", sent)
    assert "There is no affiliate no such code" in answer.text


def test_no_page_holds_an_address(desk: Desk) -> None:
    ruth = desk.visit("Ruth")
    places = (
        "/",
        "/people/",
        f"/people/{desk.cast.fatou}",
        f"/people/{desk.cast.fatou}/edit",
        "/people/?q=fatou.secret",
    )
    for place in (*places, f"/events/{desk.cast.edit_a_thon}", f"/affiliates/{desk.cast.baobab}"):
        page = ruth.get(place).text
        assert HIDDEN not in page.replace("q=fatou.secret", ""), place
    assert "E-mail" in ruth.get(f"/people/{desk.cast.fatou}").text


def test_names_with_markup_are_shown_as_text(desk: Desk) -> None:
    aicha, key = desk.visit("Aïcha"), desk.cast.fatou
    aicha.post(f"/people/{key}/edit", person_form(aicha, key, display_name="<script>alert(1)</script>"))
    for place in ("/people/", f"/people/{key}", f"/events/{desk.cast.edit_a_thon}"):
        page = aicha.get(place).text
        assert "<script>alert" not in page, place
        assert "&lt;script&gt;alert" in page, place


def test_a_nul_character_is_refused_in_a_form_too(either: Desk) -> None:
    assert either.visit("Ruth").post("/reference/skills/new", {"code": "a\x00b", "label": "x"}).status_code == 400


def test_the_language_is_kept_in_a_cookie_and_turns_the_page_round(desk: Desk) -> None:
    client: FlaskClient = desk.visit("Aïcha").client
    visitor = Visitor(client)
    answer = visitor.post("/language", {"language": "ar", "next": "/people/"})
    assert answer.location == "/people/"
    page = visitor.get("/people/").text
    assert '<html lang="ar" dir="rtl">' in page
    assert "الأشخاص" in page
