"""Record of processing and the scope of a breach."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import event

from tests.cast import Cast, invite_cast
from wmcrm.accounts import create_account, find_actor
from wmcrm.consent import Act, record_decision
from wmcrm.db import OPERATOR, Session
from wmcrm.errors import BadInputError, NotAllowedError
from wmcrm.models import Channel, ConsentDecision, ConsentMethod, LawfulBasis, Protection, now_utc
from wmcrm.outreach import keyring_of, outreach, prepare_list
from wmcrm.privacy import (
    LogQuestion,
    accounts_in_log,
    actions_in_log,
    breach_scope,
    export_subject,
    processing_record,
    read_log,
)

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
    with pytest.raises(NotAllowedError):
        breach_scope(session, begin, end, made)
    session.info["actor"] = OPERATOR
    scope = breach_scope(session, begin, end, made)
    assert scope.people == {cast.aicha.id: {"outreach"}, cast.chen.id: {"outreach"}}
    assert (scope.acts, scope.unnamed) == ({"outreach": 1, "list_prepared": 1}, 1)
    assert (scope.protected, scope.must_tell_people, scope.kinds) == ({cast.chen.id}, True, {"email": 2})
    assert scope.affiliates == {"Wikimedians of Senegal User Group": 1, "": 1}
    assert set(scope.public_ids.values()) == {cast.aicha.public_id, cast.chen.public_id}
    everybody_acts = {"account_invite": 1, "outreach": 2, "list_prepared": 1}
    assert breach_scope(session, begin, end).acts == everybody_acts
    assert breach_scope(session, end, end + dt.timedelta(days=1), made).people == {}
    with pytest.raises(BadInputError):
        breach_scope(session, end, begin)
    with pytest.raises(BadInputError):
        breach_scope(session, begin.replace(tzinfo=None), end)


def test_the_log_is_read_by_pages_person_account_action_and_day(session: Session, cast: Cast) -> None:
    account = create_account(session, "chen", role="programme").account
    about = {"purpose": "newsletter", "channel": Channel.EMAIL, "on": dt.date(2026, 4, 1)}
    for reason in ("Spring", "Summer", "Autumn"):
        outreach(session, [cast.aicha.id], reason=reason, **about)
    session.info["actor"] = find_actor(session, "chen")
    outreach(session, [cast.chen.id], reason="Winter", **about)
    session.info["actor"] = OPERATOR
    first, following = read_log(session, LogQuestion(), limit=3)
    rest, end = read_log(session, LogQuestion(), before=following, limit=3)
    told = [line.reason for line in (*first, *rest)]
    assert (told, end) == (["Winter", "Autumn", "Summer", "Spring", "programme, everywhere"], None)
    assert len(read_log(session, LogQuestion(person=cast.aicha.public_id))[0]) == 3
    assert [line.reason for line in read_log(session, LogQuestion(account=account.id))[0]] == ["Winter"]
    assert actions_in_log(session) == ["account_invite", "outreach"] and accounts_in_log(session) == [account]
    assert read_log(session, LogQuestion(action="reveal"))[0] == []
    today = now_utc().date()
    assert len(read_log(session, LogQuestion(first=today, last=today))[0]) == 5
    assert read_log(session, LogQuestion(last=today - dt.timedelta(days=1)))[0] == []


def test_who_sees_a_part_reads_the_log_of_that_part(session: Session, cast: Cast) -> None:
    create_account(session, "sami", role="steward", affiliate="WSN")
    export_subject(session, cast.aicha, Path(keyring_of(session).folder))
    export_subject(session, cast.dana, Path(keyring_of(session).folder))
    session.info["actor"] = find_actor(session, "sami")
    assert [line.person for line in read_log(session, LogQuestion())[0]] == [cast.aicha.public_id]


def test_a_page_of_the_log_reads_no_more_of_a_long_log_than_of_a_short_one(session: Session, cast: Cast) -> None:
    """On SQLite the plans say so: an index is searched, the table is never scanned."""
    if session.get_bind().dialect.name != "sqlite":
        return
    export_subject(session, cast.aicha, Path(keyring_of(session).folder))
    seen: list[str] = []

    @event.listens_for(session.get_bind(), "before_cursor_execute")
    def note(_c: object, cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        if "access_log_entry" in statement:
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            seen.extend(f"{row[3]}: {statement}" for row in plan)

    today = now_utc().date()
    for asked in (
        LogQuestion(),
        LogQuestion(person=cast.aicha.public_id),
        LogQuestion(account=1),
        LogQuestion(action="outreach"),
        LogQuestion(first=today, last=today),
    ):
        read_log(session, asked, before=10**6)
    actions_in_log(session)
    event.remove(session.get_bind(), "before_cursor_execute", note)
    assert [line for line in seen if line.startswith("SCAN access_log_entry")] == []
    assert [line for line in seen if "TEMP B-TREE" in line and "UNION" not in line] == []
