"""How much of a sheet is read before it is refused, and how long a line of it may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SheetLimits:
    """Caps of one reading: sizes in bytes, times in seconds.

    ``address_space`` and ``cpu_seconds`` bind the child process where the system can bind it;
    ``wall_seconds`` binds it everywhere.
    """

    file_size: int = 20 * 1024**2
    unpacked_size: int = 256 * 1024**2
    spool_size: int = 512 * 1024**2
    archive_entries: int = 5_000
    rows: int = 200_000
    columns: int = 512
    cells: int = 5_000_000
    address_space: int = 1024**3
    cpu_seconds: int = 20
    wall_seconds: float = 25.0
