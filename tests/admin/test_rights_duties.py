"""The log of access, the scope of a breach, retention and the record of processing on the screens."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.admin.conftest import Desk
from tests.admin.test_rights import actions
from tests.days import today
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import AccessLogEntry, Person, PurgeRun, metadata, now_utc


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys and the ledger of each test lie in a folder of its own."""
    monkeypatch.setenv("WMCRM_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def look(desk: Desk, key: str, name: str = "Aïcha", lines: int = 1) -> None:
    """Somebody of the cast looked at a person."""
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        person = session.scalars(sa.select(Person.id).where(Person.public_id == key)).one()
        account = metadata.tables["account"]
        number = session.scalar(sa.select(account.c.id).where(account.c.name == name))
        for place in range(lines):
            mine = {"account_id": number, "actor": name, "person_id": person, "people": 1}
            session.add(AccessLogEntry(**mine, action="reveal", reason=f"{name} {place:03}"))


def test_the_log_is_read_by_pages_and_filters_and_each_sees_their_part(either: Desk) -> None:
    ruth, cast = either.visit("Ruth"), either.cast
    look(either, cast.fatou, lines=60)
    look(either, cast.foreign, "Dana")
    page = ruth.get("/access-log/").text
    assert "Kari Nordmann" in page and "Aïcha 059" in page and "Aïcha 000" not in page
    assert "Aïcha 000" in ruth.get("/access-log/?before=11").text
    assert "Fatou" not in ruth.get(f"/access-log/?person={cast.foreign}").text
    assert "Kari" not in ruth.get("/access-log/?action=reveal&account=1").text
    assert "No line of the log matches" in ruth.get("/access-log/?last=2020-01-01").text
    assert ruth.get("/access-log/?first=31/31/2026").status_code == 422
    sami = either.visit("Sami").get("/access-log/").text
    assert "Fatou Diop" in sami and "Kari" not in sami
    for name in ("Aïcha", "Omar", "Chen", "Dana"):
        assert either.visit(name).get("/access-log/").status_code == 403


def test_the_scope_of_a_breach_is_counted_and_taken_as_ids(either: Desk) -> None:
    ruth, cast = either.visit("Ruth"), either.cast
    look(either, cast.fatou)
    asked = {"account": "", "first": today().isoformat(), "last": today().isoformat()}
    page = ruth.get("/access-log/breach", query_string=asked).text
    assert "Baobab Wikimedians User Group" in page and "Fatou" not in page
    answer = ruth.post("/access-log/breach", asked)
    assert answer.text.lstrip("\ufeff").replace(chr(34), "").splitlines() == [
        "person,actions,protected",
        f"{cast.fatou},reveal,",
    ]
    assert actions(either)[-1] == "breach_list"
    answer = ruth.get("/access-log/breach?account=1&first=2026-11-05&last=2026-11-04")
    assert answer.status_code == 422 and "The last day lies before the first" in answer.text
    assert 'value="2026-11-05"' in answer.text, "what was typed stays"
    assert either.visit("Sami").get("/access-log/breach", query_string=asked).status_code == 403


def test_retention_says_what_goes_and_deletes_it_after_a_tick(either: Desk) -> None:
    ruth = either.visit("Ruth")
    look(either, either.cast.fatou)
    with session_scope(either.engine, OPERATOR, writing=True) as session:
        session.execute(sa.update(AccessLogEntry).values(at=now_utc() - dt.timedelta(days=200)))
        session.add(PurgeRun(today=today() - dt.timedelta(days=1), actor="operator", counts={}))
    assert "1 row would go today" in ruth.get("/retention/").text
    assert ruth.post("/retention/apply").status_code == 422
    assert "1 row is gone" in ruth.post("/retention/apply", {"understood": "yes"}).text
    assert actions(either) == []
    assert ruth.get("/retention/calendar").status_code == 200
    with session_scope(either.engine, OPERATOR) as session:
        assert [run.actor for run in session.scalars(sa.select(PurgeRun).order_by(PurgeRun.id))] == ["operator", "Ruth"]


def test_an_odd_clock_is_refused_until_somebody_confirms_it(desk: Desk) -> None:
    ruth = desk.visit("Ruth")
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        session.add(PurgeRun(today=today() - dt.timedelta(days=400), actor="operator", counts={}))
    assert "look at its clock" in ruth.get("/retention/").text
    assert ruth.post("/retention/apply", {"understood": "yes"}).status_code == 409
    assert ruth.post("/retention/apply", {"understood": "yes", "clock": "yes"}).status_code == 200


def test_an_administrator_changes_a_rule_within_its_bounds_and_it_is_logged(either: Desk) -> None:
    ruth = either.visit("Ruth")
    assert ruth.post("/retention/rules/raw_cells", {"number": "14", "unit": "days"}).status_code == 303
    assert "14 days" in ruth.get("/retention/").text
    for wrong in ({"number": "91", "unit": "days"}, {"number": "x", "unit": "days"}, {"number": "3", "unit": "years"}):
        assert ruth.post("/retention/rules/raw_cells", wrong).status_code == 400
    assert actions(either) == ["retention_changed"]


def test_an_auditor_reads_retention_and_changes_nothing_and_parts_do_not_see_it(desk: Desk) -> None:
    ada = desk.account("Ada", "auditor")
    page = ada.get("/retention/").text
    assert "Would go today" in page and "Delete now" not in page
    assert ada.post("/retention/apply", {"understood": "yes"}).status_code == 403
    assert ada.post("/retention/rules/raw_cells", {"number": "14", "unit": "days"}).status_code == 403
    assert desk.visit("Sami").get("/retention/").status_code == 404
    assert desk.visit("Sami").get("/retention/processing").status_code == 200
    assert desk.visit("Chen").get("/retention/processing").status_code == 403


def test_the_record_of_processing_is_read_and_taken_along(desk: Desk) -> None:
    ruth = desk.visit("Ruth")
    assert "Run events and know who came" in ruth.get("/retention/processing").text
    document = json.loads(ruth.get("/retention/processing?format=json").text)
    assert document["report"] == "processing" and document["as_of"] == today().isoformat()
    assert (
        ruth.get("/retention/processing?format=csv")
        .text.replace(chr(34), "")
        .lstrip("\ufeff")
        .startswith("code,purpose,basis")
    )
