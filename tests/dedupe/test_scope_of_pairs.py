"""Duplicates as an account of one affiliate sees them: only its own people, and these whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests.cast import Cast, add_person
from wmcrm.consent import Act, record_decision
from wmcrm.db import Actor, Session
from wmcrm.dedupe import clusters, merge, pairs, scan, unmerge
from wmcrm.errors import NotFoundError
from wmcrm.models import (
    Channel,
    ConsentDecision,
    ConsentMethod,
    ConsentState,
    Holding,
    Person,
    PersonStatus,
)


@contextmanager
def acting(session: Session, *affiliate_ids: int) -> Iterator[None]:
    """Inside, the session is that of an account of these affiliates."""
    session.flush()
    session.expire_all()
    before = session.info["actor"]
    session.info["actor"] = Actor("Sami", roles=frozenset({"steward"}), affiliate_ids=frozenset(affiliate_ids))
    yield
    session.flush()
    session.info["actor"] = before
    session.expire_all()


def hold(session: Session, person: Person, affiliate_id: int) -> None:
    session.add(Holding(person_id=person.id, recorded_for_id=person.id, holder_affiliate_id=affiliate_id))
    session.flush()


def standings_of(session: Session, person: Person) -> list[str]:
    query = sa.select(ConsentState).where(col(ConsentState.person_id) == person.id)
    return [state.standing.value for state in session.scalars(query)]


@pytest.fixture
def twins(session: Session, cast: Cast) -> tuple[Person, Person, int, int]:
    """Two records of Aïcha held by one affiliate, the second also by another one."""
    mine, theirs = cast.senegal, cast.chile
    other = add_person(session, "Aïcha Diop", holder=mine, username="Aicha D", country="SN", email="aicha@example.org")
    hold(session, other, theirs.id)
    scan(session)
    return cast.aicha, other, mine.id, theirs.id


def test_a_pair_is_shown_to_those_who_hold_both(session: Session, twins: tuple[Person, Person, int, int]) -> None:
    *_, mine, theirs = twins
    with acting(session, mine):
        assert len(pairs(session)) == 1
        assert len(clusters(session)) == 2
    with acting(session, theirs):
        assert pairs(session) == []
        assert clusters(session) == []


def test_pages_of_the_queue_go_on_after_the_last_pair(session: Session, cast: Cast) -> None:
    for number in range(4):
        add_person(session, "Aïcha Diop", username="Aicha D", country="SN", email=f"aicha{number}@example.org")
    scan(session)
    everything = [pair.id for pair in pairs(session)]
    paged = []
    last: int | None = None
    while found := pairs(session, limit=3, after=last):
        paged += [pair.id for pair in found]
        last = paged[-1]
    assert len(everything) > 3
    assert paged == everything


def test_pairs_with_somebody_held_are_asked_for_apart(session: Session, twins: tuple[Person, Person, int, int]) -> None:
    twins[1].status = PersonStatus.HELD
    session.flush()
    assert len(pairs(session, held=True)) == 1
    assert pairs(session, held=False) == []


def test_a_withdrawal_that_another_affiliate_recorded_goes_with_the_merge(
    session: Session, cast: Cast, twins: tuple[Person, Person, int, int]
) -> None:
    aicha, other, mine, theirs = twins
    act = Act(ConsentMethod.PAPER, dt.date(2026, 1, 1), notice="v1", controller_id=theirs)
    record_decision(session, other, ConsentDecision.WITHDRAWN, purpose="newsletter", channel=Channel.EMAIL, act=act)
    with acting(session, mine):
        one, two = session.get(Person, aicha.id), session.get(Person, other.id)
        assert one is not None and two is not None
        made = merge(session, one, two)
    assert standings_of(session, aicha) == ["withdrawn"]
    assert standings_of(session, other) == []
    with acting(session, mine):
        report = unmerge(session, made)
    assert report.restored.id == other.id
    assert standings_of(session, aicha) == []
    assert standings_of(session, other) == ["withdrawn"]


def test_nobody_merges_people_of_others(session: Session, twins: tuple[Person, Person, int, int]) -> None:
    aicha, other, _, theirs = twins
    session.refresh(aicha)
    session.expunge(aicha)  # PostgreSQL would not even load her again
    with acting(session, theirs), pytest.raises(NotFoundError):
        merge(session, other, aicha)
