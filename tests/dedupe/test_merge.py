"""What a merge does, field by field and fact by fact, and what it refuses."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_person
from tests.dedupe.world import say
from wmcrm.consent import standings
from wmcrm.db import Session
from wmcrm.dedupe import decide, fact_tables, judgement_of, merge, plan_merge, unmerge
from wmcrm.errors import BadInputError, ConflictError
from wmcrm.history import changes_of
from wmcrm.models import (
    Attendance,
    Change,
    Channel,
    ConsentDecision,
    ConsentStanding,
    ContactPoint,
    EventRole,
    Membership,
    Mentorship,
    Participation,
    Person,
    PersonStatus,
    Position,
    Protection,
    Registration,
    Verdict,
    metadata,
)
from wmcrm.outreach import Answer, may_contact
from wmcrm.people import find_people
from wmcrm.references import find_person

DAY = dt.date(2026, 1, 5)


def mine(person: Person) -> dict[str, int]:
    return {"person_id": person.id, "recorded_for_id": person.id}


def twin(session: Session, cast: Cast, **details: str) -> Person:
    return add_person(session, "Aïcha Fatou Diop", holder=cast.chile, **details)


def took_part(session: Session, person: Person, cast: Cast, **details: object) -> Participation:
    row = Participation(**mine(person), event_id=cast.meetup.id, **details)
    session.add(row)
    session.flush()
    return row


def live_participations(session: Session, person: Person) -> list[Participation]:
    query = sa.select(Participation).where(Participation.person_id == person.id)
    return [row for row in session.scalars(query) if row.removed_at is None and row.superseded_by_id is None]


def test_every_table_of_facts_is_moved() -> None:
    with_person = {name for name, table in metadata.tables.items() if "recorded_for_id" in table.c}
    assert {table.__tablename__ for table in fact_tables()} == with_person
    assert {"consent_event", "mentorship", "participation", "holding"} <= with_person


def test_the_fuller_value_is_proposed_and_the_survivors_where_neither_is_fuller(session: Session, cast: Cast) -> None:
    other = twin(session, cast, country="CL")
    plan = {choice.name: choice for choice in plan_merge(session, cast.aicha, other).fields}
    assert plan["display_name"].proposed == "absorbed"
    assert plan["residence"].proposed == "survivor"
    assert not plan["protection"].may_choose
    merge(session, cast.aicha, other)
    assert (cast.aicha.display_name, cast.aicha.residence_country) == ("Aïcha Fatou Diop", "SN")


def test_what_a_person_chooses_is_kept_and_recorded(session: Session, cast: Cast) -> None:
    other = twin(session, cast, country="CL")
    done = merge(session, cast.aicha, other, choices={"residence": "absorbed", "display_name": "survivor"})
    assert (cast.aicha.display_name, cast.aicha.residence_country) == ("Aïcha Diop", "CL")
    assert done.choices["fields"]["residence"] == {
        "survivor": ["SN", None],
        "absorbed": ["CL", None],
        "kept": "absorbed",
        "asked": True,
    }


@pytest.mark.parametrize("choices", [{"protection": "survivor"}, {"shoe_size": "survivor"}, {"alias": "mine"}])
def test_choices_that_there_are_not_are_refused(session: Session, cast: Cast, choices: dict[str, str]) -> None:
    with pytest.raises(BadInputError):
        merge(session, cast.aicha, twin(session, cast), choices=choices)


def test_facts_move_and_remember_for_whom_they_were_recorded(session: Session, cast: Cast) -> None:
    other = twin(session, cast, username="AichaF")
    term = Membership(**mine(other), affiliate_id=cast.chile.id, position=Position.CHAIR, since=DAY)
    session.add(term)
    merge(session, cast.aicha, other)
    assert (term.person_id, term.recorded_for_id) == (cast.aicha.id, other.id)
    assert [found.public_id for found in find_people(session, "AichaF")] == [cast.aicha.public_id]
    assert find_person(session, other.public_id) is cast.aicha
    assert find_person(session, "AichaF") is cast.aicha


def test_overlapping_terms_are_both_kept(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    for person in (cast.aicha, other):
        session.add(Membership(**mine(person), affiliate_id=cast.senegal.id, position=Position.CHAIR, since=DAY))
    merge(session, cast.aicha, other)
    terms = session.scalars(sa.select(Membership).where(Membership.person_id == cast.aicha.id)).all()
    assert [term.superseded_by_id for term in terms] == [None, None]


def test_the_same_event_twice_becomes_one_with_the_strongest_of_both(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    first = took_part(session, cast.aicha, cast, attended=Attendance.UNKNOWN, registration=Registration.REGISTERED)
    second = took_part(session, other, cast, attended=Attendance.YES, contributed=True)
    done = merge(session, cast.aicha, other)
    (one,) = live_participations(session, cast.aicha)
    assert (one.attended, one.registration, one.contributed) == (Attendance.YES, Registration.REGISTERED, True)
    assert {first.superseded_by_id, second.superseded_by_id} == {one.id}
    unmerge(session, done)
    assert live_participations(session, cast.aicha) == [first]
    assert live_participations(session, other) == [second]
    assert first.attended is Attendance.UNKNOWN


def test_another_role_at_the_same_event_stays_a_row_of_its_own(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    took_part(session, cast.aicha, cast)
    took_part(session, other, cast, event_role=EventRole.ORGANIZER)
    merge(session, cast.aicha, other)
    assert len(live_participations(session, cast.aicha)) == 2


def test_what_was_edited_on_the_united_row_stays_with_the_survivor(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    took_part(session, cast.aicha, cast, attended=Attendance.YES)
    second = took_part(session, other, cast, attended=Attendance.YES)
    done = merge(session, cast.aicha, other)
    (one,) = live_participations(session, cast.aicha)
    one.attended = Attendance.NO
    session.flush()
    report = unmerge(session, done)
    assert [row.attended for row in live_participations(session, cast.aicha)] == [Attendance.NO]
    assert live_participations(session, other) == [second]
    assert [(stay.table, stay.field) for stay in report.stays] == [("participation", "attended")]


def test_the_most_restrictive_decision_holds(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    say(session, cast.aicha, ConsentDecision.GIVEN)
    assert may_contact(session, cast.aicha, purpose="newsletter", channel=Channel.EMAIL).answer is Answer.YES
    say(session, other, ConsentDecision.OBJECTED, channel=Channel.ANY)
    done = merge(session, cast.aicha, other)
    assert may_contact(session, cast.aicha, purpose="newsletter", channel=Channel.EMAIL).reason == "objected"
    unmerge(session, done)
    assert may_contact(session, cast.aicha, purpose="newsletter", channel=Channel.EMAIL).answer is Answer.YES


def test_a_withdrawal_after_the_merge_holds_for_both_records(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    for person in (cast.aicha, other):
        say(session, person, ConsentDecision.GIVEN)
    done = merge(session, cast.aicha, other)
    say(session, cast.aicha, ConsentDecision.WITHDRAWN, on=DAY)
    unmerge(session, done)
    for person in (cast.aicha, other):
        assert [row.standing for row in standings(session, person)] == [ConsentStanding.WITHDRAWN]


def test_the_stricter_protection_and_the_earlier_stepping_back_hold(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    other.protection, other.stepped_back_on = Protection.ELEVATED, DAY
    cast.aicha.stepped_back_on = DAY + dt.timedelta(9)
    done = merge(session, cast.aicha, other)
    assert (cast.aicha.protection, cast.aicha.stepped_back_on) == (Protection.ELEVATED, DAY)
    unmerge(session, done)
    assert (cast.aicha.protection, cast.aicha.stepped_back_on) == (Protection.NORMAL, DAY + dt.timedelta(9))


def test_protection_given_after_the_merge_protects_both(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    done = merge(session, cast.aicha, other)
    cast.aicha.protection, cast.aicha.stepped_back_on = Protection.SEALED, DAY
    unmerge(session, done)
    assert (other.protection, other.stepped_back_on) == (Protection.SEALED, DAY)


def test_an_address_that_bounced_for_one_is_not_used_for_the_other(session: Session, cast: Cast) -> None:
    other = twin(session, cast, email="aicha@example.org")
    point = session.scalars(sa.select(ContactPoint).where(ContactPoint.person_id == other.id)).one()
    point.held_since = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    say(session, cast.aicha, ConsentDecision.GIVEN)
    merge(session, cast.aicha, other)
    assert may_contact(session, cast.aicha, purpose="newsletter", channel=Channel.EMAIL).reason == "bounced"


def test_a_mentorship_between_the_two_rests_until_they_are_two_again(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    between = Mentorship(**mine(cast.aicha), mentee_id=other.id, mentee_recorded_for_id=other.id)
    of_omar = Mentorship(**mine(cast.omar), mentee_id=other.id, mentee_recorded_for_id=other.id)
    session.add_all([between, of_omar])
    done = merge(session, cast.aicha, other)
    assert between.superseded_by_id is not None
    assert of_omar.mentee_id == cast.aicha.id
    unmerge(session, done)
    assert (between.superseded_by_id, between.mentee_id, of_omar.mentee_id) == (None, other.id, other.id)


def test_facts_recorded_later_stay_with_the_survivor_and_are_listed(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    done = merge(session, cast.aicha, other)
    later = took_part(session, cast.aicha, cast, attended=Attendance.YES)
    cast.aicha.display_name = "Aïcha D."
    report = unmerge(session, done)
    assert later.person_id == cast.aicha.id
    assert {(stay.table, stay.field) for stay in report.stays} == {("participation", None), ("person", "display_name")}
    assert cast.aicha.display_name == "Aïcha D."


def test_the_history_names_the_merge(session: Session, cast: Cast) -> None:
    done = merge(session, cast.aicha, twin(session, cast))
    unmerge(session, done)
    notes = {change.note for change in changes_of(session, "person", cast.aicha.id)}
    assert {"merged", "unmerged"} <= notes
    named = session.scalars(sa.select(Change).where(Change.merge_id == done.id)).all()
    assert {change.subject_id for change in named} >= {done.survivor_id, done.absorbed_id}


def test_merging_remembers_the_two_as_same_until_it_is_undone(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    done = merge(session, cast.aicha, other)
    said = judgement_of(session, cast.aicha, other)
    assert said is not None
    assert said.verdict is Verdict.SAME
    unmerge(session, done)
    assert judgement_of(session, cast.aicha, other) is None


def test_what_cannot_be_merged_is_refused_and_nothing_changes(session: Session, cast: Cast) -> None:
    erased, held, gone = (add_person(session, name) for name in ("One", "Two", "Three"))
    erased.status, held.status = PersonStatus.ERASED, PersonStatus.HELD
    merge(session, cast.aicha, gone)
    for survivor, absorbed in (
        (cast.aicha, cast.aicha),
        (cast.omar, erased),
        (erased, cast.omar),
        (held, cast.omar),
        (cast.omar, gone),
        (gone, cast.omar),
    ):
        with pytest.raises(ConflictError):
            merge(session, survivor, absorbed)
    assert cast.omar.status is PersonStatus.ACTIVE


def test_a_merge_inside_a_later_merge_is_undone_from_the_outside(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    inner = merge(session, cast.aicha, other)
    outer = merge(session, cast.omar, cast.aicha)
    with pytest.raises(ConflictError, match="undo that merge first"):
        unmerge(session, inner)
    unmerge(session, outer)
    unmerge(session, inner)
    with pytest.raises(ConflictError, match="undone already"):
        unmerge(session, inner)


def test_two_people_judged_different_are_not_merged_not_even_through_a_third(session: Session, cast: Cast) -> None:
    other = twin(session, cast)
    decide(session, cast.omar, other, Verdict.DIFFERENT)
    merge(session, cast.aicha, other)
    with pytest.raises(ConflictError, match="different people"):
        merge(session, cast.aicha, cast.omar)
