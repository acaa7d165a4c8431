"""``wmcrm import signups | rows | failed | undo`` as a shell sees them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.cli.runner import refused, run
from tests.importer.sheets import dump, settled_cast
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import Participation

SHEET = """Name,Email,Phone
Aïcha Diop,aicha@example.org,+221 77 765 43 21
Omar Ba,omar@example.org,77 123 45 67
Fatou Sow,fatou@example.org,12345678901234567890
,nobody at all,77
"""
KEYS = {
    "run", "state", "rows", "new", "matched", "updated", "unchanged", "held", "skipped", "invalid", "issues",
    "mapping", "already_imported",
}  # fmt: skip


@pytest.fixture
def file(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A sheet beside a database that holds the cast."""
    monkeypatch.setenv("WMCRM_DATABASE_URL", database_url)
    with session_scope(engine, OPERATOR, writing=True) as session:
        settled_cast(session)
    path = tmp_path / "sheet.csv"
    path.write_text(SHEET, encoding="utf-8")
    return str(path)


def test_a_sheet_is_planned_imported_listed_mended_and_undone(engine: Engine, file: str, tmp_path: Path) -> None:
    with session_scope(engine, OPERATOR) as session:
        before = dump(session)
    planned = run("import", "signups", file, "--event", "Dakar meetup", "--plan", "--format", "json")
    assert (planned.status, planned.json["state"], planned.json["run"]) == (1, "planned", None)
    with session_scope(engine, OPERATOR) as session:
        assert dump(session) == before

    done = run("import", "signups", file, "--event", "Dakar meetup", "--format", "json")
    assert done.status == 1
    assert done.json.keys() >= KEYS
    told = {key: done.json[key] for key in ("state", "rows", "new", "updated", "invalid")}
    assert told == {"state": "applied", "rows": 4, "new": 1, "updated": 2, "invalid": 1}
    assert {issue["row"] for issue in done.json["issues"]} == {4, 5}
    assert done.json["mapping"][1] == {"column": 2, "header": "Email", "field": "email", "score": 1.0}

    listed = run("import", "rows", done.json["run"], "--format", "json")
    assert [row["outcome"] for row in listed.json] == [None, "updated", "updated", "new", "invalid"]
    assert [row["email"] for row in listed.json[1:4]] == [
        "aicha@example.org",
        "omar@example.org",
        "fatou@example.org",
    ]

    mend = tmp_path / "mend.csv"
    assert run("import", "failed", done.json["run"], "-o", str(mend)).status == 0
    with mend.open(encoding="utf-8-sig", newline="") as opened:
        assert [row["Row"] for row in csv.DictReader(opened)] == ["4", "5"]

    undone = run("import", "undo", done.json["run"], "--format", "json")
    assert (undone.status, undone.json["state"]) == (0, "undone")
    with session_scope(engine, OPERATOR) as session:
        assert dump(session) == before


def test_an_event_can_be_made_with_its_sheet_from_standard_input(file: str) -> None:
    pasted = "Name\tEmail\nFatou Sow\tfatou@example.org\n"
    arguments = ("--new-event", "Thiès", "--starts", "2026-04-01", "--affiliate", "WSN", "--format", "json")
    done = run("import", "signups", "-", *arguments, stdin=pasted)
    assert (done.status, done.json["new"]) == (0, 1)


@pytest.mark.parametrize(("meaning", "status"), [("registered", "registered"), ("attended", "attended")])
def test_what_standing_in_a_sheet_means_can_be_said(file: str, meaning: str, status: str) -> None:
    pasted = "Name\tEmail\nFatou Sow\tfatou@example.org\n"
    arguments = ("--event", "Dakar meetup", "--rows-mean", meaning, "--format", "json")
    done = run("import", "signups", "-", *arguments, stdin=pasted)
    assert done.status == 0, done.err
    rows = run("import", "rows", done.json["run"], "--format", "json").json
    assert [row["status"] for row in rows if row["kind"] == "person"] == [status]


@pytest.mark.parametrize(("order", "read"), [("dmy", "2026-02-03"), ("mdy", "2026-03-02")])
def test_the_order_of_dates_can_be_said(engine: Engine, file: str, order: str, read: str) -> None:
    pasted = "Name\tEmail\tSigned up\nFatou Sow\tfatou@example.org\t03/02/2026\n"
    arguments = ("--event", "Dakar meetup", "--date-order", order, "--map", "Signed up=signed_up_at")
    assert run("import", "signups", "-", *arguments, "--format", "json", stdin=pasted).status == 0
    with session_scope(engine, OPERATOR) as session:
        days = session.scalars(sa.select(Participation.registered_on).where(sa.column("registered_on").is_not(None)))
        assert [day.isoformat() for day in days] == [read]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--event", "nowhere"),
        (),
        ("--new-event", "Thiès"),
        ("--event", "Dakar meetup", "--map", "Colour=email"),
        ("--event", "Dakar meetup", "--sheet", "Other"),
        ("--event", "Dakar meetup", "--consent-purpose", "world peace"),
        ("--event", "Dakar meetup", "--rows-mean", "whatever"),
        ("--event", "Dakar meetup", "--affiliate", "NOBODY"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line_and_nothing_is_stored(
    engine: Engine, file: str, arguments: tuple[str, ...]
) -> None:
    with session_scope(engine, OPERATOR) as session:
        before = dump(session)
    assert refused(run("import", "signups", file, *arguments, "--format", "json"))
    with session_scope(engine, OPERATOR) as session:
        assert dump(session) == before


def test_a_broken_file_is_refused(file: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04" + bytes(200))
    for name in (str(broken), str(tmp_path / "absent.csv")):
        assert refused(run("import", "signups", name, "--event", "Dakar meetup"))
    assert refused(run("import", "undo", "r_nothing"))
