"""Sheets of drafts that were read lately, so that a page for each decision does not read the file again."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from flask import current_app, g

from wmcrm.db import Session
from wmcrm.importer.drafts import Draft, read_draft
from wmcrm.sheets import ReadFile

KEPT_SHEETS = 4
KEPT_SECONDS = 600.0
_STORE = "wmcrm_open_sheets"

# The public id, never the number: SQLite gives the number of a draft that was dropped to the next one.
Key = tuple[str, str | None, str | None]


@dataclass(slots=True)
class _Open:
    """A read file: when it was asked for last, and how many requests are reading it now."""

    file: ReadFile
    asked: float
    readers: int = 0
    dropped: bool = False


class OpenSheets:
    """A few read files by the draft they belong to; their rows lie in files without a name that go with them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: OrderedDict[Key, _Open] = OrderedDict()
        weakref.finalize(self, _close_all, self._open)

    def take(self, key: Key, read: Callable[[], ReadFile]) -> _Open:
        """The file of a key, read when it is not here; the caller gives it back."""
        with self._lock:
            self._drop_old()
            found = self._open.get(key)
            if found is not None:
                return self._taken(key, found)
        file = read()
        with self._lock:
            earlier = self._open.pop(key, None)  # another request was faster
            if earlier is not None:
                self._drop(earlier)
            while len(self._open) >= KEPT_SHEETS:
                self._drop(self._open.popitem(last=False)[1])
            return self._taken(key, _Open(file, monotonic()))

    def give_back(self, entry: _Open) -> None:
        """A request is done with the file."""
        with self._lock:
            entry.readers -= 1
            if entry.dropped and not entry.readers:
                entry.file.close()

    def forget(self, draft_id: str) -> None:
        """Drop whatever was read for a draft."""
        with self._lock:
            for key in [key for key in self._open if key[0] == draft_id]:
                self._drop(self._open.pop(key))

    def _taken(self, key: Key, entry: _Open) -> _Open:
        entry.readers += 1
        entry.asked = monotonic()
        self._open[key] = entry
        self._open.move_to_end(key)
        return entry

    def _drop(self, entry: _Open) -> None:
        entry.dropped = True
        if not entry.readers:
            entry.file.close()

    def _drop_old(self) -> None:
        limit = monotonic() - KEPT_SECONDS
        for key in [key for key, entry in self._open.items() if entry.asked < limit]:
            self._drop(self._open.pop(key))


def opened(session: Session, draft: Draft) -> ReadFile:
    """The tables of a draft as its choices say to read them, until the request ends.

    Raises what ``read_draft`` raises.
    """
    entry = _sheets().take(_key(draft), lambda: read_draft(session, draft))
    g.setdefault("open_sheets", []).append(entry)
    return entry.file


def keep_open(draft: Draft, file: ReadFile) -> None:
    """The file was read already when the draft was made: its page need not read it again."""
    entry = _sheets().take(_key(draft), lambda: file)
    g.setdefault("open_sheets", []).append(entry)


def give_back(_error: BaseException | None = None) -> None:
    """At the end of a request: what it read may go."""
    for entry in g.pop("open_sheets", []):
        _sheets().give_back(entry)


def forget(draft: Draft) -> None:
    """The draft is done with: nothing of its sheet stays in memory."""
    _sheets().forget(draft.public_id)


def _key(draft: Draft) -> Key:
    return draft.public_id, draft.choices.encoding, draft.choices.delimiter


def _sheets() -> OpenSheets:
    found = current_app.extensions.get(_STORE) or current_app.extensions.setdefault(_STORE, OpenSheets())
    assert isinstance(found, OpenSheets)
    return found


def _close_all(kept: OrderedDict[Key, _Open]) -> None:
    while kept:
        kept.popitem()[1].file.close()
