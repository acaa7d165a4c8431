"""The review queue: who sees which pairs, what a decision does, and that everything can be taken back."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from tests.admin.cast import HIDDEN
from tests.admin.conftest import Desk, Visitor
from tests.admin.test_lists import counted
from tests.cast import add_person
from wmcrm.db import OPERATOR, session_scope
from wmcrm.dedupe import decide, scan
from wmcrm.models import CandidatePair, Judgement, Merge, Person, PersonStatus, Verdict

SAY = re.compile(r'action="(/review/pairs/\d+)"')
UNDO = re.compile(r'action="(/review/[^"]+/undo[^"]*)"')


def saying(visitor: Visitor, tab: str) -> list[str]:
    """The addresses at which the cards of a tab are decided, in order."""
    return SAY.findall(visitor.get(f"/review/?tab={tab}").text)


def everything(desk: Desk, model: type) -> list[object]:
    with session_scope(desk.engine, OPERATOR) as session:
        return list(session.execute(sa.select(model)).scalars())


def person(desk: Desk, key: str) -> Person:
    with session_scope(desk.engine, OPERATOR) as session:
        return session.execute(sa.select(Person).filter_by(public_id=key)).scalar_one()


def test_the_queue_shows_pairs_of_ones_own_people_the_surest_first(either: Desk) -> None:
    aicha = either.visit("Aïcha")
    assert len(saying(aicha, "imports")) == 1
    page = aicha.get("/review/?tab=pairs").text
    assert page.index("Almost certainly") < page.index("Perhaps the same person")
    assert len(SAY.findall(page)) == 2
    assert "Kari" not in page
    assert len(saying(either.visit("Ruth"), "pairs")) == 3
    assert saying(either.visit("Dana"), "pairs") == []


def test_a_card_tells_what_agrees_and_no_contact_value(desk: Desk) -> None:
    page = desk.visit("Sami").get("/review/").text
    assert "The names differ by a typo" in page
    assert "Speaks for one person" in page
    assert HIDDEN not in page


def test_different_is_remembered_and_taken_back(either: Desk) -> None:
    aicha = either.visit("Aïcha")
    first, second = saying(aicha, "pairs")
    answer = aicha.post(first, {"verdict": "different", "tab": "pairs", "following": second.rpartition("/")[2]})
    assert (answer.status_code, answer.location) == (303, f"/review/?tab=pairs#pair-{second.rpartition('/')[2]}")
    assert saying(aicha, "pairs") == [second]
    undo = UNDO.search(aicha.get("/review/?tab=pairs").text)
    assert undo is not None
    assert aicha.post(undo.group(1), {"tab": "pairs"}).status_code == 303
    assert saying(aicha, "pairs") == [first, second]
    assert aicha.post(undo.group(1)).status_code == 409


def test_a_pair_nobody_can_tell_stays_with_a_mark(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    first = saying(aicha, "pairs")[0]
    aicha.post(first, {"verdict": "unsure", "tab": "pairs"})
    page = aicha.get("/review/?tab=pairs").text
    assert first in page
    assert "somebody could not tell" in page


def test_somebody_held_is_taken_in_by_an_editor_and_held_again_by_undo(either: Desk) -> None:
    aicha, held = either.visit("Aïcha"), either.cast.held
    (address,) = saying(aicha, "imports")
    assert aicha.post(address, {"verdict": "same"}).status_code == 303
    assert person(either, held).status is PersonStatus.MERGED
    undo = UNDO.search(aicha.get("/review/").text)
    assert undo is not None
    assert aicha.post(undo.group(1)).status_code == 303
    assert person(either, held).status is PersonStatus.HELD
    assert len(saying(aicha, "imports")) == 1


def test_somebody_held_who_is_nobody_known_is_taken_in_as_new(desk: Desk) -> None:
    ruth, held = desk.visit("Ruth"), desk.cast.held
    (address,) = saying(ruth, "imports")
    ruth.post(address, {"verdict": "different"})
    assert person(desk, held).status is PersonStatus.ACTIVE
    undo = UNDO.search(ruth.get("/review/").text)
    assert undo is not None
    ruth.post(undo.group(1))
    assert person(desk, held).status is PersonStatus.HELD


def test_an_editor_says_same_and_a_steward_merges(either: Desk) -> None:
    aicha, sami, cast = either.visit("Aïcha"), either.visit("Sami"), either.cast
    aicha.post(saying(aicha, "pairs")[0], {"verdict": "same", "tab": "pairs"})
    assert everything(either, Merge) == []
    assert aicha.post(f"/review/merge/{cast.twins[0]}/{cast.twins[1]}").status_code == 403
    link = f"/review/merge/{cast.twins[0]}/{cast.twins[1]}"
    assert link in sami.get("/review/?tab=agreed").text
    assert sami.post(link, merge_form(sami, link)).location == f"/people/{cast.twins[0]}"
    assert aicha.get(f"/people/{cast.twins[1]}").location == f"/people/{cast.twins[0]}"


def merge_form(visitor: Visitor, address: str, **choices: str) -> dict[str, object]:
    seen = re.search(r'name="seen" value="([^"]+)"', visitor.get(address).text)
    assert seen is not None
    return {"seen": seen.group(1), **choices}


def test_a_merge_shows_both_values_keeps_the_choice_and_can_be_undone(either: Desk) -> None:
    sami, (one, other) = either.visit("Sami"), either.cast.twins
    page = sami.get(f"/review/merge/{one}/{other}").text
    assert "Volunteer 000" in page and "Volunteer 001" in page
    form = merge_form(sami, f"/review/merge/{one}/{other}", **{"keep-display_name": "absorbed"})
    sami.post(f"/review/merge/{one}/{other}", form)
    assert person(either, one).display_name == "Volunteer 001"
    undo = UNDO.search(sami.get("/events/").text)
    assert undo is not None
    assert sami.post(undo.group(1)).location == f"/people/{one}"
    assert (person(either, one).display_name, person(either, other).status.value) == ("Volunteer 000", "active")


def test_the_second_of_two_stewards_is_told_so(either: Desk) -> None:
    sami, ruth, (one, other) = either.visit("Sami"), either.visit("Ruth"), either.cast.twins
    address = f"/review/merge/{one}/{other}"
    forms = [merge_form(visitor, address) for visitor in (sami, ruth)]
    assert sami.post(address, forms[0]).status_code == 303
    refused = ruth.post(address, forms[1])
    assert refused.status_code == 409
    assert "was merged meanwhile" in refused.text
    assert len(everything(either, Merge)) == 1


def test_a_merge_that_was_looked_at_before_a_change_is_shown_again(desk: Desk) -> None:
    sami, (one, other) = desk.visit("Sami"), desk.cast.twins
    form = merge_form(sami, f"/review/merge/{one}/{other}")
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        session.execute(sa.select(Person).filter_by(public_id=one)).scalar_one().residence_city = "Thiès"
    assert sami.post(f"/review/merge/{one}/{other}", form).status_code == 409
    assert everything(desk, Merge) == []


def test_pairs_and_merges_of_others_do_not_exist(either: Desk) -> None:
    dana, (one, _) = either.visit("Dana"), either.cast.twins
    for pair in everything(either, CandidatePair):
        assert dana.post(f"/review/pairs/{pair.id}", {"verdict": "different"}).status_code == 404  # type: ignore[attr-defined]
    assert everything(either, Judgement) == []
    assert dana.post("/review/verdicts/1/undo").status_code == 404
    assert dana.post("/review/merges/1/undo").status_code == 404
    ruth = either.visit("Ruth")
    assert ruth.get(f"/review/merge/{one}/{either.cast.sealed}").status_code == 404


@pytest.mark.parametrize(("tab", "most"), [("imports", 20), ("pairs", 20), ("agreed", 14), ("certain", 30)])
def test_a_page_of_the_queue_costs_no_question_for_each_card(desk: Desk, tab: str, most: int) -> None:
    ruth = desk.visit("Ruth")
    with counted(desk.engine) as seen:
        assert ruth.get(f"/review/?tab={tab}").status_code == 200
    assert len(seen) <= most, seen


def test_certain_pairs_are_merged_together_and_taken_back_together(desk: Desk) -> None:
    ruth = desk.visit("Ruth")
    assert "Nothing waits here" in ruth.get("/review/?tab=certain").text
    answer = ruth.post("/review/batch", {"pair": "1"})
    assert answer.status_code == 303
    assert "Nothing was merged" in ruth.get("/review/").text
    assert ruth.post("/review/batches/b_nothing/undo").status_code == 404


def test_the_page_of_certain_pairs_costs_the_same_for_one_pair_and_for_many(desk: Desk) -> None:
    ruth = desk.visit("Ruth")
    asked = []
    for more in (1, 40):
        with session_scope(desk.engine, OPERATOR, writing=True) as session:
            for number in range(more):
                for _ in range(2):
                    add_person(session, f"Twin {more} {number}", username=f"Twin {more} {number}")
            scan(session)
        with counted(desk.engine) as seen:
            page = ruth.get("/review/?tab=certain").text
        assert page.count('name="pair"') == min(more, 20)
        asked.append(len(seen))
    assert asked[1] <= asked[0] + 1


def test_the_page_of_agreed_pairs_costs_the_same_for_one_pair_and_for_many(desk: Desk) -> None:
    ruth, asked = desk.visit("Ruth"), []
    for more in (1, 50):
        with session_scope(desk.engine, OPERATOR, writing=True) as session:
            for number in range(more):
                people = [add_person(session, f"Twin {more} {number} {side}") for side in "ab"]
                decide(session, people[0], people[1], Verdict.SAME)
        with counted(desk.engine) as seen:
            page = ruth.get("/review/?tab=agreed").text
        assert page.count("data-pair") == min(more, 20)
        asked.append(len(seen))
    assert asked[1] == asked[0]


def test_agreed_pairs_come_in_pages(desk: Desk) -> None:
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        for number in range(45):
            people = [add_person(session, f"Twin {number:02} {side}") for side in "ab"]
            decide(session, people[0], people[1], Verdict.SAME)
    ruth, address, seen = desk.visit("Ruth"), "/review/?tab=agreed", list[str]()
    while address:
        page = ruth.get(address).text
        seen += re.findall(r"<bdi[^>]*>(Twin \d\d) a</bdi>", page)
        following = re.search(r'href="(/review/\?[^"]*after=\d+[^"]*)"[^>]*>(?:(?!</a>).)*Next page', page, re.DOTALL)
        address = following.group(1).replace("&amp;", "&") if following else ""
    assert seen == [f"Twin {number:02}" for number in range(45)]
