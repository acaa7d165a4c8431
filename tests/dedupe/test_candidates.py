"""Whom a record may be, asked while somebody types."""

from __future__ import annotations

from tests.cast import Cast, add_person
from wmcrm.db import Actor, Session
from wmcrm.dedupe import candidates_for
from wmcrm.matching import Profile
from wmcrm.models import PersonStatus, Protection
from wmcrm.upkeep import refresh_people


def typed(**values: object) -> Profile:
    return Profile(key=0, **values)


AICHA = typed(names=("Aicha Diop",), emails=("aicha@example.org",), country="SN")


def refresh(session: Session, cast: Cast) -> None:
    session.flush()
    refresh_people(session, [person.id for person in (cast.aicha, cast.omar, cast.chen, cast.dana)])


def test_somebody_with_the_same_address_is_a_candidate_with_reasons(session: Session, cast: Cast) -> None:
    refresh(session, cast)
    (found,) = candidates_for(session, AICHA).candidates
    assert (found.person_id, found.probability > 0.9) == (cast.aicha.id, True)
    assert "The e-mail address is the same" in {reason.words for reason in found.reasons}


def test_nobody_is_found_by_nothing(session: Session, cast: Cast) -> None:
    refresh(session, cast)
    assert candidates_for(session, typed()).candidates == []
    assert candidates_for(session, typed(names=("Zoé Nowhere",))).candidates == []


def test_the_record_that_is_edited_is_left_out(session: Session, cast: Cast) -> None:
    refresh(session, cast)
    assert candidates_for(session, AICHA, but=[cast.aicha.id]).candidates == []


def test_sealed_and_erased_people_are_not_found_but_held_ones_are(session: Session, cast: Cast) -> None:
    cast.aicha.status = PersonStatus.HELD
    refresh(session, cast)
    assert len(candidates_for(session, AICHA).candidates) == 1
    cast.aicha.protection = Protection.SEALED
    refresh(session, cast)
    assert candidates_for(session, AICHA).candidates == []


def test_of_another_affiliates_people_only_that_there_is_somebody_is_said(session: Session, cast: Cast) -> None:
    refresh(session, cast)
    session.info["actor"] = Actor("Dana", account_id=1, affiliate_ids=frozenset({cast.chile.id}))
    found = candidates_for(session, AICHA)
    assert (list(found.candidates), found.known_elsewhere) == ([], True)
    session.info["actor"] = Actor("Omar", account_id=2, affiliate_ids=frozenset({cast.senegal.id}))
    assert [c.person_id for c in candidates_for(session, AICHA).candidates] == [cast.aicha.id]


def test_a_name_of_many_is_narrowed_by_country(session: Session, cast: Cast) -> None:
    many = [add_person(session, "Maria Silva", country="BR").id for _ in range(101)]
    here = add_person(session, "Maria Silva", country="PT")
    refresh_people(session, [*many, here.id])
    found = candidates_for(session, typed(names=("Maria Silva",), country="PT"), least=0.0, limit=500)
    assert [candidate.person_id for candidate in found.candidates] == [here.id]


def test_an_address_that_several_people_share_says_little(session: Session, cast: Cast) -> None:
    names = ("Awa Ndiaye", "Moussa Fall", "Khady Sow", "Ibrahima Gueye", "Penda Sarr")
    people = [add_person(session, name, email="bureau@example.org", country="SN").id for name in names]
    refresh_people(session, people)
    found = candidates_for(session, typed(names=("Coumba Faye",), emails=("bureau@example.org",), country="SN"))
    assert all(candidate.probability < 0.5 for candidate in found.candidates)
