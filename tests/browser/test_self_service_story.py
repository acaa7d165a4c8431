"""Fatou, without an account and without scripts, on a phone: she opens her link, mends, decides, leaves."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from admin_app import create_app
from admin_app.serving import open_server
from tests.admin.cast import Cast, build_cast
from tests.browser.barriers import barriers
from tests.browser.conftest import SECRET
from wmcrm.consent import Act, add_notice, record_decision
from wmcrm.db import OPERATOR, open_engine, session_scope
from wmcrm.models import Channel, ConsentDecision, ConsentMethod, Person, now_utc
from wmcrm.outreach import withdrawal_token
from wmcrm.self_service import link_for
from wmcrm.settings import Settings

pytestmark = pytest.mark.browser


@pytest.fixture
def story(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[str, str, str]]:
    """The address of an admin of its own, Fatou's link, and the way out of her newsletter."""
    path = tmp_path / "story.sqlite3"
    shutil.copy(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    cast: Cast = build_cast(engine)
    with session_scope(engine, OPERATOR, writing=True) as session:
        add_notice(session, "v3", purpose="newsletter", language="en", wording="A letter once a month.")
        fatou = session.scalars(sa.select(Person).where(Person.public_id == cast.fatou)).one()
        act = Act(ConsentMethod.FORM, now_utc().date(), notice="v3")
        about = {"purpose": "newsletter", "channel": Channel.EMAIL}
        record_decision(session, fatou, ConsentDecision.GIVEN, **about, act=act)  # type: ignore[arg-type]
        link = "/my-data/open/" + link_for(session, fatou)
        way_out = "/withdraw/" + withdrawal_token(SECRET, fatou, **about)  # type: ignore[arg-type]
    engine.dispose()
    settings = Settings(database_url=f"sqlite:///{path}", secret_key=SECRET, data_dir=str(tmp_path / "data"))
    server, port = open_server(create_app(settings, testing=True), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}", link, way_out
    server.close()
    thread.join(timeout=5)


def opened(browser: Browser, address: str, *, script: bool = False, locale: str = "en") -> Page:
    context = browser.new_context(
        base_url=address, locale=locale, viewport={"width": 390, "height": 844}, java_script_enabled=script
    )
    return context.new_page()


def test_everything_works_without_scripts(browser: Browser, story: tuple[str, str, str]) -> None:
    address, link, _ = story
    page = opened(browser, address)
    page.goto(link)
    page.get_by_role("button", name="Open my data").click()
    expect(page).to_have_url(f"{address}/my-data/mine")
    page.get_by_text("Change the name").click()
    page.get_by_label("The name you go by").fill("Fatou Ndiaye")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Fatou Ndiaye").first).to_be_visible()
    page.get_by_role("button", name=re.compile("Take back.*Newsletter")).click()
    expect(page.get_by_text("It holds from this moment")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Take back.*Newsletter"))).to_have_count(0)
    page.get_by_role("button", name=re.compile("Agree.*Newsletter")).click()
    page.get_by_role("link", name="Ask to be erased").click()
    page.get_by_role("button", name="Erase my data").click()
    expect(page.get_by_text("You are owed an answer by")).to_be_visible()
    page.get_by_role("button", name="End the visit").click()
    page.goto("/my-data/mine")
    expect(page.get_by_role("heading", level=1)).to_have_text("This visit is over")
    page.context.close()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_no_page_of_a_link_has_a_barrier_or_runs_out_of_the_phone(
    browser: Browser, story: tuple[str, str, str], locale: str
) -> None:
    address, link, way_out = story
    page = opened(browser, address, script=True, locale=locale)
    found: list[str] = []
    for path in ("/my-data/", "/my-data/asked", "/my-data/mine", "/confirm/x", way_out, link):
        page.goto(path)
        found += barriers(page)
    page.locator("main form button").click()
    for path in ("/my-data/mine", "/my-data/mine/erase", "/my-data/mine/not-me"):
        page.goto(path)
        for part in page.locator("main details").all():
            part.evaluate("part => part.open = true")
        found += barriers(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert found == []
    page.context.close()
