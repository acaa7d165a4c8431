"""The gate: nobody is written to without a ground, and everybody is counted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_person, invite_cast
from wmcrm.accounts import create_account, find_actor
from wmcrm.consent import Act, record_decision, refresh_states, standings, withdraw
from wmcrm.db import OPERATOR, Session
from wmcrm.dedupe import merge
from wmcrm.errors import BadInputError, NotAllowedError, NotFoundError
from wmcrm.models import (
    AccessLogEntry,
    Channel,
    ConsentDecision,
    ConsentMethod,
    ConsentStanding,
    ContactPoint,
    LawfulBasis,
    OptInInvitation,
    Person,
    Protection,
    RestrictionGround,
    Suppression,
    metadata,
    now_utc,
)
from wmcrm.outreach import (
    Keyring,
    Withheld,
    identifiers_of_row,
    invite_to_confirm,
    lift_restriction,
    may_contact,
    objecting_people,
    open_list,
    outreach,
    prepare_list,
    renewal_queue,
    restrict,
    reveal,
    suppress,
    use_keyring,
    verify_withdrawal_token,
    withdraw_by_token,
    withdrawal_token,
)

DAY = dt.date(2026, 3, 4)
ACT = Act(ConsentMethod.FORM, DAY, notice="v3")
LATER = dt.date(2026, 4, 1)


SECRET = "a secret of this installation, long enough"
NEWSLETTER = {"purpose": "newsletter", "channel": Channel.EMAIL}


@pytest.fixture
def cast(session: Session, tmp_path: Path) -> Cast:
    use_keyring(session, Keyring(tmp_path / "data"))
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


def claim(session: Session, person: Person) -> None:
    """A sheet says yes, without notice, day or collector."""
    entry = record_decision(
        session, person, ConsentDecision.GIVEN, channel=Channel.EMAIL, purpose="newsletter", act=ACT
    )
    entry.proven, entry.method = False, ConsentMethod.IMPORT
    session.flush()
    refresh_states(session, [person.id])


def test_restricted_data_is_stored_and_nothing_else(session: Session, cast: Cast) -> None:
    give(session, cast.aicha)
    restrict(session, cast.aicha, RestrictionGround.ACCURACY_CONTESTED, on=DAY)
    again = restrict(session, cast.aicha, RestrictionGround.REQUESTED, on=LATER)
    assert again.ground is RestrictionGround.ACCURACY_CONTESTED
    assert why(session, cast.aicha) is Withheld.RESTRICTED
    assert why(session, cast.aicha, on=dt.date(2026, 3, 4)) is Withheld.RESTRICTED
    point = session.scalars(sa.select(ContactPoint).where(ContactPoint.person_id == cast.aicha.id)).one()
    with pytest.raises(NotAllowedError, match="restricted"):
        reveal(session, point.id, "She lost her badge")
    assert lift_restriction(session, cast.aicha, on=LATER) == 1
    assert why(session, cast.aicha) is None
    assert why(session, cast.aicha, on=dt.date(2026, 3, 20)) is Withheld.RESTRICTED


def test_a_suppressed_address_is_used_for_nothing_or_not_for_one_purpose(session: Session, cast: Cast) -> None:
    for purpose in ("newsletter", "event_follow_up"):
        give(session, cast.aicha, purpose)
    row = identifiers_of_row(emails=["Aicha+x@example.org"])
    assert suppress(session, row, why="asked by mail", purpose="newsletter") == 1
    assert suppress(session, row, why="asked by mail", purpose="newsletter") == 0
    other = may_contact(session, cast.aicha, purpose="event_follow_up", channel=Channel.EMAIL, on=LATER)
    assert (why(session, cast.aicha), other.reason) == (Withheld.SUPPRESSED, None)
    suppress(session, row, why="asked by mail")
    other = may_contact(session, cast.aicha, purpose="event_follow_up", channel=Channel.EMAIL, on=LATER)
    assert other.reason is Withheld.SUPPRESSED
    assert session.scalars(sa.select(Suppression.kind).distinct()).all() == ["email"]


@pytest.mark.parametrize(
    ("purpose", "basis", "reason"),
    [
        ("newsletter", LawfulBasis.LEGITIMATE_INTEREST, Withheld.WRONG_BASIS),
        ("programme_evaluation", LawfulBasis.LEGITIMATE_INTEREST, None),
        ("event_logistics", LawfulBasis.CONTRACT, None),
        ("newsletter", LawfulBasis.CONTRACT, Withheld.WRONG_BASIS),
        ("newsletter", LawfulBasis.CONSENT, None),
    ],
)
def test_another_ground_than_consent_counts_where_the_register_names_it(
    session: Session, cast: Cast, purpose: str, basis: LawfulBasis, reason: Withheld | None
) -> None:
    given = record_decision(session, cast.aicha, ConsentDecision.GIVEN, purpose=purpose, channel=Channel.EMAIL, act=ACT)
    given.basis = basis
    session.flush()
    assert may_contact(session, cast.aicha, purpose=purpose, channel=Channel.EMAIL, on=LATER).reason is reason


def test_an_unproven_claim_allows_one_message_that_asks_and_nothing_else(session: Session, cast: Cast) -> None:
    claim(session, cast.aicha)
    give(session, cast.chen)
    everybody = [cast.aicha.id, cast.omar.id, cast.chen.id]
    assert why(session, cast.aicha) is Withheld.UNPROVEN
    first = invite_to_confirm(session, everybody, **NEWSLETTER, reason="Please confirm", on=LATER)
    assert [point.value for point in first.permitted] == ["aicha@example.org"]
    assert first.withheld == {Withheld.NO_CONSENT: 1, Withheld.CONFIRMED: 1}
    second = invite_to_confirm(session, everybody, **NEWSLETTER, reason="Please confirm", on=LATER)
    assert (list(second.permitted), second.withheld[Withheld.ALREADY_ASKED], second.audience) == ([], 1, 3)
    assert why(session, cast.aicha) is Withheld.UNPROVEN
    assert len(session.scalars(sa.select(OptInInvitation)).all()) == 1


def test_a_prepared_list_is_judged_again_whenever_it_is_opened(session: Session, cast: Cast) -> None:
    give(session, cast.aicha)
    give(session, cast.dana)
    everybody = [cast.aicha.id, cast.dana.id, cast.omar.id]
    made = prepare_list(session, everybody, **NEWSLETTER, reason="Spring letter", on=LATER)
    assert len(open_list(session, made.public_id, on=LATER).permitted) == 2
    withdraw(session, cast.aicha, purpose="newsletter", act=Act(ConsentMethod.SELF_SERVICE, dt.date(2026, 3, 20)))
    result = open_list(session, made.public_id, on=LATER)
    assert [point.value for point in result.permitted] == ["dana@example.org"]
    assert (result.withheld, result.audience) == ({Withheld.WITHDRAWN: 1, Withheld.NO_CONSENT: 1}, 3)
    assert open_list(session, made.public_id, on=dt.date(2026, 5, 1)).audience == 3
    with pytest.raises(NotAllowedError, match="2026-05-01"):
        open_list(session, made.public_id, on=dt.date(2026, 5, 2))
    create_account(session, "edith", role="editor")
    session.info["actor"] = find_actor(session, "edith")
    for name in (made.public_id, "l_nothing"):
        with pytest.raises(NotFoundError):
            open_list(session, name, on=LATER)
    session.info["actor"] = OPERATOR


def test_other_teams_that_wrote_lately_are_hinted_at(session: Session, cast: Cast) -> None:
    give(session, cast.aicha)
    for name in ("edith", "fatou"):
        session.info["actor"] = OPERATOR
        create_account(session, name, role="editor")
        session.info["actor"] = find_actor(session, name)
        for _ in range(2):
            result = outreach(session, [cast.aicha.id], **NEWSLETTER, reason="Letter", on=LATER)
    assert [point.other_teams for point in result.permitted] == [1]
    session.info["actor"] = OPERATOR
    assert [p.other_teams for p in outreach(session, [cast.aicha.id], **NEWSLETTER, reason="x").permitted] == [2]
    log = metadata.tables["access_log_entry"]
    session.execute(sa.update(log).values(at=now_utc() - dt.timedelta(days=31)))
    assert [p.other_teams for p in outreach(session, [cast.aicha.id], **NEWSLETTER, reason="x").permitted] == [0]


def test_a_link_takes_the_consent_back_without_a_sign_in(session: Session, cast: Cast) -> None:
    give(session, cast.aicha)
    token = withdrawal_token(SECRET, cast.aicha, **NEWSLETTER)
    asked = verify_withdrawal_token(SECRET, token)
    assert (asked.person, asked.purpose, asked.channel) == (cast.aicha.public_id, "newsletter", Channel.EMAIL)
    assert why(session, cast.aicha) is None
    entry = withdraw_by_token(session, SECRET, token)
    assert entry is not None and entry.decision is ConsentDecision.WITHDRAWN
    assert why(session, cast.aicha) is Withheld.WITHDRAWN
    forged = token.replace("newsletter", "event_follow_up")
    for wrong in (forged, token[:-1], "", "a.b.c", token + "x", "é.é.é.é"):
        with pytest.raises(BadInputError, match="not complete"):
            withdraw_by_token(session, SECRET, wrong)
    with pytest.raises(BadInputError):
        verify_withdrawal_token("another secret", token)


def test_a_link_of_a_merged_record_withdraws_for_the_survivor(session: Session, cast: Cast) -> None:
    twin = add_person(session, "A. Diop", email="a@example.org")
    give(session, twin)
    token = withdrawal_token(SECRET, twin, **NEWSLETTER)
    merge(session, cast.aicha, twin)
    assert why(session, cast.aicha) is None
    withdraw_by_token(session, SECRET, token)
    assert why(session, cast.aicha) is Withheld.WITHDRAWN


def test_consents_that_end_soon_wait_for_renewal(session: Session, cast: Cast) -> None:
    give(session, cast.aicha)
    give(session, cast.dana)
    cast.dana.protection = Protection.ELEVATED
    session.flush()
    assert renewal_queue(session, on=dt.date(2028, 1, 3)) == []
    (soon,) = renewal_queue(session, on=dt.date(2028, 1, 4))
    assert (soon.person, soon.purpose, soon.days_left) == (cast.aicha.public_id, "newsletter", 60)
    assert renewal_queue(session, on=dt.date(2028, 3, 5)) == []


def test_objections_to_the_path_are_found_for_those_who_compute_it(session: Session, cast: Cast) -> None:
    record_decision(
        session, cast.omar, ConsentDecision.OBJECTED, purpose="path_reporting", channel=Channel.ANY, act=ACT
    )
    give(session, cast.aicha, "path_reporting")
    assert session.scalars(objecting_people("path_reporting")).all() == [cast.omar.id]
    assert session.scalars(objecting_people("newsletter")).all() == []


def test_recipients_are_noted_with_the_line_of_the_log(session: Session, cast: Cast) -> None:
    give(session, cast.aicha)
    outreach(session, [cast.aicha.id, cast.omar.id], **NEWSLETTER, reason="Spring letter", on=LATER)
    rows = session.execute(sa.select(metadata.tables["disclosure"])).all()
    assert [row.person_id for row in rows] == [cast.aicha.id]


def test_addresses_of_elevated_people_are_for_stewards(session: Session, cast: Cast) -> None:
    cast.aicha.protection = Protection.ELEVATED
    session.flush()
    point = session.scalars(sa.select(ContactPoint).where(ContactPoint.person_id == cast.aicha.id)).one()
    for name, role in (("edith", "editor"), ("stella", "steward")):
        create_account(session, name, role=role)
    session.info["actor"] = find_actor(session, "edith")
    with pytest.raises(NotAllowedError, match="steward"):
        reveal(session, point.id, "She lost her badge")
    session.info["actor"] = find_actor(session, "stella")
    assert reveal(session, point.id, "She is in danger") == "aicha@example.org"
    session.info["actor"] = OPERATOR
