"""Reports about the path: exact for the holder, suppressed for the others, always with their date and version."""

from __future__ import annotations

from datetime import date

import pytest

from tests.reports.world import AS_OF, random_world
from wmcrm.db import Actor, Session
from wmcrm.errors import BadInputError
from wmcrm.privacy import use_least_counts
from wmcrm.reports import REPORTS, Question, make_report
from wmcrm.reports.report import Report
from wmcrm.settings import LeastCounts

PROGRAMME = Actor(name="programme", account_id=1, roles=frozenset({"programme"}), sees_all=True)


@pytest.fixture
def movement(session: Session) -> Session:
    random_world(11, people=60, events=20, rows=300).store(session)
    return session


def by_stage(report: Report) -> dict[object, dict[str, object]]:
    return {row["stage"]: dict(row) for row in report.rows}


def test_everybody_stands_on_one_stage_by_highest_and_by_current(movement: Session) -> None:
    report = make_report(movement, "path", Question(AS_OF))

    assert sum(int(row["highest"] or 0) for row in report.rows) == report.n == 60
    assert sum(int(row["current"] or 0) for row in report.rows) == 60
    assert by_stage(report)["contact"]["ever"] == 60
    assert report.version == 1
    assert report.internal
    assert report.suppressed == 0


def test_newly_reached_counts_the_days_of_the_period(movement: Session) -> None:
    everything = make_report(movement, "path", Question(AS_OF, first=date(2000, 1, 1)))
    nothing = make_report(movement, "path", Question(AS_OF, first=AS_OF, last=AS_OF))

    for stage, row in by_stage(everything).items():
        assert stage == "contact" or row["newly_reached"] == row["ever"]
    assert all(not row["newly_reached"] for row in nothing.rows)


def test_the_highest_stage_never_falls_with_the_day(movement: Session) -> None:
    earlier = by_stage(make_report(movement, "path", Question(date(2024, 6, 30))))
    later = by_stage(make_report(movement, "path", Question(AS_OF)))

    assert all(int(str(later[stage]["ever"])) >= int(str(row["ever"])) for stage, row in earlier.items())


def test_cohorts_that_are_too_young_have_no_rate(movement: Session) -> None:
    report = make_report(movement, "cohorts", Question(AS_OF))

    assert all((row["rate"] is None) == bool(row["too_young"]) for row in report.rows)
    assert {row["months"] for row in report.rows} == {3, 6, 12, 24}
    quarters = make_report(movement, "cohorts", Question(AS_OF, by="quarter"))
    assert all("-Q" in str(row["cohort"]) for row in quarters.rows)


def test_times_and_entry_routes_count_everybody_who_set_out(movement: Session) -> None:
    stages = by_stage(make_report(movement, "path", Question(AS_OF)))
    times = make_report(movement, "time-to-stage", Question(AS_OF)).rows
    routes = make_report(movement, "entry-routes", Question(AS_OF)).rows

    assert times[0]["from_stage"] == "participant"
    assert int(times[0]["people"] or 0) <= int(str(stages["participant"]["ever"]))
    assert [(row["route"], row["people"]) for row in routes] == [("unknown", 60)]


def test_who_may_not_list_people_sees_no_small_count(movement: Session) -> None:
    exact = {name: make_report(movement, name, Question(AS_OF)) for name in REPORTS if name != "who-organizes-what"}
    movement.info["actor"] = PROGRAMME

    for name, known in exact.items():
        shown = make_report(movement, name, Question(AS_OF))
        assert not shown.internal
        for row in shown.rows:
            for column in known.hiding.people:
                value = row[column]
                assert value is None or value == 0 or (isinstance(value, int) and value >= 10 and value % 5 == 0)
        small = sum(0 < int(row[column] or 0) < 10 for row in known.rows for column in known.hiding.people)
        assert shown.suppressed >= small


def test_an_affiliate_reads_its_own_figures_exactly_and_those_of_others_suppressed(movement: Session) -> None:
    rows = make_report(movement, "affiliate-health", Question(AS_OF)).rows
    assert len(rows) == 4
    movement.info["actor"] = Actor(name="editor", account_id=2, affiliate_ids=frozenset({1}))

    own = make_report(movement, "path", Question(AS_OF, affiliate_id=1))
    other = make_report(movement, "path", Question(AS_OF, affiliate_id=2))

    assert own.internal
    assert not other.internal


def test_every_report_carries_what_the_outside_expects(movement: Session) -> None:
    for name in REPORTS:
        document = make_report(movement, name, Question(AS_OF)).as_document()
        assert {"title", "as_of", "definitions", "coverage", "columns", "rows", "suppressed"} <= set(document)
        rows = document["rows"]
        assert isinstance(rows, list)
        for row in rows:
            assert list(row) == document["columns"], name


def test_unknown_reports_are_refused_with_those_there_are(movement: Session) -> None:
    with pytest.raises(BadInputError, match="path, cohorts"):
        make_report(movement, "astrology", Question(AS_OF))


@pytest.mark.parametrize("least", [10, 25])
def test_no_report_for_others_shows_a_count_below_the_threshold(movement: Session, least: int) -> None:
    movement.info["actor"] = PROGRAMME
    use_least_counts(movement, LeastCounts(people=least))
    for name in REPORTS:
        by = "region" if name == "who-organizes-what" else None
        report = make_report(movement, name, Question(AS_OF, by=by))
        cells = [row[column] for row in report.rows for column in report.hiding.people]
        assert all(not isinstance(cell, int) or cell == 0 or cell >= least for cell in (*cells, report.n)), name
