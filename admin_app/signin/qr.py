"""A QR code as one path of an SVG: our content policy lets no picture in by ``data:``."""

from __future__ import annotations

from dataclasses import dataclass

import segno

QUIET = 4  # white modules around it, as the standard asks


@dataclass(frozen=True, slots=True)
class QrCode:
    """How many modules wide it is, and the path of the dark ones."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """The QR code of a text."""
    rows = list(segno.make_qr(text, error="m").matrix_iter(border=QUIET))
    dark = ((x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return QrCode(len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))
