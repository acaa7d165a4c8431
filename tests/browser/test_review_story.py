"""A pair is decided by a key, taken back by a key, and not by a key once they are off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


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
