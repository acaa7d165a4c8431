"""A sheet is a claim: consent is recorded only where a purpose was named, and proven only with its notice."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_event
from tests.importer.sheets import bring, counts, dump, options, settled_cast, sheet
from wmcrm.consent import Act, record_decision, standings, withdraw
from wmcrm.db import Session
from wmcrm.importer import ConsentTerms, apply_signups
from wmcrm.models import Channel, ConsentDecision, ConsentEvent, ConsentMethod, PrivacyNotice, now_utc

SHEET = """
Name,Email,May we write to you?
Aïcha Diop,aicha@example.org,yes
Omar Ba,omar@example.org,no
Fatou Sow,fatou@example.org,
Khady Fall,khady@example.org,perhaps
"""
TERMS = ConsentTerms("v7", dt.date(2026, 3, 4), "Aïcha")
MAPPED = ("May we write to you?=consent_contact",)


@pytest.fixture
def cast(session: Session) -> Cast:
    return settled_cast(session)


def log(session: Session) -> list[ConsentEvent]:
    return list(session.scalars(sa.select(ConsentEvent).order_by(ConsentEvent.id)))  # type: ignore[arg-type]


def test_without_a_purpose_a_sheet_is_attendance_only(session: Session, cast: Cast) -> None:
    bring(session, SHEET, cast.meetup, maps=MAPPED)
    assert log(session) == []


def test_yes_and_no_are_recorded_and_anything_else_is_nothing(session: Session, cast: Cast) -> None:
    report = bring(session, SHEET, cast.meetup, maps=MAPPED, consent_purpose="newsletter", terms=TERMS)
    assert [(entry.decision, entry.proven, entry.method) for entry in log(session)] == [
        (ConsentDecision.GIVEN, True, ConsentMethod.IMPORT),
        (ConsentDecision.REFUSED, True, ConsentMethod.IMPORT),
    ]
    assert log(session)[0].on_day == dt.date(2026, 3, 4)
    assert "consent_unknown" in {issue.code for issue in report.issues}
    notice = session.scalars(sa.select(PrivacyNotice)).one()
    assert (notice.version, notice.wording) == ("v7", None)


def test_a_claim_without_its_notice_is_unproven(session: Session, cast: Cast) -> None:
    bring(session, SHEET, cast.meetup, maps=MAPPED, consent_purpose="newsletter", terms=ConsentTerms("v7"))
    assert [row.standing for row in standings(session, cast.aicha)] == ["unproven"]


def test_a_column_may_have_a_purpose_and_channel_of_its_own(session: Session, cast: Cast) -> None:
    maps = ("May we write to you?=consent:organizer_recruitment/email",)
    bring(session, SHEET, cast.meetup, maps=maps, terms=TERMS)
    assert [(row.purpose, row.channel) for row in standings(session, cast.aicha)] == [
        ("organizer_recruitment", Channel.EMAIL)
    ]


def test_a_sheet_never_overturns_a_withdrawal(session: Session, cast: Cast) -> None:
    act = Act(ConsentMethod.FORM, dt.date(2025, 1, 1), "v1")
    record_decision(session, cast.aicha, ConsentDecision.GIVEN, purpose="newsletter", channel=Channel.ANY, act=act)
    withdraw(session, cast.aicha, purpose="newsletter", act=Act(ConsentMethod.EMAIL, dt.date(2025, 6, 1)))
    bring(session, SHEET, cast.meetup, maps=MAPPED, consent_purpose="newsletter", terms=TERMS)
    assert [row.standing for row in standings(session, cast.aicha)] == ["withdrawn"]


def test_the_same_claim_is_recorded_once(session: Session, cast: Cast) -> None:
    told = options(cast.meetup, maps=MAPPED, consent_purpose="newsletter", terms=TERMS)
    apply_signups(session, sheet(SHEET), told)
    before = dump(session)
    assert counts(apply_signups(session, sheet(SHEET), told)) == {"unchanged": 4}
    assert dump(session) == before


def test_a_purpose_named_later_adds_the_claims_of_rows_that_were_imported(session: Session, cast: Cast) -> None:
    bring(session, SHEET, cast.meetup, maps=MAPPED)
    report = bring(session, SHEET, cast.meetup, maps=MAPPED, consent_purpose="newsletter", terms=TERMS)
    assert counts(report) == {"matched": 2, "unchanged": 2}
    assert len(log(session)) == 2


def test_a_no_at_another_event_ends_a_consent_given_since_the_first_no(session: Session, cast: Cast) -> None:
    asked = {"maps": MAPPED, "consent_purpose": "newsletter"}
    no = SHEET.replace(",yes", ",no")
    bring(session, no, cast.meetup, **asked)
    act = Act(ConsentMethod.FORM, now_utc().date(), "v1")
    record_decision(session, cast.aicha, ConsentDecision.GIVEN, purpose="newsletter", channel=Channel.ANY, act=act)
    bring(session, no + "Awa Fall,awa@example.org,\n", cast.meetup, **asked)  # what was said before stays before
    assert [row.standing for row in standings(session, cast.aicha)] == ["given"]
    bring(session, no, add_event(session, "Saint-Louis meetup", now_utc().date()), **asked)
    assert [row.standing for row in standings(session, cast.aicha)] == ["refused"]
