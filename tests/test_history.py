"""Every write leaves one change; a change can be taken back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.cast import add_person, invite_cast
from wmcrm.db import Session
from wmcrm.db.search import matching_people
from wmcrm.errors import ConflictError
from wmcrm.history import changes_of, revert_change
from wmcrm.models import (
    Change,
    ContactPoint,
    MatchKey,
    Person,
    PersonName,
    PersonSearch,
    PersonStatus,
    Protection,
    Residence,
    RestrictionGround,
    now_utc,
)
from wmcrm.models.tracking import append_changes
from wmcrm.outreach import restrict
from wmcrm.outreach.bounces import hold_until_confirmed
from wmcrm.outreach.restrictions import open_restrictions
from wmcrm.people import find_people
from wmcrm.privacy import protect


def test_a_new_person_is_one_change_with_all_values(session: Session) -> None:
    person = Person(display_name="Aïcha Diop", sort_name="aicha diop")
    session.add(person)
    session.flush()
    (change,) = changes_of(session, "person", person.id)
    ((table, row_id, before, after),) = change.operations
    assert (table, row_id, before) == ("person", person.id, None)
    assert after["display_name"] == "Aïcha Diop"
    assert change.actor == "operator"


def test_an_edit_says_what_was_and_what_is(session: Session) -> None:
    person = add_person(session, "Aïcha Diop")
    person.display_name = "Aïcha D."
    session.flush()
    newest = changes_of(session, "person", person.id)[0]
    assert newest.operations == [["person", person.id, {"display_name": "Aïcha Diop"}, {"display_name": "Aïcha D."}]]


def test_an_edit_of_a_row_that_a_commit_forgot_says_what_was(session: Session) -> None:
    cast = invite_cast(session)
    session.flush()
    session.expire(cast.aicha)
    cast.aicha.pronouns = "she/her"
    session.flush()
    session.expire(cast.aicha)
    cast.aicha.pronouns = "they/them"
    session.flush()
    edit = changes_of(session, "person", cast.aicha.id)[0]
    assert edit.operations == [["person", cast.aicha.id, {"pronouns": "she/her"}, {"pronouns": "they/them"}]]
    session.expire(cast.aicha)
    cast.aicha.pronouns = "they/them"
    session.flush()
    assert changes_of(session, "person", cast.aicha.id)[0].id == edit.id
    revert_change(session, edit.id)
    session.refresh(cast.aicha)
    assert cast.aicha.pronouns == "she/her"


def test_a_write_that_changes_nothing_leaves_no_change(session: Session) -> None:
    person = add_person(session, "Aïcha Diop")
    count = session.scalar(sa.select(sa.func.count()).select_from(Change))
    person.display_name = "Aïcha Diop"
    session.flush()
    assert session.scalar(sa.select(sa.func.count()).select_from(Change)) == count


def test_an_edit_can_be_reverted_and_the_revert_again(session: Session) -> None:
    person = add_person(session, "Aïcha Diop")
    person.display_name = "Wrong"
    session.flush()
    revert_change(session, changes_of(session, "person", person.id)[0].id)
    assert session.get(Person, person.id).display_name == "Aïcha Diop"
    back = changes_of(session, "person", person.id)[0]
    assert back.reverts_id is not None
    revert_change(session, back.id)
    assert session.get(Person, person.id).display_name == "Wrong"


def test_a_new_fact_is_removed_by_its_revert_and_comes_back(session: Session) -> None:
    person = add_person(session, "Aïcha Diop")
    session.add(PersonName(person_id=person.id, recorded_for_id=person.id, name="عائشة ديوب", script="Arab"))
    session.flush()
    revert_change(session, changes_of(session, "person", person.id)[0].id)
    live = sa.select(PersonName).where(PersonName.person_id == person.id, PersonName.removed_at.is_(None))
    assert [name.name for name in session.scalars(live)] == ["Aïcha Diop"]
    revert_change(session, changes_of(session, "person", person.id)[0].id)
    assert len(session.scalars(live).all()) == 2


def test_a_change_is_not_reverted_twice_nor_over_a_later_one(session: Session) -> None:
    person = add_person(session, "Aïcha Diop")
    person.display_name = "First"
    session.flush()
    first = changes_of(session, "person", person.id)[0].id
    person.display_name = "Second"
    session.flush()
    with pytest.raises(ConflictError, match="later change first"):
        revert_change(session, first)
    revert_change(session, changes_of(session, "person", person.id)[0].id)
    revert_change(session, first)
    with pytest.raises(ConflictError, match="already"):
        revert_change(session, first)


def test_what_protects_a_person_or_an_address_is_not_put_back_by_history(session: Session) -> None:
    cast = invite_cast(session)
    aicha = cast.aicha
    protect(session, aicha)
    restrict(session, aicha, RestrictionGround.REQUESTED)
    hold_until_confirmed(session, session.scalars(sa.select(ContactPoint)).first(), now=now_utc())
    held, restricted, protected = changes_of(session, "person", aicha.id)[:3]
    for change in (held, restricted, protected):
        with pytest.raises(ConflictError, match="steward decides"):
            revert_change(session, change.id)
    assert aicha.protection is Protection.ELEVATED
    assert open_restrictions(session, aicha)


def test_search_text_and_match_keys_follow_what_is_written(session: Session) -> None:
    cast = invite_cast(session)
    session.commit()
    assert matching_people(session, ["aicha"]) == [cast.aicha.id]
    assert matching_people(session, ["77123"]) == [cast.omar.id]
    assert matching_people(session, ["陈伟"]) == [cast.chen.id]
    cast.aicha.status = PersonStatus.HELD
    session.commit()
    assert matching_people(session, ["aicha"]) == []
    assert session.scalars(sa.select(MatchKey).where(MatchKey.person_id == cast.aicha.id)).first() is not None
    assert session.get(PersonSearch, cast.aicha.id) is None


@pytest.mark.parametrize(
    "typed", ["", "  ", "%", "_", "!", '"', "'", "\x00", "a" * 5000, "*", "()", "🙂", "\u202e", "\\"]
)
def test_nonsense_in_the_search_box_finds_nobody_or_everybody(session: Session, typed: str) -> None:
    invite_cast(session)
    session.commit()
    assert len(find_people(session, typed)) == (4 if not typed.strip() else 0)


def test_a_list_is_read_page_by_page(session: Session) -> None:
    invite_cast(session)
    session.commit()
    first = find_people(session, "", limit=3)
    rest = find_people(session, "", after=(first[-1].sort_name, first[-1].id), limit=3)
    assert len({row.id for row in [*first, *rest]}) == 4


def test_an_edit_of_the_place_is_told_with_the_person_and_taken_back(session: Session) -> None:
    person = add_person(session, "Aïcha Diop")
    session.commit()
    version = person.version
    person.residence_country, person.pronouns = "SN", "elle"
    session.commit()
    first = changes_of(session, "person", person.id)[0]
    before, after = {"residence_country": None, "pronouns": None}, {"residence_country": "SN", "pronouns": "elle"}
    assert first.operations == [["person", person.id, before, after]]
    assert person.version == version + 1
    person.residence_city = "Dakar"
    session.commit()
    assert person.version == version + 2
    assert set(session.scalars(sa.select(MatchKey.city).where(MatchKey.person_id == person.id))) == {"dakar"}
    revert_change(session, first.id)
    session.commit()
    assert (person.residence_country, person.residence_city, person.pronouns) == (None, "Dakar", None)
    assert person.version == version + 3


def test_a_place_that_was_cleared_leaves_no_row_and_can_be_said_again(session: Session) -> None:
    person = add_person(session, "Aïcha Diop", country="SN")
    session.commit()
    person.residence_country = None
    session.flush()
    assert person.residence is None
    assert session.scalars(sa.select(Residence)).all() == []
    cleared = changes_of(session, "person", person.id)[0]
    assert cleared.operations == [["person", person.id, {"residence_country": "SN"}, {"residence_country": None}]]
    person.residence_city = "Dakar"
    session.commit()
    revert_change(session, cleared.id)
    session.commit()
    assert (person.residence_country, person.residence_city) == ("SN", "Dakar")
    revert_change(session, changes_of(session, "person", person.id)[0].id)
    revert_change(session, changes_of(session, "person", person.id)[2].id)
    session.commit()
    assert (person.residence, session.scalars(sa.select(Residence)).all()) == (None, [])


def test_an_old_change_of_the_place_is_taken_back_where_no_place_is_left(session: Session) -> None:
    person = add_person(session, "Aïcha Diop")
    session.flush()
    told = [["person", person.id, {"residence_city": "Thiès"}, {"residence_city": None}]]
    append_changes(session, {("person", person.id): told})
    session.commit()
    revert_change(session, changes_of(session, "person", person.id)[0].id)
    session.commit()
    assert person.residence_city == "Thiès"
