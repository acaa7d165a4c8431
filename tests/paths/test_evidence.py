"""The stored evidence gives the same stages as the values, and shows nobody whom it must not show."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests.paths.stored import store
from tests.paths.story import AICHA, CHEN, DANA, EFUA, GHANA, NOW, OMAR, SENEGAL, Story, day
from tests.paths.test_stages import training
from tests.paths.world import SAMPLE, world_facts
from wmcrm.db import NOBODY, OPERATOR, Actor, Session
from wmcrm.errors import NotFoundError
from wmcrm.models import (
    Affiliate,
    AffiliateType,
    Channel,
    ConsentStanding,
    ConsentState,
    Event,
    EventHost,
    Holding,
    HostRole,
    Membership,
    Participation,
    Person,
    PersonStatus,
    Protection,
    Purpose,
    now_utc,
)
from wmcrm.paths import (
    Activity,
    Asked,
    Stage,
    each_listed_path,
    names_for,
    path_of,
    path_rows,
    paths,
    paths_of,
    read_for_counting,
    render,
    why,
)

WORLD_DAY = dt.date(2026, 11, 21)


def change_person(session: Session, person: int, **values: object) -> None:
    session.execute(sa.update(Person).where(col(Person.id) == person).values(**values))


def place_person(session: Session, person: int, country: str, region: str | None = None) -> None:
    one = session.get_one(Person, person)
    one.residence_country, one.community_region = country, region
    session.flush()


def change_row(session: Session, number: int, **values: object) -> None:
    session.execute(sa.update(Participation).where(col(Participation.id) == number).values(**values))


def stored_story(session: Session) -> Story:
    """Aïcha organizes; Omar and Dana come, Omar co-organizes after a training; Chen is programme staff."""
    story = training(then=("2025-05-01", "2024-06-01"))
    story.held(CHEN, "programme_lead", "2025-01-01")
    story.involved(OMAR, "working", "2025-01-01", "2025-06-01")
    story.mentored(EFUA, CHEN, "2024-01-01")
    store(session, story.facts())
    return story


def test_a_stored_movement_stands_where_its_files_say(session: Session) -> None:
    facts = world_facts(SAMPLE)
    store(session, facts)
    for as_of in (WORLD_DAY, dt.date(2024, 2, 29)):
        assert paths(session, as_of) == paths_of(facts, as_of)


def test_whoever_is_asked_for_alone_stands_where_they_stand_among_all(session: Session) -> None:
    facts = world_facts(SAMPLE)
    store(session, facts)
    everybody = paths(session, WORLD_DAY)
    deepest = sorted(everybody, key=lambda person: (-everybody[person].highest, person))
    for person in deepest[:8]:
        assert path_of(session, person, WORLD_DAY) == everybody[person]
    hosts = {host for event in facts.events.values() for host in event.affiliates}
    for affiliate in sorted(hosts)[:4]:
        found = paths(session, WORLD_DAY, asked=Asked(affiliate=affiliate))
        assert found
        assert all(everybody[person] == path for person, path in found.items())


def test_mentoring_positions_and_initiatives_are_read(session: Session) -> None:
    story = stored_story(session)
    assert paths(session, NOW) == paths_of(story.facts(), NOW)
    assert path_of(session, EFUA, NOW).highest is Stage.MULTIPLIER
    assert path_of(session, AICHA, NOW).highest is Stage.MULTIPLIER


def test_why_names_what_it_may_name(session: Session) -> None:
    stored_story(session)
    path = path_of(session, AICHA, NOW)
    said = [render(sentence) for sentence in why(path, names_for(session, path))]
    assert "trained at Event 1 (2024-02-29), of which 2 others" in said[2]
    path = path_of(session, CHEN, NOW)
    said = [render(sentence) for sentence in why(path, names_for(session, path))]
    assert said[1] == "Organizer since 2025-01-01: became programme lead at Affiliate 10."


@pytest.mark.parametrize("gone", [{"removed_at": now_utc()}, {"superseded_by_id": 1}])
def test_removed_and_replaced_rows_are_no_evidence(session: Session, gone: dict[str, object]) -> None:
    stored_story(session)
    change_row(session, 5, **gone)  # Dana's organizing
    found = paths(session, NOW)
    assert found[DANA].highest is Stage.HELPER
    assert found[AICHA].highest is Stage.CO_ORGANIZER
    session.execute(sa.update(Membership).values(**gone))
    assert path_of(session, CHEN, NOW).highest is Stage.CONTACT


def test_a_removed_event_never_happened(session: Session) -> None:
    stored_story(session)
    session.execute(sa.update(Event).where(col(Event.id) == 1).values(removed_at=now_utc()))
    assert path_of(session, AICHA, NOW).highest is Stage.CONTACT


def test_sponsors_of_an_event_are_not_its_affiliates(session: Session) -> None:
    story = Story()
    story.went(AICHA, "organizer", "2025-01-01")
    story.did(OMAR, "helper", story.event("2025-01-01", host=GHANA))
    store(session, story.facts())
    sponsor = EventHost(event_id=1, affiliate_id=GHANA, host_role=HostRole.SPONSOR)
    session.add(sponsor)
    session.flush()
    assert path_of(session, AICHA, NOW).highest is Stage.ORGANIZER
    sponsor.host_role = HostRole.ORGANIZER
    session.flush()
    assert path_of(session, AICHA, NOW).highest is Stage.MULTIPLIER


@pytest.mark.parametrize("status", [PersonStatus.HELD, PersonStatus.MERGED])
def test_held_and_merged_records_have_no_path_and_are_nobodys_evidence(session: Session, status: PersonStatus) -> None:
    stored_story(session)
    change_person(session, DANA, status=status)
    found = paths(session, NOW)
    assert DANA not in found
    assert found[AICHA].highest is Stage.CO_ORGANIZER
    with pytest.raises(NotFoundError):
        path_of(session, DANA, NOW)


def test_an_erased_person_goes_and_the_counts_of_others_stay(session: Session) -> None:
    stored_story(session)
    change_person(session, DANA, status=PersonStatus.ERASED)
    found = paths(session, NOW)
    assert DANA not in found
    assert found[AICHA].highest is Stage.MULTIPLIER


def test_a_removed_record_is_not_listed(session: Session) -> None:
    stored_story(session)
    change_person(session, DANA, removed_at=now_utc())
    assert DANA not in paths(session, NOW)


def test_sealed_people_are_neither_listed_nor_counted(session: Session) -> None:
    stored_story(session)
    change_person(session, DANA, protection=Protection.SEALED)
    assert DANA not in paths(session, NOW)
    assert DANA not in read_for_counting(session, NOW).paths
    with pytest.raises(NotFoundError):
        path_of(session, DANA, NOW)


def test_a_merge_lifts_and_its_unmerge_restores_both(session: Session) -> None:
    story = Story()
    story.went(AICHA, "participant", "2025-01-01", "2025-02-01")
    story.went(OMAR, "organizer", "2025-03-01", "2025-05-01", "2025-10-01")
    store(session, story.facts())
    before = paths(session, NOW)
    change_person(session, OMAR, status=PersonStatus.MERGED, merged_into_id=AICHA)
    session.execute(sa.update(Participation).where(col(Participation.person_id) == OMAR).values(person_id=AICHA))
    assert path_of(session, AICHA, NOW).highest is Stage.SUSTAINED
    change_person(session, OMAR, status=PersonStatus.ACTIVE, merged_into_id=None)
    session.execute(sa.update(Participation).values(person_id=Participation.recorded_for_id))
    assert paths(session, NOW) == before
    assert before[AICHA].highest is Stage.RETURNING


def test_a_self_report_waits_for_a_confirmation(session: Session) -> None:
    story = Story()
    story.went(AICHA, "organizer", "2025-01-01")
    story.person(OMAR)
    store(session, story.facts())
    change_row(session, 1, source="self_report")
    assert path_of(session, AICHA, NOW).highest is Stage.CONTACT
    change_row(session, 1, confirmed_by_id=OMAR)
    assert path_of(session, AICHA, NOW).highest is Stage.ORGANIZER


def test_stepping_back_is_read_and_takes_no_stage(session: Session) -> None:
    stored_story(session)
    change_person(session, DANA, stepped_back_on=day("2026-01-01"))
    path = path_of(session, DANA, NOW)
    assert (path.activity, path.highest) == (Activity.STEPPED_BACK, Stage.ORGANIZER)


def test_a_region_is_where_somebody_works_and_else_where_they_live(session: Session) -> None:
    stored_story(session)
    place_person(session, AICHA, "SN")
    place_person(session, OMAR, "FR", "sub_saharan_africa")
    place_person(session, DANA, "SN", "north_america")
    assert set(paths(session, NOW, asked=Asked(region="sub_saharan_africa"))) == {AICHA, OMAR}


def test_an_affiliates_people_are_held_by_it_or_in_a_position_or_at_its_events(session: Session) -> None:
    story = Story()
    story.person(DANA)
    story.person(EFUA)
    story.did(AICHA, "participant", story.event("2026-01-01"))
    story.did(OMAR, "participant", story.event("2026-01-01", host=GHANA))
    story.held(CHEN, "staff", "2025-01-01")
    store(session, story.facts())
    session.add(Holding(person_id=DANA, recorded_for_id=DANA, holder_affiliate_id=SENEGAL))
    session.flush()
    assert set(paths(session, NOW, asked=Asked(affiliate=SENEGAL))) == {AICHA, CHEN, DANA}
    assert set(paths(session, NOW, asked=Asked(affiliate=GHANA))) == {OMAR}


def reader(*roles: str, affiliates: tuple[int, ...] = (SENEGAL,)) -> Actor:
    return Actor("a reader", account_id=1, roles=frozenset(roles), affiliate_ids=frozenset(affiliates))


def read_as(session: Session, actor: Actor) -> set[int]:
    session.info["actor"] = actor
    try:
        return set(paths(session, NOW))
    finally:
        session.info["actor"] = OPERATOR


@pytest.fixture
def held_people(session: Session) -> Session:
    """Senegal holds Aïcha, Omar (protected) and Chen (who objected to path reporting); Ghana holds Dana."""
    stored_story(session)
    for person, holder in ((AICHA, SENEGAL), (OMAR, SENEGAL), (CHEN, SENEGAL), (DANA, GHANA)):
        session.add(Holding(person_id=person, recorded_for_id=person, holder_affiliate_id=_affiliate(session, holder)))
    change_person(session, OMAR, protection=Protection.ELEVATED)
    session.add(
        ConsentState(
            person_id=CHEN,
            purpose_id=_path_reporting(session),
            channel=Channel.ANY,
            standing=ConsentStanding.OBJECTED,
        )
    )
    session.flush()
    return session


def _affiliate(session: Session, number: int) -> int:
    if session.get(Affiliate, number) is None:
        session.add(Affiliate(id=number, name="Ghana", affiliate_type=AffiliateType.USER_GROUP))
        session.flush()
    return number


def _path_reporting(session: Session) -> int:
    found = session.execute(sa.select(col(Purpose.id)).where(col(Purpose.code) == "path_reporting")).scalar()
    if found is not None:
        return found
    purpose = Purpose(code="path_reporting", description="The path is reported.")
    session.add(purpose)
    session.flush()
    return purpose.id


def test_the_operator_lists_everybody(held_people: Session) -> None:
    assert set(paths(held_people, NOW)) == {AICHA, OMAR, CHEN, DANA, EFUA}


def test_nobody_lists_nobody(held_people: Session) -> None:
    assert read_as(held_people, NOBODY) == set()


def test_an_editor_lists_their_affiliates_people_without_protected_ones_and_objectors(held_people: Session) -> None:
    assert read_as(held_people, reader("editor")) == {AICHA}


def test_stewards_list_all_whom_their_affiliate_holds(held_people: Session) -> None:
    assert read_as(held_people, reader("steward")) == {AICHA, OMAR, CHEN}


def test_another_affiliate_lists_none_of_them(held_people: Session) -> None:
    assert read_as(held_people, reader("steward", affiliates=(GHANA,))) == {DANA}


def test_reading_for_counts_takes_protected_people_in(held_people: Session) -> None:
    reading = read_for_counting(held_people, NOW)
    assert set(reading.paths) == {AICHA, OMAR, CHEN, DANA, EFUA}
    assert set(reading.own()) <= set(reading.paths)


@pytest.mark.parametrize("batch", [1, 2, 50])
def test_a_large_listing_in_parts_is_the_listing_in_one(session: Session, batch: int) -> None:
    stored_story(session)
    assert {path.person: path for path in each_listed_path(session, NOW, batch=batch)} == paths(session, NOW)


def test_the_listing_names_people_by_their_ids_outside(session: Session) -> None:
    story = Story()
    story.went(AICHA, "organizer", "2025-01-01")
    store(session, story.facts())
    change_person(session, AICHA, public_id="p_aicha", external_id="17", source="file")
    (row,) = path_rows(session, NOW)
    assert (row.public_id, row.external_id, row.path.days()) == ("p_aicha", "17", {"organizer": "2025-01-01"})
