"""Sharing on the screen: who edits for an affiliate gives and ends; who receives reads."""

from __future__ import annotations

import datetime as dt
import re

import sqlalchemy as sa
from sqlmodel import col

from tests.admin.conftest import Desk
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import Person

UNTIL = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=90)).isoformat()


def asked(page: str, **other: object) -> dict[str, object]:
    """A filled form, in the name of the first affiliate that the page offers."""
    giver = re.findall(r'<option (?:selected )?value="(a_[a-z0-9]+)"', page)[0]
    terms = {"giver": giver, "receiver": "fjord", "fields": ["names", "contacts"], "purpose": "newsletter"}
    return {**terms, "until": UNTIL, **other}


def test_an_editor_shares_names_and_ends_it(either: Desk) -> None:
    aicha, dana, key = either.visit("Aïcha"), either.visit("Dana"), either.cast.fatou
    assert dana.get(f"/people/{key}").status_code == 404
    assert aicha.post("/sharing/", asked(aicha.get("/sharing/").text)).status_code == 303
    page = aicha.get("/sharing/").text
    assert "All names, Writing to them, for this purpose only" in page
    assert dana.get(f"/people/{key}").status_code == 200
    (number,) = re.findall(r'action="/sharing/(\d+)/end"', page)
    assert dana.post(f"/sharing/{number}/end").status_code == 403
    assert aicha.post(f"/sharing/{number}/end").status_code == 303
    assert dana.get(f"/people/{key}").status_code == 404
    assert "ended" in dana.get("/sharing/").text


def test_where_somebody_lives_is_shown_with_its_group_only(either: Desk) -> None:
    aicha, dana, key = either.visit("Aïcha"), either.visit("Dana"), either.cast.fatou
    with session_scope(either.engine, OPERATOR, writing=True) as session:
        fatou = session.scalars(sa.select(Person).where(col(Person.public_id) == key)).one()
        fatou.residence_city, fatou.community_region = "Thiès", "sub_saharan_africa"
    for fields, is_told in ((["names"], False), (["names", "places"], True)):
        terms = aicha.get("/sharing/").text
        assert aicha.post("/sharing/", asked(terms, fields=fields)).status_code == 303
        page, listed = dana.get(f"/people/{key}").text, dana.get("/people/").text
        (row,) = re.findall(r"Fatou Diop.*?</tr>", listed, re.DOTALL)
        told = ("Thiès" in page, "Sub-Saharan Africa" in page, "<div>Senegal</div>" in row)
        assert told == (is_told, is_told, is_told)
    assert "All names, Where they live" in aicha.get("/sharing/").text


def test_what_is_wrong_is_said_in_one_line(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    page = aicha.get("/sharing/").text
    past = aicha.post("/sharing/", asked(page, until="2020-01-01"))
    assert (past.status_code, "must come after today" in past.text) == (422, True)
    empty = aicha.post("/sharing/", asked(page, fields=[]))
    assert empty.status_code == 422
    unknown = aicha.post("/sharing/", asked(page, receiver="nowhere"))
    assert unknown.status_code == 422
    foreign = aicha.post("/sharing/", asked(page, giver="a_000000000000"))
    assert foreign.status_code == 422


def test_readers_share_nothing(desk: Desk) -> None:
    assert desk.visit("Omar").get("/sharing/").status_code == 403
    assert desk.visit("Aïcha").post("/sharing/999/end").status_code == 404


def test_a_shared_person_is_not_changed_by_who_receives(desk: Desk) -> None:
    aicha, dana, key = desk.visit("Aïcha"), desk.visit("Dana"), desk.cast.fatou
    aicha.post("/sharing/", asked(aicha.get("/sharing/").text))
    page = dana.get(f"/people/{key}/edit")
    sent = dana.post(f"/people/{key}/edit", {"display_name": "Somebody else"})
    assert (page.status_code in {200, 403}, sent.status_code >= 400) == (True, True)
    assert "Somebody else" not in aicha.get(f"/people/{key}").text
