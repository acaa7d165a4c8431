"""Legitimate interest: only where the register says so, never for sealed people, never against a no."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.cast import Cast, invite_cast
from tests.consent.test_fold import GIVEN, OBJECTED, REFUSED, WITHDRAWN, entry, standing
from wmcrm.consent import Act, record_decision, standings
from wmcrm.db import Session
from wmcrm.errors import BadInputError, ConflictError, NotAllowedError
from wmcrm.models import (
    Channel,
    ConsentDecision,
    ConsentMethod,
    ConsentStanding,
    LawfulBasis,
    Person,
    Protection,
    Purpose,
)
from wmcrm.outreach import Withheld, may_contact

DAY = dt.date(2026, 3, 4)
INTEREST = Act(ConsentMethod.FORM, DAY, notice="v3", basis=LawfulBasis.LEGITIMATE_INTEREST)
CONSENT = Act(ConsentMethod.FORM, DAY, notice="v3")
ALLOWED = "programme_evaluation"


@pytest.fixture
def cast(session: Session) -> Cast:
    return invite_cast(session)


def record(session: Session, person: Person, act: Act, purpose: str = ALLOWED, *, said: str = "given") -> None:
    record_decision(session, person, ConsentDecision(said), purpose=purpose, channel=Channel.EMAIL, act=act)


def why(session: Session, person: Person, purpose: str = ALLOWED) -> Withheld | None:
    return may_contact(session, person, purpose=purpose, channel=Channel.EMAIL, on=dt.date(2026, 4, 1)).reason


def test_an_interest_permits_where_the_register_allows_it(session: Session, cast: Cast) -> None:
    record(session, cast.aicha, INTEREST)
    answer = may_contact(session, cast.aicha, purpose=ALLOWED, channel=Channel.EMAIL, on=dt.date(2026, 4, 1))
    assert (answer.reason, answer.basis) == (None, LawfulBasis.LEGITIMATE_INTEREST)


@pytest.mark.parametrize("basis", [LawfulBasis.LEGITIMATE_INTEREST, LawfulBasis.CONTRACT])
def test_a_ground_that_the_register_does_not_name_is_refused(session: Session, cast: Cast, basis: LawfulBasis) -> None:
    with pytest.raises(BadInputError, match="ask for a consent"):
        record(session, cast.aicha, Act(ConsentMethod.FORM, DAY, notice="v3", basis=basis), "newsletter")
    assert standings(session, cast.aicha) == []


def test_the_ground_of_the_register_is_taken(session: Session, cast: Cast) -> None:
    contract = Act(ConsentMethod.FORM, DAY, notice="v3", basis=LawfulBasis.CONTRACT)
    record(session, cast.aicha, contract, "event_logistics")
    assert why(session, cast.aicha, "event_logistics") is None


def test_special_categories_need_a_consent_whatever_else_the_register_says(session: Session, cast: Cast) -> None:
    record(session, cast.aicha, INTEREST)
    purpose = session.scalars(sa.select(Purpose).where(Purpose.code == ALLOWED)).one()
    purpose.special_categories = True
    session.flush()
    assert why(session, cast.aicha) is Withheld.WRONG_BASIS
    with pytest.raises(BadInputError, match="no ground"):
        record(session, cast.chen, INTEREST)


def test_sealed_people_are_used_for_no_interest_of_ours(session: Session, cast: Cast) -> None:
    cast.aicha.protection = Protection.SEALED
    with pytest.raises(NotAllowedError, match="sealed"):
        record(session, cast.aicha, INTEREST)


@pytest.mark.parametrize("said", ["refused", "withdrawn", "objected"])
def test_an_interest_is_not_recorded_against_a_no(session: Session, cast: Cast, said: str) -> None:
    record(session, cast.aicha, CONSENT, said=said)
    with pytest.raises(ConflictError, match="said no"):
        record(session, cast.aicha, INTEREST)
    assert why(session, cast.aicha) is Withheld(said)


def test_an_objection_ends_an_interest(session: Session, cast: Cast) -> None:
    record(session, cast.aicha, INTEREST)
    objection = Act(ConsentMethod.EMAIL, dt.date(2026, 3, 5))
    record_decision(session, cast.aicha, ConsentDecision.OBJECTED, purpose=ALLOWED, channel=Channel.ANY, act=objection)
    assert why(session, cast.aicha) is Withheld.OBJECTED


@pytest.mark.parametrize("no", [OBJECTED, WITHDRAWN, REFUSED])
def test_in_the_log_no_interest_overturns_a_no_but_a_later_consent_does(no: ConsentDecision) -> None:
    interest = entry(2, GIVEN, basis=LawfulBasis.LEGITIMATE_INTEREST)
    assert standing(entry(1, no), interest) is ConsentStanding(no.value)
    assert standing(entry(1, no), interest, entry(3, GIVEN)) is ConsentStanding.GIVEN
    assert standing(interest, entry(3, no)) is ConsentStanding(no.value)
