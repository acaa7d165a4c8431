"""Damaged at random, a file is read or refused: the reading process itself never fails."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator
from io import BytesIO

import pytest

from tests.sheets.zoo import ROWS, ods, xls, xlsx, zipped
from wmcrm.errors import SheetRefusedError
from wmcrm.sheets import SheetLimits, read_bytes
from wmcrm.sheets.sentences import REFUSALS

QUICK = SheetLimits(cpu_seconds=5, wall_seconds=8.0, spool_size=64 * 1024**2)


def damage(data: bytes, chance: random.Random) -> bytes:
    """Flip, cut, repeat or overwrite a few places."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(out))
        match chance.randrange(5):
            case 0:
                out[at] ^= 1 << chance.randrange(8)
            case 1:
                out[at : at + chance.randint(1, 40)] = b""
            case 2:
                out[at:at] = out[at : at + chance.randint(1, 200)]
            case 3:
                out[at : at + 4] = chance.choice([b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"9999", b'"""\n'])
            case _:
                out[at:] = out[at : at + chance.randint(1, len(out))]
        out = out or bytearray(b"x")
    return bytes(out)


def damage_inside(data: bytes, chance: random.Random) -> bytes:
    """Damage one part of an archive and pack it again, so that the damage reaches the reader."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([name for name in parts if name.endswith((".xml", ".rels"))])
    parts[name] = damage(bytes(parts[name]), chance)  # type: ignore[arg-type]
    return zipped(parts)


def damaged_files(count: int, seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    csv = "Name;Città;Phone\r\n".encode() + 'Aïcha;"Dakar\r\nPlateau";\'+221 77\r\n'.encode("cp1252") * 30
    healthy = [xlsx(ROWS), ods(ROWS), xls(ROWS), csv, csv.decode("cp1252").encode("utf-16")]
    for _ in range(count):
        data = chance.choice(healthy)
        inside = data.startswith(b"PK") and chance.random() < 0.7
        yield damage_inside(data, chance) if inside else damage(data, chance)


def read_or_refuse(data: bytes) -> str:
    try:
        with read_bytes(data, limits=QUICK) as file:
            for table in file.tables:
                assert sum(1 for _ in table) == table.row_count
                assert all(isinstance(cell, str) for row in table.head(3) for cell in row.cells)
            return "read"
    except SheetRefusedError as refused:
        assert refused.code in REFUSALS
        assert str(refused)
        return refused.code


def test_damaged_files_are_read_or_refused() -> None:
    outcomes = {read_or_refuse(data) for data in damaged_files(100, seed=1)}
    assert {"read", "unreadable"} <= outcomes


@pytest.mark.long
def test_ten_thousand_damaged_files_are_read_or_refused() -> None:
    for data in damaged_files(10_000, seed=2):
        read_or_refuse(data)
