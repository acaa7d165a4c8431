"""Requests of people on the screens: stewards see who is owed an answer, and close what is done."""

from __future__ import annotations

import sqlalchemy as sa

from tests.admin.conftest import Desk
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import Person, Protection, RequestAnswer, RightsRequest, now_utc
from wmcrm.self_service import ask_for_erasure, say_not_me


def ask(desk: Desk, *, erasure: bool = False) -> str:
    """Fatou asks; returns the id of the request."""
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        fatou = session.scalars(sa.select(Person).where(Person.public_id == desk.cast.fatou)).one()
        return (ask_for_erasure if erasure else say_not_me)(session, fatou, now=now_utc()).public_id


def answers(desk: Desk) -> list[RequestAnswer | None]:
    with session_scope(desk.engine, OPERATOR) as session:
        return list(session.scalars(sa.select(RightsRequest.answer)))


def test_a_steward_sees_who_is_owed_an_answer_and_closes_it(either: Desk) -> None:
    request = ask(either)
    for name in ("Ruth", "Sami"):
        page = either.visit(name).get("/rights-requests/").text
        assert "The record is about somebody else" in page
        assert f"/people/{either.cast.fatou}" in page
    sami = either.visit("Sami")
    assert sami.post(f"/rights-requests/{request}/answer", {"answer": "done"}).status_code == 303
    assert "Nobody waits" in sami.get("/rights-requests/").text
    assert answers(either) == [RequestAnswer.DONE]
    assert sami.post(f"/rights-requests/{request}/answer", {"answer": "done"}).status_code == 404


def test_an_erasure_is_closed_by_erasing_or_refused(desk: Desk) -> None:
    request = ask(desk, erasure=True)
    ruth = desk.visit("Ruth")
    page = ruth.get("/rights-requests/").text
    assert f"/people/{desk.cast.fatou}/rights/erase" in page and 'value="done"' not in page
    assert "/rights-requests/" in ruth.get("/privacy/").text
    ruth.post(f"/rights-requests/{request}/answer", {"answer": "refused"})
    assert answers(desk) == [RequestAnswer.REFUSED]


def test_nobody_else_sees_or_answers_them(desk: Desk) -> None:
    request = ask(desk)
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        session.scalars(
            sa.select(Person).where(Person.public_id == desk.cast.fatou)
        ).one().protection = Protection.SEALED
    assert desk.cast.fatou not in desk.visit("Sami").get("/rights-requests/").text
    assert desk.visit("Sami").post(f"/rights-requests/{request}/answer", {"answer": "done"}).status_code == 404
    assert f"/sealed/{desk.cast.fatou}" in desk.visit("Ruth").get("/rights-requests/").text
    for name in ("Aïcha", "Omar", "Dana", "Chen"):
        assert desk.visit(name).get("/rights-requests/").status_code == 403
    assert answers(desk) == [None]


def test_a_wrong_answer_is_one_clear_line(desk: Desk) -> None:
    refused = desk.visit("Ruth").post(f"/rights-requests/{ask(desk)}/answer", {"answer": "maybe"})
    assert refused.status_code == 400 and "Use the buttons" in refused.text
    assert 'href="/rights-requests/"' in refused.text
