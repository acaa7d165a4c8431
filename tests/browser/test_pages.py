"""Every page in a real browser: no barrier, no refused content, one language and direction, no scroll sideways."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import Page, expect

from tests.admin.cast import PASSWORD, Cast
from tests.browser.barriers import barriers
from tests.browser.pages import pages_of

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def barriers_of(open_as: Open, cast: Cast, languages: Sequence[str]) -> list[str]:
    """What axe finds on all pages, which take turns in these languages."""
    visitors = [(open_as("Ruth", locale=locale), "rtl" if locale == "ar" else "ltr") for locale in languages]
    found: list[str] = []
    for turn, path in enumerate(pages_of(cast).values()):
        page, direction = visitors[turn % len(visitors)]
        page.goto(path)
        assert page.locator("html").get_attribute("dir") == direction
        found += barriers(page)
    return found


def test_no_page_has_a_barrier(open_as: Open, site: tuple[str, Cast]) -> None:
    assert barriers_of(open_as, site[1], ["en", "ar"]) == []


@pytest.mark.long
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_no_page_has_a_barrier_in_either_language(open_as: Open, site: tuple[str, Cast], locale: str) -> None:
    assert barriers_of(open_as, site[1], [locale]) == []


def test_the_sign_in_and_a_refused_form_have_no_barrier(open_as: Open) -> None:
    page = open_as()
    page.goto("/login")
    found = barriers(page)
    page.get_by_label("Name of the account").fill("Nobody")
    page.get_by_label("Password").fill("guess")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not right")
    assert found + barriers(page) == []


def test_dark_pages_have_enough_contrast(open_as: Open, site: tuple[str, Cast]) -> None:
    page = open_as("Ruth", dark=True)
    found: list[str] = []
    for name in (
        "home",
        "people",
        "person",
        "person-edit",
        "event",
        "paths",
        "review",
        "review-merge",
        "directory-write",
    ):
        page.goto(pages_of(site[1])[name])
        found += barriers(page)
    assert found == []


@pytest.mark.parametrize("languages", [["ar", "en"], pytest.param(["en", "ar"], marks=pytest.mark.long)])
def test_on_a_phone_nothing_runs_out_of_the_page(
    open_as: Open, site: tuple[str, Cast], languages: Sequence[str]
) -> None:
    visitors = [open_as("Ruth", locale=locale, width=390) for locale in languages]
    for turn, path in enumerate(pages_of(site[1]).values()):
        page = visitors[turn % len(visitors)]
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, path


def test_on_a_phone_the_menu_opens_and_leads_on_without_scripts(open_as: Open) -> None:
    page = open_as("Ruth", width=390, script=False)
    page.goto("/")
    page.get_by_text("Menu").click()
    page.get_by_role("link", name="Events").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Events")


def test_letters_lead_to_pages_and_a_field_keeps_them(open_as: Open) -> None:
    page = open_as("Aïcha")
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("e")
    page.wait_for_url("**/events/")
    page.keyboard.press("/")
    page.keyboard.type("g a?")
    assert page.url.endswith("/events/")
    expect(page.locator("#search-wide")).to_have_value("g a?")


def test_the_keys_are_explained_and_can_be_switched_off(open_as: Open) -> None:
    page = open_as("Aïcha")
    page.goto("/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Use these keys in this browser").uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_removed_person_comes_back_by_undo(open_as: Open, site: tuple[str, Cast]) -> None:
    page = open_as("Aïcha")
    page.goto(f"/people/{site[1].layla}")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("It was removed.")).to_be_visible()
    page.goto("/events/")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ليلى حداد")


def test_a_person_is_found_and_mended_without_scripts(open_as: Open) -> None:
    page = open_as("Aïcha", script=False)
    page.goto("/people/?q=olena")
    page.get_by_role("link", name="Олена Коваль").click()
    page.get_by_role("link", name="Edit", exact=True).first.click()
    page.get_by_label("City").fill("Kyiv")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The change was stored.")).to_be_visible()
    expect(page.get_by_text("Kyiv").first).to_be_visible()


def test_the_language_is_chosen_by_its_own_name(open_as: Open) -> None:
    page = open_as("Omar")
    page.goto("/people/")
    page.get_by_label("Language").first.select_option(label="العربية")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.get_by_role("heading", level=1)).to_have_text("الأشخاص")


def test_signing_in_by_keyboard_alone(open_as: Open) -> None:
    page = open_as()
    page.goto("/people/")
    page.keyboard.type("Aïcha")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/")
    expect(page.get_by_role("heading", level=1)).to_have_text("People")
