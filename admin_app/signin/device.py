"""What kind of browser somebody uses: enough to know one's own sessions apart, too little to follow anybody."""

from __future__ import annotations

# The first that is named wins: every browser names those it descends from as well.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Browser and system by their names, "Firefox, Linux"; nothing where neither is known."""
    named = (_first(user_agent, table) for table in (BROWSERS, SYSTEMS))
    return ", ".join(name for name in named if name)


def _first(text: str, table: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in table if mark in text), "")
