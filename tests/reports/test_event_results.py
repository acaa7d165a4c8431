"""Event results count each person once an event, and say who was new."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from tests.reports.oracle import event_results
from tests.reports.world import AS_OF, FileWorld, bring, random_world
from wmcrm.db import Session
from wmcrm.errors import BadInputError
from wmcrm.models import (
    Attendance,
    Capacity,
    Event,
    ImportKind,
    Participation,
    Person,
    PersonStatus,
    Protection,
    Registration,
)
from wmcrm.reports import Question, make_report

SMALL = FileWorld(
    affiliates=[{"id": "1", "name": "Wikimedia Senegal", "kind": "user group", "country": "SN"}],
    events=[
        {"id": "1", "name": "First", "kind": "meetup", "affiliate_id": "1", "country": "SN", "starts_on": "2024-01-01"},
        {
            "id": "2",
            "name": "Second",
            "kind": "meetup",
            "affiliate_id": "1",
            "country": "FR",
            "starts_on": "2025-01-01",
        },
    ],
    people=[{"id": str(i), "display_name": f"Person {i}"} for i in range(5)],
    participations=[
        {"id": "1", "person_id": "0", "event_id": "1", "capacity": "participant", "status": "attended"},
        {"id": "2", "person_id": "0", "event_id": "2", "capacity": "participant", "status": "attended"},
        {"id": "3", "person_id": "0", "event_id": "2", "capacity": "speaker", "status": "attended"},
        {"id": "4", "person_id": "1", "event_id": "2", "capacity": "participant", "status": "attended"},
        {"id": "5", "person_id": "2", "event_id": "2", "capacity": "participant", "status": "no-show"},
        {"id": "6", "person_id": "3", "event_id": "2", "capacity": "participant", "status": "cancelled"},
    ],
)


def results(session: Session, question: Question | None = None) -> dict[str, dict[str, object]]:
    report = make_report(session, "event-results", question or Question(AS_OF))
    return {str(row["external_id"]): dict(row) for row in report.rows}


def figures(row: dict[str, object], *names: str) -> tuple[object, ...]:
    return tuple(row[name] for name in names)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_figures_are_those_of_plain_python(session: Session, seed: int) -> None:
    world = random_world(seed)
    world.store(session)

    found = results(session)

    expected = event_results(world.events, world.participations)
    asked = {event["id"] for event in world.events if event["starts_on"] <= AS_OF.isoformat()}
    assert {key: {name: found[key][name] for name in expected[key]} for key in found} == {
        key: expected[key] for key in asked
    }


def test_a_person_in_two_roles_came_once(session: Session) -> None:
    SMALL.store(session)

    second = results(session)["2"]

    assert figures(second, "attended", "new", "returning", "no_shows", "cancelled") == (2, 1, 1, 1, 1)


def test_who_is_held_is_counted_and_widens_the_figure(session: Session) -> None:
    SMALL.store(session)
    held = person(session, "1")
    held.status = PersonStatus.HELD
    session.flush()

    second = results(session)["2"]

    assert figures(second, "attended", "attended_least", "held", "new", "returning") == (2, 1, 1, 0, 1)


def test_who_is_sealed_is_in_no_count_and_who_was_erased_still_is(session: Session) -> None:
    SMALL.store(session)
    person(session, "0").protection = Protection.SEALED
    person(session, "1").status = PersonStatus.ERASED
    session.flush()

    assert figures(results(session)["2"], "attended") == (1,)
    assert figures(results(session)["1"], "attended") == (0,)


def test_staff_on_duty_are_no_guests(session: Session) -> None:
    SMALL.store(session)
    row = session.scalars(sa.select(Participation).where(Participation.external_id == "4")).one()  # type: ignore[arg-type]
    row.capacity = Capacity.STAFF
    session.flush()

    assert figures(results(session)["2"], "attended") == (1,)


def test_an_event_that_kept_no_attendance_presumes_its_registered(session: Session) -> None:
    SMALL.store(session)
    event = session.scalars(sa.select(Event).where(Event.external_id == "1")).one()  # type: ignore[arg-type]
    event.tracks_attendance = False
    row = session.scalars(sa.select(Participation).where(Participation.external_id == "1")).one()  # type: ignore[arg-type]
    row.attended, row.registration = Attendance.UNKNOWN, Registration.REGISTERED
    session.flush()

    assert figures(results(session)["1"], "attended", "presumed", "registered") == (0, 1, 1)
    assert figures(results(session)["2"], "returning") == (1,), "a presumed occasion was the first one"


def test_figures_add_up_by_affiliate_country_and_year(session: Session) -> None:
    SMALL.store(session)

    by_country = make_report(session, "event-results", Question(AS_OF, by="country"))
    by_affiliate = make_report(session, "event-results", Question(AS_OF, by="affiliate"))
    by_year = make_report(session, "event-results", Question(AS_OF, by="year"))

    assert [(row["country"], row["events"], row["attended"]) for row in by_country.rows] == [("FR", 1, 2), ("SN", 1, 1)]
    assert [(row["affiliate"], row["attended"]) for row in by_affiliate.rows] == [("Wikimedia Senegal", 3)]
    assert [row["year"] for row in by_year.rows] == ["2024", "2025"]
    with pytest.raises(BadInputError, match="cannot be grouped by mood"):
        make_report(session, "event-results", Question(AS_OF, by="mood"))


def test_a_period_a_region_and_a_day_narrow_the_question(session: Session) -> None:
    SMALL.store(session)

    assert list(results(session, Question(AS_OF, first=date(2024, 6, 1)))) == ["2"]
    assert list(results(session, Question(AS_OF, last=date(2024, 6, 1)))) == ["1"]
    assert list(results(session, Question(date(2024, 6, 1)))) == ["1"]
    assert list(results(session, Question(AS_OF, region="sub_saharan_africa"))) == ["1"]
    with pytest.raises(BadInputError, match="before it begins"):
        make_report(session, "event-results", Question(AS_OF, first=date(2025, 1, 1), last=date(2024, 1, 1)))


def test_a_report_says_how_much_it_covers(session: Session) -> None:
    SMALL.store(session)
    empty = {
        "id": "3",
        "name": "Third",
        "kind": "meetup",
        "affiliate_id": "1",
        "country": "SN",
        "starts_on": "2025-05-01",
    }
    bring(session, ImportKind.EVENTS, [*SMALL.events, empty])

    report = make_report(session, "event-results", Question(AS_OF))

    assert report.coverage == "2 of 3 held events have named attendance"
    assert report.as_document()["as_of"] == AS_OF
    assert report.definitions["attended"]


def person(session: Session, external_id: str) -> Person:
    return session.scalars(sa.select(Person).where(Person.external_id == external_id)).one()  # type: ignore[arg-type]
