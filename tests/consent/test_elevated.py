"""Elevated people: no address of theirs leaves but to a steward who says why, and they are on no list."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_event, invite_cast
from wmcrm.accounts import create_account, find_actor
from wmcrm.consent import Act, record_decision
from wmcrm.db import OPERATOR, Session
from wmcrm.directory import Wanted, find_organizers, organizer_ids
from wmcrm.errors import BadInputError, NotAllowedError
from wmcrm.models import (
    AccessLogEntry,
    Attendance,
    Channel,
    ConsentDecision,
    ConsentMethod,
    ContactPoint,
    EventRole,
    Participation,
    Protection,
    Registration,
    now_utc,
)
from wmcrm.outreach import (
    Withheld,
    invite_to_confirm,
    may_contact,
    open_list,
    outreach,
    prepare_list,
    prepare_permitted,
    renewal_queue,
    reveal,
)

FOR = {"purpose": "newsletter", "channel": Channel.EMAIL}
DAY = dt.date(2026, 3, 4)


@pytest.fixture
def cast(session: Session) -> Cast:
    """Aïcha organized and agreed to letters; each test elevates her."""
    made = invite_cast(session)
    mine = {"person_id": made.aicha.id, "recorded_for_id": made.aicha.id, "holder_affiliate_id": made.senegal.id}
    came = {"registration": Registration.REGISTERED, "attended": Attendance.YES}
    event = add_event(session, "Workshop", DAY, host=made.senegal)
    session.add(Participation(event_id=event.id, event_role=EventRole.ORGANIZER, **came, **mine))
    soon = now_utc().date() - dt.timedelta(days=710)
    record_decision(session, made.aicha, ConsentDecision.GIVEN, **FOR, act=Act(ConsentMethod.FORM, soon, notice="v3"))
    return made


def elevate(session: Session, cast: Cast) -> None:
    cast.aicha.protection = Protection.ELEVATED
    session.flush()


def test_an_elevated_person_is_in_no_directory_list_or_queue(session: Session, cast: Cast) -> None:
    wanted = Wanted(now_utc().date())
    assert [row.person for row in find_organizers(session, wanted)] == [cast.aicha.public_id]
    assert len(renewal_queue(session)) == 1
    elevate(session, cast)
    assert organizer_ids(session, wanted) == []
    assert renewal_queue(session) == []
    with pytest.raises(BadInputError):
        prepare_permitted(session, [cast.aicha.id], **FOR, reason="Letter")


def test_who_is_elevated_after_a_list_was_made_is_on_it_no_more(session: Session, cast: Cast) -> None:
    made = prepare_list(session, [cast.aicha.id], **FOR, reason="Letter")
    assert len(open_list(session, made.public_id).permitted) == 1
    elevate(session, cast)
    opened = open_list(session, made.public_id)
    assert (list(opened.permitted), opened.withheld) == ([], {Withheld.ELEVATED: 1})


def test_the_gate_withholds_elevated_people_and_counts_them(session: Session, cast: Cast) -> None:
    elevate(session, cast)
    result = outreach(session, [cast.aicha.id, cast.omar.id], **FOR, reason="Letter")
    assert (list(result.permitted), result.withheld) == ([], {Withheld.ELEVATED: 1, Withheld.NO_CONSENT: 1})
    assert may_contact(session, cast.aicha, **FOR).reason is Withheld.ELEVATED
    asked = invite_to_confirm(session, [cast.aicha.id], **FOR, reason="Please confirm")
    assert (list(asked.permitted), asked.withheld) == ([], {Withheld.ELEVATED: 1})


@pytest.mark.parametrize(("role", "sees"), [("editor", False), ("programme", False), ("steward", True)])
def test_only_a_steward_sees_one_address_for_a_reason(session: Session, cast: Cast, role: str, sees: bool) -> None:
    elevate(session, cast)
    point = session.scalars(sa.select(ContactPoint.id).where(ContactPoint.person_id == cast.aicha.id)).one()
    create_account(session, "someone", role=role)
    session.info["actor"] = find_actor(session, "someone")
    if sees:
        assert reveal(session, point, "She asked for help") == "aicha@example.org"
    else:
        with pytest.raises(NotAllowedError, match="steward"):
            reveal(session, point, "Curious")
    session.info["actor"] = OPERATOR
    looks = session.scalars(sa.select(AccessLogEntry).where(AccessLogEntry.action == "reveal")).all()
    assert len(looks) == int(sees)
