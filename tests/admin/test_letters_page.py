"""The list of letters: administrators see what waits, left or failed, and never to whom."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from tests.admin.cast import HIDDEN
from tests.admin.conftest import Desk
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import Affiliate, ContactPoint, Grant, Letter, LetterKind, LetterState, PermissionRole, Person

LATER = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)


def write(desk: Desk, *states: LetterState, why: str | None = None) -> list[str]:
    """Letters to Fatou in these states, the oldest first; returns their ids."""
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        fatou = session.scalars(sa.select(Person.id).where(Person.public_id == desk.cast.fatou)).one()
        point = session.scalars(sa.select(ContactPoint.id).where(ContactPoint.person_id == fatou)).one()
        about = {"person_id": fatou, "contact_point_id": point, "language": "en", "next_try_at": LATER, "why": why}
        made = [Letter(kind=LetterKind.SHARED_ADDRESS, state=state, **about) for state in states]
        for letter in made:
            session.add(letter)
            session.flush()
        return [letter.public_id for letter in made]


def test_it_says_what_became_of_each_letter_and_not_to_whom(own_desk: Desk) -> None:
    write(own_desk, *LetterState)
    page = own_desk.visit("Ruth").get("/letters/").text
    for word in ("Waiting", "Being sent", "Sent", "Withheld", "Failed", "May have left"):
        assert word in page
    assert HIDDEN not in page and "Fatou" not in page and own_desk.cast.fatou not in page


def test_reasons_are_words_and_a_number_of_the_server_stays_one(own_desk: Desk) -> None:
    write(own_desk, LetterState.FAILED, why="no such mailbox")
    write(own_desk, LetterState.WITHHELD, why="withdrawn")
    write(own_desk, LetterState.WAITING, why="451")
    page = own_desk.visit("Ruth").get("/letters/").text
    assert "there is no such mailbox" in page and "withdrew consent" in page
    assert "the mail server said: 451" in page


def test_it_is_read_page_by_page_within_a_state(own_desk: Desk) -> None:
    write(own_desk, *[LetterState.SENT] * 51, LetterState.FAILED)
    ruth = own_desk.visit("Ruth")
    first = ruth.get("/letters/?state=sent").text
    assert first.count("<time ") == 50
    following = first.split("before=")[1].split('"')[0]
    second = ruth.get(f"/letters/?state=sent&before={following}").text
    assert second.count("<time ") == 1 and "Next page" not in second and "First page" in second


def test_nonsense_in_the_address_is_one_clear_line(desk: Desk) -> None:
    ruth = desk.visit("Ruth")
    assert ruth.get("/letters/?state=nonsense").status_code == 200
    answer = ruth.get("/letters/?before=m_nowhere")
    assert answer.status_code == 400 and "begin at its first page" in answer.text


def test_trying_a_waiting_letter_sends_it_now(own_desk: Desk) -> None:
    (waiting,) = write(own_desk, LetterState.WAITING)
    ruth = own_desk.visit("Ruth")
    assert "Try now" in ruth.get("/letters/").text
    assert ruth.post(f"/letters/{waiting}/try", {"state": "waiting"}).location == "/letters/?state=waiting"
    with own_desk.app.app_context():
        own_desk.app.extensions["wmcrm_post_office"].wait()
    assert "Sent" in ruth.get("/letters/?state=sent").text.split("<table")[1]
    ruth.post(f"/letters/{waiting}/try")
    assert "does not wait any more" in ruth.get("/letters/").text


def test_only_administrators_of_the_whole_movement_see_it(own_desk: Desk) -> None:
    (waiting,) = write(own_desk, LetterState.WAITING)
    for name in ("Aïcha", "Omar", "Sami", "Chen", "Dana"):
        assert own_desk.visit(name).get("/letters/").status_code == 403
        assert own_desk.visit(name).post(f"/letters/{waiting}/try").status_code == 403
    nadia = own_desk.account("Nadia", "administrator")
    with session_scope(own_desk.engine, OPERATOR, writing=True) as session:
        grant = session.scalars(sa.select(Grant).where(Grant.role == PermissionRole.ADMINISTRATOR)).all()[-1]
        grant.affiliate_id = session.scalars(sa.select(Affiliate.id).where(Affiliate.code == "baobab")).one()
    assert nadia.get("/letters/").status_code == 404
    assert nadia.post(f"/letters/{waiting}/try").status_code == 404
    assert "/letters/" not in nadia.get("/privacy/").text
    assert '"/letters/"' in own_desk.visit("Ruth").get("/privacy/").text
