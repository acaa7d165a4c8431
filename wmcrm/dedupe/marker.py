"""What the last complete scan knew: the model it used and, of everybody it saw, a hash of what it compared."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.matching import Model, model_from_json, model_to_json, shipped_model
from wmcrm.models import StoredFile

SCAN = "dedupe_scan"
MODEL = "matching_model"


@dataclass(frozen=True, slots=True)
class Hashes:
    """Ids of people, ascending, and a hash for each."""

    ids: NDArray[np.int64]
    values: NDArray[np.uint64]

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]]) -> Hashes:
        """From (id, hash) in ascending order of ids."""
        both = np.array(list(pairs), dtype=np.uint64).reshape(-1, 2)
        return cls(both[:, 0].astype(np.int64), both[:, 1].copy())

    def __len__(self) -> int:
        return len(self.ids)

    def changed_since(self, before: Hashes) -> frozenset[int]:
        """Ids that are new or whose hash is another than before."""
        place = np.searchsorted(before.ids, self.ids)
        inside = np.minimum(place, max(len(before) - 1, 0))
        if not len(before):
            return frozenset(self.ids.tolist())
        same = (before.ids[inside] == self.ids) & (before.values[inside] == self.values)
        return frozenset(self.ids[~same].tolist())

    def gone_in(self, later: Hashes) -> frozenset[int]:
        """Ids that are here and not there."""
        return frozenset(np.setdiff1d(self.ids, later.ids).tolist())


@dataclass(frozen=True, slots=True)
class Mark:
    """The end of a complete scan."""

    model: Model
    hashes: Hashes


def read_mark(session: Session) -> Mark | None:
    """The end of the last complete scan; None when there is none or another version of wmcrm made it."""
    content = _newest(session, SCAN)
    if content is None:
        return None
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        if arrays["shipped"].tobytes().decode() != _shipped_hash():
            return None
        return Mark(current_model(session), Hashes(arrays["ids"], arrays["values"]))


def write_mark(session: Session, mark: Mark) -> None:
    """Remember a complete scan, and the model it ended with, in the place of the one before."""
    buffer = io.BytesIO()
    shipped = np.frombuffer(_shipped_hash().encode(), dtype=np.uint8)
    np.savez_compressed(buffer, shipped=shipped, ids=mark.hashes.ids, values=mark.hashes.values)
    _store(session, SCAN, buffer.getvalue())
    _store(session, MODEL, model_to_json(mark.model).encode())


def current_model(session: Session) -> Model:
    """The weights that the last scan estimated from this database; the shipped ones where it did not."""
    content = _newest(session, MODEL)
    return _read_model(content) if content else shipped_model()


@lru_cache(maxsize=4)
def _read_model(content: bytes) -> Model:
    return model_from_json(content.decode())


def _newest(session: Session, purpose: str) -> bytes | None:
    query = sa.select(col(StoredFile.content)).where(col(StoredFile.purpose) == purpose)
    return session.scalars(query.order_by(col(StoredFile.id).desc()).limit(1)).first()


def _store(session: Session, purpose: str, content: bytes) -> None:
    session.execute(sa.delete(StoredFile).where(col(StoredFile.purpose) == purpose))
    digest = hashlib.sha256(content).hexdigest()
    session.add(StoredFile(content_hash=digest, content=content, size=len(content), purpose=purpose))
    session.flush()


def _shipped_hash() -> str:
    return hashlib.sha256(model_to_json(shipped_model()).encode()).hexdigest()
