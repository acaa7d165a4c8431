"""How fast a sign-up sheet becomes attendance, how much memory it takes, how fast it is undone.

    python benchmarks/import_speed.py [--rows 10000] [--database URL]

Claims held by this script: docs name the rows per second of a whole import (reading, planning, people,
attendance, ledger, history, search) and the memory at 100,000 rows. The database must be empty; by default it
is a SQLite file in a temporary folder.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import random
import resource
import tempfile
import time
from pathlib import Path

import wmcrm.upkeep  # noqa: F401  (derived rows belong to the work that is measured)
from wmcrm.db import OPERATOR, open_engine, schema, session_scope
from wmcrm.importer import NewEvent, SignupOptions, apply_signups, find_run, plan_signups, sheet_file, undo_import
from wmcrm.sheets import content_hash, read_sheets

GIVEN = ("Aïcha", "Omar", "Fatou", "Khady", "Ibrahima", "Dana", "Chen", "Amina", "Luis", "Ingrid", "Ayşe", "Олег")
FAMILY = ("Diop", "Ba", "Sow", "Fall", "Rojas", "Wei", "Haddad", "Nuñez", "Berg", "Yılmaz", "Иванов", "Mensah")
LANGUAGES = ("fr", "fr; wo", "es", "en", "ar; fr", "zh", "ru; en")


def write_sheet(path: Path, rows: int) -> None:
    """A form of invented people; one in twenty answers twice."""
    generator = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(("Timestamp", "Full name", "Email", "Phone", "Wikimedia username", "Country", "Languages"))
        for number in range(rows):
            who = number - 1 if number % 20 == 19 else number
            chosen = random.Random(who)
            name = f"{chosen.choice(GIVEN)} {chosen.choice(FAMILY)}"
            phone = f"+22177{who % 10_000_000:07d}" if chosen.random() < 0.6 else ""
            username = f"{name.replace(' ', '')}{who}" if chosen.random() < 0.7 else ""
            day = f"2026-03-{1 + generator.randrange(28):02d} 10:00:00"
            sheet.writerow(
                (day, name, f"person{who}@example.org", phone, username, "Senegal", chosen.choice(LANGUAGES))
            )


def measure(database: str, sheet: Path, rows: int) -> None:
    """Plan, import, import again and undo one sheet, and print what each took."""
    engine = open_engine(database)
    schema.prepare(engine)
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    event = NewEvent("Benchmark", dt.date(2026, 3, 30), "SN")
    with read_sheets(sheet) as file:
        chosen = sheet_file(file, content_hash(sheet))
        with Clock("plan", rows), session_scope(engine, OPERATOR) as session:
            plan_signups(session, chosen, SignupOptions(new_event=event))
        with Clock("import", rows), session_scope(engine, OPERATOR, writing=True) as session:
            report = apply_signups(session, chosen, SignupOptions(new_event=event))
        again = SignupOptions(event=report.event)
        with Clock("again", rows), session_scope(engine, OPERATOR, writing=True) as session:
            second = apply_signups(session, chosen, again)
    print("outcomes", dict(report.counts), "again", dict(second.counts))
    for run in (second.run, report.run):
        with Clock("undo", rows), session_scope(engine, OPERATOR, writing=True) as session:
            undo_import(session, find_run(session, str(run)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"memory: {start / 1024:.0f} MB at the start, {peak / 1024:.0f} MB at most")
    engine.dispose()


class Clock:
    """Prints how long a block took, by the wall and in this process."""

    def __init__(self, what: str, rows: int) -> None:
        self.what, self.rows = what, rows

    def __enter__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        print(f"{self.what}: {wall:.2f} s, {self.rows / wall:.0f} rows/s; {cpu:.2f} s of processor")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--database", help="an empty database; default: a temporary SQLite file")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "sheet.csv"
        write_sheet(sheet, told.rows)
        measure(told.database or f"sqlite:///{Path(folder) / 'benchmark.sqlite3'}", sheet, told.rows)


if __name__ == "__main__":
    main()
