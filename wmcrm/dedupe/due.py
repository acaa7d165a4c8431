"""Who is to be compared: everybody of whom something was written since a scan looked at them.

Whoever writes a person counts their stamp up (wmcrm.upkeep); a scan notes the stamp it read before it read
the person. What is written meanwhile is therefore never missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from wmcrm.models import metadata

RANGE = 10_000
MARK = metadata.tables["scan_mark"]
PERSON = metadata.tables["person"]
NEVER = -1


@dataclass(frozen=True, slots=True)
class Stamps:
    """People by ascending id, the stamp each had when it was read, and a hash of what a scan compared of each."""

    ids: NDArray[np.int64]
    stamps: NDArray[np.int64]
    hashes: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, int]]) -> Stamps:
        """From (id, stamp, hash) in ascending order of ids."""
        table = np.array(list(rows), dtype=np.int64).reshape(-1, 3)
        return cls(*(table[:, place].copy() for place in range(3)))

    def rows(self) -> list[tuple[int, int, int]]:
        """The inverse of :meth:`of`."""
        return list(zip(self.ids.tolist(), self.stamps.tolist(), self.hashes.tolist(), strict=True))

    def part(self, rows: slice) -> Stamps:
        """Some of them."""
        return Stamps(self.ids[rows], self.stamps[rows], self.hashes[rows])

    def with_hashes(self, known: dict[int, int]) -> Stamps:
        """The same people with other hashes; those who are not among the known ones get 0."""
        return Stamps(self.ids, self.stamps, np.array([known.get(i, 0) for i in self.ids.tolist()], dtype=np.int64))


def ranges_of_people(session: Session) -> list[int]:
    """Where ranges of ids begin that hold at most RANGE people each."""
    highest = session.execute(sa.select(sa.func.max(PERSON.c.id))).scalar() or 0
    return list(range(0, highest + 1, RANGE))


def note_newcomers(session: Session, start: int) -> None:
    """Begin to count the stamps of those in a range of ids who are new since the last scan."""
    known = sa.select(MARK.c.person_id).where(MARK.c.person_id == PERSON.c.id).exists()
    fresh = sa.select(PERSON.c.id, sa.literal(0), sa.literal(NEVER), sa.literal(0)).where(
        PERSON.c.id >= start, PERSON.c.id < start + RANGE, sa.not_(known)
    )
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    columns = ["person_id", "stamp", "scanned", "hash64"]
    session.connection().execute(insert(MARK).from_select(columns, fresh).on_conflict_do_nothing())


def everybody_due(session: Session) -> Stamps:
    """The stamps of all people."""
    return _stamps(session, sa.true())


def who_is_due(session: Session) -> Stamps:
    """The people of whom something was written since a scan looked at them, with what it saw then."""
    return _stamps(session, MARK.c.stamp != MARK.c.scanned)


def set_seen(session: Session, seen: Stamps) -> None:
    """A scan has compared these people as they were at these stamps."""
    statement = (
        sa.update(MARK)
        .where(MARK.c.person_id == sa.bindparam("seen_id"))
        .where(sa.or_(MARK.c.scanned != sa.bindparam("seen_stamp"), MARK.c.hash64 != sa.bindparam("seen_hash")))
        .values(scanned=sa.bindparam("seen_stamp"), hash64=sa.bindparam("seen_hash"))
    )
    rows = [{"seen_id": i, "seen_stamp": stamp, "seen_hash": value} for i, stamp, value in seen.rows()]
    if rows:
        session.connection().execute(statement, rows)


def batches(values: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Parts of at most a size."""
    return (values[start : start + size] for start in range(0, len(values), size))


def _stamps(session: Session, condition: sa.ColumnElement[bool]) -> Stamps:
    query = sa.select(MARK.c.person_id, MARK.c.stamp, MARK.c.hash64).where(condition).order_by(MARK.c.person_id)
    return Stamps.of(tuple(row) for row in session.execute(query.execution_options(yield_per=RANGE)))
