"""Pictures of the import workbench: ``python -m tests.browser.import_pictures [--dark]`` writes to var/screens/."""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
import threading
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from admin_app import create_app
from tests.admin.cast import PASSWORD, Cast, build_cast
from tests.admin.sheets import sign_ups
from tests.browser.conftest import CHROMIUMS, QUIET, ROOT, SECRET
from wmcrm.db import open_engine, schema
from wmcrm.settings import Settings

FOLDER = ROOT / "var" / "screens"
SAMPLE = ROOT / "admin_app" / "samples" / "handtyped_0.xlsx"


def main(dark: bool = False) -> None:
    """Serve the cast and walk through an import in every language and width."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    executable = next(path for name in CHROMIUMS if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(QUIET))
        for locale, width in product(("en", "ar"), (1280, 390)):
            with tempfile.TemporaryDirectory() as folder:
                _served(browser, Path(folder), f"{locale}-{width}{'-dark' if dark else ''}", dark)


def _served(browser: Browser, folder: Path, name: str, dark: bool) -> None:
    url = f"sqlite:///{folder / 'site.sqlite3'}"
    engine = open_engine(url)
    schema.prepare(engine)
    cast = build_cast(engine)
    engine.dispose()
    server = make_server("127.0.0.1", 0, create_app(Settings(database_url=url, secret_key=SECRET)), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    locale, width, *_ = name.split("-")
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{server.server_port}",
        locale=locale,
        viewport={"width": int(width), "height": 900},
        color_scheme="dark" if dark else "light",
    )
    page = context.new_page()
    page.goto("/login")
    page.locator("#name").fill("Aïcha")
    page.locator("#password").fill(PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url("**/")
    _walk(page, name, cast)
    context.close()
    server.shutdown()


def _walk(page: Page, name: str, cast: Cast) -> None:
    def shoot(part: str) -> None:
        page.screenshot(path=FOLDER / f"import-{part}-{name}.png", full_page=True)

    page.goto("/import/")
    shoot("1-drop")
    page.locator("#sheet").set_input_files(SAMPLE)
    page.wait_for_url("**/import/r_*")
    shoot("2-no-event")
    page.goto("/import/")
    page.locator("#sheet").set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": sign_ups()})
    page.wait_for_url("**/import/r_*")
    shoot("3-draft")
    page.evaluate("document.querySelectorAll('details.step').forEach((part) => { part.open = true; })")
    shoot("4-open")
    page.locator("#effect button[type=submit]").click()
    page.wait_for_selector(".counts")
    page.wait_for_load_state()
    shoot("5-result")
    page.locator(".title__actions button").click()
    page.wait_for_load_state()
    shoot("6-undo")
    page.goto("/import/")
    shoot("7-list")


if __name__ == "__main__":
    main(dark="--dark" in sys.argv)
