"""Addresses of our own: where a form may send its reader back to, and versioned static files."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import current_app, request, url_for

# In a route: the key of a row; a larger number is no address.
NUMBER = "int(max=2147483647)"
STATIC = Path(__file__).parent / "static"


def own_address(wanted: str | None, fallback: str = "/") -> str:
    """``wanted`` if it is a path on this site, else ``fallback``; nobody is ever sent to another host."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return fallback
    if "\\" in wanted or any(ord(char) < 32 for char in wanted):
        return fallback
    return wanted


def page_behind(path: str) -> str:
    """The page that a form was on, or the nearest one above it; empty when there is none but the home page."""
    adapter, place = current_app.create_url_adapter(request), path
    while adapter is not None and place.strip("/"):
        for one in (place.rstrip("/") + "/", place):
            if adapter.test(one, method="GET"):
                return one
        place = place.rstrip("/").rpartition("/")[0]
    return ""


def static_url(name: str) -> str:
    """The address of a static file with its fingerprint, so that browsers may keep it for a year."""
    return url_for("static", filename=name, v=_fingerprint(name, current_app.debug))


@lru_cache(maxsize=64)
def _fingerprint(name: str, _debug: bool) -> str:
    return sha256((STATIC / name).read_bytes()).hexdigest()[:12]
