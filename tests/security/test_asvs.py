"""The list of security requirements is whole, and what it calls met is shown by tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import yaml

from tests.security.conftest import Hall
from tests.security.planted import Side, account_of
from tests.security.samples import addresses
from wmcrm.accounts import hash_password
from wmcrm.models import PermissionRole

ROOT = Path(__file__).parents[2]
CODE = [*(ROOT / "wmcrm").rglob("*.py"), *(ROOT / "admin_app").rglob("*.py")]
STATES = {"met", "partly", "not met", "not applicable", "operator"}
SHOWN_BY_TESTS = {"met", "partly"}
RUTH = account_of(PermissionRole.ADMINISTRATOR, "everywhere")
KEYS = {"id", "level", "says", "status", "tests", "note"}


@cache
def listed() -> list[dict[str, object]]:
    """The requirements as the file has them."""
    document = yaml.safe_load((ROOT / "docs" / "asvs.yaml").read_text("utf-8"))
    assert document["standard"] == "5.0"
    return list(document["requirements"])


@cache
def named_in(file: str) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_requirement_has_its_shape() -> None:
    for one in listed():
        assert set(one) <= KEYS, one
        assert re.fullmatch(r"V(1[0-7]|[1-9])(\.\d+){0,2}", str(one["id"])), one
        assert one["status"] in STATES, one
        assert one["level"] in {1, 2, 3}, one
        assert str(one["says"]).strip(), one


def test_no_requirement_is_there_twice() -> None:
    names = [one["id"] for one in listed()]
    assert sorted({name for name in names if names.count(name) > 1}, key=str) == []


def test_every_chapter_is_spoken_about() -> None:
    chapters = {str(one["id"]).partition(".")[0] for one in listed()}
    assert chapters == {f"V{number}" for number in range(1, 18)}


def test_what_is_met_names_tests_that_exist() -> None:
    for one in listed():
        named = one.get("tests", [])
        assert isinstance(named, list)
        assert bool(named) == (one["status"] in SHOWN_BY_TESTS), one
        for node in named:
            file, _, name = str(node).partition("::")
            assert (ROOT / file).is_file(), (one["id"], node)
            assert not name or name in named_in(file), (one["id"], node)


def test_what_is_not_met_says_why() -> None:
    silent = [one["id"] for one in listed() if one["status"] != "met" and not str(one.get("note", "")).strip()]
    assert silent == []


# What single requirements ask for, and no other test shows.


def test_no_code_is_made_at_run_time() -> None:
    forbidden = re.compile(r"(?<![\w.])(?:eval|exec)\(|\bimport (?:pickle|marshal|shelve)\b|yaml\.load\(")
    assert [str(path) for path in CODE if forbidden.search(path.read_text("utf-8"))] == []


def test_chance_comes_from_the_system() -> None:
    weak = re.compile(r"^(?:import random|from random)|hashlib\.(?:md5|sha1)\(", re.MULTILINE)
    found = {path.relative_to(ROOT).as_posix() for path in CODE if weak.search(path.read_text("utf-8"))}
    assert found <= HARMLESS, found


# Waits for a random moment before it tries again: nothing that must not be guessed.
HARMLESS = {"wmcrm/db/engine.py"}


def test_no_answer_is_shared_with_another_origin(small_hall: Hall) -> None:
    for path in ("/", "/login", "/people/", "/static/app.js", "/healthz", "/nowhere"):
        answer = small_hall.visit(RUTH).client.get(path, headers={"Origin": "https://evil.example"}, buffered=True)
        assert "Access-Control-Allow-Origin" not in answer.headers, path


def test_every_answer_says_what_it_is(small_hall: Hall) -> None:
    visitor = small_hall.visit(RUTH)
    for cell in addresses(small_hall.app, small_hall.world):
        if cell.method == "GET" and cell.side in {None, Side.OWN}:
            answer = visitor.get(cell.path)
            kind = answer.headers.get("Content-Type", "")
            assert kind, cell.path
            assert not kind.startswith("text/") or "charset=" in kind, cell.path


def test_signing_out_is_on_every_page(small_hall: Hall) -> None:
    visitor = small_hall.visit(RUTH)
    for path in ("/", "/people/", "/events/", "/import/", "/directory/", "/nowhere"):
        assert 'action="/logout"' in visitor.get(path).text, path


def test_no_folder_is_listed_and_no_trace_is_answered(small_hall: Hall) -> None:
    visitor = small_hall.visit(RUTH)
    for path in (
        "/static/",
        "/static",
        "/static/vendor/",
        "/.git/config",
        "/static/../access.py",
        "/static/%2e%2e/access.py",
    ):
        assert visitor.get(path).status_code in {308, 404}, path
    assert visitor.client.open("/", method="TRACE").status_code == 405


def test_the_password_field_hides_and_takes_what_a_manager_fills_in(small_hall: Hall) -> None:
    page = small_hall.visit("").get("/login").text
    field = re.search(r"<input[^>]*name=\"password\"[^>]*>", page)
    assert field is not None
    assert 'type="password"' in field[0]
    assert 'autocomplete="current-password"' in field[0]
    for name in re.findall(r'src="/static/([\w./-]+\.js)', page):  # scripts of other pages may listen to it
        assert '"paste"' not in (ROOT / "admin_app/static" / name).read_text("utf-8"), name


def test_a_password_may_be_long() -> None:
    assert hash_password("correct horse battery " * 5).startswith("$argon2id$")


def test_scripts_keep_nothing_of_people_in_the_browser() -> None:
    scripts = {path.name: path.read_text("utf-8") for path in (ROOT / "admin_app/static").glob("*.js")}
    kept = [
        line.strip() for text in scripts.values() for line in text.splitlines() if re.search(r"Storage\.setItem", line)
    ]
    assert [line for line in kept if not re.search(r"setItem\(\s*(['\"]\w[\w-]*['\"]|[A-Z_]+)", line)] == []
    assert not any(
        word in text for text in scripts.values() for word in ("__proto__", "indexedDB", "document.write", "innerHTML")
    )


MODEL = "docs/explanation/threat-model.md"


def test_the_threat_model_lists_every_use_of_cryptography() -> None:
    text = (ROOT / MODEL).read_text("utf-8")
    users = [
        p
        for p in CODE
        if re.search(r"^\s*(?:from|import) (?:cryptography|pyrage|argon2|hmac)\b", p.read_text("utf-8"), re.M)
    ]
    missing = [path.relative_to(ROOT).as_posix() for path in users if path.relative_to(ROOT).as_posix() not in text]
    assert missing == [], f"say in {MODEL} what these are for"


def test_the_promises_are_written_down() -> None:
    model, policy = ((ROOT / name).read_text("utf-8") for name in (MODEL, "SECURITY.md"))
    for heading in ("What we protect", "Against whom", "Ways in", "What stays", "Keys", "What is logged"):
        assert f"## {heading}" in model, heading
    for heading in ("Reporting", "Versions", "Hardening", "Signing in"):
        assert f"## {heading}" in policy, heading
    assert (ROOT / "uv.lock").is_file()
    assert (ROOT / "package-lock.json").is_file()


def test_the_threat_model_points_to_what_exists() -> None:
    text = (ROOT / MODEL).read_text("utf-8")
    for node in re.findall(r"`(tests/[\w/.]+(?:::\w+)?)`", text):
        file, _, name = node.partition("::")
        assert (ROOT / file).exists(), node
        assert not name or name in named_in(file), node
