"""Record of processing and the scope of a breach."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.cast import Cast, invite_cast
from wmcrm.accounts import create_account, find_actor
from wmcrm.consent import Act, record_decision
from wmcrm.db import Session
from wmcrm.errors import BadInputError
from wmcrm.models import Channel, ConsentDecision, ConsentMethod, LawfulBasis, Protection, now_utc
from wmcrm.outreach import outreach, prepare_list
from wmcrm.privacy import breach_scope, processing_record

DAY = dt.date(2026, 3, 4)


@pytest.fixture
def cast(session: Session) -> Cast:
    made = invite_cast(session)
    for person in (made.aicha, made.chen):
        act = Act(ConsentMethod.FORM, DAY, notice="v3")
        record_decision(session, person, ConsentDecision.GIVEN, purpose="newsletter", channel=Channel.EMAIL, act=act)
    return made


def test_the_record_of_processing_is_there_from_the_beginning(session: Session) -> None:
    rows = {row.code: row for row in processing_record(session)}
    assert rows["outreach"].basis is LawfulBasis.CONSENT
    assert "AES-256-GCM-SIV" in rows["protection"].security
    assert all(row.purpose and row.recipients and row.retention for row in rows.values())


def test_a_breach_names_whose_data_an_account_took(session: Session, cast: Cast) -> None:
    begin = now_utc() - dt.timedelta(minutes=1)
    made = create_account(session, "mallory", role="programme").account
    everybody = [cast.aicha.id, cast.omar.id, cast.chen.id]
    about = {"purpose": "newsletter", "channel": Channel.EMAIL, "on": dt.date(2026, 4, 1)}
    outreach(session, [cast.aicha.id], reason="By somebody else", **about)
    session.info["actor"] = find_actor(session, "mallory")
    outreach(session, everybody, reason="Spring", **about)
    prepare_list(session, everybody, reason="Autumn", **about)
    cast.chen.protection = Protection.ELEVATED
    session.flush()
    end = now_utc() + dt.timedelta(minutes=1)
    scope = breach_scope(session, begin, end, made)
    assert scope.people == {cast.aicha.id: {"outreach"}, cast.chen.id: {"outreach"}}
    assert (scope.acts, scope.unnamed) == ({"outreach": 1, "list_prepared": 1}, 1)
    assert (scope.protected, scope.must_tell_people, scope.kinds) == ({cast.chen.id}, True, {"email": 2})
    assert len(breach_scope(session, begin, end).acts) == 2
    assert breach_scope(session, end, end + dt.timedelta(days=1), made).people == {}
    with pytest.raises(BadInputError):
        breach_scope(session, end, begin)
    with pytest.raises(BadInputError):
        breach_scope(session, begin.replace(tzinfo=None), end)
