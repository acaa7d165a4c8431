"""An import that stops half way leaves nothing behind, however it stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.importer.sheets import dump, options, settled_cast, sheet
from wmcrm.db import OPERATOR, session_scope
from wmcrm.importer import apply_signups
from wmcrm.models import ImportRun, Person

LINES = "Name,Email\n" + "".join(f"Person Number{n},person{n}@example.org\n" for n in range(60))
KILLED = """
import os, signal, sys
import wmcrm.importer.stages as stages
from wmcrm.cli import main

stages.CHUNK_ROWS = 10
plan = stages.SheetPlanner._plan
chunks = []

def dying(self, chunk):
    chunks.append(chunk)
    if len(chunks) > int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    return plan(self, chunk)

stages.SheetPlanner._plan = dying
main(["import", "signups", sys.argv[1], "--event", "Dakar meetup"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("chunks", [1, 4])
def test_a_killed_import_leaves_nothing_and_a_second_one_all(
    engine: Engine, database_url: str, tmp_path: Path, chunks: int
) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        settled_cast(session)
    file = tmp_path / "sheet.csv"
    file.write_text(LINES, encoding="utf-8")
    environment = {**os.environ, "WMCRM_DATABASE_URL": database_url}

    killed = subprocess.run([sys.executable, "-c", KILLED, str(file), str(chunks)], env=environment, check=False)

    assert killed.returncode == -signal.SIGKILL
    with session_scope(engine, OPERATOR) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ImportRun)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == 4
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(file), "1000"], env=environment, check=False, stdout=subprocess.DEVNULL
    )
    assert done.returncode == 0
    with session_scope(engine, OPERATOR) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == 64


def test_an_error_in_a_later_chunk_rolls_everything_back(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        cast = settled_cast(session)
    with session_scope(engine, OPERATOR) as session:
        before = dump(session)
    monkeypatch.setattr("wmcrm.importer.stages.CHUNK_ROWS", 10)
    told = options(cast.meetup)
    broken = sheet(LINES)
    rows = list(broken.table)

    def failing() -> object:
        yield from rows[:35]
        raise OSError("the file went away")

    monkeypatch.setattr(type(broken.table), "__iter__", lambda _table: failing())
    with (
        pytest.raises(OSError, match="went away"),
        session_scope(engine, OPERATOR, writing=True) as session,
    ):
        apply_signups(session, broken, told)
    with session_scope(engine, OPERATOR) as session:
        assert dump(session) == before
