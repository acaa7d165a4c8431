"""A scan in many short transactions: killed anywhere it goes on, and ends with what an unbroken one finds."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.cast import add_person
from wmcrm.db import OPERATOR, Session, session_scope
from wmcrm.dedupe import ScanReport, Sessions, Step, finding, merge, scan_in_steps
from wmcrm.models import CandidatePair, Person, Protection, StoredFile, now_utc

NAMES = ("Aïcha Diop", "Omar Ba", "Fatou Ndiaye", "Moussa Fall", "Khady Sow", "Penda Sarr", "Awa Gueye", "Ibou Faye")


class KilledError(Exception):
    """What happens to a scan in these tests."""


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "PEOPLE_A_SLICE", 8)
    monkeypatch.setattr(importlib.import_module("wmcrm.dedupe.scan"), "LOOKED_UP", 4)


@pytest.fixture
def twins(engine: Engine) -> Engine:
    """Eight people, each of them twice."""
    with session_scope(engine, OPERATOR, writing=True) as session:
        for number, name in enumerate(NAMES * 2):
            add_person(session, name, email=f"{number % len(NAMES)}@example.org", country="SN")
    return engine


def steps(engine: Engine, *, killed_at: int = -1, committed: bool = False) -> Sessions:
    """Sessions of a scan that is killed in a writing transaction, or right after it was committed."""
    count = 0

    @contextmanager
    def writing() -> Iterator[Session]:
        nonlocal count
        count += 1
        with session_scope(engine, OPERATOR, writing=True) as session:
            yield session
            if count == killed_at and not committed:
                raise KilledError
        if count == killed_at:
            raise KilledError

    return Sessions(lambda: session_scope(engine, OPERATOR), writing)


def whole(engine: Engine, **options: object) -> ScanReport:
    return scan_in_steps(steps(engine), **options)  # type: ignore[arg-type]


def stored(engine: Engine) -> list[tuple[object, ...]]:
    columns = CandidatePair.__table__.c  # type: ignore[attr-defined]
    wanted = [columns[name] for name in ("person_a_id", "person_b_id", "probability", "bits", "reasons")]
    with session_scope(engine, OPERATOR) as session:
        return [tuple(row) for row in session.execute(sa.select(*wanted).order_by(*wanted[:2]))]


def files(engine: Engine) -> set[str]:
    with session_scope(engine, OPERATOR) as session:
        return set(session.scalars(sa.select(StoredFile.purpose)))


def change(engine: Engine, *numbers: int) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        for number in numbers:
            session.get(Person, number).residence_city = "Thiès"  # type: ignore[union-attr]


@pytest.mark.parametrize("committed", [False, True])
def test_a_first_scan_killed_anywhere_goes_on_and_finds_the_same(twins: Engine, committed: bool) -> None:
    whole(twins)
    expected, kept = stored(twins), files(twins)
    assert len(expected) >= len(NAMES)
    for place in range(1, 9):
        with session_scope(twins, OPERATOR, writing=True) as session:
            for table in ("candidate_pair", "stored_file", "scan_mark"):
                session.execute(sa.delete(sa.table(table)))
        with pytest.raises(KilledError):
            scan_in_steps(steps(twins, killed_at=place, committed=committed))
        report = whole(twins)
        assert (stored(twins), files(twins)) == (expected, kept), place
        assert report.waiting == len(expected)
        assert whole(twins).compared == 0


def test_a_scan_of_everybody_killed_while_storing_compares_nobody_again(twins: Engine) -> None:
    seen: list[Step] = []
    with pytest.raises(KilledError):
        scan_in_steps(steps(twins, killed_at=6, committed=True))
    report = scan_in_steps(steps(twins), everybody=True, progress=lambda step, _: seen.append(step))
    assert report.resumed
    assert set(seen) == {Step.STORING}
    assert report.compared == 2 * len(NAMES)


@pytest.mark.parametrize("place", [2, 3, 4])
def test_a_later_scan_killed_anywhere_leaves_the_rest_due(twins: Engine, place: int) -> None:
    whole(twins)
    changed = range(1, 10)
    change(twins, *changed)
    with pytest.raises(KilledError):
        scan_in_steps(steps(twins, killed_at=place))
    left = whole(twins).compared
    assert 0 < left <= len(changed)
    found = stored(twins)
    assert whole(twins).compared == 0
    change(twins, *changed)
    whole(twins)
    assert stored(twins) == found


def test_what_changes_while_a_scan_runs_is_seen_by_the_next(twins: Engine) -> None:
    with pytest.raises(KilledError):
        scan_in_steps(steps(twins, killed_at=5, committed=True))
    change(twins, 3, 16)
    assert whole(twins).compared == 2 * len(NAMES) + 2


def test_nobody_who_went_while_a_scan_was_stopped_comes_back_in_a_pair(twins: Engine) -> None:
    with pytest.raises(KilledError):
        scan_in_steps(steps(twins, killed_at=5, committed=True))
    with session_scope(twins, OPERATOR, writing=True) as session:
        merge(session, session.get(Person, 1), session.get(Person, 9))  # type: ignore[arg-type]
        session.get(Person, 10).protection = Protection.SEALED  # type: ignore[union-attr]
        session.get(Person, 11).removed_at = now_utc()  # type: ignore[union-attr]
    whole(twins)
    people = {number for row in stored(twins) for number in row[:2]}
    assert people.isdisjoint({9, 10, 11})
    assert 3 not in people


def test_looking_up_who_changed_gives_the_scores_of_comparing_everybody(twins: Engine) -> None:
    whole(twins)
    change(twins, *range(1, 6))
    whole(twins)
    looked_up = stored(twins)
    whole(twins, everybody=True)
    assert [row[:3] for row in stored(twins)] == [row[:3] for row in looked_up]


def test_a_participation_makes_nobody_compared_again(twins: Engine) -> None:
    whole(twins)
    with session_scope(twins, OPERATOR, writing=True) as session:
        session.get(Person, 1).since_year = 2019  # type: ignore[union-attr]
    assert whole(twins).compared == 0


def test_a_scan_killed_by_the_system_goes_on(twins: Engine, database_url: str) -> None:
    script = (
        "import os, sys\n"
        "from wmcrm.db import OPERATOR, open_engine, session_scope\n"
        "from wmcrm.dedupe import Sessions, Step, finding, scan_in_steps\n"
        "import wmcrm.upkeep\n"
        "finding.PEOPLE_A_SLICE = 4\n"
        "engine = open_engine(sys.argv[1])\n"
        "def tell(step, share):\n"
        "    if step is Step.STORING and share >= 0.25: os.kill(os.getpid(), 9)\n"
        "reading = lambda: session_scope(engine, OPERATOR)\n"
        "scan_in_steps(Sessions(reading, lambda: session_scope(engine, OPERATOR, writing=True)), progress=tell)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script, database_url], check=False)
    assert ran.returncode == -9
    before = stored(twins)
    report = whole(twins)
    assert report.resumed
    assert 0 < len(before) < report.waiting
