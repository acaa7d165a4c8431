"""Retention: what is past its time goes, nothing else, and never because of a wrong clock."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_event, add_person, invite_cast
from tests.days import today
from tests.privacy.life import add_canary
from wmcrm.accounts import create_account, find_actor
from wmcrm.consent import Act, record_decision
from wmcrm.db import OPERATOR, Actor, Session
from wmcrm.db.search import matching_people
from wmcrm.dedupe import merge
from wmcrm.errors import BadInputError, ConflictError, NotAllowedError
from wmcrm.history import changes_of
from wmcrm.models import (
    AccessLogEntry,
    Change,
    Channel,
    ConsentDecision,
    ConsentMethod,
    ContactPoint,
    Disclosure,
    ImportedRow,
    Membership,
    Participation,
    Person,
    Position,
    Protection,
    PurgeRun,
    RequestKind,
    Restriction,
    RightsRequest,
    SealedHit,
    metadata,
    now_utc,
)
from wmcrm.outreach import outreach, prepare_list
from wmcrm.privacy import (
    apply_purge,
    change_rule,
    data_duties,
    erase_person,
    past_purges,
    purge,
    retention_calendar,
    retention_rules,
)
from wmcrm.privacy.duties import DutyKind


@pytest.fixture
def cast(session: Session) -> Cast:
    return invite_cast(session)


def backdate(session: Session, table: str, column: str, days: int) -> None:
    moved = metadata.tables[table]
    session.execute(sa.update(moved).values({column: now_utc() - dt.timedelta(days=days)}))
    session.expire_all()


def going(session: Session, day: dt.date | None = None) -> dict[str, int]:
    return {
        step.rule: step.rows for step in purge(session, today=day or today(), clock_confirmed=True).steps if step.rows
    }


def test_cells_of_a_sheet_go_after_thirty_days_and_what_they_gave_stays(session: Session, cast: Cast) -> None:
    person = add_canary(session, cast)
    backdate(session, "import_run", "created_at", 29)
    assert "raw_cells" not in going(session)
    backdate(session, "import_run", "created_at", 32)
    apply_purge(session, purge(session, today=today()))
    row = session.scalars(sa.select(ImportedRow).where(ImportedRow.person_id == person.id)).one()
    assert (row.cells, row.reading, row.issues, row.person_id) == (None, None, None, person.id)
    assert person.display_name == "Zubaydah Qarmatian"
    assert "raw_cells" not in going(session)


def test_a_plan_changes_nothing_and_the_purge_does_what_it_said(session: Session, cast: Cast) -> None:
    add_canary(session, cast)
    backdate(session, "import_run", "created_at", 100)
    backdate(session, "stored_file", "stored_at", 100)
    plan = purge(session, today=today())
    assert {step.rule: step.rows for step in plan.steps if step.rows} == {"raw_cells": 2, "uploads": 2}
    assert going(session) == {"raw_cells": 2, "uploads": 2}
    assert {rule: rows for rule, rows in apply_purge(session, plan).items() if rows} == going_before(plan)
    assert session.scalars(sa.select(PurgeRun)).one().counts["uploads"] == 2


def going_before(plan: object) -> dict[str, int]:
    return {step.rule: step.rows for step in plan.steps if step.rows}


def old_people(session: Session, cast: Cast) -> None:
    """Everybody was last recorded four years ago."""
    backdate(session, "person", "recorded_at", 4 * 366)


def test_contact_points_of_people_who_were_long_inactive_go(session: Session, cast: Cast) -> None:
    old_people(session, cast)
    session.add_all(
        [
            Membership(
                person_id=cast.omar.id,
                recorded_for_id=cast.omar.id,
                affiliate_id=cast.senegal.id,
                position=Position.CHAIR,
            ),
            Participation(person_id=cast.dana.id, recorded_for_id=cast.dana.id, event_id=cast.meetup.id),
        ]
    )
    act = Act(ConsentMethod.FORM, today(), notice="v3")
    record_decision(session, cast.chen, ConsentDecision.REFUSED, purpose="newsletter", channel=Channel.EMAIL, act=act)
    session.commit()
    assert matching_people(session, ["aicha", "example"]) == [cast.aicha.id]
    apply_purge(session, purge(session, today=today(), clock_confirmed=True))
    session.commit()
    left = session.scalars(sa.select(ContactPoint.person_id).order_by(ContactPoint.person_id)).all()
    assert left == sorted([cast.omar.id, cast.chen.id, cast.dana.id])
    assert matching_people(session, ["aicha", "example"]) == []
    told = [one for change in changes_of(session, "person", cast.aicha.id) for one in change.operations]
    assert "contact_point" not in {one[0] for one in told} and "person_name" in {one[0] for one in told}


def test_the_history_of_merged_records_loses_their_addresses_too(session: Session, cast: Cast) -> None:
    again = add_person(session, "Aïcha Diop", email="aicha@example.org")
    merge(session, again, cast.aicha)
    old_people(session, cast)
    session.commit()
    apply_purge(session, purge(session, today=today(), clock_confirmed=True))
    session.commit()
    told = " ".join(session.scalars(sa.select(sa.cast(Change.operations, sa.Text))))
    assert "aicha@example.org" not in told and "Diop" in told


def test_an_old_event_does_not_keep_an_address(session: Session, cast: Cast) -> None:
    old_people(session, cast)
    past = add_event(session, "Long ago", today() - dt.timedelta(days=4 * 366))
    session.add(Participation(person_id=cast.aicha.id, recorded_for_id=cast.aicha.id, event_id=past.id))
    session.flush()
    assert going(session)["contact_points"] == 4


def test_the_log_of_access_goes_after_half_a_year_with_its_recipients(session: Session, cast: Cast) -> None:
    act = Act(ConsentMethod.FORM, today() - dt.timedelta(days=400), notice="v3")
    record_decision(session, cast.aicha, ConsentDecision.GIVEN, purpose="newsletter", channel=Channel.EMAIL, act=act)
    outreach(session, [cast.aicha.id], purpose="newsletter", channel=Channel.EMAIL, reason="Spring")
    prepare_list(session, [cast.aicha.id], purpose="newsletter", channel=Channel.EMAIL, reason="Autumn", on=act.on)
    assert session.scalar(sa.select(sa.func.count()).select_from(Disclosure)) == 1
    backdate(session, "access_log_entry", "at", 182)
    assert going(session) == {"access_log": 2, "lists": 1}
    apply_purge(session, purge(session, today=today()))
    for table in (AccessLogEntry, Disclosure):
        assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_the_operator_changes_how_long_things_are_kept(session: Session, cast: Cast) -> None:
    add_canary(session, cast)
    backdate(session, "import_run", "created_at", 20)
    assert "raw_cells" not in going(session)
    assert change_rule(session, "raw_cells", days=14).days == 14
    assert going(session)["raw_cells"] == 2
    assert session.scalars(sa.select(AccessLogEntry.reason)).one() == "raw_cells: 30 days -> 14 days"
    for wrong in ({"days": -1}, {}, {"days": 1, "months": 1}, {"days": 91}, {"months": 4}, {"days": 0}):
        with pytest.raises(BadInputError):
            change_rule(session, "raw_cells", **wrong)
    with pytest.raises(BadInputError, match="choose one of: raw_cells"):
        change_rule(session, "nothing", days=1)


def test_a_clock_that_jumped_is_not_believed(session: Session, cast: Cast) -> None:
    for day in (today() - dt.timedelta(days=1), today() + dt.timedelta(days=400)):
        with pytest.raises(ConflictError, match="--confirm-clock"):
            purge(session, today=day)
        assert purge(session, today=day, clock_confirmed=True).today == day
    apply_purge(session, purge(session, today=today()))
    assert purge(session, today=today() + dt.timedelta(days=60)).rows == 0
    with pytest.raises(ConflictError, match="61 days after"):
        purge(session, today=today() + dt.timedelta(days=61))


def test_a_purge_of_an_empty_database_is_fine(session: Session) -> None:
    assert purge(session, today=dt.date(2020, 1, 1)).rows == 0
    assert set(retention_rules(session)) >= {"raw_cells", "contact_points", "access_log", "signup_answers"}


def test_that_somebody_sealed_waits_is_told_to_who_watches_over_everybody_only(session: Session, cast: Cast) -> None:
    cast.dana.protection = Protection.SEALED
    session.add(SealedHit(person_id=cast.dana.id, found_id=cast.aicha.id))
    session.add(RightsRequest(person_id=cast.dana.id, kind=RequestKind.ACCESS, due_on=today()))
    session.add(Restriction(person_id=cast.dana.id, recorded_for_id=cast.dana.id, ground="requested", since=today()))
    session.flush()
    about_sealed = {DutyKind.SEALED_HIT, DutyKind.REQUEST_OPEN, DutyKind.RESTRICTION_OPEN}
    for role, told in (("auditor", about_sealed), ("programme", set()), ("viewer", set())):
        session.info["actor"] = Actor(role, account_id=1, roles=frozenset({role}), sees_all=True)
        assert {duty.kind for duty in data_duties(session, today=today())} & about_sealed == told


def test_the_calendar_names_what_has_to_be_looked_at(session: Session, cast: Cast) -> None:
    person = add_canary(session, cast)
    backdate(session, "import_run", "created_at", 26)
    soon = today() + dt.timedelta(days=20)
    act = Act(ConsentMethod.FORM, today() - dt.timedelta(days=30), notice="v9", valid_until=soon)
    record_decision(session, cast.aicha, ConsentDecision.GIVEN, purpose="newsletter", channel=Channel.EMAIL, act=act)
    add_person(session, "No address")
    found = {(duty.kind, duty.about): (duty.due_on, duty.count) for duty in data_duties(session, today=today())}
    assert found[(DutyKind.CONSENT_ENDS, "newsletter")] == (soon, 1)
    assert found[(DutyKind.NOTICE_WITHOUT_WORDING, "v9")] == (today(), 1)
    assert found[(DutyKind.NO_BASIS, "")] == (today(), 3)
    assert found[(DutyKind.RETENTION, "raw_cells")] == (today() + dt.timedelta(days=7), 2)
    assert (DutyKind.PURGE_OVERDUE, "") in found
    erase_person(session, person, by=OPERATOR)
    later = {duty.about for duty in data_duties(session, today=today())}
    assert "raw_cells" not in later


def test_a_position_that_ended_long_ago_counts_until_its_end(session: Session, cast: Cast) -> None:
    from wmcrm.privacy.activity import last_activity

    old_people(session, cast)
    session.add(
        Membership(
            person_id=cast.aicha.id,
            recorded_for_id=cast.aicha.id,
            affiliate_id=cast.senegal.id,
            position=Position.CHAIR,
            since=dt.date(2023, 1, 1),
            until=dt.date(2023, 6, 1),
        )
    )
    session.flush()
    session.expire_all()
    assert last_activity(session, [session.get(Person, cast.aicha.id).id]) == dt.date(2023, 6, 1)


def test_only_somebody_for_the_whole_movement_purges_and_only_administrators_change_rules(
    session: Session, cast: Cast
) -> None:
    create_account(session, "sami", role="steward", affiliate="WSN")
    create_account(session, "chen", role="steward")
    create_account(session, "ada", role="auditor")
    sami, chen, ada = (find_actor(session, name) for name in ("sami", "chen", "ada"))
    plan = purge(session, today=now_utc().date())
    session.info["actor"] = sami
    with pytest.raises(NotAllowedError):
        purge(session, today=now_utc().date())
    session.info["actor"] = ada
    assert purge(session, today=now_utc().date()).today == plan.today
    with pytest.raises(NotAllowedError):
        apply_purge(session, plan)
    session.info["actor"] = chen
    apply_purge(session, plan)
    assert [run.actor for run in past_purges(session)] == ["chen"]
    with pytest.raises(NotAllowedError):
        change_rule(session, "raw_cells", days=10)


def test_the_calendar_of_the_year_says_when_what_ends(session: Session, cast: Cast) -> None:
    add_canary(session, cast)
    backdate(session, "import_run", "created_at", 0)
    year = retention_calendar(session, today=now_utc().date())
    assert len(year) == 12
    assert [month.rows["raw_cells"] for month in year] in ([0, 2] + [0] * 10, [2] + [0] * 11)
