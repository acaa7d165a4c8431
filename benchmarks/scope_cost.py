"""What the two walls cost: pages and the gate for an affiliate of 20,000 among 100,000 people.

    python benchmarks/scope_cost.py [--people 100000] [--postgres postgresql://USER@HOST/NAME]

The PostgreSQL database must be empty and is filled. Times are medians in milliseconds of one transaction each;
the ratio is to the operator (no scope) on the same database, in the same run.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

import wmcrm.upkeep  # noqa: F401
from wmcrm.db import OPERATOR, Actor, Beyond, Session, beyond_scope, open_engine, open_session, schema, session_scope
from wmcrm.db.engine import writing
from wmcrm.models import Channel, ContactPoint, Person, metadata, now_utc
from wmcrm.outreach import Keyring, outreach, use_keyring
from wmcrm.people import beside, find_people, search_people

OWN_SHARE = 5  # every fifth person is held by the affiliate that looks
BATCH = 5_000
FAMILIES = ("Diop", "Rojas", "Okafor", "Kovacs", "Tanaka", "Nguyen", "Silva", "Haddad", "Novak", "Mensah")
EDITOR = Actor("editor", account_id=1, roles=frozenset({"editor"}), affiliate_ids=frozenset({1}))
Work = Callable[[Session], object]


def rows_of(number: int) -> Iterator[tuple[str, dict[str, object]]]:
    """The rows of one person."""
    holder = 1 if number % OWN_SHARE == 0 else 2 + number % 9
    name = f"Person {number} {FAMILIES[number % len(FAMILIES)]}"
    email = f"person{number}@example.org"
    mine = {"person_id": number, "recorded_for_id": number, "holder_affiliate_id": holder, "recorded_at": now_utc()}
    person = {"id": number, "public_id": f"p_{number:012d}", "display_name": name, "sort_name": name.lower()}
    yield "person", {**person, "holder_affiliate_id": holder}
    yield "holding", {**mine, "id": number}
    yield "person_name", {**mine, "id": number, "name": name}
    yield "wiki_account", {**mine, "id": number, "username": f"User {number}"}
    yield "contact_point", {**mine, "id": number, "kind": "email", "value": email, "normalized": email}
    state = {"person_id": number, "purpose_id": 1, "channel": "email", "standing": "given"}
    if number % 2:
        yield "consent_state", {**state, "since": now_utc().date()}
    yield "person_summary", {"person_id": number, "occasions": number % 7, "organized": 0, "deepest_role": 1}
    yield "person_search", {"person_id": number, "folded": f"{name.lower()} user {number} {email}"}


def fill(engine: Engine, people: int) -> None:
    """Ten affiliates and their people."""
    schema.prepare(engine)
    with writing(engine).begin() as connection:
        affiliates = [
            {
                "id": i,
                "public_id": f"a_{i:012d}",
                "code": f"A{i}",
                "name": f"Affiliate {i}",
                "affiliate_type": "user_group",
            }
            for i in range(1, 11)
        ]
        connection.execute(sa.insert(metadata.tables["affiliate"]), affiliates)
        for start in range(1, people + 1, BATCH):
            batch: dict[str, list[dict[str, object]]] = {}
            for number in range(start, min(start + BATCH, people + 1)):
                for table, row in rows_of(number):
                    batch.setdefault(table, []).append(row)
            for table, rows in batch.items():
                connection.execute(sa.insert(metadata.tables[table]), rows)
    with writing(engine).begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def list_page(session: Session) -> object:
    """The first page of the list of people, with what stands beside the names."""
    rows = find_people(session, "")
    return beside(session, [row.id for row in rows])


def middle_page(session: Session) -> object:
    """A page from the middle of the list."""
    return find_people(session, "", after=("person 5", 0))


def search(session: Session) -> object:
    """A word that a tenth of all people have, and a number."""
    return search_people(session, "diop 1230").count


def address(session: Session) -> object:
    """Who has an address, by the index of normalized values."""
    query = sa.select(ContactPoint.person_id).where(ContactPoint.normalized == "person500@example.org")
    return session.scalars(query).all()


def gate(session: Session) -> object:
    """The gate, for a thousand people of the affiliate."""
    people = session.scalars(
        sa.select(Person.id).where(Person.id % OWN_SHARE == 0, Person.id <= 1_000 * OWN_SHARE)
    ).all()
    return outreach(session, people, purpose="event_logistics", channel=Channel.EMAIL, reason="measured")


WORKS: dict[str, tuple[Work, int]] = {
    "list page": (list_page, 60),
    "middle page": (middle_page, 60),
    "search": (search, 60),
    "address": (address, 60),
    "gate, 1,000 people": (gate, 8),
}


def measure(engine: Engine, actor: Actor, work: Work, times: int, keys: Keyring, *, walled: bool) -> float:
    """The median of some transactions, in milliseconds; without the wall the session's scope stands alone."""
    took: list[float] = []
    for turn in range(times + 3):
        session = open_session(engine, actor, writing=work is gate)
        use_keyring(session, keys)
        with ExitStack() as inside:
            started = time.perf_counter()
            if not walled:
                inside.enter_context(beyond_scope(session, Beyond.LOOKUP))
            work(session)
            if turn >= 3:
                took.append((time.perf_counter() - started) * 1000)
        session.rollback()
        session.close()
    return statistics.median(took)


def report(engine: Engine, keys: Keyring) -> None:
    """Print one line a piece of work: the operator, the scope, and on PostgreSQL both walls."""
    name = engine.dialect.name
    for label, (work, times) in WORKS.items():
        base = measure(engine, OPERATOR, work, times, keys, walled=True)
        scope = measure(engine, EDITOR, work, times, keys, walled=False)
        line = f"{name:10} | {label:18} | {base:8.1f} | {scope:8.1f} ({scope / base:4.2f})"
        if name == "postgresql":
            both = measure(engine, EDITOR, work, times, keys, walled=True)
            line += f" | {both:8.1f} ({both / base:4.2f})"
        print(line, flush=True)


def main() -> None:
    """Fill and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--postgres")
    asked = parser.parse_args()
    print("database   | what               | operator | scope (ratio)   | scope and policies (ratio)")
    with tempfile.TemporaryDirectory() as folder:
        addresses = [f"sqlite:///{Path(folder) / 'scope.sqlite3'}", *([asked.postgres] if asked.postgres else [])]
        for url in addresses:
            engine = open_engine(url)
            fill(engine, asked.people)
            with session_scope(engine, OPERATOR) as session:
                assert session.scalars(sa.select(sa.func.count()).select_from(Person)).one() == asked.people
            report(engine, Keyring(Path(folder) / "keys"))
            engine.dispose()


if __name__ == "__main__":
    main()
