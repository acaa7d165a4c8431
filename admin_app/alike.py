"""Whether somebody who is being typed in may be here already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from flask_babel import gettext

from wmcrm.db import Session
from wmcrm.dedupe import candidates_for
from wmcrm.matching import Profile
from wmcrm.models import ContactKind
from wmcrm.normalize import canonical_username, clean_text
from wmcrm.people import Brief, briefs, read_contact

# A name and a country are all that is known while somebody types: less sure than a pair of the review queue.
LEAST = 0.1
MOST = 3


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

    name: str = field(repr=False)
    username: str = field(default="", repr=False)
    country: str = ""
    city: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


def alike(session: Session, typed: Typed, *, but: Collection[int] = ()) -> Alike:
    """Who is here already and may be the same person; people of others are never named.

    That another affiliate knows somebody is said by name and account only: an address or number that was
    typed in is no question about the people of others.
    """
    named, reached = _profile(typed), _reached(typed)
    found = candidates_for(session, named, least=LEAST, but=but)
    likely = {one.person_id: one for one in found.candidates}
    if reached.emails or reached.phones:
        full = replace(named, usernames=named.usernames if typed.username else ())
        for profile in (reached, replace(full, emails=reached.emails, phones=reached.phones)):
            likely |= {one.person_id: one for one in candidates_for(session, profile, least=LEAST, but=but).candidates}
    first = sorted(likely.values(), key=lambda one: (-one.bits, one.person_id))[:MOST]
    known = briefs(session, [one.person_id for one in first])
    people = [
        Lookalike(known[one.person_id], ". ".join(gettext(reason.words) for reason in one.reasons if reason.bits > 0))
        for one in first
        if one.person_id in known
    ]
    return Alike(people, found.known_elsewhere)


def _reached(typed: Typed) -> Profile:
    """Who is typed in by address and number alone: others under another name may have them too."""
    emails, phones = (
        read_contact(kind, text, country=typed.country or None).values if text else ()
        for kind, text in ((ContactKind.EMAIL, typed.email), (ContactKind.PHONE, typed.phone))
    )
    return Profile(key=-1, emails=tuple(emails), phones=tuple(phones), country=typed.country)


def _profile(typed: Typed) -> Profile:
    name = clean_text(typed.name)
    given = canonical_username(typed.username) if typed.username else None
    # A username alone is a complete record, so the name may be one.
    named = canonical_username(name) if name else None
    return Profile(
        key=-1,
        names=(name,) if name else (),
        usernames=tuple(dict.fromkeys(one for one in (given, named) if one)),
        country=typed.country,
        city=typed.city,
    )
