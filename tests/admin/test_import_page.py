"""The import workbench: a sheet is looked at before anything is stored, imported once, and taken back."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import sqlalchemy as sa

from tests.admin.conftest import Desk, Visitor
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import Person

SAMPLES = Path(__file__).parents[2] / "admin_app" / "samples"
CONFIRMED = re.compile(r'name="confirmed" value="([0-9a-f]+)"')
EFFECT = re.compile(r'class="effect__text"[^>]*>\s*([^<]*?)\s*<', re.S)


def drop(visitor: Visitor, data: bytes, name: str = "sheet.csv") -> str:
    """The path of the draft of a file that was dropped."""
    answer = visitor.post("/import/", {"sheet": (BytesIO(data), name)}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def use_event(visitor: Visitor, draft: str, event: str) -> None:
    assert visitor.post(f"{draft}/event", {"event": event}).status_code == 303


def confirm(visitor: Visitor, draft: str) -> str:
    """Import what the page shows; the path of the import."""
    page = visitor.get(draft).text
    found = CONFIRMED.search(page)
    assert found, page
    answer = visitor.post(f"{draft}/apply", {"confirmed": found.group(1)})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def count(desk: Desk, model: type) -> int:
    with session_scope(desk.engine, OPERATOR) as session:
        return session.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


def test_a_sheet_is_dropped_looked_at_and_imported(either: Desk) -> None:
    aicha = either.visit("Aïcha")
    before = count(either, Person)
    draft = drop(aicha, (SAMPLES / "gforms_0.xlsx").read_bytes(), "gforms_0.xlsx")
    use_event(aicha, draft, either.cast.edit_a_thon)
    page = aicha.get(draft)
    assert page.status_code == 200
    assert count(either, Person) == before
    made = confirm(aicha, draft)
    assert aicha.get(made).status_code == 200
    assert count(either, Person) > before
