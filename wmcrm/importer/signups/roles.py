"""What a role or ticket column says of the part somebody has in the event."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from importlib.resources import files

from wmcrm.importer.mapping.headertext import header_key
from wmcrm.importer.signups.signup import Capacity
from wmcrm.normalize import fold

# A column of professions names teachers and photographers, who take part like everybody else.
_ABOUT_THE_EVENT = (
    "role", "rol ", "rolle", "ruolo", "rola", "papel", "funcao no", "type of part", "participant type",
    "attendee type", "participating as", "attending as", "type de part", "tipo de part", "دور", "صفه", "角色",
    "参会身份", "参加区分", "参与角色", "peran", "роль", "役割", "jukumu", "भूमिका", "ভূমিকা", "نقش",
)  # fmt: skip
_CAPACITIES = {"staff": Capacity.STAFF, "interpreter": Capacity.INTERPRETER, "speaker": Capacity.SPEAKER}
_BLOCKS = {"panelist": ("speaker", Capacity.SPEAKER), "host": (None, Capacity.STAFF)}


@cache
def _words() -> dict[str, str]:
    table = json.loads(files("wmcrm.importer").joinpath("data/words.json").read_text("utf-8"))
    return {
        fold(word): role
        for role, by_language in table["role"].items()
        for words in by_language.values()
        for word in words
    }


@lru_cache(maxsize=2048)
def event_role_of(text: str) -> str | None:
    """The event role that a word names, None for words that name none."""
    return _words().get(fold(text))


@lru_cache(maxsize=512)
def asks_for_event_role(header: str) -> bool:
    """True for a header that asks for the part in the event rather than for a profession."""
    key = header_key(header) + " "
    return any(stem in key for stem in _ABOUT_THE_EVENT)


def capacity_of(event_role: str | None) -> Capacity | None:
    """The capacity that follows from a role; None where it says nothing."""
    return _CAPACITIES.get(event_role or "")


@lru_cache(maxsize=64)
def part_in_block(title: str) -> tuple[str | None, Capacity | None]:
    """The role and capacity of the people in a table called "Panelist Details" or "Host Details"."""
    words = fold(title)
    return next((part for word, part in _BLOCKS.items() if word in words), (None, None))
