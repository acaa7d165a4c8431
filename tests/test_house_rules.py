"""The house rules that no other tool holds (docs/decisions/0002-house.md)."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*(ROOT / "wmcrm").rglob("*.py"), *(ROOT / "admin_app").rglob("*.py")])
LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
MOST_PARAMETERS = 7
FORBIDDEN_NAMES = {"utils", "helpers", "services", "managers", "common"}
# Raw SQL and Core text live behind functions of these modules only: the session's scope cannot see them.
TEXT_MODULES = {"wmcrm/db/search.py", "wmcrm/db/roles.py"}
CONTACT_READERS = {
    "wmcrm/models/people.py",
    "wmcrm/upkeep.py",
    "wmcrm/outreach.py",
}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in SOURCES:
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_modules_are_short() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_functions_are_short() -> None:
    found = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in trees()
        for node in functions(tree)
        if (node.end_lineno or 0) - node.lineno + 1 - _docstring_lines(node) > LONGEST_FUNCTION
    ]
    assert found == []


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return (first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0


def test_no_module_is_named_for_nothing() -> None:
    assert [str(path) for path in SOURCES if path.stem in FORBIDDEN_NAMES] == []


def test_public_functions_and_classes_say_what_they_promise() -> None:
    silent = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in trees()
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        if not node.name.startswith("_") and ast.get_docstring(node) is None
    ]
    assert silent == []


def test_nobody_catches_everything() -> None:
    broad = [
        f"{path}:{node.lineno}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        if node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception")
    ]
    assert broad == []


def test_text_of_sql_stays_in_its_room() -> None:
    pattern = re.compile(r"\b(?:sa\.)?text\(|exec_driver_sql\(")
    allowed = TEXT_MODULES | {"wmcrm/db/engine.py", "wmcrm/db/schema.py", "wmcrm/doctor.py"}
    found = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if pattern.search(path.read_text("utf-8")) and "sqlalchemy" in path.read_text("utf-8")
    ]
    where_only = {"wmcrm/models/base.py", "wmcrm/models/judgements.py"}  # conditions of partial indexes
    assert set(found) - allowed - where_only == set()


def test_templates_trust_no_text() -> None:
    templates = [*(ROOT / "admin_app").rglob("*.html"), *(ROOT / "wmcrm").rglob("*.html")]
    unsafe = re.compile(r"\|\s*safe\b|autoescape\s+false|<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|javascript:")
    assert [
        f"{path.name}: {match[0]}" for path in templates for match in unsafe.finditer(path.read_text("utf-8"))
    ] == []


def test_no_code_trusts_markup() -> None:
    found = [str(path.relative_to(ROOT)) for path in SOURCES if re.search(r"(?<!\w)Markup\(", path.read_text("utf-8"))]
    assert found == []


def test_nothing_is_left_for_later() -> None:
    mark = re.compile("TO" + "DO|FIX" + "ME|XX" + "X|raise Not" + "ImplementedError")
    assert [str(path) for path in SOURCES if mark.search(path.read_text("utf-8"))] == []


def test_no_address_of_a_machine_is_committed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    pattern = re.compile(r"/(?:wo" + r"rk|ro" + r"ot|tm" + r"p/studio)/")
    places = [ROOT / name for name in tracked if name and not name.endswith((".lock", "package-lock.json"))]
    texts = [
        path for path in places if path.is_file() and path.suffix in {".py", ".md", ".toml", ".html", ".js", ".css"}
    ]
    assert [str(path.relative_to(ROOT)) for path in texts if pattern.search(path.read_text("utf-8"))] == []
