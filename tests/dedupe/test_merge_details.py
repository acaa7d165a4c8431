"""What a merge shows to whom, what stays restricted after it is taken back, and merges at their edges."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_person
from wmcrm.db import OPERATOR, Actor, Session
from wmcrm.dedupe import merge, unmerge
from wmcrm.models import (
    Attendance,
    LanguageLevel,
    LanguageSkill,
    Participation,
    Person,
    Restriction,
    RestrictionGround,
)
from wmcrm.people import show_person

DAY = dt.date(2026, 4, 1)


def twin(session: Session, cast: Cast, **details: str) -> Person:
    return add_person(session, "Aïcha Diop", holder=cast.chile, **details)


def restrict(session: Session, person: Person) -> Restriction:
    mine = {"person_id": person.id, "recorded_for_id": person.id}
    row = Restriction(**mine, ground=RestrictionGround.REQUESTED, since=DAY)
    session.add(row)
    session.flush()
    return row


def restricted(session: Session, person: Person) -> int:
    query = sa.select(Restriction).where(Restriction.person_id == person.id, Restriction.removed_at.is_(None))
    return len(session.scalars(query).all())


def test_what_was_restricted_while_both_were_one_stays_restricted_for_both(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    done = merge(session, cast.aicha, other)
    restrict(session, cast.aicha)
    unmerge(session, done)
    assert (restricted(session, cast.aicha), restricted(session, other)) == (1, 1)
    again = merge(session, cast.aicha, other)
    unmerge(session, again)
    assert (restricted(session, cast.aicha), restricted(session, other)) == (1, 1)


def test_a_restriction_of_before_goes_back_to_its_own_record_only(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    restrict(session, other)
    done = merge(session, cast.aicha, other)
    assert restricted(session, cast.aicha) == 1
    unmerge(session, done)
    assert (restricted(session, cast.aicha), restricted(session, other)) == (0, 1)


def test_a_restriction_lifted_while_both_were_one_is_lifted_for_both(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    row = restrict(session, other)
    done = merge(session, cast.aicha, other)
    row.until = DAY + dt.timedelta(3)
    unmerge(session, done)
    assert row.person_id == other.id
    assert row.until == DAY + dt.timedelta(3)


def took_part(session: Session, person: Person, cast: Cast, holder: int, attended: Attendance) -> Participation:
    mine = {"person_id": person.id, "recorded_for_id": person.id, "holder_affiliate_id": holder}
    row = Participation(**mine, event_id=cast.meetup.id, attended=attended)
    session.add(row)
    session.flush()
    return row


def seen_by(session: Session, affiliate_id: int) -> list[tuple[int, Attendance]]:
    """The live participations that an editor of an affiliate sees."""
    session.info["actor"] = Actor("Somebody", account_id=1, affiliate_ids=frozenset({affiliate_id}))
    try:
        query = sa.select(Participation.person_id, Participation.attended)
        live = query.where(Participation.superseded_by_id.is_(None), Participation.removed_at.is_(None))
        return [tuple(row) for row in session.execute(live)]
    finally:
        session.info["actor"] = OPERATOR


def test_both_who_recorded_an_attendance_see_what_the_merge_made_of_it(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    took_part(session, cast.aicha, cast, cast.senegal.id, Attendance.UNKNOWN)
    took_part(session, other, cast, cast.chile.id, Attendance.YES)
    done = merge(session, cast.aicha, other)
    for affiliate in (cast.senegal, cast.chile):
        assert seen_by(session, affiliate.id) == [(cast.aicha.id, Attendance.YES)]
    unmerge(session, done)
    assert seen_by(session, cast.senegal.id) == [(cast.aicha.id, Attendance.UNKNOWN)]
    assert seen_by(session, cast.chile.id) == [(other.id, Attendance.YES)]


def test_a_participation_of_others_is_not_seen_for_having_been_united(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    for person in (cast.aicha, other):
        took_part(session, person, cast, cast.senegal.id, Attendance.YES)
    merge(session, cast.aicha, other)
    assert seen_by(session, cast.chile.id) == []


def test_a_page_shows_equal_names_accounts_and_languages_once_and_the_facts_stay(session: Session, cast: Cast) -> None:
    other = twin(session, cast, username="Aicha D")
    for person, level in ((cast.aicha, LanguageLevel.UNKNOWN), (other, LanguageLevel.NATIVE)):
        session.add(LanguageSkill(person_id=person.id, recorded_for_id=person.id, language="fr", level=level))
    done = merge(session, cast.aicha, other)
    card = show_person(session, cast.aicha)
    assert [name.name for name in card.names] == ["Aïcha Diop"]
    assert [account.username for account in card.accounts] == ["Aicha D"]
    assert [(skill.language, skill.level) for skill in card.languages] == [("fr", LanguageLevel.NATIVE)]
    unmerge(session, done)
    assert [account.username for account in show_person(session, other).accounts] == ["Aicha D"]


@pytest.mark.parametrize("kept", ["survivor", "absorbed"])
def test_the_survivor_is_who_one_says_whatever_is_kept(session: Session, cast: Cast, kept: str) -> None:
    other = twin(session, cast)
    merge(session, cast.aicha, other, choices={"display_name": kept})
    assert other.merged_into_id == cast.aicha.id
