"""What was said is taken back, and what a merge would do to consents is told before."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests.cast import Cast, add_person
from wmcrm.consent import Act, record_decision, standings, withdraw
from wmcrm.db import Actor, Session
from wmcrm.dedupe import agreed_pairs, consent_effect, decide, merge, pairs, scan, take_back
from wmcrm.errors import ConflictError
from wmcrm.models import Channel, ConsentDecision, ConsentMethod, Judgement, Person, PersonStatus, Verdict

PAPER = Act(ConsentMethod.PAPER, dt.date(2026, 1, 1), notice="v1")


@pytest.fixture
def twins(session: Session, cast: Cast) -> tuple[Person, Person]:
    other = add_person(session, "Aïcha Diop", username="Aicha D", country="SN", email="aicha@example.org")
    scan(session)
    return cast.aicha, other


@pytest.mark.parametrize("verdict", [Verdict.DIFFERENT, Verdict.UNSURE, Verdict.SAME])
def test_a_verdict_taken_back_opens_the_pair_again(
    session: Session, twins: tuple[Person, Person], verdict: Verdict
) -> None:
    said = decide(session, *twins, verdict).judgement
    take_back(session, said)
    (pair,) = pairs(session)
    assert not pair.unsure
    with pytest.raises(ConflictError):
        take_back(session, said)


def test_somebody_taken_in_by_a_verdict_is_held_again_when_it_is_taken_back(
    session: Session, twins: tuple[Person, Person]
) -> None:
    aicha, other = twins
    other.status = PersonStatus.HELD
    session.flush()
    decided = decide(session, aicha, other, Verdict.DIFFERENT)
    assert decided.activated == (other,)
    assert take_back(session, decided.judgement) == (other,)
    assert other.status is PersonStatus.HELD


def test_two_who_were_said_to_be_one_wait_for_a_merge(session: Session, twins: tuple[Person, Person]) -> None:
    aicha, other = twins
    said = decide(session, aicha, other, Verdict.SAME).judgement
    (waiting,) = agreed_pairs(session, limit=10)
    assert (waiting.judgement_id, {waiting.a_id, waiting.b_id}) == (said.id, {aicha.id, other.id})
    merge(session, aicha, other)
    assert agreed_pairs(session, limit=10) == []
    with pytest.raises(ConflictError, match="undo the merge"):
        take_back(session, said)


def agreed(session: Session, number: int) -> list[tuple[int, int]]:
    """Pairs that somebody said are one, as the agreed ones tell them, in the order of what was said."""
    people = [add_person(session, f"Twin {number} {side}") for number in range(number) for side in "ab"]
    pairs = list(zip(people[::2], people[1::2], strict=True))
    for one, other in pairs:
        decide(session, one, other, Verdict.SAME)
    return [(one.id, other.id) for one, other in pairs]


def test_agreed_pairs_come_in_pages(session: Session, cast: Cast) -> None:
    expected = agreed(session, 5)
    first = agreed_pairs(session, limit=3)
    second = agreed_pairs(session, limit=3, after=first[-1].judgement_id)
    assert [(one.a_id, one.b_id) for one in (*first, *second)] == expected
    assert agreed_pairs(session, limit=3, after=second[-1].judgement_id) == []


def test_what_was_said_of_an_absorbed_record_is_said_of_its_survivor(session: Session, cast: Cast) -> None:
    (one, other), (third, fourth) = agreed(session, 2)
    people = {number: session.get_one(Person, number) for number in (one, other, third, fourth)}
    merge(session, people[third], people[one])
    merge(session, people[fourth], people[third])
    (waiting,) = agreed_pairs(session, limit=10)
    assert {waiting.a_id, waiting.b_id} == {fourth, other}
    take_back(session, session.get_one(Judgement, waiting.judgement_id))
    assert agreed_pairs(session, limit=10) == []


def test_a_pair_that_somebody_else_told_apart_does_not_wait_and_takes_no_place(session: Session, cast: Cast) -> None:
    (one, other), (third, fourth), _ = agreed(session, 3)
    people = [session.get_one(Person, number) for number in (one, other, third)]
    decide(session, people[1], people[2], Verdict.DIFFERENT)
    merge(session, people[2], people[0])  # so what was said of other and third holds for the survivor
    first, _ = agreed_pairs(session, limit=2)
    assert {first.a_id, first.b_id} == {third, fourth}


def test_agreed_pairs_are_those_of_the_actor(session: Session, cast: Cast) -> None:
    other = add_person(session, "Aïcha Diop", holder=cast.senegal)
    decide(session, cast.aicha, other, Verdict.SAME)
    decide(session, cast.dana, cast.omar, Verdict.SAME)
    session.info["actor"] = Actor("sami", roles=frozenset({"steward"}), affiliate_ids=frozenset({cast.senegal.id}))
    (waiting,) = agreed_pairs(session, limit=10)
    assert {waiting.a_id, waiting.b_id} == {cast.aicha.id, other.id}


@pytest.mark.parametrize("withdrawn", [True, False])
def test_the_effect_told_before_a_merge_is_what_holds_after_it(
    session: Session, twins: tuple[Person, Person], withdrawn: bool
) -> None:
    aicha, other = twins
    given = {"purpose": "newsletter", "channel": Channel.EMAIL, "act": PAPER}
    record_decision(session, aicha, ConsentDecision.GIVEN, **given)  # type: ignore[arg-type]
    if withdrawn:
        withdraw(session, other, purpose="newsletter", act=PAPER)
    told = {(one.purpose, one.channel): one.after for one in consent_effect(session, aicha, other)}
    merge(session, aicha, other)
    assert told == {(row.purpose, row.channel): row.standing for row in standings(session, aicha)}
    assert ("withdrawn" in set(told.values())) == withdrawn


def test_a_merge_is_not_reverted_as_a_change(session: Session, twins: tuple[Person, Person]) -> None:
    from wmcrm.history import revert_change
    from wmcrm.models import Change

    merge(session, *twins)
    query = sa.select(col(Change.id)).where(col(Change.merge_id).is_not(None)).limit(1)
    with pytest.raises(ConflictError, match="not reverted"):
        revert_change(session, session.scalars(query).one())
