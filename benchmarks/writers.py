"""Do several writers of one SQLite file all get their turn? Commits of each in three seconds, and the waits.

Claim: `BEGIN IMMEDIATE` with a busy timeout gives no lock errors; the fair queue starves nobody.
Usage: python benchmarks/writers.py [writers] [seconds]
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

import wmcrm.upkeep  # noqa: F401
from wmcrm.db import OPERATOR, open_engine, schema, session_scope
from wmcrm.models import Person


def write(url: str, seconds: float, results: multiprocessing.Queue[tuple[int, float, float]]) -> None:
    """Commit one person after another until the time is over."""
    engine = open_engine(url)
    waits = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.monotonic()
        with session_scope(engine, OPERATOR, writing=True) as session:
            session.add(Person(display_name="Somebody"))
        waits.append(time.monotonic() - start)
    waits.sort()
    results.put((len(waits), waits[int(len(waits) * 0.99)], waits[-1]))


def main() -> None:
    """Print one line a writer."""
    writers = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 3.0
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'writers.sqlite3'}"
        schema.prepare(open_engine(url))
        results: multiprocessing.Queue[tuple[int, float, float]] = multiprocessing.Queue()
        processes = [multiprocessing.Process(target=write, args=(url, seconds, results)) for _ in range(writers)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        lines = sorted(results.get() for _ in processes)
    for commits, p99, longest in lines:
        print(f"{commits:6d} commits   p99 {p99 * 1000:7.1f} ms   longest {longest * 1000:7.1f} ms")


if __name__ == "__main__":
    main()
