"""A large database of invented people, written as fast as the databases take it: ten thousand people a second or so.

Only what the matcher reads is written: people, names, accounts, contact points and match keys.
"""

from __future__ import annotations

import io
import itertools
import sys
import time
from array import array
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import sqlalchemy as sa
from matching_people import people
from sqlalchemy.engine import Engine

from wmcrm.db import open_engine, schema
from wmcrm.matching import Profile, profile_keys
from wmcrm.models import ContactKind, metadata, now_utc
from wmcrm.models.people import person_public_id
from wmcrm.upkeep import KIND_NUMBERS, place_of

CHUNK = 20_000
FACT = ("person_id", "recorded_for_id", "recorded_at")
COLUMNS = {
    "person": ("id", "public_id", "display_name", "sort_name", "recorded_at", "entry_route", "protection", "status",
               "version"),
    "residence": ("person_id", "residence_country", "residence_city"),
    "person_name": (*FACT, "name", "kind", "script"),
    "wiki_account": (*FACT, "username", "is_alternative", "link_is_public"),
    "contact_point": (*FACT, "kind", "value", "normalized", "preferred", "visibility"),
    "match_key": ("hash64", "kind", "country", "city", "person_id"),
}  # fmt: skip
Row = Sequence[object]


def fill(engine: Engine, count: int) -> None:
    """Write `count` invented people into an empty database."""
    keys = Keys()
    made = people(count)
    first = itertools.count(1)
    while chunk := list(itertools.islice(made, CHUNK)):
        rows: dict[str, list[Row]] = {name: [] for name in COLUMNS}
        for one, person_id in zip(chunk, first, strict=False):
            _tell(rows, person_id, one)
            keys.add(person_id, one)
        for name in ("person", "residence", "person_name", "wiki_account", "contact_point"):
            _write(engine, name, rows[name])
    for batch in keys.in_order():
        _write(engine, "match_key", batch)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
        if engine.dialect.name == "postgresql":
            for name in COLUMNS:
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {10 * count})"
                ) if "id" in metadata.tables[name].c else None
            connection.exec_driver_sql("VACUUM ANALYZE")


def _tell(rows: dict[str, list[Row]], person_id: int, one: Profile) -> None:
    name, moment = one.names[0], now_utc().isoformat(sep=" ")
    mine = (person_id, person_id, moment)
    place = (one.country or None, one.city or None)
    state = ("unknown", "normal", "active", 1)
    rows["person"].append((person_id, person_public_id(), name, name.casefold(), moment, *state))
    if any(place):
        rows["residence"].append((person_id, *place))
    rows["person_name"].append((*mine, name, "preferred", ""))
    rows["wiki_account"] += [(*mine, username, False, False) for username in one.usernames]
    for kind, values in ((ContactKind.EMAIL, one.emails), (ContactKind.PHONE, one.phones)):
        rows["contact_point"] += [(*mine, kind.value, value, value, False, "holder") for value in values]


class Keys:
    """The keys of everybody as numbers, given back in the order of the table's index: ten times faster to write."""

    def __init__(self) -> None:
        self._hashes, self._kinds, self._people = array("q"), array("B"), array("i")
        self._places: dict[int, tuple[str, str]] = {}

    def add(self, person_id: int, one: Profile) -> None:
        self._places[person_id] = place_of(one)
        for key in profile_keys(one):
            self._hashes.append(key.hash64)
            self._kinds.append(KIND_NUMBERS[key.kind])
            self._people.append(person_id)

    def in_order(self) -> Iterator[list[Row]]:
        hashes, kinds, people_ids = (np.array(column) for column in (self._hashes, self._kinds, self._people))
        order = np.lexsort((people_ids, kinds, hashes))
        for start in range(0, len(order), 5 * CHUNK):
            part = order[start : start + 5 * CHUNK]
            told = zip(*(column[part].tolist() for column in (hashes, kinds, people_ids)), strict=True)
            yield [(value, kind, *self._places[person_id], person_id) for value, kind, person_id in told]


def _write(engine: Engine, name: str, rows: Sequence[Row]) -> None:
    columns = COLUMNS[name]
    listed = ", ".join(columns)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            driver = connection.connection.driver_connection
            with driver.cursor().copy(f"COPY {name} ({listed}) FROM STDIN") as copy:
                copy.write(_copied(rows))
            return
        places = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {name} ({listed}) VALUES ({places})", [tuple(row) for row in rows])


def _copied(rows: Iterable[Row]) -> str:
    buffer = io.StringIO()
    for row in rows:
        buffer.write("\t".join("\\N" if value is None else str(value) for value in row) + "\n")
    return buffer.getvalue()


def people_in(engine: Engine) -> int:
    """How many people a database holds."""
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(metadata.tables["person"])).scalar_one()


def open_filled(address: str, count: int) -> Engine:
    """The engine of a database that holds people, as it is, or of an empty one filled with `count` of them."""
    engine = open_engine(address)
    schema.prepare(engine)
    if not people_in(engine):
        start = time.perf_counter()
        fill(engine, count)
        print(f"writing {count} people: {time.perf_counter() - start:.0f} s")
    return engine


if __name__ == "__main__":
    open_filled(sys.argv[2], int(sys.argv[1]))
