"""Contact values leave through the gate: no other module may even name their columns."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VALUE_COLUMNS = {"value", "normalized"}
# Who may read them, and why. Returning them is for the gate, the subject export and the rows of an import run.
READERS = {
    "wmcrm/models/people.py": "the table",
    "wmcrm/upkeep.py": "makes search text and match keys",
    "wmcrm/outreach/": "the gate",
    "wmcrm/privacy/": "export, erasure, sealing",
    "wmcrm/importer/": "compares and writes rows of sheets",
    "wmcrm/dedupe/": "compares records",
    "wmcrm/people/facts.py": "records what staff type in, and compares it with what is there",
    "wmcrm/history.py": "names the columns in order to hide them",
    "admin_app/person_history.py": "names the columns in order to mask them",
}
POINT_NAMES = {"point", "contact", "contact_point", "ContactPoint"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for folder in ("wmcrm", "admin_app"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def knows_contact_points(tree: ast.Module) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id == "ContactPoint")
        or (isinstance(node, ast.alias) and node.name == "ContactPoint")
        or (isinstance(node, ast.Constant) and node.value == "contact_point")
        for node in ast.walk(tree)
    )


def names_a_value(tree: ast.Module) -> list[int]:
    """Lines that name ``normalized`` anywhere, or ``value`` of something called a contact point."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in VALUE_COLUMNS:
            owner = node.value
            of_table = isinstance(owner, ast.Attribute) and owner.attr == "c"
            of_point = isinstance(owner, ast.Name) and owner.id in POINT_NAMES
            if node.attr == "normalized" or of_table or of_point:
                found.append(node.lineno)
        if isinstance(node, ast.Constant) and node.value == "normalized":
            found.append(node.lineno)
    return found


def test_only_the_named_modules_touch_contact_values() -> None:
    touching = {
        name: lines
        for name, tree in modules()
        if knows_contact_points(tree) and (lines := names_a_value(tree)) and not name.startswith(tuple(READERS))
    }
    assert touching == {}, "ask wmcrm.outreach for addresses; who must read them is named in READERS with the reason"


def test_every_reader_still_exists() -> None:
    assert [name for name in READERS if not (ROOT / name).exists()] == []


def test_a_module_that_reads_addresses_is_noticed() -> None:
    for text in (
        "from wmcrm.models import ContactPoint\nx = [point.value for point in points]",
        "t = metadata.tables['contact_point']\nq = select(t.c.normalized)",
        "from wmcrm.models import ContactPoint\ngetattr(row, 'normalized')",
    ):
        tree = ast.parse(text)
        assert knows_contact_points(tree) and names_a_value(tree)


def test_the_gate_names_no_value_in_its_log_or_repr() -> None:
    for name in ("gate", "lists", "opt_in"):
        tree = ast.parse((ROOT / "wmcrm" / "outreach" / f"{name}.py").read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "AccessLogEntry":
                assert not any(names_a_value(ast.Module([ast.Expr(word.value)], [])) for word in node.keywords)
