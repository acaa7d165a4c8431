"""Addresses that are not used: the page of the person says so, and who edits the record uses one again."""

from __future__ import annotations

import re

import sqlalchemy as sa

from tests.admin.cast import HIDDEN
from tests.admin.conftest import Desk
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import ContactPoint, now_utc
from wmcrm.outreach import hold_until_confirmed, note_bounce


def test_an_address_without_a_mailbox_is_marked_and_used_again_by_one_press(either: Desk) -> None:
    hold(either)
    page, aicha = f"/people/{either.cast.fatou}", either.visit("Aïcha")
    assert "does not work" in aicha.get(page).text
    (address,) = re.findall(rf'action="({page}/contacts/\d+/again)"', aicha.get(page).text)
    assert either.visit("Dana").post(address).status_code == 404
    assert either.visit("Omar").post(address).status_code == 403
    assert aicha.post(address).status_code == 303
    assert "does not work" not in aicha.get(page).text
    assert aicha.post(address).status_code == 404


def test_staff_do_not_confirm_for_the_person(desk: Desk) -> None:
    hold(desk, confirmed=False)
    page, aicha = f"/people/{desk.cast.fatou}", desk.visit("Aïcha")
    shown = aicha.get(page).text
    assert "not confirmed by the person yet" in shown and "/again" not in shown
    (number,) = re.findall(rf"{page}/contacts/(\d+)/remove", shown)
    assert aicha.post(f"{page}/contacts/{number}/again").status_code == 404


def hold(desk: Desk, *, confirmed: bool = True) -> None:
    """Hold Fatou's address: it bounced, or she has not confirmed it."""
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        point = session.scalars(sa.select(ContactPoint).where(ContactPoint.normalized == HIDDEN)).one()
        if confirmed:
            assert note_bounce(session, point.id, now=now_utc()) == 1
        else:
            hold_until_confirmed(session, point, now=now_utc())
