"""Organizations under two names: linked and told apart by a steward only, and both taken back."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from tests.admin.conftest import Desk, Visitor
from tests.admin.test_lists import counted
from tests.cast import add_affiliate
from wmcrm.db import OPERATOR, session_scope
from wmcrm.dedupe import tell_apart
from wmcrm.models import Account, Affiliate, Change, Membership, Person, Position

TAB = "/review/?tab=organizations"
FORMER, CURRENT = "Wikimedia Community User Group Gambia", "Wikimedia Gambia"
UNDO = re.compile(r'action="(/review/organizations/[^"]+/undo)"')


def two(desk: Desk) -> tuple[str, str]:
    """A user group and the chapter that it became."""
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        former, current = (
            add_affiliate(session, code, name, "GM") for code, name in (("XUG", FORMER), ("XWM", CURRENT))
        )
        return former.public_id, current.public_id


def undo(visitor: Visitor, page: str = "/events/") -> str:
    """Where the notice above a page takes the deed back."""
    found = UNDO.search(visitor.get(page).text)
    assert found is not None
    return found.group(1)


def test_organizations_are_linked_by_a_steward_only_and_taken_back_at_once(either: Desk) -> None:
    former, current = two(either)
    ruth, sent = either.visit("Ruth"), {"pair": f"{former} {current}", "since": "2025-03-01"}
    assert "The names are the same but for the words of their kind" in ruth.get(TAB).text
    assert either.visit("Aïcha").post("/review/organizations", sent).status_code == 403
    assert ruth.post("/review/organizations", {**sent, "since": "March"}).status_code == 400
    assert ruth.post("/review/organizations", sent).status_code == 303
    assert FORMER not in ruth.get(TAB).text
    assert ruth.post("/review/organizations", sent).status_code == 404
    assert ruth.post(undo(ruth)).location == f"/affiliates/{former}"
    assert "They are two organizations again." in ruth.get(f"/affiliates/{former}").text
    assert FORMER in ruth.get(TAB).text


def test_a_link_is_taken_back_from_the_page_of_the_later_one_and_tells_what_stays(either: Desk) -> None:
    former, current = two(either)
    ruth = either.visit("Ruth")
    ruth.post("/review/organizations", {"pair": f"{former} {current}", "since": "2025-03-01"})
    (link,) = set(re.findall(r'"(/review/organizations/links/\d+)"', ruth.get(f"/affiliates/{current}").text))
    assert "Nothing was recorded since they were linked." in ruth.get(link).text
    with session_scope(either.engine, OPERATOR, writing=True) as session:
        later = session.scalars(sa.select(Affiliate).filter_by(public_id=current)).one()
        fatou = session.scalars(sa.select(Person).filter_by(public_id=either.cast.fatou)).one()
        mine = {"person_id": fatou.id, "recorded_for_id": fatou.id}
        session.add(Membership(affiliate_id=later.id, position=Position.CHAIR, **mine))
    assert "stays with the later organization: Position (1)" in ruth.get(link).text
    aicha = either.visit("Aïcha")
    assert "/review/organizations/links/" not in aicha.get(f"/affiliates/{current}").text
    assert (aicha.get(link).status_code, aicha.post(f"{link}/undo").status_code) == (403, 403)
    assert ruth.post(f"{link}/undo").status_code == 303
    assert ruth.post(f"{link}/undo").status_code == 409
    assert ruth.get(link).status_code == 404
    assert ruth.get("/review/organizations/links/99999999999").status_code == 404


def test_what_another_follows_is_not_brought_back_without_its_link(desk: Desk) -> None:
    former, current = two(desk)
    ruth = desk.visit("Ruth")
    ruth.post("/review/organizations", {"pair": f"{former} {current}", "since": "2025-03-01"})
    refused = ruth.post(f"/affiliates/{former}/restore")
    assert refused.status_code == 409
    assert "take that link back" in refused.text


def test_a_position_that_a_link_moved_is_not_put_back_by_itself(desk: Desk) -> None:
    former, current = two(desk)
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        group = session.scalars(sa.select(Affiliate).filter_by(public_id=former)).one()
        fatou = session.scalars(sa.select(Person).filter_by(public_id=desk.cast.fatou)).one()
        mine = {"person_id": fatou.id, "recorded_for_id": fatou.id, "holder_affiliate_id": fatou.holder_affiliate_id}
        session.add(Membership(affiliate_id=group.id, position=Position.CHAIR, **mine))
    ruth = desk.visit("Ruth")
    ruth.post("/review/organizations", {"pair": f"{former} {current}", "since": "2025-03-01"})
    assert CURRENT in ruth.get(f"/people/{desk.cast.fatou}").text
    with session_scope(desk.engine, OPERATOR) as session:
        newest = session.scalars(sa.select(Change).order_by(Change.id.desc())).all()
        (moved,) = [one for one in newest if one.subject_table == "person" and one.note == "affiliates linked"]
    assert ruth.post(f"/people/{desk.cast.fatou}/changes/{moved.id}/revert").status_code == 409


def test_two_organizations_are_told_apart_and_asked_about_again(either: Desk) -> None:
    former, current = two(either)
    ruth, sent = either.visit("Ruth"), {"pair": f"{former} {current}"}
    assert either.visit("Aïcha").post("/review/organizations/apart", sent).status_code == 403
    assert ruth.post("/review/organizations/apart", sent).status_code == 303
    page = ruth.get(TAB).text
    assert "Nothing waits here." in page
    assert "Said to be two organizations" in page and "Ruth" in page
    assert ruth.post("/review/organizations", {**sent, "since": "2025-03-01"}).status_code == 409
    assert "Another organization than" in ruth.get(f"/affiliates/{current}").text
    address = undo(ruth, TAB)
    assert either.visit("Aïcha").post(address).status_code == 403
    assert ruth.post(address).status_code == 303
    assert ruth.post(address).status_code == 409
    assert "Perhaps one organization" in ruth.get(TAB).text
    assert ruth.post("/review/organizations/apart", {"pair": "nobody"}).status_code == 404


@pytest.mark.parametrize("page", [TAB, "/affiliates/{current}"])
def test_a_page_costs_the_same_for_one_pair_told_apart_and_for_many(desk: Desk, page: str) -> None:
    _, current = two(desk)
    ruth, asked = desk.visit("Ruth"), []
    for more in (1, 30):
        with session_scope(desk.engine, OPERATOR, writing=True) as session:
            later = session.scalars(sa.select(Affiliate).filter_by(public_id=current)).one()
            account = session.scalars(sa.select(Account).filter_by(name="Sami")).one()
            for number in range(more):
                other = add_affiliate(session, f"{more}-{number}", f"Wikimedia Gambia {more} {number}", "GM")
                tell_apart(session, later, other).judged_by_id = account.id
        with counted(desk.engine) as seen:
            assert "Sami" in ruth.get(page.format(current=current)).text
        asked.append(len(seen))
    assert asked[1] == asked[0]
