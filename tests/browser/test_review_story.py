"""A pair is decided by a key, taken back by a key, and not by a key once they are off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
LOCALES = ("en", "ar")
UNDO = ".notices form[action*='/undo']"


def test_a_pair_is_decided_and_taken_back_by_keys_until_they_are_switched_off(open_as: Open) -> None:
    page = open_as("Aïcha")
    page.goto("/review/?tab=pairs")
    cards = page.locator("[data-pair]")
    expect(cards).to_have_count(2)
    page.keyboard.press("j")
    expect(cards.nth(1)).to_be_focused()
    page.keyboard.press("n")
    expect(page.get_by_text("Noted as different people.")).to_be_visible()
    expect(cards).to_have_count(1)
    page.keyboard.press("z")
    expect(page.get_by_text("Taken back; the pair waits again.")).to_be_visible()
    expect(cards).to_have_count(2)
    page.keyboard.press("?")
    page.get_by_label("Use these keys in this browser").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(cards).to_have_count(2)


def queue(page: Page, tab: str = "pairs") -> tuple[Locator, list[str]]:
    """The cards of a tab and their marks, in order."""
    page.goto(f"/review/?tab={tab}")
    cards = page.locator("[data-pair]")
    return cards, [str(card.get_attribute("id")) for card in cards.all()]


@pytest.mark.parametrize("locale", LOCALES)
def test_keys_move_the_focus_from_card_to_card(open_as: Open, locale: str) -> None:
    page = open_as("Aïcha", locale=locale)
    cards, _ = queue(page)
    expect(cards.nth(0)).to_be_focused()
    for key, card in (("j", 1), ("j", 1), ("k", 0), ("k", 0), ("l", 1)):
        page.keyboard.press(key)
        expect(cards.nth(card)).to_be_focused()
    page.keyboard.press("l")
    assert page.url.endswith("#main")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_key_decides_and_the_focus_goes_on_and_comes_back(open_as: Open, locale: str) -> None:
    page = open_as("Aïcha", locale=locale)
    cards, (first, second) = queue(page)
    for keys, left in (("1s", 1), ("2n", 1), ("3u", 2)):
        for key in keys:
            expect(page.locator(f"#{first}")).to_be_focused()
            page.keyboard.press(key)
            expect(page.locator(UNDO)).to_have_count(1)
            expect(cards).to_have_count(left)
            expect(page.locator(f"#{second}")).to_be_focused()
            page.keyboard.press("z")
            expect(page.locator(UNDO)).to_have_count(0)
            expect(cards).to_have_count(2)


@pytest.mark.parametrize("locale", LOCALES)
def test_same_opens_the_merge_for_a_steward(open_as: Open, locale: str) -> None:
    page = open_as("Sami", locale=locale)
    for key in ("1", "s"):
        queue(page)
        page.keyboard.press(key)
        page.wait_for_url("**/review/merge/**")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("tab", ["imports", "pairs"])
def test_an_empty_queue_takes_back_by_a_key_too(open_as: Open, locale: str, tab: str) -> None:
    page = open_as("Aïcha", locale=locale)
    cards, marks = queue(page, tab)
    for left in reversed(range(len(marks))):
        page.keyboard.press("n")
        expect(cards).to_have_count(left)
    for key in "123nulsjk":
        page.keyboard.press(key)
    expect(page.locator(".empty")).to_be_visible()
    for back, mark in enumerate(reversed(marks), start=1):
        page.keyboard.press("z")
        expect(cards).to_have_count(back)
        expect(page.locator(f"#{mark}")).to_be_focused()
    page.keyboard.press("z")
    expect(cards).to_have_count(len(marks))


def test_keys_are_the_same_where_the_keyboard_writes_arabic(open_as: Open) -> None:
    page = open_as("Aïcha", locale="ar")
    cards, _ = queue(page)
    press = "how => document.body.dispatchEvent(new KeyboardEvent('keydown', {...how, bubbles: true}))"
    page.evaluate(press, {"key": "ت", "code": "KeyJ"})
    expect(cards.nth(1)).to_be_focused()
    page.evaluate(press, {"key": "٣", "code": "Digit3"})
    expect(page.locator(UNDO)).to_have_count(1)
    page.evaluate(press, {"key": "ئ", "code": "KeyZ"})
    expect(page.locator(UNDO)).to_have_count(0)
    page.evaluate(press, {"key": "؟", "code": "Slash", "shiftKey": True})
    expect(page.locator("#keyboard")).to_be_visible()


@pytest.mark.parametrize("locale", LOCALES)
def test_the_tab_one_is_on_is_on_the_screen_of_a_phone(open_as: Open, locale: str) -> None:
    page = open_as("Ruth", locale=locale, width=390)
    for tab in ("imports", "pairs", "certain", "agreed", "organizations"):
        page.goto(f"/review/?tab={tab}")
        box = page.locator(".tabs a[aria-current]").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_who_is_here_already_is_told_while_one_types(open_as: Open) -> None:
    page = open_as("Aïcha")
    page.goto("/people/new")
    page.get_by_label("Country of residence").select_option("SN")
    page.locator("#display_name").press_sequentially("Fatou Diop")
    expect(page.get_by_text("here already")).to_be_visible()


def test_a_pair_is_decided_without_scripts(open_as: Open) -> None:
    page = open_as("Aïcha", script=False)
    page.goto("/review/?tab=pairs")
    page.get_by_role("button", name="Cannot tell").first.click()
    expect(page.get_by_text("Noted that you cannot tell")).to_be_visible()
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_text("Taken back; the pair waits again.")).to_be_visible()
