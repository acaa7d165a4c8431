"""What a database constraint says, in words for the person whose form broke it."""

from __future__ import annotations

import re

from flask_babel import LazyString, lazy_gettext
from sqlalchemy.exc import IntegrityError

_SQLITE = re.compile(r"(UNIQUE|CHECK|FOREIGN KEY|NOT NULL) constraint failed:? ?(.*)")

_TAKEN = lazy_gettext("There is already one like this; change what must be unique, such as its code.")
_ORDER = lazy_gettext("The beginning must be before the end.")
_USED = lazy_gettext("Something that this refers to is gone. Reload the page and choose again.")
_OTHER = lazy_gettext("The database refuses this combination of values.")


def explain(error: IntegrityError) -> LazyString:
    """A sentence for a broken constraint; it never repeats a value."""
    name = _constraint(error)
    if name.startswith(("uq_", "UNIQUE")):
        return _TAKEN
    if name.endswith(("since_until", "starts_on_ends_on", "on_day_valid_until")):
        return _ORDER
    if name.startswith(("fk_", "FOREIGN KEY")):
        return _USED
    return _OTHER


def _constraint(error: IntegrityError) -> str:
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name or "")
    found = _SQLITE.search(str(error.orig))
    if found is None:
        return ""
    kind, what = found.groups()
    return what if kind == "CHECK" else kind
