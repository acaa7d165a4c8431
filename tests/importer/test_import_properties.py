"""What must hold for any sheet: undone it leaves nothing, twice is once, chunks and previews change nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cast import Cast
from tests.importer.sheets import dump, options, run_of, settled_cast, sheet_of
from wmcrm.db import OPERATOR, Session, open_engine, open_session
from wmcrm.importer import ConsentTerms, SheetFile, apply_signups, plan_signups, undo_import
from wmcrm.models import ConsentState, ContactPoint, Participation, PersonName, WikiAccount, metadata

TOLD = {"name", "normalized", "username", "registration", "attended", "capacity", "standing", "channel", "purpose_id"}
HEADER = ("Name", "Email", "Phone", "Username", "Country", "City", "Attended", "Do you agree to be contacted?")
NAMES = ("Aïcha Diop", "Diop Aicha", "Omar Ba", "Fatou Sow", "Khady Fall", "陈伟", "")
EMAILS = ("aicha@example.org", "Fatou@example.org", "family@example.org", "fatou+x@example.org", "not one", "")
PHONES = ("+221771234567", "77 123 45 67", "+56 2 2123 4567", "12", "")
USERNAMES = ("Aicha D", "user:omarB", "FatouS", "")
COUNTRIES = ("Senegal", "CL", "")
CITIES = ("Dakar", "Thiès", "")
WORDS = ("yes", "no", "", "?")
rows = st.tuples(
    *(st.sampled_from(values) for values in (NAMES, EMAILS, PHONES, USERNAMES, COUNTRIES, CITIES, WORDS, WORDS))
)
sheets = st.lists(rows, min_size=1, max_size=9)


@contextmanager
def rolled_back(session: Session) -> Iterator[None]:
    """Whatever happens to an example, the next one starts from the cast alone."""
    try:
        yield
    finally:
        session.rollback()


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Session:
    """The cast in one database; every example is rolled back to it."""
    path = tmp_path_factory.mktemp("properties") / "world.sqlite3"
    shutil.copy(sqlite_template, path)
    session = open_session(open_engine(f"sqlite:///{path}"), OPERATOR, writing=True)
    session.info["cast"] = settled_cast(session)
    session.commit()
    return session


def told(session: Session) -> dict[str, object]:
    """Half of the sheets' consents count."""
    cast = session.info["cast"]
    assert isinstance(cast, Cast)
    return {"event": cast.meetup, "maps": ("Name=full_name", "Email=email"), "terms": ConsentTerms("v1")}


def apply(session: Session, file: SheetFile, **more: object) -> str:
    report = apply_signups(session, file, options(**{**told(session), **more}))  # type: ignore[arg-type]
    return str(report.run)


@settings(max_examples=15)
@given(sheets)
def test_an_undone_import_leaves_everything_as_it_was(world: Session, lines: list[tuple[str, ...]]) -> None:
    with rolled_back(world):
        before = dump(world)
        report = apply_signups(world, sheet_of(HEADER, *lines), options(**told(world)))  # type: ignore[arg-type]
        undo_import(world, run_of(world, report))
        assert dump(world) == before


@settings(max_examples=15)
@given(sheets)
def test_importing_twice_is_importing_once(world: Session, lines: list[tuple[str, ...]]) -> None:
    with rolled_back(world):
        apply(world, sheet_of(HEADER, *lines), consent_purpose="newsletter")
        once = dump(world)
        again = apply_signups(
            world,
            sheet_of(HEADER, *lines),
            options(**{**told(world), "consent_purpose": "newsletter"}),  # type: ignore[arg-type]
        )
        assert {outcome for outcome, count in again.counts.items() if count} <= {"unchanged", "skipped", "invalid"}
        assert dump(world) == once


@settings(max_examples=15)
@given(sheets)
def test_preview_chunks_and_import_are_one_plan(world: Session, lines: list[tuple[str, ...]]) -> None:
    with rolled_back(world):
        file = sheet_of(HEADER, *lines)
        whole = plan_signups(world, file, options(**told(world))).report  # type: ignore[arg-type]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("wmcrm.importer.stages.CHUNK_ROWS", 2)
            applied = apply_signups(world, file, options(**told(world)), confirmed=whole.fingerprint)  # type: ignore[arg-type]
        assert applied.counts == whole.counts


HERE = ("Aïcha Diop", "Omar Ba", "Fatou Sow", "")
THERE = ("Ximena Quispe", "Jorge Vargas", "陈伟", "")


def sheets_of(names: tuple[str, ...], mailboxes: str) -> st.SearchStrategy[list[tuple[str, ...]]]:
    """Sheets whose people carry no name and no address of the other kind of sheet."""
    emails = tuple(f"{mailboxes}{number}@example.org" for number in range(3))
    values = (names, (*emails, "not one", ""), ("",), ("",), COUNTRIES, CITIES, WORDS, WORDS)
    return st.lists(st.tuples(*map(st.sampled_from, values)), min_size=1, max_size=5)


@settings(max_examples=15)
@given(sheets_of(HERE, "here"), sheets_of(THERE, "there"))
def test_sheets_of_different_people_may_come_in_any_order(
    world: Session, ours: list[tuple[str, ...]], theirs: list[tuple[str, ...]]
) -> None:
    found = []
    for lines in ((ours, theirs), (theirs, ours)):
        with rolled_back(world):
            for some in lines:
                apply(world, sheet_of(HEADER, *some), consent_purpose="newsletter")
            found.append(known_people(world))
    assert found[0] == found[1]


def known_people(session: Session) -> list[str]:
    """Everybody by what was recorded of them, in an order that no id decides."""
    session.flush()
    told: dict[int, list[str]] = {}
    for model in (PersonName, ContactPoint, WikiAccount, Participation, ConsentState):
        table = metadata.tables[str(model.__tablename__)]
        chosen = [column for column in table.c if column.name in TOLD]
        for person_id, *values in session.execute(sa.select(table.c.person_id, *chosen)):
            told.setdefault(person_id, []).append(f"{table.name} {values}")
    return sorted(" / ".join(sorted(lines)) for lines in told.values())
