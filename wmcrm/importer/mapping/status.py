"""Words of registration and attendance, as ticket shops, forms and hands write them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

from wmcrm.normalize import fold


class Registration(StrEnum):
    """Where somebody stands with the sign-up for an event."""

    NONE = "none"
    REGISTERED = "registered"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a status word says of the registration and of attendance; None where it says nothing."""

    registration: Registration | None = None
    attended: bool | None = None


_MEANINGS = {
    "registered": Standing(Registration.REGISTERED),
    "waitlisted": Standing(Registration.WAITLISTED),
    "cancelled": Standing(Registration.CANCELLED),
    "attended": Standing(Registration.REGISTERED, True),
    "absent": Standing(Registration.REGISTERED, False),
    "invited": Standing(Registration.NONE),
    "walk_in": Standing(Registration.NONE, True),
}


@cache
def _words() -> dict[str, Standing]:
    table = json.loads(files("wmcrm.importer").joinpath("data/words.json").read_text("utf-8"))
    return {
        fold(word): _MEANINGS[meaning]
        for meaning, by_language in table["status"].items()
        for words in by_language.values()
        for word in words
    }


@lru_cache(maxsize=4096)
def parse_status(text: str) -> Standing | None:
    """What a status cell says, None for words that are not known."""
    return _words().get(fold(text))


def is_status_word(text: str) -> bool:
    """True for a word that tells how somebody stands with an event."""
    return parse_status(text) is not None
