"""People with facts of every kind, drawn by hypothesis, and what can be compared of a database before and after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from hypothesis import strategies as st

from tests.cast import add_affiliate, add_event, add_person
from wmcrm.consent import Act, record_decision, refresh_states
from wmcrm.db import Session
from wmcrm.dedupe import fact_tables
from wmcrm.models import (
    Affiliate,
    Attendance,
    Channel,
    ConsentDecision,
    ConsentMethod,
    ContactKind,
    ContactPoint,
    Event,
    EventRole,
    Initiative,
    Involvement,
    InvolvementKind,
    LanguageSkill,
    Membership,
    Mentorship,
    Participation,
    Person,
    PersonSkill,
    Position,
    Protection,
    Registration,
    Skill,
    metadata,
)
from wmcrm.upkeep import refresh_people

DERIVED = ("consent_state", "person_search", "match_key", "person_summary")
PURPOSES = ("newsletter", "organizer_recruitment")
CHANNELS = (Channel.EMAIL, Channel.ANY)
DAY = dt.date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class World:
    """What people's facts are about."""

    affiliates: tuple[Affiliate, ...]
    events: tuple[Event, ...]
    initiative: Initiative
    skill: Skill


@dataclass(frozen=True, slots=True)
class Story:
    """One person's facts, as drawn."""

    name: str
    email: str | None
    bounced: bool
    holder: int
    country: str | None
    city: str | None
    protection: Protection
    stepped_back_on: dt.date | None
    attended: tuple[tuple[int, EventRole, Attendance, Registration, bool], ...]
    decisions: tuple[tuple[str, Channel, ConsentDecision, int, ConsentMethod], ...]
    positions: tuple[tuple[int, Position], ...]
    language: str | None
    mentors: bool


def make_world(session: Session) -> World:
    """Two affiliates, three held events, an initiative and a skill."""
    affiliates = (add_affiliate(session, "WSN", "Senegal", "SN"), add_affiliate(session, "WCL", "Chile", "CL"))
    events = tuple(add_event(session, f"Meetup {n}", dt.date(2025, 1 + n, 3), host=affiliates[0]) for n in range(3))
    initiative, skill = Initiative(title="Hubs"), Skill(code="teaching", label="Teaching")
    session.add_all([initiative, skill])
    session.flush()
    return World(affiliates, events, initiative, skill)


MOMENTS = st.tuples(
    st.integers(0, 2),
    st.sampled_from([EventRole.PARTICIPANT, EventRole.ORGANIZER]),
    st.sampled_from(Attendance),
    st.sampled_from(Registration),
    st.booleans(),
)
SAID = st.tuples(
    st.sampled_from(PURPOSES),
    st.sampled_from(CHANNELS),
    st.sampled_from(
        [ConsentDecision.GIVEN, ConsentDecision.REFUSED, ConsentDecision.WITHDRAWN, ConsentDecision.OBJECTED]
    ),
    st.integers(0, 200),
    st.sampled_from([ConsentMethod.FORM, ConsentMethod.IMPORT]),
)
STORIES = st.builds(
    Story,
    name=st.sampled_from(["Aïcha Diop", "A. Diop", "Omar Ba", "Aïcha Fatou Diop"]),
    email=st.sampled_from([None, "aicha@example.org", "diop@example.org"]),
    bounced=st.booleans(),
    holder=st.integers(0, 1),
    country=st.sampled_from([None, "SN", "CL"]),
    city=st.sampled_from([None, "Dakar"]),
    protection=st.sampled_from([Protection.NORMAL, Protection.NORMAL, Protection.ELEVATED]),
    stepped_back_on=st.sampled_from([None, DAY, dt.date(2026, 3, 1)]),
    attended=st.lists(MOMENTS, max_size=4, unique_by=lambda m: m[:2]).map(tuple),
    decisions=st.lists(SAID, max_size=3).map(tuple),
    positions=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(Position)), max_size=2).map(tuple),
    language=st.sampled_from([None, "fr", "wo"]),
    mentors=st.booleans(),
)


def tell(session: Session, world: World, story: Story, others: list[Person]) -> Person:
    """Write a person with the facts of a story; a mentor accompanies the first of ``others``."""
    holder = world.affiliates[story.holder]
    person = add_person(session, story.name, holder=holder)
    person.residence_country, person.residence_city = story.country, story.city
    person.protection, person.stepped_back_on = story.protection, story.stepped_back_on
    mine = {"person_id": person.id, "recorded_for_id": person.id, "holder_affiliate_id": holder.id}
    for number, role, attended, registration, contributed in story.attended:
        event_id = world.events[number].id
        details = {"attended": attended, "registration": registration, "contributed": contributed}
        session.add(Participation(**mine, event_id=event_id, event_role=role, **details))
    for number, position in story.positions:
        session.add(Membership(**mine, affiliate_id=world.affiliates[number].id, position=position, since=DAY))
    if story.email:
        held = dt.datetime(2026, 2, 1, tzinfo=dt.UTC) if story.bounced else None
        email = {"value": story.email, "normalized": story.email, "held_since": held}
        session.add(ContactPoint(**mine, kind=ContactKind.EMAIL, **email))
    if story.language:
        session.add(LanguageSkill(**mine, language=story.language))
        session.add(PersonSkill(**mine, skill_id=world.skill.id))
        session.add(Involvement(**mine, initiative_id=world.initiative.id, kind=InvolvementKind.WORKING, since=DAY))
    if story.mentors and others:
        mentee = {"mentee_id": others[0].id, "mentee_recorded_for_id": others[0].id}
        session.add(Mentorship(**mine, **mentee, since=DAY))
    session.flush()
    for purpose, channel, decision, offset, method in story.decisions:
        say(session, person, decision, purpose=purpose, channel=channel, on=DAY + dt.timedelta(offset), method=method)
    refresh_people(session, [person.id])
    return person


def say(
    session: Session,
    person: Person,
    decision: ConsentDecision,
    *,
    purpose: str = "newsletter",
    channel: Channel = Channel.EMAIL,
    on: dt.date = DAY,
    method: ConsentMethod = ConsentMethod.FORM,
) -> None:
    """A decision of a person, on the notice of a sheet."""
    act = Act(method=method, on=on, notice="v1")
    record_decision(session, person, decision, purpose=purpose, channel=channel, act=act)


def dump(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every person, fact and derived row, without the versions that count edits."""
    session.flush()
    everybody = list(session.scalars(sa.select(metadata.tables["person"].c.id)))
    refresh_people(session, everybody)
    refresh_states(session, everybody)
    names = ["person", "residence", *(str(table.__tablename__) for table in fact_tables()), *DERIVED]
    return {name: _rows(session, metadata.tables[name]) for name in names}


def _rows(session: Session, table: sa.Table) -> list[tuple[object, ...]]:
    columns = [column for column in table.c if column.name != "version"]
    return sorted((tuple(row) for row in session.execute(sa.select(*columns))), key=str)


@contextmanager
def forgotten(session: Session) -> Iterator[None]:
    """Whatever happens inside is gone afterwards: one database serves many examples."""
    step = session.begin_nested()
    try:
        yield
    finally:
        step.rollback()
        session.expunge_all()
