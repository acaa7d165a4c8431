"""Identifiers: integer keys made by the client for bulk inserts, and random public ids."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PUBLIC_LENGTH = 12


def new_public_id(prefix: str) -> str:
    """A short random name for addresses and exports, such as ``p_4k2mzh81w9qc`` (60 random bits)."""
    number = secrets.randbits(PUBLIC_LENGTH * 5)
    return prefix + "_" + "".join(ALPHABET[(number >> shift) & 31] for shift in range(0, PUBLIC_LENGTH * 5, 5))


def reserve_ids(session: Session, table: sa.Table, count: int) -> list[int]:
    """Take ``count`` primary keys that nobody else gets, in ascending order.

    On SQLite the caller must hold the write lock (a writing session does); on PostgreSQL they come
    from the table's sequence.
    """
    if count < 1:
        return []
    if session.get_bind().dialect.name == "postgresql":
        sequence = sa.func.pg_get_serial_sequence(table.name, "id")
        series = sa.select(sa.func.nextval(sequence)).select_from(sa.func.generate_series(1, count).alias("series"))
        return sorted(session.execute(series).scalars())
    highest = session.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0
    return list(range(highest + 1, highest + 1 + count))
