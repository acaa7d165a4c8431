"""No file that anybody can take away holds a cell that a spreadsheet program would run.

Every text of the database begins like a formula. The files are found by asking every route and every command: a new
download is in it by itself.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from admin_app import create_app
from tests.admin.conftest import SECRET
from tests.cli.runner import run
from tests.security.commands import arguments, tree, write_files
from tests.security.conftest import DATA, Hall
from tests.security.planted import Planted, Side, account_of
from tests.security.samples import addresses
from tests.security.scripts import FORMULAS, formula_for, put_scripts
from wmcrm.db import OPERATOR, open_engine, session_scope
from wmcrm.models import PermissionRole
from wmcrm.settings import Settings

EVERYTHING = (account_of(PermissionRole.ADMINISTRATOR, "everywhere"), account_of(PermissionRole.EDITOR))
NUMBER = re.compile(r"[+-]?\d[\d.,]*%?")
# Downloads that there are: whoever takes one away says so here.
SHEETS = frozenset({"access_log.take_list", "import.failed", "outreach.download", "retention.processing"})
# They print ids only, and what they do needs texts that the code wrote.
PRINT_IDS = frozenset({"dedupe merge", "dedupe unmerge", "dedupe strict", "dedupe decide"})
# What is asked daily.
TELLING = ("people find", "people show", "history", "import failed", "import rows", "lists show", "account list")
IN_CELLS = "=A1+cmd|x"


@pytest.fixture(scope="module")
def formulas(
    planted_sqlite: tuple[Path, Planted], planted_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hall]:
    """The planted world in which every text begins like a formula."""
    path = tmp_path_factory.mktemp("formulas") / "formulas.sqlite3"
    shutil.copy(planted_sqlite[0], path)
    engine = open_engine(f"sqlite:///{path}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA, str(planted_data))
        patch.setenv("WMCRM_DATABASE_URL", f"sqlite:///{path}")
        with session_scope(engine, OPERATOR, writing=True) as session:
            assert put_scripts(session, formula_for, IN_CELLS) > 80
        engine.dispose()
        kept = Path(shutil.copy(path, path.with_suffix(".kept")))
        settings = Settings(database_url=f"sqlite:///{path}", secret_key=SECRET, data_dir=str(planted_data))
        hall = Hall(create_app(settings), planted_sqlite[1], kept)
        yield hall
        hall.engine.dispose()


def running_cells(content: bytes) -> tuple[int, list[str]]:
    """How many cells a CSV or XLSX file has, and those that a spreadsheet program would run."""
    if not content.startswith(b"PK"):
        cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row]
        return len(cells), [one for one in cells if one.startswith(FORMULAS) and not NUMBER.fullmatch(one)]
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        pages = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/")]
        links = [name for name in book.namelist() if "externalLink" in name]
    return sum(page.count("<c ") for page in pages), [page for page in pages if "<f" in page] + links


def downloads(hall: Hall, name: str, endpoints: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Every CSV or XLSX file that these routes (without any: all) hand to an account, with the route's endpoint."""
    visitor = hall.visit(name)
    for cell in addresses(hall.app, hall.world):
        unasked = bool(endpoints) and cell.endpoint not in endpoints
        if unasked or cell.side not in {None, Side.OWN} or cell.endpoint.endswith("logout"):
            continue
        for kind in ("csv", "xlsx"):
            sent = {"format": kind, "kind": kind, "first": "2020-01-01", "last": "2030-01-01"}
            answer = (
                visitor.get(f"{cell.path}?{urlencode(sent)}") if cell.method == "GET" else visitor.post(cell.path, sent)
            )
            if answer.mimetype == "text/csv" or "spreadsheetml" in answer.mimetype:
                yield cell.endpoint, answer.data
            if cell.method != "GET" and answer.status_code < 400:
                hall.put_back()
                visitor = hall.visit(name)


@pytest.mark.parametrize("endpoints", [SHEETS, pytest.param((), marks=pytest.mark.long)], ids=["known", "all"])
def test_no_download_runs_a_formula(
    formulas: Hall, endpoints: Collection[str], planted_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA, str(planted_data))
    found: dict[str, int] = {}
    wrong = []
    for name in EVERYTHING:
        for endpoint, content in downloads(formulas, name, endpoints):
            cells, running = running_cells(content)
            found[endpoint] = found.get(endpoint, 0) + cells
            wrong += [f"{endpoint}: {cell[:80]!r}" for cell in running]
        formulas.put_back()
    print(f"cells by download: {found}")
    assert wrong == []
    assert set(found) == SHEETS, "a download is new or gone: say so in SHEETS"
    assert all(cells > 3 for cells in found.values()), "a file without rows shows nothing"


@pytest.mark.parametrize("paths", [TELLING, pytest.param((), marks=pytest.mark.long)], ids=["some", "all"])
def test_no_command_prints_or_writes_a_formula(
    formulas: Hall, paths: Collection[str], planted_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA, str(planted_data))
    monkeypatch.setenv("WMCRM_SECRET_KEY", SECRET)
    monkeypatch.setenv("WMCRM_DATABASE_URL", formulas.url)
    write_files(tmp_path)
    (tmp_path / "sheet.csv").write_text(
        f"Name,Username,E-mail\n'{IN_CELLS},,a@b@c\n'{IN_CELLS},New9,new9@example.org\n"
    )
    cells, marked, wrong = 0, 0, []
    for path in paths or tree():
        words = arguments(path, formulas.world, Side.OWN, tmp_path)
        if words is None or path.startswith("db ") or path in PRINT_IDS:
            continue
        ran = run(*words, "--format", "csv")
        files = [file for file in (tmp_path / "out.csv", *(tmp_path / "out").glob("*.csv")) if file.is_file()]
        for written in (ran.out.encode(), *(file.read_bytes() for file in files)):
            if not written.startswith((b"{", b"[", b"age-")):
                count, running = running_cells(written)
                cells, marked = cells + count, marked + written.count(b"'=") + written.count(b"'@")
                wrong += [f"wmcrm {path}: {cell[:80]!r}" for cell in running]
        for file in files:
            file.unlink()
        if ran.status != 2:
            formulas.put_back()
    print(f"{cells} cells printed and written, {marked} of them marked")
    assert wrong == []
    assert marked > 5, "there was nothing to mark"
