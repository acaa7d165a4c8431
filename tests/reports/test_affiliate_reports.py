"""Health, succession, coverage and data duties of a small movement, figure by figure."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from tests.cast import add_affiliate, add_event, add_person
from wmcrm.db import Session
from wmcrm.models import (
    Affiliate,
    Attendance,
    ConsentStanding,
    ConsentState,
    EventRole,
    LanguageSkill,
    Membership,
    Participation,
    Person,
    PersonStatus,
    Position,
    PrivacyNotice,
    Purpose,
)
from wmcrm.reports import Question, make_report

AS_OF = dt.date(2026, 6, 30)


def take_part(session: Session, person: Person, host: Affiliate, day: dt.date, role: EventRole) -> None:
    event = add_event(session, f"Event of {day}", day, host=host, country=host.country)
    session.add(
        Participation(
            person_id=person.id,
            recorded_for_id=person.id,
            event_id=event.id,
            event_role=role,
            attended=Attendance.YES,
        )
    )
    session.flush()


def hold(session: Session, person: Person, affiliate: Affiliate, position: Position, until: dt.date | None) -> None:
    session.add(
        Membership(
            person_id=person.id,
            recorded_for_id=person.id,
            affiliate_id=affiliate.id,
            position=position,
            since=dt.date(2025, 1, 1),
            until=until,
        )
    )
    session.flush()


def test_an_affiliate_is_as_active_as_its_last_event(session: Session) -> None:
    senegal, chile = add_affiliate(session, "WSN", "Senegal", "SN"), add_affiliate(session, "WCL", "Chile", "CL")
    aicha = add_person(session, "Aïcha")
    take_part(session, aicha, senegal, dt.date(2026, 1, 1), EventRole.ORGANIZER)
    take_part(session, aicha, chile, dt.date(2024, 7, 1), EventRole.ORGANIZER)
    hold(session, aicha, senegal, Position.GROUP_CONTACT_1, None)

    rows = {row["name"]: row for row in make_report(session, "affiliate-health", Question(AS_OF)).rows}

    found = rows["Senegal"]
    assert (found["activity"], found["events"], found["active_organizers"]) == ("active", 1, 1)
    assert (found["positions"], found["contacts"], found["lacks"]) == (1, 1, "contacts; email")
    assert (rows["Chile"]["activity"], rows["Chile"]["events"], rows["Chile"]["active_organizers"]) == ("quiet", 0, 0)


def test_an_affiliate_that_hangs_on_one_person_is_at_risk(session: Session) -> None:
    senegal, chile = add_affiliate(session, "WSN", "Senegal", "SN"), add_affiliate(session, "WCL", "Chile", "CL")
    aicha, omar = add_person(session, "Aïcha"), add_person(session, "Omar")
    take_part(session, aicha, senegal, dt.date(2026, 1, 1), EventRole.ORGANIZER)
    take_part(session, omar, senegal, dt.date(2026, 2, 1), EventRole.TRAINER)
    hold(session, aicha, senegal, Position.CHAIR, dt.date(2026, 9, 1))
    hold(session, omar, chile, Position.TREASURER, None)

    rows = [dict(row) for row in make_report(session, "succession", Question(AS_OF)).rows]

    assert [(row["name"], row["risk"]) for row in rows] == [("Senegal", "high"), ("Chile", "dormant")]
    assert (rows[0]["next_in_line"], rows[0]["terms_ending"], rows[0]["next_end_on"]) == (1, 1, "2026-09-01")


def test_regions_and_languages_without_facilitators_are_holes(session: Session) -> None:
    senegal = add_affiliate(session, "WSN", "Senegal", "SN")
    aicha, omar = add_person(session, "Aïcha", country="SN"), add_person(session, "Omar", country="CL")
    take_part(session, aicha, senegal, dt.date(2026, 1, 1), EventRole.ORGANIZER)
    for person, language in ((aicha, "wo"), (omar, "es")):
        session.add(LanguageSkill(person_id=person.id, recorded_for_id=person.id, language=language))
    session.flush()

    regions = {row["region"]: row for row in make_report(session, "coverage", Question(AS_OF)).rows}
    languages = {row["language"]: row for row in make_report(session, "coverage", Question(AS_OF, by="language")).rows}

    africa = regions["sub_saharan_africa"]
    assert (africa["people"], africa["organizers"], africa["affiliates"], africa["events"]) == (1, 1, 1, 1)
    assert (africa["events_with_names"], africa["hole"]) == (1, False)
    assert regions["latin_america_caribbean"]["hole"] is True
    assert regions["south_asia"]["people"] == 0
    assert (languages["wo"]["hole"], languages["es"]["hole"]) == (False, True)


def test_data_duties_count_what_asks_for_care(session: Session) -> None:
    senegal = add_affiliate(session, "WSN", "Senegal", "SN")
    aicha = add_person(session, "Aïcha", holder=senegal, email="a@example.org")
    add_person(session, "Omar", email="o@example.org")
    add_person(session, "Held").status = PersonStatus.HELD
    newsletter = session.scalars(sa.select(Purpose).where(Purpose.code == "newsletter")).one()  # type: ignore[arg-type]
    state = ConsentState(
        person_id=aicha.id,
        purpose_id=newsletter.id,
        channel="email",
        standing=ConsentStanding.GIVEN,
        valid_until=dt.date(2026, 7, 30),
    )
    session.add_all([state, PrivacyNotice(version="v9")])
    session.flush()

    rows = make_report(session, "data-duties", Question(AS_OF)).rows
    mine = make_report(session, "data-duties", Question(AS_OF, affiliate_id=senegal.id)).rows

    cases = {row["duty"]: row["cases"] for row in rows}
    assert (cases["consent_ends"], cases["notice_without_wording"], cases["person_held"]) == (1, 1, 1)
    assert all(row["to_do"] for row in rows)
    of_affiliate = {row["duty"]: row["cases"] for row in mine}
    assert (of_affiliate["consent_ends"], of_affiliate["no_basis"]) == (1, 0)
    assert "notice_without_wording" not in of_affiliate
