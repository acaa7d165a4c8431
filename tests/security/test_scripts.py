"""Scripts stored in every text of the database run on no page, in no sheet: seen in a real browser."""

from __future__ import annotations

import csv
import io
import re
import shutil
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from admin_app import create_app
from admin_app.serving import open_server
from tests.admin.conftest import SECRET, Desk, Visitor
from tests.security.conftest import DATA, Hall
from tests.security.planted import Planted, Side, account_of
from tests.security.samples import addresses
from tests.security.scripts import put_scripts
from wmcrm.db import OPERATOR, open_engine, session_scope
from wmcrm.models import PermissionRole
from wmcrm.settings import Settings

ROOT = Path(__file__).parents[2]
# What a script would leave behind, and what refused content reports.
WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', event => window.violations.push(event.violatedDirective));
"""
FOUND = """() => ({
  ran: window.ran || 0,
  violations: window.violations,
  elements: document.querySelectorAll(
    'img[src="x"], svg[onload], script:not([src]), [onerror], [onload], [onclick], b b, a[href^="javascript:" i]').length,
  worked_out: document.body.innerText.includes('1337'),
  shown: document.documentElement.outerHTML.includes('7*191'),
})"""


@pytest.fixture(scope="module")
def scripted(
    planted_sqlite: tuple[Path, Planted], planted_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hall]:
    """The planted world with a script in every text."""
    path = tmp_path_factory.mktemp("scripted") / "scripted.sqlite3"
    shutil.copy(planted_sqlite[0], path)
    engine = open_engine(f"sqlite:///{path}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA, str(planted_data))
        with session_scope(engine, OPERATOR, writing=True) as session:
            assert put_scripts(session) > 80
        engine.dispose()
        settings = Settings(database_url=f"sqlite:///{path}", secret_key=SECRET, data_dir=str(planted_data))
        hall = Hall(create_app(settings, testing=True), planted_sqlite[1], planted_sqlite[0])
        yield hall
        hall.engine.dispose()


@pytest.fixture(scope="module")
def site(scripted: Hall) -> Iterator[str]:
    """The address of the running admin over it."""
    server, port = open_server(scripted.app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.close()
    thread.join(timeout=5)


def context_of(browser: Browser, site: str, visitor: Visitor) -> BrowserContext:
    """A browser with the session of a visitor."""
    context = browser.new_context(base_url=site)
    visitor.get("/healthz")
    name = str(visitor.client.application.config["SESSION_COOKIE_NAME"])
    cookie = visitor.client.get_cookie(name)
    assert cookie is not None
    context.add_cookies([{"name": name, "value": cookie.value, "url": site}])
    context.add_init_script(WATCH)
    return context


@pytest.mark.browser
def test_no_stored_text_becomes_a_part_of_any_page(
    browser: Browser, site: str, scripted: Hall, planted_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA, str(planted_data))
    began, opened, told, shown = time.perf_counter(), 0, [], 0
    pages = [a for a in addresses(scripted.app, scripted.world) if a.method == "GET" and a.side in {None, Side.OWN}]
    for account in (account_of(PermissionRole.ADMINISTRATOR, "everywhere"), account_of(PermissionRole.EDITOR)):
        context = context_of(browser, site, Desk(scripted.app, None).visit(account))  # type: ignore[arg-type]
        page = context.new_page()
        page.on("dialog", lambda dialog: told.append(f"dialog: {dialog.message}"))
        page.on("pageerror", lambda error: told.append(f"error: {error}"))
        page.on("console", lambda said: told.append(f"{said.location}: {said.text}") if said.type == "error" else None)
        for address in pages:
            if address.endpoint in {"static", "health.healthz"} or (address.owned and "editor" not in account):
                continue
            if "editor" in account and not address.owned:
                continue
            page.goto(address.path, wait_until="load")
            found = page.evaluate(FOUND)
            shown += bool(found.pop("shown"))
            opened += 1
            if any(found.values()):
                told.append(f"{address.path}: {found}")
        context.close()
    print(f"{opened} pages in {time.perf_counter() - began:.1f} s, scripts as text on {shown}")
    seen = [one for one in told if "status of 4" not in one]
    assert not seen, "\n".join(seen)
    assert shown > 25, "the scripts are on hardly any page: nothing was tested"


def test_no_template_translates_a_stored_text_as_if_it_were_html() -> None:
    called = re.compile(r"(?<![\w.|])(?:_|gettext|ngettext)\(\s*(?![\"'\s])")
    templates = [*(ROOT / "admin_app").rglob("*.html"), *(ROOT / "wmcrm").rglob("*.html")]
    found = [f"{path.name}: {match[0]}" for path in templates for match in called.finditer(path.read_text("utf-8"))]
    assert found == [], "what _() returns counts as HTML: write {{ text | translated }}"


FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def test_no_cell_of_a_sheet_that_is_handed_out_is_a_formula(small_hall: Hall) -> None:
    from tests.security.sheets import put_formulas

    with session_scope(small_hall.engine, OPERATOR, writing=True) as session:
        put_formulas(session)
    visitor, run = small_hall.visit(account_of(PermissionRole.EDITOR)), small_hall.world.runs[Side.OWN]
    as_csv = visitor.post(f"/import/{run}/failed", {"format": "csv"})
    assert as_csv.status_code == 200, as_csv.text[:300]
    rows = list(csv.reader(io.StringIO(as_csv.data.decode("utf-8-sig"))))
    assert any("HYPERLINK" in cell for row in rows for cell in row), (
        "no formula went into the sheet: nothing was tested"
    )
    assert [cell for row in rows for cell in row if cell.startswith(FORMULAS)] == []
    as_xlsx = visitor.post(f"/import/{run}/failed", {"format": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(as_xlsx.data)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
