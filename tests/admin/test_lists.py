"""Lists: every row once, cheap pages, and nothing that anybody types breaks them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import product

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from tests.admin.conftest import Desk, Visitor
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import Event, Person, metadata

LINK = re.compile(r'<th scope="row"[^>]*><a href="([^"]+)"')
NEXT = re.compile(r'href="([^"]*after=[^"]*)"')


def walk(visitor: Visitor, address: str) -> list[str]:
    """Every row of a list, page by page."""
    rows: list[str] = []
    while address:
        page = visitor.get(address)
        assert page.status_code == 200
        rows += LINK.findall(page.text)
        following = NEXT.search(page.text)
        address = following.group(1).replace("&amp;", "&") if following else ""
    return rows


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


def test_the_pages_of_people_hold_everybody_once_in_both_directions(either: Desk) -> None:
    ruth = either.visit("Ruth")
    up = walk(ruth, "/people/?sort=sort_name&order=up")
    assert len(up) == len(set(up)) == 67
    assert walk(ruth, "/people/?sort=sort_name&order=down") == up[::-1]


def test_held_and_sealed_people_are_in_no_list(desk: Desk) -> None:
    rows = "".join(walk(desk.visit("Ruth"), "/people/"))
    assert desk.cast.held not in rows
    assert desk.cast.sealed not in rows


def test_sealed_people_have_no_page(desk: Desk) -> None:
    assert desk.visit("Ruth").get(f"/people/{desk.cast.sealed}").status_code == 404


SEARCHES = (
    ("diop", 1),
    ("FATOU", 1),
    ("ليلي", 1),
    ("sigurdardottir", 1),
    ("王小", 1),
    ("nunez", 1),
    ("volunteer", 60),
    ("baobab xyzzy", 0),
)


def test_a_search_finds_people_however_they_are_written(either: Desk) -> None:
    ruth = either.visit("Ruth")
    for text, found in SEARCHES:
        assert len(walk(ruth, f"/people/?q={text}")) == found, text


def test_an_event_is_found_by_a_part_of_its_title_and_a_percent_sign_is_text(either: Desk) -> None:
    assert len(walk(either.visit("Ruth"), "/events/?q=EDIT")) == 1
    assert walk(either.visit("Ruth"), "/events/?q=%25") == []


def test_more_than_ten_thousand_are_not_counted_to_the_end(desk: Desk) -> None:
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        meetup = Event(title="Meetup", starts_on=date(2026, 1, 1)).model_dump(exclude={"id"})
        rows = [{**meetup, "public_id": f"e_{number}"} for number in range(10_001)]
        session.connection().execute(sa.insert(metadata.tables["event"]), rows)
    page = desk.visit("Ruth").get("/events/")
    assert "10,000+ in all" in page.text


PAGES = ("/people/", "/events/", "/reference/skills/", "/paths/", "/review/", "/directory/")
NASTY = (
    "-5",
    "abc",
    "1e9",
    "99999999999999999999",
    "\x00",
    "p_",
    "٣",
    "' OR 1=1 --",
    "../../etc",
    "💥",
    "%",
    "a" * 5000,
)


PLACES = ("people", "events", "affiliates", "reference/skills")
NAMES = ("page", "id", "after", "sort", "order", "q", "as_of", "affiliate", "region")


def test_nothing_in_an_address_breaks_a_page(either: Desk) -> None:
    ruth = either.visit("Ruth")
    # Whatever reaches a query is tried on both databases; the rest has no database to break.
    names = NAMES if either.engine.dialect.name == "sqlite" else ("after", "q", "affiliate", "region")
    # Searches and keys meet every odd value; of the others, which are compared with a list, a few will do.
    thorough = product(PAGES, ("after", "q"), NASTY)
    others = product(PAGES, [name for name in names if name not in {"after", "q"}], NASTY[:4])
    for page, name, value in (*thorough, *others):
        answer = ruth.get(page, query_string={name: value})
        assert answer.status_code in {200, 400, 404, 409}, (page, name, value)


def test_nothing_in_a_path_breaks_a_page(either: Desk) -> None:
    ruth = either.visit("Ruth")
    for place, value, rest in product(PLACES, NASTY, ("", "/edit")):
        assert ruth.get(f"/{place}/{value}{rest}").status_code in {302, 308, 400, 404}, (place, value, rest)


@given(text=st.text(max_size=60))
@settings(max_examples=30)
def test_no_search_breaks_the_list_of_people(text: str, shared_desk: Desk) -> None:
    answer = shared_desk.visit("Ruth").get("/people/", query_string={"q": text})
    assert answer.status_code in {200, 400}


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/", 8),
        ("/people/", 7),
        ("/people/?q=diop", 9),
        ("/events/", 5),
        ("/affiliates/", 5),
        ("/reference/skills/", 5),
        ("/people/{fatou}", 32),
        ("/events/{edit_a_thon}", 7),
        ("/affiliates/{baobab}", 9),  # also its links and what was told apart
        ("/healthz", 2),
    ],
)
def test_a_page_asks_the_database_a_few_questions(desk: Desk, address: str, most: int) -> None:
    place = address.format(fatou=desk.cast.fatou, edit_a_thon=desk.cast.edit_a_thon, baobab=desk.cast.baobab)
    visitor = desk.visit("" if address == "/healthz" else "Ruth")
    with counted(desk.engine) as seen:
        assert visitor.get(place).status_code == 200
    assert len(seen) <= most, seen


def test_the_people_of_a_page_cost_no_question_each(desk: Desk) -> None:
    ruth = desk.visit("Ruth")
    with counted(desk.engine) as few:
        ruth.get("/people/?q=diop")
    with counted(desk.engine) as many:
        ruth.get("/people/?q=volunteer")
    assert len(few) == len(many)


def test_the_list_does_not_show_removed_rows(desk: Desk) -> None:
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        fatou = session.execute(sa.select(Person).where(Person.public_id == desk.cast.fatou)).scalar_one()  # type: ignore[arg-type]
        fatou.removed_at = fatou.recorded_at
    assert desk.cast.fatou not in desk.visit("Ruth").get("/people/").text


def test_sqlite_reads_the_list_of_people_in_its_order_and_sorts_nobody(desk: Desk) -> None:
    asked: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_more: object) -> None:
        if "ORDER BY person.sort_name" in statement:
            asked.append((statement, parameters))

    sa.event.listen(desk.engine, "before_cursor_execute", note)
    assert desk.visit("Ruth").get("/people/").status_code == 200
    sa.event.remove(desk.engine, "before_cursor_execute", note)
    assert len(asked) == 1
    with desk.engine.connect() as connection:
        statement, parameters = asked[0]
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]  # type: ignore[arg-type]
    assert any("ix_person_listed" in step for step in plan)
    assert not any("ORDER BY" in step for step in plan)
