"""People in lists: who is in none, and whom an id names after a merge."""

from __future__ import annotations

import pytest

from tests.cast import add_person, invite_cast
from wmcrm.db import Session
from wmcrm.dedupe import merge
from wmcrm.errors import NotFoundError
from wmcrm.models import PersonStatus, Protection
from wmcrm.people import find_people, search_people, standing_for


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
