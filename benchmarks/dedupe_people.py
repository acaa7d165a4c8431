"""Precision and recall of stored pairs: `python benchmarks/dedupe_people.py people.csv truth.csv [ADDRESS]`.

The truth has the columns id and entity_id. Without an address a SQLite file is made and thrown away.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from wmcrm.db import OPERATOR, Session, open_engine, schema, session_scope
from wmcrm.dedupe import QueuedPair, pairs, scan, suggest_strict
from wmcrm.importer.files import import_file
from wmcrm.models import ImportKind


def figures(what: str, found: Iterable[QueuedPair], truth: dict[str, str]) -> None:
    """Print how many of the pairs are true, and how many of the true pairs are among them."""
    listed = list(found)
    right = sum(truth[pair.a.external_id or ""] == truth[pair.b.external_id or ""] for pair in listed)
    total = sum(count * (count - 1) // 2 for count in Counter(truth.values()).values())
    print(f"{what}: {len(listed)} pairs, precision {right / max(len(listed), 1):.4f}, recall {right / total:.4f}")


def measure(session: Session, truth: dict[str, str]) -> None:
    start = time.perf_counter()
    print(scan(session))
    print(f"scan: {time.perf_counter() - start:.2f} s")
    for least in (0.5, 0.95, 0.99):
        figures(f"pairs at {least}", pairs(session, least), truth)
    figures("strict rule", suggest_strict(session), truth)


def run(people: Path, truth_file: Path, address: str) -> None:
    with truth_file.open(encoding="utf-8", newline="") as file:
        truth = {row["id"]: row["entity_id"] for row in csv.DictReader(file)}
    engine = open_engine(address)
    schema.prepare(engine)
    with session_scope(engine, OPERATOR, writing=True) as session:
        import_file(session, ImportKind.PEOPLE, people)
    with session_scope(engine, OPERATOR, writing=True) as session:
        measure(session, truth)
    engine.dispose()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        print(__doc__)
    elif len(sys.argv) > 3:
        run(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    else:
        with tempfile.TemporaryDirectory() as folder:
            run(Path(sys.argv[1]), Path(sys.argv[2]), f"sqlite:///{folder}/people.sqlite3")
