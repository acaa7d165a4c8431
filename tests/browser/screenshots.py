"""Pictures of every page: ``python -m tests.browser.screenshots [part of a path]`` writes to var/screens/."""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
import threading
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from admin_app import create_app
from tests.admin.cast import PASSWORD, Cast, build_cast
from tests.browser.conftest import CHROMIUMS, QUIET, ROOT, SECRET
from tests.browser.pages import pages_of
from wmcrm.db import open_engine, schema
from wmcrm.settings import Settings

FOLDER = ROOT / "var" / "screens"
WIDTHS = (1280, 390)
LOCALES = ("en", "ar")


def main(wanted: str = "", dark: bool = False) -> None:
    """Serve the cast, photograph every page whose name contains ``wanted``."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'site.sqlite3'}"
        engine = open_engine(url)
        schema.prepare(engine)
        cast = build_cast(engine)
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = make_server("127.0.0.1", 0, create_app(Settings(database_url=url, secret_key=SECRET)), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        executable = next(path for name in CHROMIUMS if (path := shutil.which(name)))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=list(QUIET))
            for locale, width in product(LOCALES, WIDTHS):
                _photograph(browser, f"http://127.0.0.1:{server.server_port}", cast, (locale, width, dark), wanted)
        server.shutdown()


def _photograph(browser: Browser, address: str, cast: Cast, how: tuple[str, int, bool], wanted: str) -> None:
    locale, width, dark = how
    context = browser.new_context(
        base_url=address,
        locale=locale,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
    )
    page = context.new_page()
    page.goto("/login")
    _shoot(page, "sign-in", how, wanted)
    page.locator("#name").fill("Ruth")
    page.locator("#password").fill(PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url("**/")
    for name, path in pages_of(cast).items():
        if wanted in name:
            page.goto(path)
            _shoot(page, name, how, wanted)
    context.close()


def _shoot(page: object, name: str, how: tuple[str, int, bool], wanted: str) -> None:
    locale, width, dark = how
    if wanted in name:
        target = FOLDER / f"{name}-{locale}-{width}{'-dark' if dark else ''}.png"
        page.screenshot(path=target, full_page=True)  # type: ignore[attr-defined]


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--dark"]
    main(words[0] if words else "", dark="--dark" in sys.argv)
