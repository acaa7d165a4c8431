"""A merge unites the evidence of the path, an unmerge splits it back."""

from __future__ import annotations

import datetime as dt

from tests.cast import Cast, add_event, add_person
from wmcrm.db import Session
from wmcrm.dedupe import merge, unmerge
from wmcrm.models import Attendance, EventRole, Participation, Person
from wmcrm.paths import paths

AS_OF = dt.date(2026, 6, 1)


def organize(session: Session, person: Person, cast: Cast, role: EventRole, *days: dt.date) -> None:
    for day in days:
        event = add_event(session, f"Meetup of {day}", day, host=cast.senegal)
        mine = {"person_id": person.id, "recorded_for_id": person.id}
        session.add(Participation(**mine, event_id=event.id, event_role=role, attended=Attendance.YES))
    session.flush()


def highest(session: Session, person: Person) -> int | None:
    path = paths(session, AS_OF).get(person.id)
    return path.highest if path else None


def test_a_merge_lifts_two_to_six_and_its_unmerge_restores_both(session: Session, cast: Cast) -> None:
    other = add_person(session, "Aïcha D.", holder=cast.senegal)
    organize(session, cast.aicha, cast, EventRole.PARTICIPANT, dt.date(2024, 9, 1), dt.date(2025, 2, 1))
    organize(session, cast.aicha, cast, EventRole.ORGANIZER, dt.date(2026, 5, 1))
    organize(session, other, cast, EventRole.ORGANIZER, dt.date(2025, 3, 1), dt.date(2025, 6, 1))
    before = (highest(session, cast.aicha), highest(session, other))
    done = merge(session, cast.aicha, other)
    assert (highest(session, cast.aicha), highest(session, other)) == (6, None)
    unmerge(session, done)
    assert (highest(session, cast.aicha), highest(session, other)) == before == (5, 5)


def test_one_event_in_both_records_is_one_occasion(session: Session, cast: Cast) -> None:
    other = add_person(session, "Aïcha D.", holder=cast.senegal)
    for person in (cast.aicha, other):
        mine = {"person_id": person.id, "recorded_for_id": person.id}
        session.add(Participation(**mine, event_id=cast.meetup.id, attended=Attendance.YES))
    merge(session, cast.aicha, other)
    assert highest(session, cast.aicha) == 1
