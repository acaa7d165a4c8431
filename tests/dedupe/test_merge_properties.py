"""What always holds of merging and unmerging, whatever the facts; WMCRM_TEST_EXAMPLES asks for more of them."""

from __future__ import annotations

import datetime as dt
import os
from itertools import permutations

import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.dedupe.world import CHANNELS, PURPOSES, STORIES, Story, dump, forgotten, make_world, tell
from wmcrm.db import Session
from wmcrm.dedupe import merge, unmerge
from wmcrm.models import (
    Channel,
    ConsentStanding,
    ConsentState,
    ContactPoint,
    Participation,
    Person,
    Protection,
    Purpose,
)
from wmcrm.outreach import Answer, may_contact

# An example writes and compares a whole database: shrinking one would take minutes, its numbers are small anyway.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
EXAMPLES = settings(max_examples=int(os.environ.get("WMCRM_TEST_EXAMPLES", "3")), phases=PHASES)
TODAY = dt.date(2026, 8, 1)


def people(session: Session, stories: list[Story]) -> list[Person]:
    world = make_world(session)
    told: list[Person] = []
    for story in stories:
        told.append(tell(session, world, story, told))
    return told


@EXAMPLES
@given(stories=st.lists(STORIES, min_size=2, max_size=2))
def test_unmerging_restores_both_records_exactly(session: Session, stories: list[Story]) -> None:
    with forgotten(session):
        one, other = people(session, stories)
        before = dump(session)
        unmerge(session, merge(session, one, other))
        assert dump(session) == before


@EXAMPLES
@given(stories=st.lists(STORIES, min_size=3, max_size=3), order=st.booleans())
def test_two_merges_may_be_undone_in_any_order(session: Session, stories: list[Story], order: bool) -> None:
    with forgotten(session):
        one, second, third = people(session, stories)
        before = dump(session)
        done = [merge(session, one, second), merge(session, one, third)]
        for made in done if order else reversed(done):
            unmerge(session, made)
        assert dump(session) == before


@EXAMPLES
@given(stories=st.lists(STORIES, min_size=3, max_size=3))
def test_undoing_the_first_of_two_merges_leaves_what_the_second_alone_would_have_made(
    session: Session, stories: list[Story]
) -> None:
    with forgotten(session):
        one, second, third = people(session, stories)
        with forgotten(session):
            merge(session, session.merge(one), session.merge(third))
            alone = facts_said(session)
        one, second, third = (session.merge(person) for person in (one, second, third))
        first = merge(session, one, second)
        merge(session, one, third)
        unmerge(session, first)
        assert facts_said(session) == alone


@EXAMPLES
@given(stories=st.lists(STORIES, min_size=3, max_size=3))
def test_the_order_of_merges_does_not_matter_to_the_facts(session: Session, stories: list[Story]) -> None:
    with forgotten(session):
        told = people(session, stories)
        found = []
        for order in permutations((1, 2)):
            with forgotten(session):
                one = session.merge(told[0])
                for number in order:
                    merge(session, one, session.merge(told[number]))
                found.append(facts_said(session))
        assert found[0] == found[1]


@EXAMPLES
@given(stories=st.lists(STORIES, min_size=3, max_size=3))
def test_a_survivor_may_be_absorbed_and_all_comes_back(session: Session, stories: list[Story]) -> None:
    with forgotten(session):
        one, second, third = people(session, stories)
        before = dump(session)
        inner = merge(session, second, third)
        outer = merge(session, one, second)
        unmerge(session, outer)
        unmerge(session, inner)
        assert dump(session) == before


@EXAMPLES
@given(stories=st.lists(STORIES, min_size=2, max_size=2))
def test_no_merge_widens_a_permission(session: Session, stories: list[Story]) -> None:
    with forgotten(session):
        one, other = people(session, stories)
        asked = [(purpose, channel) for purpose in PURPOSES for channel in CHANNELS if channel is not Channel.ANY]
        before = {ask: [standing(session, person, *ask) for person in (one, other)] for ask in asked}
        protections = {one.protection, other.protection}
        bounced = bounced_values(session)
        merge(session, one, other)
        for ask, sides in before.items():
            answer = may_contact(session, one, purpose=ask[0], channel=ask[1], on=TODAY)
            if answer.answer is Answer.YES:
                assert ConsentStanding.GIVEN in sides
                assert set(sides) <= {ConsentStanding.GIVEN, ConsentStanding.NONE}
                assert protections == {Protection.NORMAL}
                assert usable_values(session, one) - bounced
            assert may_contact(session, other, purpose=ask[0], channel=ask[1], on=TODAY).answer is Answer.NO
        assert not usable_values(session, one) & bounced


def standing(session: Session, person: Person, purpose: str, channel: Channel) -> ConsentStanding:
    query = (
        sa.select(ConsentState)
        .join(Purpose, Purpose.id == ConsentState.purpose_id)
        .where(ConsentState.person_id == person.id, Purpose.code == purpose)
    )
    found = {state.channel: state.standing for state in session.scalars(query)}
    return found.get(channel) or found.get(Channel.ANY) or ConsentStanding.NONE


def bounced_values(session: Session) -> set[str]:
    return set(session.scalars(sa.select(ContactPoint.normalized).where(ContactPoint.held_since.is_not(None))))


def usable_values(session: Session, person: Person) -> set[str]:
    query = sa.select(ContactPoint.normalized).where(
        ContactPoint.person_id == person.id, ContactPoint.held_since.is_(None), ContactPoint.superseded_by_id.is_(None)
    )
    return set(session.scalars(query))


def facts_said(session: Session) -> object:
    """What the live facts say of each person, whichever row says it."""
    said = dump(session)
    live = sa.select(Participation).where(Participation.superseded_by_id.is_(None), Participation.removed_at.is_(None))
    participations = sorted(
        (p.person_id, p.event_id, p.event_role, p.attended, p.registration, p.contributed, p.capacity)
        for p in session.scalars(live)
    )
    counted = said["person_summary"]
    states = [row[:5] for row in said["consent_state"]]
    others = ("membership", "mentorship", "involvement", "person_skill", "language_skill", "person_name", "holding")
    held = [said[name] for name in others]
    return participations, counted, states, held
