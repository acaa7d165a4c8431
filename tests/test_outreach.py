"""The gate: nobody is written to without a ground, and everybody is counted."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_person, invite_cast
from wmcrm.consent import Act, record_decision, standings, withdraw
from wmcrm.db import Session
from wmcrm.errors import BadInputError, NotAllowedError
from wmcrm.models import (
    AccessLogEntry,
    Channel,
    ConsentDecision,
    ConsentMethod,
    ConsentStanding,
    ContactPoint,
    Person,
    Protection,
)
from wmcrm.outreach import Withheld, may_contact, outreach, reveal

DAY = dt.date(2026, 3, 4)
ACT = Act(ConsentMethod.FORM, DAY, notice="v3")
LATER = dt.date(2026, 4, 1)


@pytest.fixture
def cast(session: Session) -> Cast:
    return invite_cast(session)


def give(session: Session, person: Person, purpose: str = "newsletter", channel: Channel = Channel.EMAIL) -> None:
    record_decision(session, person, ConsentDecision.GIVEN, purpose=purpose, channel=channel, act=ACT)


def why(session: Session, person: Person, on: dt.date = LATER) -> Withheld | None:
    return may_contact(session, person, purpose="newsletter", channel=Channel.EMAIL, on=on).reason


def test_without_a_consent_the_answer_is_no(session: Session, cast: Cast) -> None:
    assert why(session, cast.aicha) is Withheld.NO_CONSENT


def test_a_consent_permits_its_purpose_and_channel_only(session: Session, cast: Cast) -> None:
    give(session, cast.aicha)
    assert why(session, cast.aicha) is None
    other = may_contact(session, cast.aicha, purpose="strategy_outreach", channel=Channel.EMAIL, on=LATER)
    assert other.reason is Withheld.NO_CONSENT
    by_phone = may_contact(session, cast.aicha, purpose="newsletter", channel=Channel.PHONE, on=LATER)
    assert by_phone.reason is Withheld.NO_CONSENT


def test_a_withdrawn_consent_forbids_contact_from_that_day(session: Session, cast: Cast) -> None:
    give(session, cast.aicha)
    withdraw(session, cast.aicha, purpose="newsletter", act=Act(ConsentMethod.SELF_SERVICE, dt.date(2026, 3, 20)))
    assert why(session, cast.aicha) is Withheld.WITHDRAWN
    assert {row.standing for row in standings(session, cast.aicha)} == {ConsentStanding.WITHDRAWN}


def test_an_old_consent_expires(session: Session, cast: Cast) -> None:
    give(session, cast.aicha)
    assert why(session, cast.aicha, on=dt.date(2028, 3, 4)) is None
    assert why(session, cast.aicha, on=dt.date(2028, 3, 5)) is Withheld.EXPIRED


def test_bounced_missing_protected_and_stepped_back_people_are_withheld(session: Session, cast: Cast) -> None:
    for person in (cast.aicha, cast.omar, cast.chen, cast.dana):
        give(session, person)
    point = session.scalars(sa.select(ContactPoint).where(ContactPoint.person_id == cast.chen.id)).one()
    point.held_since = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)
    cast.dana.protection = Protection.ELEVATED
    session.flush()
    assert why(session, cast.omar) is Withheld.NO_CONTACT_POINT
    assert why(session, cast.chen) is Withheld.BOUNCED
    assert why(session, cast.dana) is Withheld.ELEVATED
    give(session, cast.aicha, "organizer_recruitment")
    cast.aicha.stepped_back_on = LATER
    session.flush()
    recruited = may_contact(session, cast.aicha, purpose="organizer_recruitment", channel=Channel.EMAIL, on=LATER)
    assert recruited.reason is Withheld.STEPPED_BACK
    assert why(session, cast.aicha) is None


def test_permitted_and_withheld_people_add_up_and_one_line_is_logged(session: Session, cast: Cast) -> None:
    give(session, cast.aicha)
    everybody = [cast.aicha.id, cast.omar.id, cast.chen.id, cast.dana.id, cast.aicha.id]
    result = outreach(session, everybody, purpose="newsletter", channel=Channel.EMAIL, reason="Spring letter", on=LATER)
    assert [point.value for point in result.permitted] == ["aicha@example.org"]
    assert result.withheld == {Withheld.NO_CONSENT: 3}
    assert len(result.permitted) + sum(result.withheld.values()) == result.audience == 4
    (entry,) = session.scalars(sa.select(AccessLogEntry)).all()
    assert (entry.action, entry.people, entry.reason) == ("outreach", 1, "Spring letter")
    assert "aicha@" not in repr(result)


def test_a_list_collected_for_logistics_reaches_nobody_for_strategy(session: Session) -> None:
    people = [add_person(session, f"Person {number}", email=f"p{number}@example.org") for number in range(40)]
    for person in people:
        give(session, person, "event_logistics")
    ids = [person.id for person in people]
    result = outreach(session, ids, purpose="strategy_outreach", channel=Channel.EMAIL, reason="Forum", on=LATER)
    assert (len(result.permitted), result.withheld) == (0, {Withheld.NO_CONSENT: 40})


def test_one_value_is_revealed_for_a_reason_and_logged(session: Session, cast: Cast) -> None:
    point = session.scalars(sa.select(ContactPoint).where(ContactPoint.person_id == cast.aicha.id)).one()
    with pytest.raises(BadInputError):
        reveal(session, point.id, " ")
    assert reveal(session, point.id, "She lost her badge") == "aicha@example.org"
    cast.aicha.protection = Protection.SEALED
    session.flush()
    with pytest.raises(NotAllowedError):
        reveal(session, point.id, "She lost her badge")
    assert len(session.scalars(sa.select(AccessLogEntry)).all()) == 1


def test_a_consent_without_its_notice_or_from_the_future_is_refused(session: Session, cast: Cast) -> None:
    for act in (Act(ConsentMethod.FORM, DAY), Act(ConsentMethod.FORM, dt.date(2999, 1, 1), notice="v3")):
        with pytest.raises(BadInputError):
            record_decision(
                session, cast.aicha, ConsentDecision.GIVEN, purpose="newsletter", channel=Channel.EMAIL, act=act
            )
