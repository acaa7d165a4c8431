"""People in lists: who is in none, and whom an id names after a merge."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests.cast import add_person, invite_cast
from wmcrm.db import Actor, Session
from wmcrm.dedupe import merge
from wmcrm.errors import BadInputError, ConflictError, NotFoundError
from wmcrm.models import ContactKind, ContactPoint, Person, PersonStatus, Protection
from wmcrm.outreach import Identifier, IdentifierKind, Keyring, suppress, use_keyring
from wmcrm.people import add_contact, find_people, prefer_contact, search_people, standing_for
from wmcrm.upkeep import refresh_people


def test_sealed_and_held_people_are_in_no_list(session: Session) -> None:
    cast = invite_cast(session)
    cast.aicha.protection = Protection.SEALED
    cast.omar.status = PersonStatus.HELD
    session.commit()
    assert {row.id for row in find_people(session, "")} == {cast.chen.id, cast.dana.id}
    assert find_people(session, "diop") == []
    assert search_people(session, "omar").count == 0


def test_the_id_of_a_merged_record_names_the_survivor_for_ever(session: Session) -> None:
    cast = invite_cast(session)
    second, third = add_person(session, "A. Diop"), add_person(session, "Aïcha D.")
    merge(session, second, third)
    merge(session, cast.aicha, second)
    for person in (cast.aicha, second, third):
        assert standing_for(session, person.public_id).id == cast.aicha.id


def test_the_id_of_a_sealed_person_names_nobody(session: Session) -> None:
    cast = invite_cast(session)
    cast.aicha.protection = Protection.SEALED
    session.flush()
    with pytest.raises(NotFoundError):
        standing_for(session, cast.aicha.public_id)


def points(session: Session, person: Person) -> list[tuple[str, str, bool]]:
    query = sa.select(ContactPoint).where(col(ContactPoint.person_id) == person.id).order_by(col(ContactPoint.id))
    return [(point.kind.value, point.normalized, point.preferred) for point in session.scalars(query)]


def test_a_typed_number_is_stored_with_its_country_and_the_first_is_preferred(session: Session) -> None:
    binta = add_person(session, "Binta Sow", country="SN")
    add_contact(session, binta, ContactKind.PHONE, "77 123 45 67")
    second = add_contact(session, binta, ContactKind.PHONE, "+33 6 12 34 56 78")
    add_contact(session, binta, ContactKind.EMAIL, " Binta@Example.org ")
    assert points(session, binta) == [
        ("phone", "+221771234567", True),
        ("phone", "+33612345678", False),
        ("email", "binta@example.org", True),
    ]
    prefer_contact(session, second)
    assert [preferred for *_, preferred in points(session, binta)] == [False, True, True]


@pytest.mark.parametrize("typed", ["", "binta", "a@example.org, b@example.org"])
def test_what_is_no_address_or_several_is_refused(session: Session, typed: str) -> None:
    binta = add_person(session, "Binta Sow")
    with pytest.raises(BadInputError):
        add_contact(session, binta, ContactKind.EMAIL, typed)


def test_an_address_is_recorded_once_however_it_is_written(session: Session) -> None:
    binta = add_person(session, "Binta Sow", email="binta@example.org")
    with pytest.raises(ConflictError):
        add_contact(session, binta, ContactKind.EMAIL, "BINTA+wiki@example.org")


def test_a_suppressed_address_is_refused_to_accounts_of_an_affiliate_too(session: Session, tmp_path: Path) -> None:
    use_keyring(session, Keyring(tmp_path))
    cast = invite_cast(session)
    suppress(session, [Identifier(IdentifierKind.EMAIL, "gone@example.org")], why="erased")
    session.info["actor"] = Actor("Aïcha", affiliate_ids=frozenset({cast.senegal.id}))
    with pytest.raises(BadInputError, match="not kept or used"):
        add_contact(session, cast.omar, ContactKind.EMAIL, "gone@example.org")


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("aich", True),
        ("aicha di", True),
        ("diop aicha@example.org", True),
        ("aicha@example.org", True),
        ("aicha@examp", False),
        ("aicha exampl", False),
        ("example.org", False),
        ("ex", False),
        ("+221771234567", True),
        ("omar 771234567", True),
        ("771234", False),
        ("omar 221", False),
        ("omar 22", False),
    ],
)
def test_nobody_asks_an_address_or_number_out_of_the_search_part_by_part(
    session: Session, text: str, finds: bool
) -> None:
    cast = invite_cast(session)
    refresh_people(session, [cast.aicha.id, cast.omar.id])
    assert find_people(session, text) != []  # the operator has the machine
    session.info["actor"] = Actor("Viewer", roles=frozenset({"viewer"}), affiliate_ids=frozenset({cast.senegal.id}))
    assert bool(find_people(session, text)) is finds
    assert bool(search_people(session, text).count) is finds
