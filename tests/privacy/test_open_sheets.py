"""Sheets that wait to be imported: nobody who was erased or sealed comes out of one again."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.cast import Cast, add_person, invite_cast
from tests.privacy.life import add_canary
from wmcrm.accounts import create_account, find_actor
from wmcrm.db import OPERATOR, Session, session_scope
from wmcrm.dedupe import merge
from wmcrm.errors import NotAllowedError
from wmcrm.importer.choices import Choices
from wmcrm.importer.drafts import Draft, keep_decisions, own_drafts, start_draft
from wmcrm.models import Holding, Person, StoredFile, metadata
from wmcrm.privacy import Identifier, IdentifierKind, erase_person, make_steward_key, seal_person
from wmcrm.privacy.open_sheets import drop_open_sheets_that_say
from wmcrm.sheets import write_xlsx

HEADER = "Name,E-mail,Phone,Username\n"


@pytest.fixture
def cast(session: Session) -> Cast:
    made = invite_cast(session)
    create_account(session, "aicha", role="editor", affiliate="WSN")
    return made


def hand_over(session: Session, data: bytes, **how: object) -> Draft:
    """Aïcha leaves a sheet open."""
    session.info["actor"] = find_actor(session, "aicha")
    draft = start_draft(session, data, Choices(**how))
    session.info["actor"] = OPERATOR
    return draft


def waiting(session: Session) -> int:
    session.info["actor"] = find_actor(session, "aicha")
    count = len(own_drafts(session))
    session.info["actor"] = OPERATOR
    return count


@pytest.mark.parametrize(
    "row",
    [
        "Somebody,ZQ.Canary@Example.org,,",
        "Somebody,<mailto:zq.canary@example.org>,,",
        "Somebody,,77 000 11 22,",
        "Somebody,,٧٧-٠٠٠-١١-٢٢,",
        "Somebody,,,User:ZubaydahQ",
        "Somebody,,,https://meta.wikimedia.org/wiki/User:OldZubaydah",
    ],
)
def test_an_open_sheet_that_names_somebody_goes_when_they_are_erased(session: Session, cast: Cast, row: str) -> None:
    person = add_canary(session, cast)
    hand_over(session, (HEADER + row + "\n").encode())
    hand_over(session, (HEADER + "Omar Ba,omar@example.org,77 123 45 67,OmarB\n").encode())
    done = erase_person(session, person, by=OPERATOR)
    assert done.sheets_dropped == 1
    assert waiting(session) == 1


def test_a_workbook_and_pasted_cells_are_looked_into_and_sealing_does_it_too(session: Session, cast: Cast) -> None:
    person = add_canary(session, cast)
    hand_over(session, write_xlsx([["Somebody", "zq.canary@example.org"]], ["Name", "E-mail"]))
    hand_over(session, b"Name\tUsername\nSomebody\tZubaydahQ", is_pasted=True)
    make_steward_key(session, "rosa")
    seal_person(session, person, ["rosa"])
    assert waiting(session) == 0
    assert session.scalars(sa.select(StoredFile).where(StoredFile.purpose == "import_draft")).all() == []


def test_a_mended_cell_counts_as_much_as_the_file(session: Session, cast: Cast) -> None:
    draft = hand_over(session, (HEADER + "Somebody,zq.canary@exmaple.org,,\n").encode())
    keep_decisions(draft, replace(draft.decisions, cells={2: {1: "zq.canary@example.org"}}))
    session.flush()
    erase_person(session, add_canary(session, cast), by=OPERATOR)
    assert waiting(session) == 0


def test_a_file_that_cannot_be_read_any_more_goes_and_a_short_name_inside_a_word_does_not(
    session: Session, cast: Cast
) -> None:
    hand_over(session, b"PK\x03\x04" + b"\x00" * 200)
    hand_over(session, (HEADER + "Lina Li,lina@example.org,,Anna-Lena\n").encode())
    assert drop_open_sheets_that_say(session, [Identifier(IdentifierKind.USERNAME, "Lina2")]) == 1
    assert drop_open_sheets_that_say(session, [Identifier(IdentifierKind.USERNAME, "Li")]) == 0
    assert drop_open_sheets_that_say(session, []) == 0
    assert waiting(session) == 1


def test_a_person_whom_another_affiliate_knows_too_is_erased_by_a_steward_of_all(engine: Engine) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        cast = invite_cast(session)
        create_account(session, "sami", role="steward", affiliate="WSN")
        shared = add_person(session, "Shared Person", holder=cast.senegal, email="s@example.org")
        session.add(Holding(person_id=shared.id, recorded_for_id=shared.id, holder_affiliate_id=cast.chile.id))
        twin = add_person(session, "Aicha Twin", holder=cast.senegal, email="twin@example.org")
        merge(session, cast.aicha, twin)
        ids = (shared.id, cast.aicha.id, twin.id)
        sami = find_actor(session, "sami")
    with session_scope(engine, sami, writing=True) as session:
        with pytest.raises(NotAllowedError, match="Another affiliate"):
            erase_person(session, session.get(Person, ids[0]), by=sami)
        assert erase_person(session, session.get(Person, ids[1]), by=sami).records == 2
    with engine.connect() as connection:
        person = metadata.tables["person"]
        names = connection.execute(sa.select(person.c.display_name).where(person.c.id.in_(ids[1:]))).scalars().all()
    assert names == ["", ""]
