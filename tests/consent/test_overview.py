"""Consent of one person as a whole, and the ways that are left where one may not write."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.cast import Cast, invite_cast
from wmcrm.accounts import create_account, find_actor
from wmcrm.consent import Act, add_notice, notices, record_decision, withdraw
from wmcrm.db import OPERATOR, Session
from wmcrm.models import Channel, ConsentDecision, ConsentMethod, ConsentStanding, Holding, Protection, WikiAccount
from wmcrm.outreach import (
    Way,
    Withheld,
    consent_log,
    consent_overview,
    may_contact_many,
    reachable_channels,
    ways_to,
)

DAY = dt.date(2026, 3, 4)
FOR = {"purpose": "newsletter", "channel": Channel.EMAIL}


@pytest.fixture
def cast(session: Session) -> Cast:
    return invite_cast(session)


def agree(session: Session, cast: Cast, on: dt.date = DAY) -> None:
    add_notice(session, "v3", purpose="newsletter", language="fr", wording="Nous vous écrivons.")
    act = Act(ConsentMethod.PAPER, on, notice="v3", controller_id=cast.senegal.id, collector="Omar")
    record_decision(session, cast.aicha, ConsentDecision.GIVEN, **FOR, act=act)


def test_each_purpose_says_what_holds_and_whether_one_may_write(session: Session, cast: Cast) -> None:
    agree(session, cast)
    found = {one.purpose: one for one in consent_overview(session, cast.aicha, on=dt.date(2026, 4, 1))}
    (held,) = found["newsletter"].standings
    assert (held.standing, held.since, held.valid_until) == (ConsentStanding.GIVEN, DAY, dt.date(2028, 3, 4))
    assert (held.notice, held.language, held.wording) == ("v3", "fr", "Nous vous écrivons.")
    assert (held.method, held.collector, held.holder_id) == (ConsentMethod.PAPER, "Omar", cast.senegal.id)
    assert [(channel, answer.reason) for channel, answer in found["newsletter"].answers] == [(Channel.EMAIL, None)]
    ((channel, answer),) = found["strategy_outreach"].answers
    assert (channel, answer.reason) == (Channel.EMAIL, Withheld.NO_CONSENT)
    assert len(found) == 12


def test_a_consent_whose_last_day_passed_is_told_as_ended(session: Session, cast: Cast) -> None:
    agree(session, cast)
    found = {one.purpose: one for one in consent_overview(session, cast.aicha, on=dt.date(2028, 3, 5))}
    assert found["newsletter"].standings[0].has_ended
    assert found["newsletter"].answers[0][1].reason is Withheld.EXPIRED


def test_protection_answers_for_every_purpose(session: Session, cast: Cast) -> None:
    agree(session, cast)
    cast.aicha.protection = Protection.ELEVATED
    session.flush()
    reasons = {answer.reason for one in consent_overview(session, cast.aicha) for _, answer in one.answers}
    assert reasons == {Withheld.ELEVATED}


def test_channels_are_those_by_which_somebody_can_be_reached(session: Session, cast: Cast) -> None:
    assert reachable_channels(session, cast.omar) == [Channel.PHONE]
    assert reachable_channels(session, cast.chen) == [Channel.EMAIL]


def test_the_log_tells_every_decision_the_newest_first(session: Session, cast: Cast) -> None:
    agree(session, cast)
    withdraw(session, cast.aicha, purpose="newsletter", act=Act(ConsentMethod.SPOKEN, dt.date(2026, 3, 20)))
    lines = consent_log(session, cast.aicha)
    assert [(line.decision.value, line.notice, line.voided) for line in lines] == [
        ("withdrawn", None, False),
        ("given", "v3", False),
    ]
    assert "Omar" not in repr(lines)


def test_another_affiliate_is_told_what_holds_but_not_by_whose_hand(session: Session, cast: Cast) -> None:
    agree(session, cast)
    session.add(Holding(person_id=cast.aicha.id, recorded_for_id=cast.aicha.id, holder_affiliate_id=cast.chile.id))
    create_account(session, "dana", role="editor", affiliate="WCL")
    session.info["actor"] = find_actor(session, "dana")
    found = {one.purpose: one for one in consent_overview(session, cast.aicha)}
    assert (found["newsletter"].standings[0].notice, found["newsletter"].standings[0].collector) == ("v3", None)
    assert consent_log(session, cast.aicha) == []
    session.info["actor"] = OPERATOR


def test_the_way_that_is_left_is_through_the_affiliate_or_a_public_page(session: Session, cast: Cast) -> None:
    agree(session, cast)
    withdraw(session, cast.dana, purpose="newsletter", act=Act(ConsentMethod.SPOKEN, dt.date(2026, 3, 20)))
    account = session.scalars(sa.select(WikiAccount).where(WikiAccount.person_id == cast.chen.id)).one()
    account.link_is_public = True
    session.flush()
    people = [cast.aicha.id, cast.omar.id, cast.chen.id, cast.dana.id]
    answers = may_contact_many(session, people, **FOR)
    assert list(ways_to(session, answers).values()) == [Way.YES, Way.AFFILIATE, Way.TALK_PAGE, Way.NO]
    create_account(session, "edith", role="editor", affiliate="WSN")
    session.info["actor"] = find_actor(session, "edith")
    assert ways_to(session, {cast.omar.id: answers[cast.omar.id]}) == {cast.omar.id: Way.NO}
    session.info["actor"] = OPERATOR


def test_notices_tell_their_languages_and_what_rests_on_them(session: Session, cast: Cast) -> None:
    agree(session, cast)
    add_notice(session, "v3", purpose="newsletter", language="ar", wording="نكتب إليك.")
    act = Act(ConsentMethod.FORM, DAY, notice="v4")
    record_decision(session, cast.dana, ConsentDecision.GIVEN, **FOR, act=act)
    told = [(row.version, row.language, row.has_wording, row.decisions) for row in notices(session)]
    assert told == [("v4", "und", False, 1), ("v3", "ar", True, 0), ("v3", "fr", True, 1)]
