"""A sheet becomes attendance in a browser: dropped, looked at, decided by keys, imported, taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.admin.cast import HIDDEN, Cast
from tests.admin.sheets import sign_ups
from tests.browser.barriers import barriers
from tests.browser.conftest import ROOT

SAMPLES = ROOT / "admin_app" / "samples"
OpenAs = Callable[..., Page]

pytestmark = pytest.mark.browser


def sheet(extra: int = 3) -> FilePayload:
    return {"name": "list.csv", "mimeType": "text/csv", "buffer": sign_ups(extra=extra)}


def drop(page: Page, file: FilePayload | Path) -> None:
    page.goto("/import/")
    page.locator("#sheet").set_input_files(file)
    page.wait_for_url("**/import/r_*")


def open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true; })")


def take_back(page: Page) -> None:
    page.get_by_role("button", name="Undo import").click()
    page.get_by_role("button", name="Undo the import now").click()
    expect(page.get_by_text("This import was taken back")).to_be_visible()


def test_a_sheet_is_dropped_decided_by_a_key_imported_and_taken_back(open_as: OpenAs) -> None:
    page = open_as("Aïcha")
    drop(page, sheet())
    effect = page.locator(".effect__text")
    expect(effect).to_have_text(re.compile("6 new, 3 linked, 1 held, 1 left out"))
    page.locator("[data-card]").first.focus()
    page.keyboard.press("1")
    expect(effect).to_have_text(re.compile("6 new, 4 linked, 0 held, 1 left out"))
    page.keyboard.press("n")
    expect(effect).to_have_text(re.compile("7 new, 3 linked, 0 held, 1 left out"))
    page.keyboard.press("z")
    expect(effect).to_have_text(re.compile("6 new, 4 linked, 0 held, 1 left out"))
    page.reload()
    expect(page.locator("[data-card] input[data-key='1']")).to_be_checked()
    page.get_by_role("button", name="Import 10 rows").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import for Dakar edit-a-thon")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download 3 rows with reasons").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    take_back(page)


def test_everything_works_without_scripts(open_as: OpenAs) -> None:
    page = open_as("Aïcha", script=False)
    page.goto("/import/")
    page.locator("#sheet").set_input_files(sheet())
    page.get_by_role("button", name="Look at it").click()
    page.locator("[data-card]").get_by_label("The same as Fatou Diop").check()
    page.get_by_role("button", name="Save these decisions").click()
    expect(page.locator(".effect__text")).to_have_text(re.compile("6 new, 4 linked, 0 held"))
    page.get_by_role("button", name="Use Senegal").click()
    expect(page.get_by_text("You put 1 cell right")).to_be_visible()
    page.get_by_role("button", name="Import 10 rows").click()
    take_back(page)


def test_a_known_export_gets_a_new_event_in_two_presses(open_as: OpenAs) -> None:
    page = open_as("Aïcha")
    drop(page, SAMPLES / "handtyped_0.xlsx")
    expect(page.get_by_role("textbox", name="Title")).to_have_value("edit-a-thon Indonesia 2021 #105")
    expect(page.get_by_label("First day")).to_have_value("2021-03-05")
    page.get_by_role("button", name="Use this new event").click()
    page.get_by_role("button", name=re.compile(r"Import \d+ rows")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import for edit-a-thon Indonesia 2021 #105")
    take_back(page)


def test_a_file_dropped_anywhere_on_the_page_is_taken(open_as: OpenAs) -> None:
    page = open_as("Aïcha")
    page.goto("/import/")
    moved = page.evaluate_handle(
        """() => { const moved = new DataTransfer();
        moved.items.add(new File(["Name,E-mail\\nSalif Keita,s@example.org\\n"], "list.csv")); return moved; }"""
    )
    page.dispatch_event("h1", "dragover", {"dataTransfer": moved})
    page.dispatch_event("h1", "drop", {"dataTransfer": moved})
    page.wait_for_url("**/import/r_*")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Drop this draft").click()
    expect(page.get_by_text("The draft is gone")).to_be_visible()


def test_keys_do_nothing_inside_a_field_and_when_they_are_off(open_as: OpenAs) -> None:
    page = open_as("Aïcha")
    drop(page, sheet())
    effect = page.locator(".effect__text")
    page.locator(".wrong__mend input[type=text], .wrong__mend input:not([type])").first.press("n")
    page.evaluate("localStorage.setItem('wmcrm-keys-off', '1')")
    page.locator("[data-card]").first.focus()
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    expect(effect).to_have_text(re.compile("6 new, 3 linked, 1 held"))


@pytest.mark.parametrize(
    ("locale", "width", "dark"),
    [
        ("en", 1280, False),
        ("ar", 390, True),
        pytest.param("en", 390, False, marks=pytest.mark.long),
        pytest.param("ar", 1280, False, marks=pytest.mark.long),
    ],
)
def test_axe_finds_nothing_on_the_pages_of_an_import(open_as: OpenAs, locale: str, width: int, dark: bool) -> None:
    page = open_as("Aïcha", locale=locale, width=width, dark=dark)
    page.goto("/import/")
    found = barriers(page)
    drop(page, SAMPLES / "gforms_0.xlsx")
    open_everything(page)
    found += barriers(page)
    drop(page, sheet())
    open_everything(page)
    found += barriers(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.locator("#effect button[type=submit]").click()
    page.wait_for_selector(".title__actions form")
    found += barriers(page)
    page.locator(".title__actions button").click()
    found += barriers(page)
    page.locator(".form__actions button").click()
    page.wait_for_selector("ul.counts")
    found += barriers(page)
    assert found == []


def test_no_address_of_a_candidate_stands_in_the_page(open_as: OpenAs, site: tuple[str, Cast]) -> None:
    page = open_as("Aïcha")
    drop(
        page,
        {
            "name": "a.csv",
            "mimeType": "text/csv",
            "buffer": b"Dakar edit-a-thon\n2026-03-14\n\nName,Username\nOusmane Ba,Fatou D.\n",
        },
    )
    expect(page.get_by_text("same username")).to_be_visible()
    assert HIDDEN not in page.content()
