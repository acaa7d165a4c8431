"""Fingerprints of rows: of the whole row, to know it again, and of the name alone, to ask."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from wmcrm.importer.values import name_identity

WHOLE_DIGITS = 32
NAME_DIGITS = 16


def row_fingerprint(cells: Sequence[str]) -> int:
    """A number of 128 bits for the filled cells of a row, in their order; empty columns between do not count."""
    text = "\x1f".join(cell.strip() for cell in cells if cell.strip())
    return int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "big")


def name_fingerprint(name: str | None) -> int:
    """A number of 64 bits for the words of a name in any order and case; 0 without a name."""
    identity = name_identity(name) if name else ""
    return int.from_bytes(blake2b(identity.encode(), digest_size=8).digest(), "big") if identity else 0


def write_fingerprint(whole: int, name: int) -> str:
    """Both fingerprints as the ledger keeps them."""
    return f"{whole:0{WHOLE_DIGITS}x}{name:0{NAME_DIGITS}x}"


def read_fingerprint(text: str) -> tuple[int, int]:
    """The fingerprints of a whole row and of its name from the ledger; 0 where there is none."""
    whole, name = text[:WHOLE_DIGITS], text[WHOLE_DIGITS:]
    return int(whole, 16) if whole else 0, int(name, 16) if name else 0
