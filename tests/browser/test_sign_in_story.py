"""Ruth administers: she sets a second factor up before anything else opens, and signs in with it."""

from __future__ import annotations

import re
import shutil
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from admin_app import create_app
from admin_app.serving import open_server
from tests.admin.cast import PASSWORD, build_cast
from tests.browser.conftest import SECRET
from wmcrm.accounts import code_at
from wmcrm.db import open_engine
from wmcrm.settings import Settings

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # a device takes its time on a busy machine
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def strict_site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The admin at localhost, where passkeys work, with the second factor required."""
    path = tmp_path_factory.mktemp("strict") / "site.sqlite3"
    shutil.copy(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    build_cast(engine)
    engine.dispose()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://localhost:{port}"
    settings = Settings(database_url=f"sqlite:///{path}", secret_key=SECRET, base_url=address, second_factor="required")
    server, _ = open_server(create_app(settings, testing=True), "127.0.0.1", port)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield address
    server.close()
    thread.join(timeout=5)


@pytest.fixture
def page(browser: Browser, strict_site: str) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(base_url=strict_site, locale="en")
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert [text for text in complaints if "status of 4" not in text] == []


def sign_in(page: Page, name: str) -> None:
    page.goto("/login")
    page.get_by_label("Name of the account").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").first.click()
    page.goto("/")
    expect(page).to_have_url(re.compile("/login"))


def test_an_app_is_set_up_and_asked_for(page: Page) -> None:
    sign_in(page, "Ruth")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set a second factor up")
    page.goto("/people/")
    expect(page).to_have_url(re.compile("/account/protection"))
    page.get_by_role("link", name="Set an app up").click()
    expect(page.get_by_role("img", name="QR code for the app")).to_be_visible()
    secret = re.sub(r"\s", "", page.locator("code.secret").inner_text())
    page.get_by_role("textbox", name="Code").fill("000000")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("alert")).to_contain_text("not right")
    assert re.sub(r"\s", "", page.locator("code.secret").inner_text()) == secret
    now = datetime.now(UTC)
    page.get_by_role("textbox", name="Code").fill(code_at(secret, now))
    page.get_by_role("button", name="Turn it on").click()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    page.goto("/people/")
    expect(page.get_by_role("heading", level=1)).to_have_text("People")
    sign_out(page)

    sign_in(page, "Ruth")
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.goto("/people/")
    expect(page).to_have_url(re.compile("/login/second"))
    page.get_by_role("textbox", name="Code").fill(code_at(secret, now))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert").first).to_contain_text("used already")
    page.get_by_role("textbox", name="Code").fill(code_at(secret, now + timedelta(seconds=30)))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("People")
    sign_out(page)

    sign_in(page, "Ruth")
    page.get_by_role("textbox", name="Code").fill(codes[0])
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What needs you")


def test_a_passkey_is_the_second_factor_and_the_first(page: Page) -> None:
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    key = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    sign_in(page, "Sami")
    page.get_by_label("Name of the new passkey").fill("هاتفي")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey was added.")).to_be_visible()
    expect(page.get_by_role("rowheader", name="هاتفي")).to_be_visible()
    sign_out(page)

    sign_in(page, "Sami")
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What needs you")
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What needs you")
    sign_out(page)

    device.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="No passkey was used")).to_be_visible()
    device.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What needs you")
    page.goto("/account/protection/")
    page.once("dialog", lambda question: question.accept())
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set a second factor up")
    page.get_by_role("button", name="Sign out").first.click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The passkey was not accepted.")).to_be_visible()
