"""Who organizes what: listed for who may list, counted for the others."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.reports.oracle import organizers
from tests.reports.world import AS_OF, random_world
from wmcrm.db import Actor, Session
from wmcrm.errors import NotAllowedError
from wmcrm.models import Person, Protection
from wmcrm.reports import Question, make_report

PROGRAMME = Actor(name="programme", account_id=1, roles=frozenset({"programme"}), sees_all=True)


@pytest.mark.parametrize("seed", [4, 5])
def test_the_organizers_are_those_of_plain_python(session: Session, seed: int) -> None:
    world = random_world(seed)
    world.store(session)
    past = {event["id"] for event in world.events if event["starts_on"] <= AS_OF.isoformat()}

    report = make_report(session, "who-organizes-what", Question(AS_OF))

    expected = organizers(row for row in world.participations if row["event_id"] in past)
    assert {row["external_id"]: (row["organized"], row["co_organized"]) for row in report.rows} == expected
    assert report.n == len(expected)


def test_themes_and_places_count_people_once(session: Session) -> None:
    world = random_world(6)
    world.store(session)

    by_country = make_report(session, "who-organizes-what", Question(AS_OF, by="country"))

    events = {event["id"]: event for event in world.events if event["starts_on"] <= AS_OF.isoformat()}
    for row in by_country.rows:
        there = [p for p in world.participations if events.get(p["event_id"], {}).get("country") == row["country"]]
        assert row["organizers"] == len(organizers(there))
    topics = make_report(session, "who-organizes-what", Question(AS_OF, by="topic"))
    assert {row["topic"] for row in topics.rows} == {"glam", "none"}


def test_the_programme_team_counts_organizers_but_does_not_list_them(session: Session) -> None:
    random_world(7).store(session)
    session.info["actor"] = PROGRAMME

    with pytest.raises(NotAllowedError):
        make_report(session, "who-organizes-what", Question(AS_OF))
    counted = make_report(session, "who-organizes-what", Question(AS_OF, by="country"))
    assert not counted.internal


def test_protected_people_stand_on_no_list(session: Session) -> None:
    random_world(8).store(session)
    first = make_report(session, "who-organizes-what", Question(AS_OF)).rows[0]
    person = session.scalars(sa.select(Person).where(Person.public_id == first["person"])).one()  # type: ignore[arg-type]
    person.protection = Protection.ELEVATED
    session.flush()

    again = make_report(session, "who-organizes-what", Question(AS_OF))

    assert first["person"] not in {row["person"] for row in again.rows}
