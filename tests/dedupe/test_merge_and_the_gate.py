"""A merge never carries a consent to the address of another record."""

from __future__ import annotations

import datetime as dt

from tests.cast import add_person
from wmcrm.consent import Act, record_decision
from wmcrm.db import Session
from wmcrm.dedupe import merge, unmerge
from wmcrm.models import Channel, ConsentDecision, ConsentMethod, ContactPoint, Person, now_utc
from wmcrm.outreach import outreach, own_points

ACT = Act(ConsentMethod.FORM, dt.date(2026, 3, 4), notice="v3")
LATER = dt.date(2026, 4, 1)


def give(session: Session, person: Person) -> None:
    record_decision(session, person, ConsentDecision.GIVEN, purpose="newsletter", channel=Channel.EMAIL, act=ACT)


def values(session: Session, person: Person) -> list[str]:
    found = outreach(session, [person.id], purpose="newsletter", channel=Channel.EMAIL, reason="Letter", on=LATER)
    assert len(found.permitted) + sum(found.withheld.values()) == found.audience
    return [point.value for point in found.permitted]


def test_a_consent_of_one_record_does_not_reach_the_address_of_the_other(session: Session) -> None:
    consented = add_person(session, "Aïcha Diop", username="Aicha D")
    reachable = add_person(session, "Aïcha Diop", email="aicha@example.org")
    give(session, consented)
    made = merge(session, reachable, consented)
    assert values(session, reachable) == []
    give(session, reachable)
    assert values(session, reachable) == ["aicha@example.org"]
    unmerge(session, made)


def test_the_own_address_of_who_consented_stays_reachable_in_either_direction(session: Session) -> None:
    for survivor_consents in (True, False):
        first = add_person(session, "Omar Ba", email="omar@example.org")
        second = add_person(session, "Omar Ba", email="omar@example.org")
        give(session, first)
        merge(session, *((first, second) if survivor_consents else (second, first)))
        assert values(session, first if survivor_consents else second) == ["omar@example.org"]


def test_an_address_that_was_removed_from_the_one_is_removed_from_both(session: Session) -> None:
    people = [add_person(session, "Omar Ba", email="omar@example.org") for _ in range(2)]
    for person in people:
        give(session, person)
    made = merge(session, *people)
    point = next(one for one in own_points(session, people[0]))
    session.get_one(ContactPoint, point.id).removed_at = now_utc()
    unmerge(session, made)
    assert [values(session, person) for person in people] == [[], []]
