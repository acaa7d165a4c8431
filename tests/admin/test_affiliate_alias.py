"""An affiliate under an alias on the screens: others read the alias, and find it by the alias only."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from tests.admin.conftest import Desk
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import Affiliate, AffiliateType, Event, EventHost, Membership, Person, Position

REAL, ALIAS = "Wikimedians of the Fjords", "Group Seven"


@pytest.fixture
def hiding(desk: Desk) -> Desk:
    """The cast, with the affiliate of the fjords under an alias, where Fatou holds a position and that hosts."""
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        fjord = session.scalars(sa.select(Affiliate).where(Affiliate.code == "fjord")).one()
        fjord.alias = ALIAS
        fatou = session.scalars(sa.select(Person).where(Person.public_id == desk.cast.fatou)).one()
        event = session.scalars(sa.select(Event).where(Event.public_id == desk.cast.edit_a_thon)).one()
        mine = {"recorded_for_id": fatou.id, "holder_affiliate_id": fatou.holder_affiliate_id}
        session.add(Membership(person_id=fatou.id, affiliate_id=fjord.id, position=Position.TREASURER, **mine))
        session.add(EventHost(event_id=event.id, affiliate_id=fjord.id, holder_affiliate_id=fatou.holder_affiliate_id))
    return desk


def pages(desk: Desk) -> list[str]:
    cast = desk.cast
    shared = ["/affiliates/", f"/affiliates/{cast.fjord}", f"/events/{cast.edit_a_thon}"]
    return [*shared, f"/people/{cast.fatou}", "/directory/", "/import/"]


@pytest.mark.parametrize("name", ["Aïcha", "Omar", "Sami", "Chen"])
def test_others_never_read_the_real_name(hiding: Desk, name: str) -> None:
    visitor = hiding.visit(name)
    for address in pages(hiding):
        page = visitor.get(address).text
        assert REAL not in page, address
        assert "fjord" not in page, address
    assert ALIAS in visitor.get("/affiliates/").text
    page = visitor.get(f"/affiliates/{hiding.cast.fjord}").text
    assert ALIAS in page
    assert "Norway" not in page


@pytest.mark.parametrize("text", ["Fjords", "fjord"])
def test_others_do_not_find_it_by_what_it_is_called(hiding: Desk, text: str) -> None:
    assert ALIAS not in hiding.visit("Aïcha").get(f"/affiliates/?q={text}").text
    assert hiding.cast.fjord in hiding.visit("Aïcha").get("/affiliates/?q=seven").text
    assert hiding.visit("Aïcha").get(f"/directory/?affiliate={text}").status_code == 404
    assert REAL in hiding.visit("Dana").get(f"/affiliates/?q={text}").text


def test_the_place_in_the_list_tells_nothing_of_the_real_name(hiding: Desk) -> None:
    with session_scope(hiding.engine, OPERATOR, writing=True) as session:
        session.add_all(
            Affiliate(name=f"Between {number:02}", affiliate_type=AffiliateType.USER_GROUP) for number in range(60)
        )
        session.add(Affiliate(name="Aa", alias="Zz", affiliate_type=AffiliateType.USER_GROUP))
    aicha = hiding.visit("Aïcha")
    for order in ("up", "down"):
        page = aicha.get(f"/affiliates/?order={order}&sort=name").text
        following = re.search(r"after=(a_\w+)", page)
        assert following is not None
        shown = re.findall(r">(Between \d\d|Zz|Aa)<", page)
        shown += re.findall(
            r">(Between \d\d|Zz|Aa)<",
            aicha.get(f"/affiliates/?order={order}&sort=name&after={following.group(1)}").text,
        )
        assert shown == sorted(shown, reverse=order == "down")
        assert len(shown) == 61


def test_its_own_people_and_the_administrator_read_the_real_name(hiding: Desk) -> None:
    place = f"/affiliates/{hiding.cast.fjord}"
    for name in ("Dana", "Ruth"):
        page = hiding.visit(name).get(place).text
        assert REAL in page
        assert ALIAS in page
    assert hiding.visit("Dana").get(f"{place}/edit").status_code == 200
    assert hiding.visit("Aïcha").get(f"{place}/edit").status_code == 403


def test_its_own_people_give_it_the_alias(desk: Desk) -> None:
    dana, place = desk.visit("Dana"), f"/affiliates/{desk.cast.fjord}"
    sent = {
        "name": REAL,
        "code": "fjord",
        "alias": ALIAS,
        "affiliate_type": "user_group",
        "country": "NO",
        "version": 1,
    }
    assert dana.post(f"{place}/edit", sent).status_code == 303
    assert REAL not in desk.visit("Aïcha").get(place).text
