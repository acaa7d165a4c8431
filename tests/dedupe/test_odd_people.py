"""People as they really come: without a key, with one letter, with one address for all, by the thousand."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_person
from wmcrm.db import Session, reserve_ids
from wmcrm.dedupe import ScanReport, candidates_for, pairs, scan, suggest_strict
from wmcrm.matching import Profile
from wmcrm.models import Person, metadata
from wmcrm.upkeep import refresh_people

PERSON = metadata.tables["person"]


def many(session: Session, count: int, name: str) -> list[int]:
    """People of one name and country of whom nothing else is known."""
    ids = reserve_ids(session, PERSON, count)
    values = {"display_name": name, "sort_name": name.casefold(), "residence_country": "BR"}
    session.execute(sa.insert(PERSON), [{"id": number, **values} for number in ids])
    refresh_people(session, ids)
    return ids


def both_ways(session: Session) -> list[ScanReport]:
    """Whoever is here compared with everybody, and then looked up by keys: neither may stumble."""
    first = scan(session, everybody=True)
    refresh_people(session, session.scalars(sa.select(PERSON.c.id)).all())
    mark = metadata.tables["scan_mark"]
    session.execute(sa.update(mark).values(hash64=0))
    return [first, scan(session)]


def found(session: Session) -> set[frozenset[int]]:
    return {frozenset((pair.a.id, pair.b.id)) for pair in pairs(session)}


@pytest.mark.parametrize("name", ["—", "?", "123", "‏", "😀"])
def test_records_without_any_key_are_nobodys_double(session: Session, name: str) -> None:
    for _ in range(3):
        add_person(session, name)
    assert [report.waiting for report in both_ways(session)] == [0, 0]
    assert candidates_for(session, Profile(key=0, names=(name,))).candidates == []


def test_names_of_one_letter_are_no_evidence(session: Session) -> None:
    for _ in range(3):
        add_person(session, "A", country="SN")
    assert [report.waiting for report in both_ways(session)] == [0, 0]


def test_one_address_of_everybody_makes_nobody_a_double(session: Session) -> None:
    given = ("Awa", "Moussa", "Khady", "Ibrahima", "Penda", "Ousmane", "Fatou", "Cheikh")
    family = ("Ndiaye", "Fall", "Sow", "Gueye", "Sarr", "Diop", "Faye")
    for number in range(112):
        name = f"{given[number % 8]} {family[number % 7]}{'a' * (number // 56)}"
        add_person(session, name, email="bureau@example.org", country="SN")
    both_ways(session)
    names = dict(session.execute(sa.select(PERSON.c.id, PERSON.c.display_name)).all())
    assert all(len({names[number] for number in pair}) == 1 for pair in found(session))
    assert suggest_strict(session) == []


def test_a_thousand_people_of_one_name_are_a_thousand_people(session: Session) -> None:
    many(session, 1000, "Maria Silva")
    start = time.process_time()
    assert [report.waiting for report in both_ways(session)] == [0, 0]
    asked = candidates_for(session, Profile(key=0, names=("Maria Silva",), country="BR"))
    assert asked.candidates == []
    assert time.process_time() - start < 20


@pytest.mark.parametrize("written", ["Aïcha 🌍 Diop", "‏Aïcha Diop‎", "⁨Aïcha Diop⁩", "AÏCHA  DIOP ✨"])
def test_pictures_and_marks_of_direction_in_a_name_hide_nobody(session: Session, written: str) -> None:
    one = add_person(session, "Aïcha Diop", email="aicha@example.org", country="SN")
    other = add_person(session, written, email="aicha@example.org", country="SN")
    both_ways(session)
    assert frozenset((one.id, other.id)) in found(session)


def test_two_who_swapped_their_usernames_are_not_taken_for_each_other(session: Session, cast: Cast) -> None:
    people = {
        name: add_person(session, *text, username=username, country="SN")  # type: ignore[misc]
        for name, text, username in (
            ("awa", ("Awa Ndiaye",), "Awa N"),
            ("penda", ("Penda Sarr",), "Penda S"),
            ("awa now", ("Awa Ndiaye",), "Penda S"),
            ("penda now", ("Penda Sarr",), "Awa N"),
        )
    }
    both_ways(session)
    strict = {frozenset((pair.a.id, pair.b.id)) for pair in suggest_strict(session)}
    for one, other in (("awa", "penda now"), ("penda", "awa now"), ("awa", "penda"), ("awa now", "penda now")):
        assert frozenset((people[one].id, people[other].id)) not in strict
    asked = Profile(key=0, names=("Awa Ndiaye",), usernames=("Penda S",), country="SN")
    answers = candidates_for(session, asked, limit=4).candidates
    assert answers[0].person_id == people["awa now"].id


def test_a_person_of_nothing_but_a_username_is_compared(session: Session) -> None:
    one, other = (add_person(session, "Baobab42", username="Baobab42") for _ in range(2))
    both_ways(session)
    assert found(session) == {frozenset((one.id, other.id))}
    assert isinstance(session.get(Person, one.id), Person)


def test_initials_with_the_same_address_wait_for_review(session: Session, cast: Cast) -> None:
    short = add_person(session, "A. D.", email="aicha@example.org", country="SN")
    for _ in both_ways(session):
        assert found(session) == {frozenset((cast.aicha.id, short.id))}
    assert suggest_strict(session) == []
