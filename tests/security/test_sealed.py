"""A sealed person leaves no trace: every answer is what it would be if they had never been recorded.

The planted world is walked twice, once with somebody who is sealed and once without them; page by page, question
by question and command by command the answers must be the same, so that neither a word nor a count tells. The
lists are made from the routes and the commands: what is new is in them by itself.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator
from difflib import ndiff
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tests.admin.conftest import SECRET
from tests.cli.runner import run
from tests.security.commands import AGE_KEY, OPTIONS, arguments, tree, write_files
from tests.security.conftest import Hall
from tests.security.forms import questions
from tests.security.planted import TWO_ROLES, Side, account_of, leaks
from tests.security.samples import addresses
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import PermissionRole, Person, Protection, metadata
from wmcrm.privacy import add_steward, seal_person

SONG = "kanari"
# What is made anew each time: tokens of forms, ids, hashes, moments of today.
VOLATILE = re.compile(
    r'name="csrf_token"[^>]*>|\b[a-z]{1,2}_[0-9a-z]{12}\b|\b[0-9a-f]{12,64}\b|\d{4}-\d\d-\d\dT[\d:.]+(?:\+00:00|Z)?|\d\d:\d\d'
)
# These are about sealed people, for their stewards.
OF_STEWARDS = ("/sealed", "/stewards")
# What was done to records, what is due to people and what retention will delete holds for sealed people too: who
# watches over the whole movement sees it in lines without names and in numbers, who works for one affiliate does not.
MADE_ANEW = ("/account/protection/app",)  # a new secret each time
WATCHING = ("/access-log", "/privacy", "/retention", "/rights-requests")
# What a steward of all is asked by sealed people themselves stands in their requests.
WATCHING_COMMANDS = frozenset({"subject hits", "subject stewards", "subject requests", "breach"})
NEW_SECRETS = frozenset({"account create", "account link", "subject link"})
Answers = dict[str, str]


def seal(hall: Hall) -> None:
    """Seal the planted person as a steward does: what was marked only is encrypted now."""
    with session_scope(hall.engine, OPERATOR, writing=True) as session:
        person = session.get_one(Person, hall.world.grounds[Side.SEALED].person_id)
        person.protection = Protection.NORMAL
        session.flush()
        for name in ("sealed_value", "sealed_key", "sealed_hit"):  # planted, not sealed
            table = metadata.tables[name]
            session.execute(sa.delete(table).where(table.c.person_id == person.id))
        add_steward(session, "rosa", AGE_KEY)
        seal_person(session, person, ["rosa"])


def remove(hall: Hall) -> None:
    """The same database without the person: every row that is about them, and what hangs on it, is gone."""
    with session_scope(hall.engine, OPERATOR, writing=True) as session:
        add_steward(session, "rosa", AGE_KEY)
    with hall.engine.begin() as connection:
        _forget_keys(connection)
        gone = {"person": {hall.world.grounds[Side.SEALED].person_id}}
        while more := [found for table in metadata.sorted_tables if (found := _hanging_on(connection, table, gone))]:
            for name, ids in more:
                gone.setdefault(name, set()).update(ids)
        for table in metadata.sorted_tables:
            connection.execute(sa.delete(table).where(_key(table).in_(gone.get(table.name, set()))))


def _forget_keys(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    else:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")


def _key(table: sa.Table) -> sa.ColumnElement[int]:
    """What tells the rows of a table apart; of those that are told by two columns, both."""
    columns = list(table.primary_key.columns)
    return columns[0] if len(columns) == 1 else sa.tuple_(*columns)  # type: ignore[return-value]


def _hanging_on(connection: Connection, table: sa.Table, gone: dict[str, set[int]]) -> tuple[str, set[int]] | None:
    """The rows of a table that refer to rows that are gone and are not gone themselves."""
    refer = [
        one.parent.in_(gone[one.column.table.name]) for one in table.foreign_keys if gone.get(one.column.table.name)
    ]
    if table.name == "change":
        numbers = {name: {one for one in ids if isinstance(one, int)} for name, ids in gone.items()}
        refer = [sa.and_(table.c.subject_table == name, table.c.subject_id.in_(ids)) for name, ids in numbers.items()]
    if not refer:
        return None
    rows = connection.execute(sa.select(*table.primary_key.columns).where(sa.or_(*refer)))
    found = {row[0] if len(row) == 1 else tuple(row) for row in rows} - gone.get(table.name, set())
    return (table.name, found) if found else None


def pages(hall: Hall, name: str, sides: Collection[Side | None]) -> Iterator[tuple[str, str]]:
    """Every page that an account may open, and every question that its forms ask."""
    visitor, seen = hall.visit(name), set[str]()
    waiting = [cell.path for cell in addresses(hall.app, hall.world) if cell.method == "GET" and cell.side in sides]
    while waiting:
        path = waiting.pop()
        left_out = (*OF_STEWARDS, *MADE_ANEW, "/static", "/logout", *(WATCHING if name.endswith("everywhere") else ()))
        if path in seen or path.startswith(left_out):
            continue
        seen.add(path)
        answer = visitor.get(path)
        yield f"{name}: {path}", f"{answer.status_code} {answer.get_data(as_text=True)}"
        if "?" not in path and answer.mimetype == "text/html":
            waiting += questions(path, answer.text, SONG)


def printed(hall: Hall, name: str, folder: Path) -> Iterator[tuple[str, str]]:
    """What every command prints and writes, for an account or ("") for the operator."""
    for path in (*tree(), *OPTIONS):
        words = arguments(path, hall.world, Side.OWN, folder)
        if words is None or path in WATCHING_COMMANDS | NEW_SECRETS or path.startswith("db "):
            continue
        ran = run(*words, *(["--as", name] if name else []))
        made = [file for file in (folder / "out.csv", *(folder / "out").glob("*")) if file.is_file()]
        yield f"{name or 'operator'}: wmcrm {path}", " ".join((ran.out, ran.err, *(file.read_text() for file in made)))
        for file in made:
            file.unlink()
        if ran.status != 2:
            hall.put_back()


def told(hall: Hall, names: Collection[str], sides: Collection[Side | None], folder: Path | None) -> Answers:
    """What every page says to these accounts and, with a folder, every command to them and to the operator."""
    found = {key: text for name in names for key, text in pages(hall, name, sides)}
    if folder is not None:
        found |= {key: text for name in (*names, "") for key, text in printed(hall, name, folder)}
    return {key: VOLATILE.sub("#", text.replace(str(folder), "")) for key, text in found.items()}


def differences(with_them: Answers, without: Answers) -> list[str]:
    """Where a trace is left: the answer, and the lines in which it differs."""
    found = []
    for key in sorted(with_them.keys() | without.keys()):
        one, other = with_them.get(key, "not asked"), without.get(key, "not asked")
        if one != other:
            lines = [line for line in ndiff(other.splitlines(), one.splitlines()) if line[:1] in "+-"]
            found.append("\n  ".join([key, *(line[:200] for line in lines[:6])]))
    return found


READER = (account_of(PermissionRole.AUDITOR),)
ALL = (TWO_ROLES, *(account_of(role, way) for role in PermissionRole for way in ("affiliate", "everywhere")))
EVERY_SIDE = (None, Side.OWN, Side.FOREIGN, Side.MERGED, Side.ERASED)


@pytest.mark.parametrize(
    ("names", "sides", "commands"),
    [(READER, (None,), False), pytest.param(ALL, EVERY_SIDE, True, marks=pytest.mark.long)],
    ids=["pages for a reader", "everything for everybody"],
)
def test_every_answer_is_as_if_the_sealed_person_had_never_been_recorded(
    hall: Hall,
    names: tuple[str, ...],
    sides: tuple[Side | None, ...],
    commands: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WMCRM_SECRET_KEY", SECRET)
    monkeypatch.setenv("WMCRM_DATABASE_URL", hall.url)
    write_files(tmp_path)
    began, worked, found = time.perf_counter(), time.process_time(), list[Answers]()
    for change in (seal, remove):
        change(hall)
        with hall.as_it_is() as standing:
            found.append(told(standing, names, sides, tmp_path if commands else None))
        hall.put_back()
    wrong = [key for key, text in found[0].items() if leaks(text.encode(), [Side.SEALED])] + differences(*found)
    spent = f"{time.perf_counter() - began:.1f} s, {time.process_time() - worked:.1f} s of the processor"
    print(f"{len(found[0])} answers with and without in {spent}, {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)
