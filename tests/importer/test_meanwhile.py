"""Somebody goes while a sheet about them is imported: the import says so, and nothing of them is left behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.cast import add_person
from tests.importer.sheets import bring, settled_cast
from tests.meanwhile import meanwhile
from wmcrm.db import OPERATOR, Session, session_scope
from wmcrm.dedupe import merge
from wmcrm.errors import StalePlanError
from wmcrm.importer.apply import Applier
from wmcrm.importer.files import import_file
from wmcrm.importer.files.apply import FileWriter
from wmcrm.models import ConsentEvent, ContactPoint, Event, ImportKind, Person, PersonStatus
from wmcrm.privacy import erase_person, make_steward_key, seal_person

SHEET = "Name,Email,Username\nAïcha Diop,new@example.org,Aicha D\n"
Deed = Callable[[Session, Person, Person], object]


def is_erased(session: Session, person: Person, _other: Person) -> None:
    erase_person(session, person, by=OPERATOR)


def is_sealed(session: Session, person: Person, _other: Person) -> None:
    seal_person(session, person, ["rosa"])


def is_absorbed(session: Session, person: Person, other: Person) -> None:
    merge(session, other, person)


DEEDS = pytest.mark.parametrize("deed", [is_erased, is_sealed, is_absorbed])


def settled(engine: Engine) -> tuple[int, int]:
    """Aïcha and another record of hers."""
    with session_scope(engine, OPERATOR, writing=True) as session:
        make_steward_key(session, "rosa")
        cast = settled_cast(session)
        return cast.aicha.id, add_person(session, "Aïcha Diop").id


def do(engine: Engine, deed: Deed, ids: tuple[int, int]) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        deed(session, session.get_one(Person, ids[0]), session.get_one(Person, ids[1]))


def import_sheet(session: Session) -> None:
    bring(session, SHEET, session.scalars(sa.select(Event)).one())


def holders(engine: Engine) -> list[int]:
    """Whose the new address is."""
    with session_scope(engine, OPERATOR) as session:
        query = sa.select(ContactPoint.person_id).where(ContactPoint.normalized == "new@example.org")
        return list(session.scalars(query))


@DEEDS
def test_who_went_between_the_plan_and_the_rows_stops_the_import(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, deed: Deed
) -> None:
    if engine.dialect.name == "sqlite":
        return  # one writer: nobody comes in between
    ids, prepare = settled(engine), Applier.prepare

    def meanwhile(applier: Applier, actions: object) -> None:
        do(engine, deed, ids)
        prepare(applier, actions)  # type: ignore[arg-type]

    monkeypatch.setattr(Applier, "prepare", meanwhile)
    with pytest.raises(StalePlanError), session_scope(engine, OPERATOR, writing=True) as session:
        import_sheet(session)
    assert holders(engine) == []


@pytest.mark.parametrize("deed", [is_erased, is_sealed])
def test_who_went_between_the_plan_and_the_rows_stops_a_file(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, deed: Deed
) -> None:
    if engine.dialect.name == "sqlite":
        return
    path = tmp_path / "consents.csv"
    ids, write = settled(engine), FileWriter.write
    with session_scope(engine, OPERATOR) as session:
        about = session.get_one(Person, ids[0]).public_id
    header = "id,person_id,purpose,channel,state,given_on,notice,source"
    path.write_text(f"{header}\n1,{about},newsletter,email,given,2026-01-02,v1,form\n", "utf-8")

    def meanwhile(writer: FileWriter, steps: object) -> None:
        do(engine, deed, ids)
        write(writer, steps)  # type: ignore[arg-type]

    monkeypatch.setattr(FileWriter, "write", meanwhile)
    with pytest.raises(StalePlanError), session_scope(engine, OPERATOR, writing=True) as session:
        import_file(session, ImportKind.CONSENTS, path)
    with session_scope(engine, OPERATOR) as session:
        assert session.scalars(sa.select(ConsentEvent).where(ConsentEvent.external_id == "1")).all() == []


@DEEDS
def test_who_goes_after_the_rows_waits_for_the_import_and_takes_them_along(engine: Engine, deed: Deed) -> None:
    ids = settled(engine)
    meanwhile(engine, import_sheet, lambda: do(engine, deed, ids))
    with session_scope(engine, OPERATOR) as session:
        merged = session.get_one(Person, ids[0]).status is PersonStatus.MERGED
    assert holders(engine) == ([ids[1]] if merged else [])
