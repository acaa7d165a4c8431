"""Facts written into a database, with the ids they have."""

from __future__ import annotations

import sqlalchemy as sa

from wmcrm.db import Session
from wmcrm.models import (
    Affiliate,
    AffiliateType,
    Event,
    EventHost,
    EventStatus,
    Initiative,
    Membership,
    Person,
    Programme,
)
from wmcrm.models import Involvement as InvolvementRow
from wmcrm.models import Mentorship as MentorshipRow
from wmcrm.models import Participation as ParticipationRow
from wmcrm.paths import Facts

ATTENDED = {True: "yes", False: "no", None: "unknown"}


def store(session: Session, facts: Facts) -> None:
    """Write every fact as the importer would leave it, in few statements."""
    affiliates = {host for event in facts.events.values() for host in event.affiliates}
    affiliates |= {position.affiliate for position in facts.positions}
    programmes = {event.programme for event in facts.events.values() if event.programme}
    initiatives = {involvement.initiative for involvement in facts.involvements}
    _insert(session, Affiliate, [_affiliate(number) for number in sorted(affiliates)])
    _insert(session, Programme, [{"id": number, "name": f"Programme {number}"} for number in sorted(programmes)])
    _insert(session, Initiative, [{"id": number, "title": f"Initiative {number}"} for number in sorted(initiatives)])
    _insert(session, Person, _people(facts))
    _insert(session, Event, _events(facts))
    _insert(
        session,
        EventHost,
        [{"event_id": event.id, "affiliate_id": host} for event in facts.events.values() for host in event.affiliates],
    )
    _insert(session, ParticipationRow, _participations(facts))
    _insert(session, Membership, _memberships(facts))
    _insert(session, InvolvementRow, _involvements(facts))
    _insert(session, MentorshipRow, _mentorships(facts))
    session.flush()


def _insert(session: Session, table: type, rows: list[dict[str, object]]) -> None:
    if rows:
        session.execute(sa.insert(table), rows)


def _affiliate(number: int) -> dict[str, object]:
    return {"id": number, "name": f"Affiliate {number}", "affiliate_type": AffiliateType.USER_GROUP}


def _people(facts: Facts) -> list[dict[str, object]]:
    return [
        {
            "id": person.id,
            "display_name": f"Person {person.id}",
            "entry_route": person.entry_route,
            "stepped_back_on": person.stepped_back_on,
        }
        for person in facts.people.values()
    ]


def _events(facts: Facts) -> list[dict[str, object]]:
    return [
        {
            "id": event.id,
            "title": f"Event {event.id}",
            "starts_on": event.day,
            "country": event.country,
            "programme_id": event.programme,
            "status": EventStatus.HELD if event.held else EventStatus.CANCELLED,
            "tracks_attendance": event.tracked_attendance,
        }
        for event in facts.events.values()
    ]


def _participations(facts: Facts) -> list[dict[str, object]]:
    return [
        {
            "id": row.id,
            "person_id": row.person,
            "recorded_for_id": row.person,
            "event_id": row.event,
            "event_role": row.role,
            "attended": ATTENDED[row.attended],
            "contributed": row.contributed,
            "registration": "cancelled" if row.cancelled else "registered" if row.registered else "none",
            "capacity": row.capacity,
        }
        for row in facts.participations
    ]


def _memberships(facts: Facts) -> list[dict[str, object]]:
    return [
        {
            "id": row.id,
            "person_id": row.person,
            "recorded_for_id": row.person,
            "affiliate_id": row.affiliate,
            "position": row.position,
            "since": row.since,
            "until": row.until,
        }
        for row in facts.positions
    ]


def _involvements(facts: Facts) -> list[dict[str, object]]:
    return [
        {
            "id": row.id,
            "person_id": row.person,
            "recorded_for_id": row.person,
            "initiative_id": row.initiative,
            "kind": row.kind,
            "since": row.since,
            "until": row.until,
        }
        for row in facts.involvements
    ]


def _mentorships(facts: Facts) -> list[dict[str, object]]:
    return [
        {
            "id": row.id,
            "person_id": row.mentor,
            "recorded_for_id": row.mentor,
            "mentee_id": row.mentee,
            "mentee_recorded_for_id": row.mentee,
            "since": row.since,
            "until": row.until,
        }
        for row in facts.mentorships
    ]
