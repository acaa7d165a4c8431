"""Requests through affiliates on the screen: asked from the directory, counted at home, answered, taken back."""

from __future__ import annotations

import re

from tests.admin.conftest import Desk
from wmcrm.passing_on import LONGEST_MESSAGE

SENT = {"purpose": "organizer_recruitment", "reason": "a contest", "message": "Would you help?"}


def ask(desk: Desk, **other: str) -> int:
    return desk.visit("Chen").post(f"/requests/new?person={desk.cast.fatou}", SENT | other).status_code


def test_a_request_goes_from_the_directory_to_the_affiliate_and_back(either: Desk) -> None:
    chen, aicha = either.visit("Chen"), either.visit("Aïcha")
    listed = chen.get("/directory/?purpose=organizer_recruitment&channel=email").text
    (form,) = set(re.findall(rf'href="(/requests/new\?person={either.cast.fatou}[^"]*)"', listed))
    page = chen.get(form.replace("&amp;", "&")).text
    assert re.search(r'<option selected value="organizer_recruitment"', page)
    assert ask(either) == 303
    assert "to one of your people" in aicha.get("/").text
    page = aicha.get("/requests/").text
    assert "Would you help?" in page and "Chen" in page
    (key,) = re.findall(r'action="/requests/(k_[a-z0-9]+)/answer"', page)
    assert aicha.post(f"/requests/{key}/answer", {"answer": "passed_on", "note": "done today"}).status_code == 303
    mine = chen.get("/requests/").text
    assert "Passed on" in mine and "done today" in mine and "@example.org" not in mine
    assert aicha.post(f"/requests/{key}/answer", {"answer": "declined"}).status_code == 409


def test_others_neither_see_nor_answer_it(desk: Desk) -> None:
    ask(desk)
    (key,) = re.findall(r"/requests/(k_[a-z0-9]+)/answer", desk.visit("Aïcha").get("/requests/").text)
    dana, omar = desk.visit("Dana"), desk.visit("Omar")
    assert "Would you help?" not in dana.get("/requests/").text
    assert dana.post(f"/requests/{key}/answer", {"answer": "declined"}).status_code == 404
    assert dana.get(f"/requests/new?person={desk.cast.fatou}").status_code == 404
    assert omar.get("/requests/").status_code == 403
    assert "to one of your people" not in omar.get("/").text


def test_who_asked_takes_it_back(desk: Desk) -> None:
    ask(desk)
    chen = desk.visit("Chen")
    (key,) = re.findall(r"/requests/(k_[a-z0-9]+)/cancel", chen.get("/requests/").text)
    assert chen.post(f"/requests/{key}/cancel").status_code == 303
    assert "Cancelled" in chen.get("/requests/").text
    assert "Would you help?" not in desk.visit("Aïcha").get("/requests/").text


def test_what_is_missing_or_asked_twice_is_said_in_one_line(desk: Desk) -> None:
    assert (
        ask(desk, message=" ") == ask(desk, purpose="nonsense") == ask(desk, message="x" * (LONGEST_MESSAGE + 1)) == 422
    )
    assert ask(desk) == 303
    again = desk.visit("Chen").post(f"/requests/new?person={desk.cast.fatou}", SENT)
    assert (again.status_code, "asked this already" in again.text) == (422, True)
    own = desk.visit("Aïcha").post(f"/requests/new?person={desk.cast.fatou}", SENT)
    assert (own.status_code, "cannot be asked through another affiliate" in own.text) == (422, True)


def test_an_account_says_where_it_is_told(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    aicha.post("/account/preferences", {"email": "Aicha@Example.net", "shortcuts": "y"})
    assert "aicha@example.net" in aicha.get("/account/").text
    aicha.post("/account/preferences", {"email": "nonsense"})
    page = aicha.get("/account/").text
    assert "Type one complete e-mail address." in page and "aicha@example.net" in page
