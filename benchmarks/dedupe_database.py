"""Scans, look-ups, merges and unmerges through the database: `python benchmarks/dedupe_database.py 10000 [ADDRESS]`.

Without an address a SQLite file is made and thrown away; an address must name an empty database.
"""

from __future__ import annotations

import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

import sqlalchemy as sa
from matching_people import people
from sqlalchemy.engine import Engine

from wmcrm.db import OPERATOR, open_engine, reserve_ids, schema, session_scope
from wmcrm.dedupe import candidates_for, merge, pairs, prepare_scan, store_scan, unmerge
from wmcrm.matching import Profile
from wmcrm.models import ContactKind, Person, metadata
from wmcrm.upkeep import refresh_people

CHUNK = 5000


def fill(engine: Engine, count: int) -> list[Profile]:
    """Write invented people; returns a thousand of them."""
    made = people(count)
    kept: list[Profile] = []
    while chunk := list(islice(made, CHUNK)):
        with session_scope(engine, OPERATOR, writing=True) as session:
            rows = list(zip(reserve_ids(session, metadata.tables["person"], len(chunk)), chunk, strict=True))
            write = {"person": [], "person_name": [], "wiki_account": [], "contact_point": []}
            for person_id, one in rows:
                mine = {"person_id": person_id, "recorded_for_id": person_id}
                name = one.names[0]
                place = {"residence_country": one.country, "residence_city": one.city or None}
                write["person"].append({"id": person_id, "display_name": name, "sort_name": name.casefold(), **place})
                write["person_name"].append({**mine, "name": name})
                write["wiki_account"] += [{**mine, "username": username} for username in one.usernames]
                for kind, values in ((ContactKind.EMAIL, one.emails), (ContactKind.PHONE, one.phones)):
                    write["contact_point"] += [{**mine, "kind": kind, "value": v, "normalized": v} for v in values]
            for table, values in write.items():
                session.execute(sa.insert(metadata.tables[table]), [{**row} for row in values])
            refresh_people(session, [person_id for person_id, _ in rows])
        kept += random.Random(len(kept)).sample(chunk, min(len(chunk), max(1000 * CHUNK // count, 1)))
    return kept[:1000]


@contextmanager
def timed(what: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - start:.2f} s")


def quantiles(what: str, run: Callable[[], None], times: int) -> None:
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
    with session_scope(engine, OPERATOR) as session, timed(f"{what}, comparing"):
        prepared = prepare_scan(session)
    with session_scope(engine, OPERATOR, writing=True) as session, timed(f"{what}, storing"):
        print(store_scan(session, prepared))


def measure_candidates(engine: Engine, profiles: list[Profile]) -> None:
    waiting = iter(profiles)
    with session_scope(engine, OPERATOR) as session:
        quantiles("candidates of a record", lambda: candidates_for(session, next(waiting)) and None, len(profiles) - 1)


def measure_merges(engine: Engine) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        found = pairs(session, 0.9, limit=100)
        taken: set[int] = set()
        apart = [p for p in found if not {p.a.id, p.b.id} & taken and not taken.update((p.a.id, p.b.id))]
        both = [(session.get(Person, p.a.id), session.get(Person, p.b.id)) for p in apart]
        waiting, done = iter(both), []
        quantiles("merge", lambda: done.append(merge(session, *next(waiting))), len(both))
        merges = iter(done)
        quantiles("unmerge", lambda: unmerge(session, next(merges)) and None, len(both))


def change_some(engine: Engine, share: int) -> None:
    person = metadata.tables["person"]
    with session_scope(engine, OPERATOR, writing=True) as session:
        session.execute(sa.update(person).where(person.c.id % share == 0).values(residence_city="Elsewhere"))


def run(count: int, address: str) -> None:
    engine = open_engine(address)
    schema.prepare(engine)
    with timed(f"writing {count} people"):
        profiles = fill(engine, count)
    measure_scan(engine, "first scan")
    change_some(engine, 500)
    measure_scan(engine, "scan after one in 500 changed")
    measure_candidates(engine, [replace(profile, key=-1) for profile in profiles])
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
