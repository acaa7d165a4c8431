"""Icons of Codex, drawn into the page by the server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

from admin_app.assets import VENDOR


@dataclass(frozen=True, slots=True)
class Icon:
    """The shapes of one icon (attributes with the element's name under ``tag``) and whether it is mirrored."""

    shapes: tuple[dict[str, str], ...]
    flip: bool


@lru_cache(maxsize=1)
def _icons() -> dict[str, Icon]:
    table = json.loads((VENDOR / "icons.json").read_text(encoding="utf-8"))
    return {name: Icon(tuple(icon["shapes"]), icon["flip"]) for name, icon in table.items()}


def find_icon(name: str) -> Icon:
    """The icon called ``name`` ("userGroup"); an unknown name is a mistake in a template and a KeyError."""
    return _icons()[name]
