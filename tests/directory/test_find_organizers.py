"""The directory finds who organizes what, where, in which languages, and never shows a contact value."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa

from tests.cast import add_affiliate, add_event, add_person
from wmcrm.consent import Act, record_decision
from wmcrm.db import Actor, Session
from wmcrm.directory import Wanted, find_organizers, organizer_ids
from wmcrm.errors import BadInputError
from wmcrm.models import (
    Affiliate,
    Attendance,
    Channel,
    ConsentDecision,
    ConsentMethod,
    EventRole,
    EventTopic,
    EventType,
    Initiative,
    Involvement,
    InvolvementKind,
    LanguageSkill,
    Membership,
    Participation,
    Person,
    PersonStatus,
    Position,
    Protection,
    Registration,
    RestrictionGround,
    WikiAccount,
)
from wmcrm.outreach import lift_restriction, restrict

PROGRAMME = Actor(name="programme", account_id=1, roles=frozenset({"programme"}), sees_all=True)
TODAY = dt.date(2026, 6, 30)
HERE = Wanted(TODAY)


@dataclasses.dataclass
class World:
    senegal: Affiliate
    aicha: Person
    omar: Person
    dana: Person


@pytest.fixture
def world(session: Session) -> World:
    """Aïcha organizes GLAM workshops in French, Omar is treasurer, Dana only came."""
    senegal = add_affiliate(session, "WSN", "Wikimedians of Senegal", "SN")
    aicha = add_person(session, "Aïcha", holder=senegal, username="Aicha D", email="aicha@example.org", country="SN")
    omar = add_person(session, "Omar", country="SN")
    dana = add_person(session, "Dana", country="CL")
    workshop = add_event(
        session, "Museum day", dt.date(2026, 3, 1), host=senegal, country="SN", event_type=EventType.WORKSHOP
    )
    session.add(EventTopic(event_id=workshop.id, topic="glam"))
    _take_part(session, aicha, workshop.id, EventRole.ORGANIZER, holder_affiliate_id=senegal.id)
    _take_part(session, dana, workshop.id, EventRole.PARTICIPANT)
    for person, language in ((aicha, "fr"), (aicha, "wo"), (omar, "fr-ca"), (dana, "es")):
        session.add(LanguageSkill(person_id=person.id, recorded_for_id=person.id, language=language))
    _hold(session, omar, senegal, Position.TREASURER, dt.date(2025, 1, 1), dt.date(2026, 12, 31))
    session.flush()
    return World(senegal, aicha, omar, dana)


def _take_part(session: Session, person: Person, event_id: int, role: EventRole, **details: object) -> Participation:
    row = Participation(
        person_id=person.id,
        recorded_for_id=person.id,
        event_id=event_id,
        event_role=role,
        **{"attended": Attendance.YES, **details},
    )
    session.add(row)
    session.flush()
    return row


def _hold(
    session: Session, person: Person, affiliate: Affiliate, position: Position, since: dt.date, until: dt.date | None
) -> None:
    session.add(
        Membership(
            person_id=person.id,
            recorded_for_id=person.id,
            affiliate_id=affiliate.id,
            position=position,
            since=since,
            until=until,
        )
    )


def names(session: Session, **filters: object) -> list[str]:
    return [row.name for row in find_organizers(session, dataclasses.replace(HERE, **filters))]


def test_whoever_organizes_or_holds_a_position_is_found_and_guests_are_not(session: Session, world: World) -> None:
    assert names(session) == ["Aïcha", "Omar"]


def test_roles_are_those_of_events_positions_and_initiatives(session: Session, world: World) -> None:
    initiative = Initiative(number="24", title="Hubs")
    session.add(initiative)
    session.flush()
    session.add(
        Involvement(
            person_id=world.dana.id,
            recorded_for_id=world.dana.id,
            initiative_id=initiative.id,
            kind=InvolvementKind.LEADING,
            since=dt.date(2026, 1, 1),
        )
    )
    session.flush()

    assert names(session, role="organizer") == ["Aïcha"]
    assert names(session, role="participant") == ["Dana"]
    assert names(session, role="treasurer") == ["Omar"]
    assert names(session, role="leading") == ["Dana"]
    assert names(session, initiative="24") == ["Dana"]
    with pytest.raises(BadInputError, match="no initiative 99"):
        names(session, initiative="99")
    with pytest.raises(BadInputError, match="no role wizard"):
        names(session, role="wizard")


def test_topics_are_what_somebody_organized_not_what_they_attended(session: Session, world: World) -> None:
    assert names(session, topic="GLAM") == ["Aïcha"]
    assert names(session, topic="workshop") == ["Aïcha"]
    assert names(session, topic="hackathon") == []


def test_places_and_languages_narrow_the_search(session: Session, world: World) -> None:
    assert names(session, country="SN") == ["Aïcha", "Omar"]
    assert names(session, region="sub_saharan_africa", language="wo") == ["Aïcha"]
    assert names(session, language="French") == ["Aïcha", "Omar"], "fr-ca is French too"
    assert names(session, country="CL") == []


def test_an_affiliate_has_those_with_positions_and_those_who_organized_for_it(session: Session, world: World) -> None:
    other = add_affiliate(session, "WCL", "Chile", "CL")

    assert names(session, affiliate_id=world.senegal.id) == ["Aïcha", "Omar"]
    assert names(session, affiliate_id=other.id) == []


def test_dates_alone_say_what_is_current(session: Session, world: World) -> None:
    assert names(session, as_of=dt.date(2026, 2, 1)) == ["Omar"]
    assert names(session, as_of=dt.date(2026, 12, 31)) == ["Aïcha"]
    assert names(session, active_since=dt.date(2026, 4, 1)) == ["Omar"]


def test_no_shows_cancelled_and_removed_facts_find_nobody(session: Session, world: World) -> None:
    event = add_event(session, "Later", dt.date(2026, 4, 1), host=world.senegal)
    _take_part(session, world.dana, event.id, EventRole.ORGANIZER, attended=Attendance.NO)
    _take_part(session, world.dana, event.id, EventRole.LEAD, registration=Registration.CANCELLED)

    assert names(session, role="organizer") == ["Aïcha"]
    assert names(session, role="lead") == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("protection", Protection.ELEVATED),
        ("protection", Protection.SEALED),
        ("status", PersonStatus.HELD),
        ("status", PersonStatus.MERGED),
    ],
)
def test_protected_and_held_people_are_on_no_list(session: Session, world: World, column: str, value: object) -> None:
    setattr(world.aicha, column, value)
    session.flush()

    assert names(session) == ["Omar"]


def test_restricted_people_are_on_no_list_until_the_restriction_is_lifted(session: Session, world: World) -> None:
    restrict(session, world.aicha, RestrictionGround.REQUESTED, on=dt.date(2026, 1, 1))
    assert names(session) == ["Omar"]

    lift_restriction(session, world.aicha, on=dt.date(2026, 6, 1))
    assert names(session) == ["Aïcha", "Omar"]


def test_who_objected_to_being_shown_is_found_by_their_own_affiliate_only(session: Session, world: World) -> None:
    act = Act(ConsentMethod.EMAIL, dt.date(2026, 1, 1))
    record_decision(
        session, world.aicha, ConsentDecision.OBJECTED, purpose="directory_members", channel=Channel.ANY, act=act
    )

    session.info["actor"] = PROGRAMME
    assert names(session, role="organizer") == []
    session.info["actor"] = Actor(name="editor", account_id=2, affiliate_ids=frozenset({world.senegal.id}))
    assert names(session, role="organizer") == ["Aïcha"]


def test_a_row_says_what_is_known_and_holds_no_address(session: Session, world: World) -> None:
    row = find_organizers(session, dataclasses.replace(HERE, role="organizer"))[0]

    assert (row.person, row.usernames, row.country, row.region) == (
        world.aicha.public_id,
        ("Aicha D",),
        "SN",
        "sub_saharan_africa",
    )
    assert (row.languages, row.roles, row.organized) == (("fr", "wo"), ("organizer",), 1)
    assert (row.topics, row.last_on) == (("glam", "workshop"), dt.date(2026, 3, 1))
    assert "example.org" not in str(row)
    treasurer = find_organizers(session, dataclasses.replace(HERE, role="treasurer"))[0]
    assert [(held.affiliate, held.position) for held in treasurer.positions] == [
        ("Wikimedians of Senegal", "treasurer")
    ]


def test_a_home_in_a_protected_country_is_not_shown_and_finds_nobody_for_others(session: Session, world: World) -> None:
    world.aicha.residence_country = "BY"
    session.flush()

    assert [row.country for row in find_organizers(session, dataclasses.replace(HERE, country="BY"))] == [None]
    session.info["actor"] = PROGRAMME
    assert names(session, country="BY") == []


def test_who_does_not_hold_a_person_sees_the_account_not_the_name(session: Session, world: World) -> None:
    session.info["actor"] = PROGRAMME
    assert names(session, role="organizer") == ["Aicha D"]

    account = session.scalars(sa.select(WikiAccount)).one()
    account.link_is_public = True
    session.flush()
    assert names(session, role="organizer") == ["Aïcha"]


def test_who_stepped_back_is_marked(session: Session, world: World) -> None:
    world.omar.stepped_back_on = dt.date(2026, 5, 1)
    session.flush()

    assert {row.name: row.stepped_back for row in find_organizers(session, HERE)} == {"Aïcha": False, "Omar": True}


def test_an_audience_for_the_gate_is_ids_only(session: Session, world: World) -> None:
    assert organizer_ids(session, HERE) == [world.aicha.id, world.omar.id]
