"""What the last complete scan knew: the model it used and how common names and cities were."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.matching import Frequencies, Model, model_from_json, model_to_json, shipped_model
from wmcrm.matching.keys import hash64
from wmcrm.models import StoredFile

SCAN = "dedupe_scan"
MODEL = "matching_model"
COUNTED = ("words", "names", "cities")


class HashedCounts(Mapping[str | tuple[str, str], int]):
    """Counts of texts that can be asked for but not listed: names of erased people are not to be read from them."""

    def __init__(self, hashes: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
        self.hashes, self.counts = hashes, counts

    @classmethod
    def of(cls, counts: Mapping[str, int] | Mapping[tuple[str, str], int]) -> HashedCounts:
        """The counts of a mapping."""
        hashes = np.array([_hashed(key) for key in counts], dtype=np.int64)
        order = np.argsort(hashes, kind="stable")
        return cls(hashes[order], np.array(list(counts.values()), dtype=np.int64)[order])

    def __getitem__(self, key: object) -> int:
        wanted = _hashed(key)
        place = int(np.searchsorted(self.hashes, wanted))
        if place == len(self.hashes) or self.hashes[place] != wanted:
            raise KeyError("no such text")
        return int(self.counts[place])

    def __iter__(self) -> Iterator[str]:
        raise TypeError("hashed counts cannot be listed")

    def __len__(self) -> int:
        return len(self.hashes)


@dataclass(frozen=True, slots=True)
class Mark:
    """The end of a complete scan; the model has its frequencies, without shared addresses."""

    model: Model


def read_mark(session: Session) -> Mark | None:
    """The end of the last complete scan; None when there is none or another version of wmcrm made it."""
    content = read_file(session, SCAN)
    if content is None:
        return None
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        if "countries" not in arrays or arrays["shipped"].tobytes().decode() != _shipped_hash():
            return None
        return Mark(current_model(session).with_frequencies(_frequencies(arrays)))


def mark_files(mark: Mark) -> dict[str, bytes]:
    """The files by which a complete scan is remembered; making them takes seconds, so it is done before writing."""
    known = mark.model.frequencies
    columns = {
        "shipped": np.frombuffer(_shipped_hash().encode(), dtype=np.uint8),
        "size": np.array([known.size]),
        "countries": np.array(list(known.countries), dtype="U8"),
        "people": np.array(list(known.countries.values()), dtype=np.int64),
    }
    for name in COUNTED:
        counts = HashedCounts.of(getattr(known, name))
        columns |= {f"{name}_hashes": counts.hashes, f"{name}_counts": counts.counts}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **columns)  # type: ignore[arg-type]
    return {SCAN: buffer.getvalue(), MODEL: model_to_json(mark.model).encode()}


def current_model(session: Session) -> Model:
    """The weights that the last scan estimated from this database; the shipped ones where it did not."""
    content = read_file(session, MODEL)
    return _read_model(content) if content else shipped_model()


def read_file(session: Session, purpose: str) -> bytes | None:
    """The bytes kept for a purpose."""
    query = sa.select(col(StoredFile.content)).where(col(StoredFile.purpose) == purpose)
    return session.scalars(query.order_by(col(StoredFile.id).desc()).limit(1)).first()


def write_file(session: Session, purpose: str, content: bytes | None) -> None:
    """Keep bytes for a purpose, in the place of those before; None keeps nothing."""
    session.execute(sa.delete(StoredFile).where(col(StoredFile.purpose) == purpose))
    if content is not None:
        add_file(session, purpose, content)


def add_file(session: Session, purpose: str, content: bytes) -> None:
    """Keep bytes for a purpose, beside those before."""
    digest = hashlib.sha256(content).hexdigest()
    session.add(StoredFile(content_hash=digest, content=content, size=len(content), purpose=purpose))
    session.flush()


@lru_cache(maxsize=4)
def _read_model(content: bytes) -> Model:
    return model_from_json(content.decode())


def _frequencies(arrays: Mapping[str, NDArray[np.generic]]) -> Frequencies:
    countries = dict(zip(arrays["countries"].tolist(), arrays["people"].tolist(), strict=True))
    counts = {name: HashedCounts(arrays[f"{name}_hashes"], arrays[f"{name}_counts"]) for name in COUNTED}  # type: ignore[arg-type]
    return Frequencies(int(arrays["size"][0]), countries, **counts)  # type: ignore[arg-type]


def _hashed(key: object) -> int:
    return hash64("count", "\x1f".join(key) if isinstance(key, tuple) else str(key))


def _shipped_hash() -> str:
    return hashlib.sha256(model_to_json(shipped_model()).encode()).hexdigest()
