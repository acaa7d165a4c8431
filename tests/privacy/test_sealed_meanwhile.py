"""What happens to others while a record is sealed: it comes back without what is not there, or not theirs to show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_event, add_person, invite_cast
from tests.importer.sheets import bring, run_of, settled_cast
from wmcrm.consent import standings
from wmcrm.db import OPERATOR, Session
from wmcrm.dedupe import merge, unmerge
from wmcrm.importer import ConsentTerms, undo_import
from wmcrm.models import Event, Mentorship, Participation, Person, PersonStatus, metadata
from wmcrm.privacy import (
    erase_person,
    identifiers_of_row,
    make_steward_key,
    seal_person,
    suppressed_identifiers,
    unseal,
)

OFFICE = "office@example.org"


@pytest.fixture
def cast(session: Session) -> Cast:
    make_steward_key(session, "rosa")
    return invite_cast(session)


def written(session: Session) -> str:
    """All that the history and the merges say in the clear."""
    tables = [metadata.tables[name] for name in ("change", "merge")]
    return " ".join(str(tuple(row)) for table in tables for row in session.execute(sa.select(table)))


def erase(session: Session, person: Person) -> None:
    erase_person(session, person, by=OPERATOR)


def seal(session: Session, person: Person) -> None:
    seal_person(session, person, ["rosa"])


@pytest.mark.parametrize("leave", [erase, seal])
def test_who_was_merged_by_mistake_and_left_does_not_come_back_with_the_other(
    session: Session, cast: Cast, leave: Callable[[Session, Person], None]
) -> None:
    other = add_person(session, "Aïcha Canary", email=OFFICE, username="Canary A")
    unmerge(session, merge(session, cast.aicha, other))
    seal(session, cast.aicha)
    leave(session, other)
    session.expire_all()
    unseal(session, cast.aicha)
    assert session.get_one(Person, cast.aicha.id).display_name == "Aïcha Diop"
    assert "Canary" not in written(session)


def test_a_merge_that_took_the_number_of_another_keeps_its_own_values(session: Session, cast: Cast) -> None:
    other = add_person(session, "Aïcha Canary")
    unmerge(session, merge(session, cast.aicha, other))
    seal(session, cast.aicha)
    erase(session, other)
    session.expire_all()
    made = merge(session, cast.omar, cast.chen)
    said = dict(made.choices)
    unseal(session, cast.aicha)
    session.expire_all()
    assert made.choices == said


def test_a_record_comes_back_although_an_event_of_theirs_is_gone(session: Session, cast: Cast) -> None:
    gone = add_event(session, "Never held", dt.date(2026, 1, 2))
    mine = {"person_id": cast.aicha.id, "recorded_for_id": cast.aicha.id}
    session.add_all(Participation(**mine, event_id=one.id) for one in (gone, cast.meetup))
    session.flush()
    seal(session, cast.aicha)
    session.delete(session.get_one(Event, gone.id))
    session.flush()
    session.expire_all()
    unseal(session, cast.aicha)
    assert [one.event_id for one in session.scalars(sa.select(Participation))] == [cast.meetup.id]


def test_an_erased_person_is_neither_mentor_nor_topic_when_the_other_comes_back(session: Session, cast: Cast) -> None:
    for mentor, mentee in ((cast.aicha, cast.omar), (cast.chen, cast.aicha)):
        mine = {"person_id": mentor.id, "recorded_for_id": mentor.id}
        session.add(Mentorship(**mine, mentee_id=mentee.id, mentee_recorded_for_id=mentee.id, topic="Wikidata"))
    session.flush()
    seal(session, cast.aicha)
    erase(session, cast.omar)
    erase(session, cast.chen)
    session.expire_all()
    unseal(session, cast.aicha)
    assert [(one.mentee_id, one.topic) for one in session.scalars(sa.select(Mentorship))] == [(cast.omar.id, None)]


def test_a_mailbox_stays_usable_for_others_when_somebody_sealed_is_erased(session: Session, cast: Cast) -> None:
    person = add_person(session, "Awa Fall", email=OFFICE, username="Awa F")
    add_person(session, "Khady Sow", email=OFFICE)
    seal(session, person)
    erase(session, person)
    assert session.get_one(Person, person.id).status is PersonStatus.ERASED
    assert suppressed_identifiers(session, identifiers_of_row(names=["Khady Sow"], emails=[OFFICE])) == set()
    of_her = identifiers_of_row(names=["Fall Awa"], emails=[OFFICE], usernames=["Awa F"])
    assert len(suppressed_identifiers(session, of_her)) == 2


def test_a_mailbox_stays_usable_for_somebody_sealed_when_another_is_erased(session: Session, cast: Cast) -> None:
    sealed, other = (add_person(session, name, email=OFFICE) for name in ("Awa Fall", "Khady Sow"))
    seal(session, sealed)
    erase(session, other)
    assert suppressed_identifiers(session, identifiers_of_row(names=["Awa Fall"], emails=[OFFICE])) == set()
    assert suppressed_identifiers(session, identifiers_of_row(names=["Khady Sow"], emails=[OFFICE])) != set()


def test_a_consent_of_an_import_that_was_undone_meanwhile_does_not_stand(session: Session) -> None:
    make_steward_key(session, "rosa")
    cast = settled_cast(session)
    terms = ConsentTerms("v7", dt.date(2026, 3, 4), "Aïcha")
    sheet = "Name,Email,May we write to you?\nAïcha Diop,aicha@example.org,yes\n"
    report = bring(session, sheet, cast.meetup, maps=("May we write to you?=consent:newsletter/email",), terms=terms)
    assert [row.standing for row in standings(session, cast.aicha)] == ["given"]
    seal(session, cast.aicha)
    undo_import(session, run_of(session, report))
    session.expire_all()
    unseal(session, cast.aicha)
    assert standings(session, cast.aicha) == []
