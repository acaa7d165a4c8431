"""Two plots as plain SVG, without scripts or fonts of their own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_WIDE, _HIGH, _EDGE = 420, 320, 46
_BINS = (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 1.0001)


def _x(value: float, low: float = 0.0) -> float:
    return _EDGE + (value - low) / (1 - low) * (_WIDE - _EDGE - 12)


def _y(value: float, low: float = 0.0) -> float:
    return _HIGH - _EDGE - (value - low) / (1 - low) * (_HIGH - _EDGE - 16)


def _frame(title: str, across: str, up: str, low: float, body: str) -> str:
    ticks = [low + (1 - low) * step / 5 for step in range(6)]
    marks = "".join(
        f'<text x="{_x(t, low):.1f}" y="{_HIGH - _EDGE + 16}" text-anchor="middle">{t:.2f}</text>'
        f'<text x="{_EDGE - 6}" y="{_y(t, low) + 4:.1f}" text-anchor="end">{t:.2f}</text>'
        f'<line x1="{_EDGE}" x2="{_WIDE - 12}" y1="{_y(t, low):.1f}" y2="{_y(t, low):.1f}" stroke="#ddd"/>'
        for t in ticks
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" font-family="sans-serif" font-size="11" role="img">'
        f'<title>{title}</title><rect width="100%" height="100%" fill="#fff"/>{marks}{body}'
        f'<text x="{_WIDE / 2}" y="{_HIGH - 8}" text-anchor="middle">{across}</text>'
        f'<text x="12" y="{_HIGH / 2}" text-anchor="middle" transform="rotate(-90 12 {_HIGH / 2})">{up}</text></svg>\n'
    )


def precision_recall_plot(curve: Sequence[tuple[float, float]]) -> str:
    """Precision against recall over all cuts, both from .5 up."""
    kept = [(recall, precision) for recall, precision in curve if recall >= 0.5 and precision >= 0.5]
    points = " ".join(f"{_x(r, 0.5):.1f},{_y(p, 0.5):.1f}" for r, p in kept)
    line = f'<polyline points="{points}" fill="none" stroke="#36c" stroke-width="2"/>'
    return _frame("Precision and recall on labelled contacts", "recall", "precision", 0.5, line)


def calibration_plot(sure: NDArray[np.float64], same: NDArray[np.bool_]) -> str:
    """The share of true pairs among those of about one probability."""
    dots = [f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#999" stroke-dasharray="4 3"/>']
    for low, high in pairwise(_BINS):
        chosen = (sure >= low) & (sure < high)
        if chosen.sum() >= 5:
            x, y = _x(float(sure[chosen].mean())), _y(float(same[chosen].mean()))
            radius = 2 + np.log2(chosen.sum()) / 2
            dots.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#36c" fill-opacity=".7"/>')
    return _frame("Calibration on labelled contacts", "probability claimed", "share of true pairs", 0.0, "".join(dots))
