"""A session shows and takes only what its actor may see: Dana must see nothing of Aïcha's affiliate."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.engine import Engine

from tests.cast import Cast, add_person, invite_cast
from wmcrm.db import NOBODY, OPERATOR, Actor, Session, open_session, session_scope
from wmcrm.db.search import matching_people
from wmcrm.errors import NotAllowedError, NotFoundError
from wmcrm.history import changes_of, revert_change
from wmcrm.models import (
    Change,
    ContactPoint,
    Event,
    Holding,
    Person,
    PersonName,
    Residence,
    WikiAccount,
    metadata,
    now_utc,
)
from wmcrm.models.scope import about_people, facts, held_by_actor
from wmcrm.people import find_people, show_person
from wmcrm.references import find_person


@pytest.fixture
def cast(engine: Engine) -> Cast:
    with session_scope(engine, OPERATOR, writing=True) as session:
        return invite_cast(session)


@pytest.fixture
def dana(engine: Engine, cast: Cast) -> Iterator[Session]:
    """A session of Dana's affiliate."""
    actor = Actor("dana", account_id=1, roles=frozenset({"editor"}), affiliate_ids=frozenset({cast.chile.id}))
    session = open_session(engine, actor, writing=True)
    yield session
    session.rollback()
    session.close()


def test_every_table_about_a_person_is_in_scope() -> None:
    pointing = {
        table.name
        for table in metadata.tables.values()
        if any(key.column.table.name == "person" for key in table.foreign_keys)
    }
    by_person = {str(model.__tablename__) for model in (*facts(), *about_people())}
    with_own_rules = {"person", "contact_request", "imported_row", "candidate_pair", "judgement", "merge"}
    assert pointing - by_person == with_own_rules


def test_an_editor_sees_the_people_of_the_own_affiliate_only(dana: Session, cast: Cast) -> None:
    assert [person.id for person in dana.scalars(sa.select(Person))] == [cast.dana.id]
    assert dana.scalars(sa.select(sa.func.count()).select_from(Person)).one() == 1
    assert dana.get(Person, cast.aicha.id) is None
    assert {point.person_id for point in dana.scalars(sa.select(ContactPoint))} == {cast.dana.id}
    aliased = orm.aliased(Person)
    assert dana.scalars(sa.select(aliased.id)).all() == [cast.dana.id]
    joined = sa.select(Person.id).join(WikiAccount, WikiAccount.person_id == Person.id)
    assert dana.scalars(joined).all() == [cast.dana.id]
    assert dana.scalars(sa.select(Event)).all()


def test_the_same_statement_shows_everybody_their_own_in_turn(engine: Engine, cast: Cast) -> None:
    """Statements are compiled once for all who ask in the same way: only the values of a filter differ."""
    chile, senegal = frozenset({cast.chile.id}), frozenset({cast.senegal.id})
    reach = {chile: {cast.dana.id}, senegal: {cast.aicha.id}, chile | senegal: {cast.dana.id, cast.aicha.id}}
    for affiliates in (chile, senegal, frozenset[int](), chile | senegal, senegal, chile):
        for number in (1, 2):
            reader = Actor("reader", account_id=number, roles=frozenset({"viewer"}), affiliate_ids=affiliates)
            with session_scope(engine, reader) as session:
                whose = sa.select(PersonName.person_id).join(Person, Person.id == PersonName.person_id)
                seen = set(session.scalars(whose.where(Person.id.in_([cast.dana.id, cast.aicha.id]))))
                assert seen == reach.get(affiliates, set())
                assert {person.id for person in session.scalars(sa.select(Person))} >= seen


def test_a_foreign_person_is_not_found_rather_than_forbidden(dana: Session, cast: Cast) -> None:
    for reference in (cast.aicha.public_id, "Aicha D", "external:1"):
        with pytest.raises(NotFoundError):
            find_person(dana, reference)
    assert find_person(dana, "DanaR").id == cast.dana.id


def test_whom_another_affiliate_holds_too_nobody_removes_for_it(engine: Engine, dana: Session, cast: Cast) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        made = changes_of(session, "person", cast.dana.id)[-1].id
        session.add(Holding(person_id=cast.dana.id, recorded_for_id=cast.dana.id, holder_affiliate_id=cast.senegal.id))
    with pytest.raises(NotAllowedError, match="holds this person too"):
        revert_change(dana, made)
    dana.rollback()
    dana.get_one(Person, cast.dana.id).removed_at = now_utc()
    with pytest.raises(NotAllowedError, match="holds this person too"):
        dana.flush()
    dana.rollback()
    with session_scope(engine, OPERATOR, writing=True) as session:
        session.get_one(Person, cast.dana.id).removed_at = now_utc()


def test_search_history_and_pages_stay_in_scope(dana: Session, cast: Cast) -> None:
    assert find_people(dana, "aicha") == []
    assert [row.id for row in find_people(dana, "")] == [cast.dana.id]
    assert changes_of(dana, "person", cast.aicha.id) == []
    assert changes_of(dana, "person", cast.dana.id)
    assert dana.scalars(sa.select(Change).where(Change.subject_table == "person")).all()
    assert [name.name for name in show_person(dana, find_person(dana, "DanaR")).names] == ["Dana Rojas"]


def test_a_person_held_by_two_shows_each_holder_its_own_facts(engine: Engine, dana: Session, cast: Cast) -> None:
    dana.rollback()
    with session_scope(engine, OPERATOR, writing=True) as session:
        shared = {"person_id": cast.aicha.id, "recorded_for_id": cast.aicha.id, "holder_affiliate_id": cast.chile.id}
        session.add(Holding(**shared))
        session.add(PersonName(**shared, name="Aicha from the contest"))
    card = show_person(dana, find_person(dana, cast.aicha.public_id))
    assert [name.name for name in card.names] == ["Aicha from the contest"]
    assert (list(card.contacts), list(card.accounts)) == ([], [])


def test_bulk_updates_and_deletes_stay_in_scope(engine: Engine, dana: Session, cast: Cast) -> None:
    dana.execute(sa.update(Person).values(pronouns="x"))
    dana.execute(sa.delete(ContactPoint))
    dana.commit()
    with session_scope(engine, OPERATOR) as session:
        assert [person.id for person in session.scalars(sa.select(Person).where(Person.pronouns == "x"))] == [
            cast.dana.id
        ]
        assert session.scalars(sa.select(sa.func.count()).select_from(ContactPoint)).one() == 3


def test_facts_are_recorded_for_the_own_affiliate_only(dana: Session, cast: Cast) -> None:
    dana.add(PersonName(person_id=cast.dana.id, recorded_for_id=cast.dana.id, name="Dani"))
    dana.flush()
    assert {name.holder_affiliate_id for name in dana.scalars(sa.select(PersonName))} == {cast.chile.id}
    foreign = cast.senegal.id
    dana.add(PersonName(person_id=cast.dana.id, recorded_for_id=cast.dana.id, name="D", holder_affiliate_id=foreign))
    with pytest.raises(NotAllowedError):
        dana.flush()


def test_a_record_without_a_holder_is_for_those_who_see_all(dana: Session, engine: Engine, cast: Cast) -> None:
    dana.rollback()
    with session_scope(engine, OPERATOR, writing=True) as session:
        orphan = add_person(session, "Nobody's")
        assert find_person(session, orphan.public_id)
    assert dana.get(Person, orphan.id) is None


def test_nobody_sees_nothing(engine: Engine, cast: Cast) -> None:
    session = open_session(engine, NOBODY)
    assert session.scalars(sa.select(Person)).all() == []
    assert session.scalars(sa.select(ContactPoint)).all() == []
    session.close()


def test_nobody_says_where_somebody_of_another_affiliate_lives(dana: Session, cast: Cast) -> None:
    dana.add(Residence(person_id=cast.chen.id, residence_country="CL"))
    with pytest.raises(NotAllowedError, match="whom your own affiliate holds"):
        dana.flush()
    dana.rollback()
    assert set(dana.scalars(sa.select(Residence.person_id))) == {cast.dana.id}


def test_core_statements_can_ask_for_the_scope(dana: Session, cast: Cast) -> None:
    person = metadata.tables["person"]
    assert dana.scalars(sa.select(person.c.id).where(held_by_actor(dana, person.c.id))).all() == [cast.dana.id]


def test_the_index_gives_candidates_of_the_own_affiliate_only(dana: Session, cast: Cast) -> None:
    assert matching_people(dana, ["dana"], limit=1) == [cast.dana.id]
    assert matching_people(dana, ["aicha"]) == []
    assert matching_people(dana, ["da", "ro"]) == [cast.dana.id]
