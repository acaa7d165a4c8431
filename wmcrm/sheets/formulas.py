"""Cells that a spreadsheet program would run: marked on the way out, unmarked on the way in.

A mark is one ``'`` before the text. A text that already looks marked gets one more, so that
unmarking what was marked always gives the text back.
"""

from __future__ import annotations

import re

_RUNS = re.compile(r"'*[=+\-@\t\r]")
_MARKED = re.compile(r"'+[=+\-@\t\r]")


def neutralise(text: str) -> str:
    """The text with a ``'`` before it if a spreadsheet program could take it for a formula."""
    return "'" + text if _RUNS.match(text) else text


def restore(text: str) -> str:
    """The text without the mark that ``neutralise`` puts before formulas."""
    return text[1:] if text[:1] == "'" and _MARKED.match(text) else text


def escape_mark(text: str) -> str:
    """The text with one more ``'`` if it looks marked: for formats that need no mark themselves."""
    return "'" + text if text[:1] == "'" and _MARKED.match(text) else text
