"""Two who decide about one person at one moment: the second sees what the first decided, and so does the gate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy.engine import Engine

from tests.cast import add_person
from tests.meanwhile import meanwhile
from wmcrm.consent import Act, record_decision, withdraw
from wmcrm.db import OPERATOR, Session, session_scope
from wmcrm.dedupe import merge
from wmcrm.models import Channel, ConsentDecision, ConsentMethod, Person, RestrictionGround
from wmcrm.outreach import Withheld, may_contact, restrict

MARCH, APRIL, MAY = (dt.date(2026, month, 4) for month in (3, 4, 5))
Deed = Callable[[Session, Person, Person], object]


def give(session: Session, person: Person, on: dt.date = MARCH) -> None:
    act = Act(ConsentMethod.FORM, on, notice="v3")
    record_decision(session, person, ConsentDecision.GIVEN, purpose="newsletter", channel=Channel.EMAIL, act=act)


def gives_again(session: Session, person: Person, _other: Person) -> None:
    give(session, person, APRIL)


def is_absorbed(session: Session, person: Person, other: Person) -> None:
    merge(session, other, person)


def withdraws(session: Session, person: Person, channel: Channel = Channel.ANY) -> None:
    withdraw(session, person, purpose="newsletter", act=Act(ConsentMethod.FORM, MAY), channel=channel)


def withdraws_from_mail(session: Session, person: Person) -> None:
    withdraws(session, person, Channel.EMAIL)


def is_left_alone(session: Session, person: Person) -> None:
    restrict(session, person, RestrictionGround.REQUESTED, on=MAY)


def pair(session: Session, ids: tuple[int, int]) -> tuple[Person, Person]:
    return session.get_one(Person, ids[0]), session.get_one(Person, ids[1])


@pytest.mark.parametrize("first", [gives_again, is_absorbed])
@pytest.mark.parametrize("second", [withdraws, withdraws_from_mail, is_left_alone])
def test_a_no_holds_although_something_else_was_written_at_that_moment(
    engine: Engine, first: Deed, second: Callable[[Session, Person], None]
) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        people = [add_person(session, "Aïcha Diop", email=f"{name}@example.org") for name in ("aicha", "diop")]
        give(session, people[1])
        ids = people[0].id, people[1].id

    def say_no() -> None:
        with session_scope(engine, OPERATOR, writing=True) as session:
            second(session, session.get_one(Person, ids[0]))

    meanwhile(engine, lambda session: first(session, *pair(session, ids)), say_no)
    with session_scope(engine, OPERATOR) as session:
        person, survivor = pair(session, ids)
        asked = survivor if person.merged_into_id else person
        answer = may_contact(session, asked, purpose="newsletter", channel=Channel.EMAIL)
        assert answer.reason in {Withheld.WITHDRAWN, Withheld.RESTRICTED}
