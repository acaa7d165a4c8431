"""What a scan found, in parts that are stored one by one: each in a short transaction, each complete in itself.

A part replaces what was known of its people's pairs and notes that they were seen, so that storing one
twice changes nothing. The parts of a scan of everybody are kept as files first: a scan that is killed while
it stores goes on with those that are left.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.dedupe.due import Stamps, batches, set_seen
from wmcrm.dedupe.marker import add_file
from wmcrm.dedupe.profiles import PERSON, comparable
from wmcrm.models import StoredFile, metadata, now_utc

FOUND = "dedupe_found"
PAIR = metadata.tables["candidate_pair"]
BATCH = 500
WRITTEN = ("probability", "bits", "reasons", "model_version", "strict")
Pair = tuple[int, int]
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Slice:
    """Pairs that a scan found and the people it speaks about.

    With ``since`` and ``until`` it knows all pairs whose lower id lies between; with ``changed`` all pairs of
    those. Pairs have columns of ``candidate_pair``.
    """

    people: Stamps
    pairs: Sequence[Row] = field(repr=False)
    since: int | None = None
    until: int | None = None
    changed: frozenset[int] = frozenset()

    def to_bytes(self) -> bytes:
        """The slice as a file."""
        buffer = io.BytesIO()
        pairs = np.frombuffer(json.dumps(list(self.pairs)).encode(), dtype=np.uint8)
        ends = np.array([self.since or 0, -1 if self.until is None else self.until])
        people = self.people
        np.savez_compressed(buffer, ends=ends, ids=people.ids, stamps=people.stamps, hashes=people.hashes, pairs=pairs)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Slice:
        """The inverse of :meth:`to_bytes`, for slices between two ids."""
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            since, until = arrays["ends"].tolist()
            people = Stamps(arrays["ids"], arrays["stamps"], arrays["hashes"])
            pairs = json.loads(arrays["pairs"].tobytes().decode())
        return cls(people, pairs, since, None if until < 0 else until)


@dataclass(frozen=True, slots=True)
class Stored:
    """How many pairs a slice brought, added and dropped."""

    found: int = 0
    added: int = 0
    dropped: int = 0

    def __add__(self, other: Stored) -> Stored:
        return Stored(self.found + other.found, self.added + other.added, self.dropped + other.dropped)


def store_slice(session: Session, part: Slice) -> Stored:
    """Put the pairs of a slice in the place of what was known, and note that its people were seen.

    Pairs that an import found stay while their people do; where the scan found them too they get its score.
    Pairs of people who went meanwhile are left out.
    """
    known = _known(session, part)
    rows = {_pair(row): row for row in part.pairs}
    here = _comparable(session, {person for pair in rows for person in pair})
    keep = {pair: row for pair, row in rows.items() if here.issuperset(pair)}
    dropped = [pair_id for pair, (pair_id, source_row) in known.items() if pair not in keep and source_row is None]
    for ids in batches(sorted(dropped), BATCH):
        session.execute(sa.delete(PAIR).where(PAIR.c.id.in_(ids)))
    _update(session, {known[pair][0]: row for pair, row in keep.items() if pair in known})
    moment = now_utc()
    fresh = [{**row, "found_at": moment, "fingerprint": ""} for pair, row in keep.items() if pair not in known]
    if fresh:
        session.execute(sa.insert(PAIR), fresh)
    set_seen(session, part.people)
    session.expire_all()
    return Stored(len(keep), len(fresh), len(dropped))


def keep_slice(session: Session, part: Slice) -> None:
    """Keep a slice as a file, to be stored later."""
    add_file(session, FOUND, part.to_bytes())


def kept_slices(session: Session) -> list[int]:
    """The numbers of the slices that are kept, in the order in which they are stored."""
    query = sa.select(col(StoredFile.id)).where(col(StoredFile.purpose) == FOUND)
    return list(session.scalars(query.order_by(col(StoredFile.id))))


def store_kept(session: Session, number: int) -> Stored:
    """Store a slice that was kept and forget its file."""
    content = session.scalars(sa.select(col(StoredFile.content)).where(col(StoredFile.id) == number)).one()
    stored = store_slice(session, Slice.from_bytes(content))
    session.execute(sa.delete(StoredFile).where(col(StoredFile.id) == number))
    return stored


def forget_kept(session: Session) -> None:
    """Forget the slices of a scan that was killed before it had kept all of them."""
    session.execute(sa.delete(StoredFile).where(col(StoredFile.purpose) == FOUND))


def _pair(row: Mapping[str, object]) -> Pair:
    return int(str(row["person_a_id"])), int(str(row["person_b_id"]))


def _known(session: Session, part: Slice) -> dict[Pair, tuple[int, int | None]]:
    """The stored pairs that a slice speaks about, with their numbers and the row of a sheet that brought them."""
    query = sa.select(PAIR.c.person_a_id, PAIR.c.person_b_id, PAIR.c.id, PAIR.c.source_row_id)
    if part.since is not None:
        parts = [query.where(PAIR.c.person_a_id >= part.since)]
        if part.until is not None:
            parts = [parts[0].where(PAIR.c.person_a_id < part.until)]
    else:
        ids = list(batches(sorted(part.changed), BATCH))
        parts = [query.where(side.in_(some)) for some in ids for side in (PAIR.c.person_a_id, PAIR.c.person_b_id)]
    rows = (row for one in parts for row in session.execute(one))
    return {(low, high): (pair_id, source_row) for low, high, pair_id, source_row in rows}


def _comparable(session: Session, ids: Iterable[int]) -> frozenset[int]:
    found: set[int] = set()
    for some in batches(sorted(ids), BATCH):
        found.update(session.scalars(sa.select(PERSON.c.id).where(PERSON.c.id.in_(some), comparable())))
    return frozenset(found)


def _update(session: Session, rows: Mapping[int, Row]) -> None:
    if rows:
        statement = (
            sa.update(PAIR)
            .where(PAIR.c.id == sa.bindparam("pair_id"))
            .values({column: sa.bindparam(column) for column in WRITTEN})
        )
        values = [{"pair_id": pair_id, **{c: row[c] for c in WRITTEN}} for pair_id, row in rows.items()]
        session.connection().execute(statement, values)
