"""The docs say what the code does."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from wmcrm.cli import COMMANDS
from wmcrm.models import enums

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]

spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
assert spec is not None and spec.loader is not None
generate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generate)


@pytest.mark.parametrize("name", sorted(generate.PAGES))
def test_the_reference_is_as_the_code_is(name: str) -> None:
    written = (ROOT / "docs" / "reference" / name).read_text("utf-8")
    assert written == generate.PAGES[name](), "run: python docs/generate.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_glossary_has_the_words_of_the_code() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    for kind in (enums.AffiliateType, enums.EventRole, enums.Position, enums.Registration, enums.Attendance):
        assert [value for value in kind if f"`{value}`" not in glossary] == [], kind.__name__


def test_commands_named_in_the_docs_exist() -> None:
    known = {*COMMANDS, "serve", "demo"}
    for page in PAGES:
        text = page.read_text("utf-8")
        named = set(re.findall(r"^\s*(?:\$ )?wmcrm ([a-z]+)", text, re.MULTILINE)) | set(
            re.findall(r"`wmcrm ([a-z]+)", text)
        )
        assert named <= known, f"{page.name}: {named - known}"


def test_the_readme_has_exactly_two_set_up_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    first_block = readme.split("```sh\n")[1].split("```")[0]
    assert first_block.split("\n")[:-1] == ["make demo", "make test"]
