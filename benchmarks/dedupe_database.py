"""Scans, look-ups, merges and unmerges through the database: `python benchmarks/dedupe_database.py 10000 [ADDRESS]`.

Without an address a SQLite file is made and thrown away. A database that holds people already is measured
as it is; an empty one is filled first.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from dedupe_crowd import open_filled
from sqlalchemy.engine import Engine

from wmcrm.db import OPERATOR, Session, session_scope
from wmcrm.dedupe import Sessions, merge, pairs, scan_in_steps, unmerge
from wmcrm.models import Person, metadata
from wmcrm.models.records import update_record
from wmcrm.upkeep import refresh_people

CHANGED = 100
PERSON = metadata.tables["person"]


@contextmanager
def timed(what: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - start:.2f} s")


def quantiles(what: str, run: Callable[[], object], times: int) -> None:
    """Print the median and the 99th percentile of some runs."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        spent.append((time.perf_counter() - start) * 1000)
    print(
        f"{what}: p50 {statistics.median(spent):.2f} ms, p99 {sorted(spent)[int(times * 0.99) - 1]:.2f} ms, {times} runs"
    )


def measure_scan(engine: Engine, what: str) -> None:
    writes: list[float] = []

    @contextmanager
    def writing() -> Iterator[Session]:
        with session_scope(engine, OPERATOR, writing=True) as session:
            start = time.perf_counter()
            yield session
        writes.append((time.perf_counter() - start) * 1000)

    sessions = Sessions(lambda: session_scope(engine, OPERATOR), writing)
    with timed(what):
        print(scan_in_steps(sessions))
    print(f"{len(writes)} writing transactions, {sum(writes) / 1000:.2f} s together, the longest {max(writes):.0f} ms")


def measure_merges(engine: Engine) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        found = pairs(session, 0.9, limit=100)
        taken: set[int] = set()
        apart = [p for p in found if not {p.a.id, p.b.id} & taken and not taken.update((p.a.id, p.b.id))]
        both = [(session.get(Person, p.a.id), session.get(Person, p.b.id)) for p in apart]
        waiting, done = iter(both), []
        quantiles("merge", lambda: done.append(merge(session, *next(waiting))), len(both))
        merges = iter(done)
        quantiles("unmerge", lambda: unmerge(session, next(merges)), len(both))


def change_some(engine: Engine, count: int) -> None:
    """Let some people, spread over all, live elsewhere."""
    with session_scope(engine, OPERATOR, writing=True) as session:
        highest = session.execute(sa.select(sa.func.max(PERSON.c.id))).scalar_one()
        chosen = list(range(1, highest + 1, max(highest // count, 1)))[:count]
        for person_id in chosen:
            update_record(session, "person", person_id, {"residence_city": f"City {time.time()}"})
        refresh_people(session, chosen)


def run(count: int, address: str) -> None:
    engine = open_filled(address, count)
    measure_scan(engine, "first scan")
    change_some(engine, CHANGED)
    measure_scan(engine, f"scan after {CHANGED} people changed")
    measure_scan(engine, "scan after nothing changed")
    measure_merges(engine)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    engine.dispose()


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    if len(sys.argv) > 2:
        run(wanted, sys.argv[2])
    else:
        with tempfile.TemporaryDirectory() as folder:
            run(wanted, f"sqlite:///{folder}/people.sqlite3")
