"""Whether somebody who is being typed in may be here already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from wmcrm.db import Session
from wmcrm.dedupe import candidates_for
from wmcrm.matching import Profile
from wmcrm.normalize import canonical_username, clean_text
from wmcrm.people import Brief, briefs

# A name and a country are all that is known while somebody types: less sure than a pair of the review queue.
LEAST = 0.1


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Somebody who may be the one who is typed in, and why, in words."""

    person: Brief
    why: str


@dataclass(frozen=True, slots=True)
class Alike:
    """Up to three people whom the reader may see, and whether another affiliate knows somebody likely."""

    people: Sequence[Lookalike]
    elsewhere: bool

    def __bool__(self) -> bool:
        return bool(self.people) or self.elsewhere


@dataclass(frozen=True, slots=True)
class Typed:
    """What of a person was typed so far."""

    name: str
    username: str = ""
    country: str = ""
    city: str = ""


def alike(session: Session, typed: Typed, *, but: Collection[int] = ()) -> Alike:
    """Who is here already and may be the same person; people of others are never named."""
    name = clean_text(typed.name)
    given = canonical_username(typed.username) if typed.username else None
    # A username alone is a complete record, so the name may be one.
    named = canonical_username(name) if name else None
    profile = Profile(
        key=-1,
        names=(name,) if name else (),
        usernames=tuple(dict.fromkeys(one for one in (given, named) if one)),
        country=typed.country,
        city=typed.city,
    )
    found = candidates_for(session, profile, least=LEAST, but=but)
    known = briefs(session, [candidate.person_id for candidate in found.candidates])
    people = [
        Lookalike(known[one.person_id], ". ".join(gettext(reason.words) for reason in one.reasons if reason.bits > 0))
        for one in found.candidates
        if one.person_id in known
    ]
    return Alike(people, found.known_elsewhere)
