"""One record against a whole database: `python benchmarks/dedupe_lookup.py 100000 [ADDRESS]`.

Measures who shares a key with a record, and the whole answer with scores and reasons. Without an address a
SQLite file is made and thrown away; a database that holds people already is measured as it is.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import sqlalchemy as sa
from dedupe_crowd import open_filled
from matching_shapes import typo
from sqlalchemy.engine import Engine

from wmcrm.db import OPERATOR, session_scope
from wmcrm.dedupe import candidates_for
from wmcrm.dedupe.candidates import MOST_COMPARED
from wmcrm.dedupe.profiles import profiles_of
from wmcrm.dedupe.sharing import most_sharing
from wmcrm.matching import Profile
from wmcrm.models import metadata

ASKED = 1000
WARMED = 50  # asked before anything is measured: a server that runs has its caches filled
Ask = Callable[[Profile], object]


def people_to_ask(engine: Engine) -> list[Profile]:
    """Records as they are typed in: of people who are there, half of them with a slip or with less than is known."""
    draw = random.Random(5)
    person = metadata.tables["person"]
    with session_scope(engine, OPERATOR) as session:
        highest = session.execute(sa.select(sa.func.max(person.c.id))).scalar_one()
        ids = [draw.randint(1, highest) for _ in range(ASKED + WARMED)]
        known = profiles_of(session, ids)
    found = []
    for number, person_id in enumerate(ids):
        one = replace(known[person_id], key=-1)
        if number % 4 == 1:
            one = replace(one, names=(typo(draw, one.names[0]),))
        if number % 4 == 3:
            one = replace(one, usernames=(), emails=(), phones=(), affiliations=())
        found.append(one)
    return found


def measure(engine: Engine, what: str, asked: Sequence[Profile], ask: Callable[..., object]) -> None:
    """Print median, 99th percentile and the time of the processor of one question after the other."""
    spent: list[float] = []
    with session_scope(engine, OPERATOR) as session:
        for one in asked[:WARMED]:
            ask(session, one)
        busy = time.process_time()
        for one in asked[WARMED:]:
            start = time.perf_counter()
            ask(session, one)
            spent.append((time.perf_counter() - start) * 1000)
        busy = (time.process_time() - busy) * 1000 / len(spent)
    spent.sort()
    print(
        f"{what}: p50 {statistics.median(spent):.2f} ms, p99 {spent[int(len(spent) * 0.99) - 1]:.2f} ms, "
        f"{busy:.2f} ms of the processor here, {len(spent)} records"
    )


def run(count: int, address: str) -> None:
    engine = open_filled(address, count)
    asked = people_to_ask(engine)
    measure(engine, "who shares a key", asked, lambda session, one: most_sharing(session, one, MOST_COMPARED))
    measure(engine, "candidates with scores and reasons", asked, candidates_for)
    engine.dispose()


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    if len(sys.argv) > 2:
        run(wanted, sys.argv[2])
    else:
        with tempfile.TemporaryDirectory() as folder:
            run(wanted, f"sqlite:///{folder}/people.sqlite3")
