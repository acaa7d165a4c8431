"""A real browser on the real application, served by a thread."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from admin_app import create_app
from admin_app.serving import open_server
from tests.admin.cast import PASSWORD, Cast, build_cast
from tests.missing import lacking
from wmcrm.db import open_engine
from wmcrm.settings import Settings

SECRET = "only-for-tests-" + "x" * 32
ROOT = Path(__file__).parents[2]
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """The system's Chromium, talking to nobody."""
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    if found is None:
        lacking("no Chromium found: install the package chromium")
    return {"executable_path": found, "args": list(QUIET), "headless": True}


@pytest.fixture(scope="session")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Cast]]:
    """The address of the running admin, and the cast in it."""
    path = tmp_path_factory.mktemp("site") / "site.sqlite3"
    shutil.copy(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    cast = build_cast(engine)
    engine.dispose()
    app = create_app(Settings(database_url=f"sqlite:///{path}", secret_key=SECRET), testing=True)
    server, port = open_server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}", cast
    server.close()
    thread.join(timeout=5)


@pytest.fixture(scope="session")
def signed_in(browser: Browser, site: tuple[str, Cast]) -> Callable[[str], dict[str, object]]:
    """``signed_in("Aïcha")`` gives her cookies; she signs in by the form, once."""
    stored: dict[str, dict[str, object]] = {}

    def cookies_of(name: str) -> dict[str, object]:
        if name not in stored:
            context = browser.new_context(base_url=site[0])
            page = context.new_page()
            page.goto("/login")
            page.get_by_label("Name of the account").fill(name)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/")
            stored[name] = context.storage_state()  # type: ignore[assignment]
            context.close()
        return stored[name]

    return cookies_of


@pytest.fixture
def open_as(
    browser: Browser, site: tuple[str, Cast], signed_in: Callable[[str], dict[str, object]]
) -> Iterator[Callable[..., Page]]:
    """``open_as("Aïcha", locale="ar", width=390)`` is a page whose complaints about the content policy count."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(name: str = "", locale: str = "en", width: int = 1280, dark: bool = False, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=site[0],
            locale=locale,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            storage_state=signed_in(name) if name else None,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    # A browser reports refused styles, scripts and pictures as errors of the console.
    refused = [text for text in complaints if "status of 4" not in text]
    assert refused == []
