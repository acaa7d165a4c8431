"""What people write to name a record."""

from __future__ import annotations

import pytest

from tests.cast import add_person, invite_cast
from wmcrm.db import Session
from wmcrm.errors import AmbiguousReferenceError, NotFoundError
from wmcrm.models import PersonStatus
from wmcrm.references import find_affiliate, find_event, find_person


def test_a_person_is_named_by_id_username_or_external_id(session: Session) -> None:
    cast = invite_cast(session)
    cast.aicha.source, cast.aicha.external_id = "file", "17"
    session.flush()
    for reference in (cast.aicha.public_id, "Aicha D", "User:aicha_D", "external:17"):
        assert find_person(session, reference) is cast.aicha


def test_a_username_of_two_people_is_refused_with_the_candidates(session: Session) -> None:
    cast = invite_cast(session)
    twin = add_person(session, "A. Diop", username="Aicha D")
    with pytest.raises(AmbiguousReferenceError) as refusal:
        find_person(session, "Aicha D")
    assert cast.aicha.public_id in str(refusal.value)
    assert twin.public_id in str(refusal.value)


def test_the_reference_of_an_absorbed_person_finds_the_survivor(session: Session) -> None:
    cast = invite_cast(session)
    cast.omar.status, cast.omar.merged_into_id = PersonStatus.MERGED, cast.aicha.id
    session.flush()
    assert find_person(session, cast.omar.public_id) is cast.aicha


@pytest.mark.parametrize("nonsense", ["", " ", "p_", "external:", "nobody", "\x00", "[[", "x" * 3000, "1.2.3.4"])
def test_nonsense_names_nobody(session: Session, nonsense: str) -> None:
    invite_cast(session)
    for find in (find_person, find_event, find_affiliate):
        with pytest.raises(NotFoundError):
            find(session, nonsense)


def test_an_affiliate_is_named_by_code_or_name_and_an_event_by_title(session: Session) -> None:
    cast = invite_cast(session)
    assert find_affiliate(session, "WSN") is cast.senegal
    assert find_affiliate(session, "Wikimedia Chile") is cast.chile
    assert find_event(session, "Dakar meetup") is cast.meetup
