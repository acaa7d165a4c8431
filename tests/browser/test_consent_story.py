"""A consent from the form to a letter and back: recorded, listed, opened, withdrawn, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.admin.cast import HIDDEN, Cast
from tests.browser.barriers import barriers

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def test_a_consent_is_given_used_and_taken_back(open_as: Open, site: tuple[str, Cast]) -> None:
    page = open_as("Aïcha")
    page.goto(f"/people/{site[1].fatou}/consent")
    page.get_by_label("Purpose", exact=True).select_option(label="Newsletter")
    page.get_by_label("Version of the notice").fill("v3")
    page.get_by_label("How it reached us").select_option(label="Paper")
    page.get_by_role("button", name="Record", exact=True).press("Enter")
    expect(page.get_by_text("It was recorded and holds from now on.")).to_be_visible()
    found = barriers(page)

    page.goto("/directory/?purpose=newsletter&channel=email")
    expect(page.get_by_text("1 person: 1 yes, 0 no")).to_be_visible()
    page.get_by_label("What you need the addresses for").fill("Letter of spring")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Letter of spring")
    found += barriers(page)
    place = page.url
    page.get_by_role("button", name="Show the addresses").click()
    expect(page.get_by_label("All addresses, to copy")).to_have_value(HIDDEN)
    found += barriers(page)

    page.goto(f"/people/{site[1].fatou}/consent")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Withdraw").first.click()
    expect(page.get_by_text("withdrew consent").first).to_be_visible()
    page.goto(place)
    expect(page.get_by_text("Today 0 people may be written to.")).to_be_visible()
    assert found + barriers(page) == []


def test_a_wording_is_published_without_scripts(open_as: Open) -> None:
    page = open_as("Ruth", script=False)
    page.goto("/consent/")
    page.get_by_role("link", name="Publish a wording").click()
    page.get_by_label("Version").fill("spring-1")
    page.get_by_label("Language", exact=True).last.fill("French")
    page.get_by_label("For which purposes").select_option(["newsletter", "event_follow_up"])
    page.get_by_label("Wording, as people read it").fill("Nous vous écrivons.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Nous vous écrivons.")).to_have_attribute("lang", "fr")
