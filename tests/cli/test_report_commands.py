"""Reports, the directory and the path, as acceptance runs them."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from tests.cli.runner import refused, run
from tests.reports.world import random_world
from wmcrm.db import OPERATOR, session_scope
from wmcrm.reports import REPORTS


@pytest.fixture(autouse=True)
def movement(engine: Engine) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        random_world(21, people=30, events=12, rows=160).store(session)


def test_a_report_is_one_document(database_url: str) -> None:
    ran = run("report", "event-results", "--as-of", "2026-06-30", "--format", "json")
    assert (ran.status, ran.err) == (0, "")
    document = ran.json
    assert isinstance(document, dict)
    assert {"title", "as_of", "definitions", "coverage", "columns", "rows", "suppressed"} <= set(document)
    assert document["as_of"] == "2026-06-30"
    assert document["rows"][0]["attended"] >= 0


def test_a_table_and_a_csv_say_their_definitions_on_standard_error() -> None:
    ran = run("report", "path", "--format", "csv")
    assert ran.out.splitlines()[0] == "stage,highest,current,ever,newly_reached,stopped"
    assert "held events have named attendance" in ran.err
    assert "contact" in run("report", "path").out


def test_reports_take_an_affiliate_a_region_and_a_period() -> None:
    all_of_them = run("report", "event-results", "--format", "json").json
    own = run("report", "event-results", "--affiliate", "external:0", "--format", "json").json
    region = run(
        "report", "event-results", "--region", "Sub-Saharan Africa", "--by", "country", "--format", "json"
    ).json
    later = run("report", "event-results", "--from", "2025-01-01", "--to", "2025-12-31", "--format", "json").json
    assert 0 < len(own["rows"]) < len(all_of_them["rows"])
    assert [row["country"] for row in region["rows"]] == ["SN"]
    assert all(row["starts_on"].startswith("2025") for row in later["rows"])


def test_what_cannot_be_answered_is_refused_in_one_line() -> None:
    assert refused(run("report", "astrology"))
    assert refused(run("report", "path", "--region", "Atlantis"))
    assert refused(run("report", "path", "--by", "mood", "--affiliate", "nobody"))
    for name in REPORTS:
        assert refused(run("report", name, "--by", "mood")), name
    assert refused(run("report", "path", "--as-of", "31/02/2024"))
    assert refused(run("directory", "--role", "wizard"))
    assert refused(run("directory", "--purpose", "newsletter"))
    assert refused(run("why", "Nobody At All"))


def test_the_directory_lists_organizers_and_says_whom_one_may_write_to() -> None:
    found = run("directory", "--role", "organizer", "--as-of", "2026-06-30", "--format", "json").json
    assert isinstance(found, list)
    assert found
    assert all("organizer" in row["roles"] for row in found)
    asked = run("directory", "--role", "organizer", "--purpose", "newsletter", "--channel", "email", "--format", "json")
    assert {(row["may_contact"], row["why"]) for row in asked.json} == {("no", "no_consent")}
    assert run("directory", "--country", "Senegal", "--format", "json").status == 0


def test_paths_have_a_line_for_everybody_and_why_says_it_in_sentences() -> None:
    listed = run("paths", "--as-of", "2026-06-30", "--format", "json").json
    assert isinstance(listed, list)
    assert len(listed) == 30
    assert set(listed[0]) == {
        "person", "external_id", "highest", "highest_on", "current", "activity", "skipped", "reached"
    }  # fmt: skip
    reached = next(row for row in listed if row["reached"])
    told = run("why", reached["person"], "--as-of", "2026-06-30", "--format", "json").json
    assert told["highest"] == reached["highest"]
    assert told["reached"] == reached["reached"]
    assert any("took part in Event" in sentence or "of Event" in sentence for sentence in told["sentences"])
    assert "Event" in run("why", reached["person"]).out


def test_a_report_is_frozen_and_compared_later() -> None:
    frozen = run("report", "path", "--as-of", "2026-06-30", "--freeze", "Half-year", "--format", "json").json
    assert frozen["frozen"].startswith("f_")
    later = run("report", "path", "--as-of", "2026-06-30", "--compare", frozen["frozen"], "--format", "json").json
    assert later["since"]["cells"] == []
    assert later["rows"] == frozen["rows"]
    assert refused(run("report", "path", "--compare", "f_nothing"))
