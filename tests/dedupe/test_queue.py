"""What waits for a decision, and what a decision does."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_person
from wmcrm.db import Session
from wmcrm.dedupe import (
    clusters,
    decide,
    decide_new,
    judgement_of,
    merge,
    merge_batch,
    pairs,
    refresh_unions,
    revoke,
    scan,
    suggest_strict,
    unmerge,
    unmerge_batch,
)
from wmcrm.errors import ConflictError, NotFoundError
from wmcrm.models import CandidatePair, Person, PersonName, PersonStatus, Protection, Verdict

EMAIL = {"email": "aicha@example.org"}


@pytest.fixture
def twins(session: Session, cast: Cast) -> tuple[Person, Person]:
    """Aïcha and a second record of her, found by a scan."""
    other = add_person(session, "Aïcha Diop", username="Aicha D", country="SN", **EMAIL)
    scan(session)
    return cast.aicha, other


def queue(session: Session) -> list[frozenset[int]]:
    return [frozenset((pair.a.id, pair.b.id)) for pair in pairs(session)]


def both(twins: tuple[Person, Person]) -> frozenset[int]:
    return frozenset(person.id for person in twins)


def test_two_records_of_one_person_are_found_with_reasons(session: Session, twins: tuple[Person, Person]) -> None:
    (found,) = pairs(session)
    assert {found.a.id, found.b.id} == both(twins)
    assert found.probability > 0.99
    assert "The username is the same" in {reason["words"] for reason in found.reasons}


def test_a_scan_compares_only_who_changed(session: Session, twins: tuple[Person, Person]) -> None:
    assert scan(session).compared == 0
    third = add_person(session, "A. Diop", country="SN", **EMAIL)
    report = scan(session)
    assert (report.compared, report.people) == (1, 6)
    assert any(third.id in pair for pair in queue(session))
    assert both(twins) in queue(session)
    assert scan(session, everybody=True).compared == 6


def test_a_pair_goes_when_what_made_it_a_pair_is_corrected(session: Session, twins: tuple[Person, Person]) -> None:
    other = twins[1]
    for table in ("wiki_account", "contact_point"):
        rows = sa.table(table, sa.column("person_id"))
        session.execute(sa.delete(rows).where(rows.c.person_id == other.id))
    other.display_name = "Omar Sy"
    session.scalars(sa.select(PersonName).where(PersonName.person_id == other.id)).one().name = "Omar Sy"
    session.flush()
    assert scan(session).dropped == 1
    assert queue(session) == []


def test_sealed_people_are_never_compared_nor_shown(session: Session, twins: tuple[Person, Person]) -> None:
    twins[1].protection = Protection.SEALED
    session.flush()
    assert queue(session) == []
    scan(session, everybody=True)
    assert session.scalars(sa.select(CandidatePair)).all() == []


def test_different_ends_the_pair_until_an_identifying_value_changes(
    session: Session, twins: tuple[Person, Person]
) -> None:
    decide(session, *twins, Verdict.DIFFERENT)
    twins[1].residence_city = "Thiès"
    scan(session, everybody=True)
    assert queue(session) == []
    mine = {"person_id": twins[1].id, "recorded_for_id": twins[1].id}
    session.add(PersonName(**mine, name="Aïcha Fatou Diop"))
    session.flush()
    assert queue(session) == [both(twins)]
    assert clusters(session) == []


def test_a_judgement_that_is_taken_back_opens_the_pair_again(session: Session, twins: tuple[Person, Person]) -> None:
    said = decide(session, *twins, Verdict.DIFFERENT).judgement
    revoke(session, said)
    assert queue(session) == [both(twins)]
    with pytest.raises(ConflictError):
        revoke(session, said)


def test_a_later_judgement_takes_the_place_of_the_earlier(session: Session, twins: tuple[Person, Person]) -> None:
    decide(session, *twins, Verdict.DIFFERENT)
    decide(session, *reversed(twins), Verdict.SAME)
    assert judgement_of(session, *twins).verdict is Verdict.SAME
    assert queue(session) == []
    assert {member.person.id for member in clusters(session)} == both(twins)


def test_unsure_keeps_the_pair_waiting_and_says_so(session: Session, twins: tuple[Person, Person]) -> None:
    decide(session, *twins, Verdict.UNSURE)
    assert [pair.unsure for pair in pairs(session)] == [True]


def test_clusters_are_stars_around_the_proposed_survivor(session: Session, twins: tuple[Person, Person]) -> None:
    third = add_person(session, "Aïcha Diop", username="Aicha D", country="SN", **EMAIL)
    scan(session)
    assert {member.person.id for member in clusters(session)} == {*both(twins), third.id}
    assert {member.cluster for member in clusters(session)} == {twins[0].public_id}
    decide(session, twins[1], third, Verdict.DIFFERENT)
    groups = [member.person.id for member in clusters(session)]
    assert not {twins[1].id, third.id} <= set(groups)


def test_a_merged_record_leaves_the_queue_and_its_judgements_speak_for_the_survivor(
    session: Session, cast: Cast, twins: tuple[Person, Person]
) -> None:
    third = add_person(session, "Aïcha Diop", country="SN", **EMAIL)
    scan(session)
    decide(session, twins[1], third, Verdict.DIFFERENT)
    made = merge(session, *twins)
    scan(session)
    assert queue(session) == []
    unmerge(session, made)
    scan(session)
    assert frozenset((twins[0].id, third.id)) in queue(session)


def test_same_with_a_held_person_merges_at_once(session: Session, twins: tuple[Person, Person]) -> None:
    twins[1].status = PersonStatus.HELD
    decided = decide(session, twins[1], twins[0], Verdict.SAME)
    assert decided.merge is not None
    assert (decided.merge.survivor_id, twins[1].status) == (twins[0].id, PersonStatus.MERGED)
    assert unmerge(session, decided.merge).restored.status is PersonStatus.HELD


def test_a_held_person_who_is_none_of_the_candidates_is_taken_in(
    session: Session, twins: tuple[Person, Person]
) -> None:
    twins[1].status = PersonStatus.HELD
    session.flush()
    assert decide(session, *twins, Verdict.DIFFERENT).activated == (twins[1],)
    assert twins[1].status is PersonStatus.ACTIVE


def test_new_is_different_from_every_candidate(session: Session, twins: tuple[Person, Person]) -> None:
    add_person(session, "Aïcha Diop", country="SN", **EMAIL)
    twins[1].status = PersonStatus.HELD
    scan(session)
    decide_new(session, twins[1])
    assert twins[1].status is PersonStatus.ACTIVE
    assert not any(twins[1].id in pair for pair in queue(session))
    with pytest.raises(ConflictError):
        decide_new(session, twins[1])


def test_the_strict_batch_is_merged_and_taken_back_as_one(session: Session, twins: tuple[Person, Person]) -> None:
    near = add_person(session, "Fatou Diop", country="SN", **EMAIL)
    third = add_person(session, "Aïcha Diop", country="SN", **EMAIL)
    scan(session)
    suggested = suggest_strict(session)
    assert not any(near.id in {pair.a.id, pair.b.id} for pair in suggested)
    report = merge_batch(session, suggested)
    assert {made.absorbed_id for made in report.merges} == {twins[1].id, third.id}
    assert len(unmerge_batch(session, report.batch)) == 2
    assert [person.merged_into_id for person in (twins[1], third)] == [None, None]
    with pytest.raises(NotFoundError):
        unmerge_batch(session, report.batch)


def test_a_chain_of_strict_pairs_is_not_merged_through_the_middle(session: Session, cast: Cast) -> None:
    middle = add_person(session, "Awa Ndiaye", username="Awa", email="awa@example.org", country="SN")
    left = add_person(session, "Awa Ndiaye", username="Awa", country="SN")
    right = add_person(session, "A. Ndiaye", email="awa@example.org", country="SN")
    far = add_person(session, "A. Ndiaye", email="awa@example.org", country="SN")
    scan(session)
    decide(session, left, right, Verdict.DIFFERENT)
    report = merge_batch(session, suggest_strict(session))
    absorbed = {made.absorbed_id for made in report.merges}
    assert not {left.id, right.id} <= absorbed | {made.survivor_id for made in report.merges}
    assert middle.id not in absorbed or far.id not in absorbed


def test_united_rows_follow_when_an_import_is_undone(session: Session, cast: Cast) -> None:
    from wmcrm.models import Attendance, Participation, now_utc

    other = add_person(session, "Aïcha Diop")
    rows = []
    for person, attended in ((cast.aicha, Attendance.NO), (other, Attendance.YES)):
        mine = {"person_id": person.id, "recorded_for_id": person.id}
        rows.append(Participation(**mine, event_id=cast.meetup.id, attended=attended))
    session.add_all(rows)
    merge(session, cast.aicha, other)
    rows[1].removed_at = now_utc()
    refresh_unions(session, [cast.aicha.id])
    live = session.scalars(sa.select(Participation).where(Participation.superseded_by_id.is_(None))).all()
    assert [row.attended for row in live] == [Attendance.NO]
