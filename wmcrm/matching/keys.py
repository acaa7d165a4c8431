"""Blocking keys: two records are compared when they share one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from itertools import islice

from wmcrm.matching.cjk import BY_SOUND, latin_readings
from wmcrm.matching.profile import Profile
from wmcrm.matching.scripts import Writing, romanise
from wmcrm.matching.tokens import NameTokens, Token, name_tokens, token_of
from wmcrm.normalize import email_key


class KeyKind(StrEnum):
    """What a key is made of."""

    USERNAME = "username"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    BONES = "bones"
    PLACE = "place"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Key:
    """A key as stored: its kind and a signed 64-bit hash, the same in every process and version."""

    kind: KeyKind
    hash64: int


RawKey = tuple[KeyKind, str]

_MOST_BONES = 12
_DIGITS = re.compile(r"\d+")


def email_form(email: str) -> tuple[str, str]:
    """Local part and domain for comparison: lower case, without `+tag`, nor dots where they do not count."""
    local, _, domain = email_key(email).rpartition("@")
    return local, domain


def email_text(email: str) -> str:
    """`email_form` in one."""
    key = email_key(email)
    return key if "@" in key else f"@{key}"


def email_letters(plain: str) -> str:
    """The letters of the part of an address before the @, given in Latin letters and digits."""
    return plain if plain.isalpha() else _DIGITS.sub("", plain)


def username_form(username: str) -> str:
    """A username for comparison: letters and digits only, case folded, in Latin letters."""
    return romanise(username) or username.casefold().strip()


def phone_form(phone: str) -> str:
    """The digits of a phone number without prefixes for calling abroad; "" when too few."""
    rest = phone[1:] if phone.startswith("+") else phone
    digits = rest if rest.isdigit() else "".join(filter(str.isdigit, rest))
    digits = digits.removeprefix("00")
    return digits if len(digits) >= 6 else ""


def sounds(token: Token) -> str:
    """The skeleton of a word, or its letters where the skeleton would say too little."""
    return token.bones if len(token.bones) > 1 else token.latin[:3]


def _readings(token: Token) -> list[str]:
    """The skeletons of a word: one, or one for each way to read it."""
    if token.writing not in BY_SOUND:
        return [sounds(token)]
    return sorted({sounds(token_of(latin)) for latin in latin_readings(token)})


def bones_keys(name: NameTokens) -> list[tuple[str, str]]:
    """The sounds of the first and the last word of a name, in the order of the alphabet, in each way to read it."""
    first, last = name.tokens[0], name.tokens[-1]
    ends = [(first, last)]
    if len(name.tokens) == 3 and max(map(len, name.latin)) < 6:  # Kim Min-jun
        ends.append((first, token_of(name.latin[1] + name.latin[2])))
        ends.append((token_of(name.latin[0] + name.latin[1]), last))
    pairs = ((a, b) for one, other in ends for a in _readings(one) for b in _readings(other))
    return [(a, b) if a <= b else (b, a) for a, b in islice(pairs, _MOST_BONES)]


def _name_keys(name: NameTokens, places: list[str]) -> list[RawKey]:
    if not name.joined or name.joined.isdigit():
        return []
    keys = [(KeyKind.NAME, " ".join(sorted(name.latin))), (KeyKind.LOCAL, name.joined)]
    if len(name.latin) > 1:
        first, last = name.tokens[0], name.tokens[-1]
        head = first.latin
        keys.append((KeyKind.LOCAL, name.joined[len(head) :] + head))
        keys += [(KeyKind.BONES, f"{a} {b}") for a, b in bones_keys(name)]
        for place in places:
            keys += _place_keys(first, last, place)
    return keys


def _place_keys(first: Token, last: Token, place: str) -> list[RawKey]:
    """Each word's skeleton with the other's initial and the place: survives a typo in either word."""
    keys = []
    if len(first.bones) > 1 and last.writing is not Writing.HAN:
        keys.append((KeyKind.PLACE, f"{first.bones} {last.latin[0]} {place}"))
    if len(last.bones) > 1 and first.writing is not Writing.HAN:
        keys.append((KeyKind.PLACE, f"{last.bones} {first.latin[0]} {place}"))
    return keys


def _email_keys(email: str) -> list[RawKey]:
    local, domain = email_form(email)
    if not local:
        return []
    keys = [(KeyKind.EMAIL, f"{local}@{domain}")]
    plain = romanise(local)
    letters = email_letters(plain)
    if len(plain) > 5 and len(letters) > 1:
        keys.append((KeyKind.USERNAME, plain))
    if len(letters) > 6:
        keys.append((KeyKind.LOCAL, letters))
    return keys


def raw_keys(profile: Profile) -> list[RawKey]:
    """The keys of one record as text, some twice; empty when it has nothing to look it up by."""
    keys: list[RawKey] = []
    city = profile.city.casefold().strip()
    places = [place for place in (city, profile.country) if place]
    handles = []
    for text in profile.all_names():
        name = name_tokens(text)
        if name.is_handle:
            handles.append(text)
        keys += _name_keys(name, places)
    for username in (*profile.usernames, *handles):
        if form := username_form(username):
            keys.append((KeyKind.USERNAME, form))
    for email in profile.emails:
        keys += _email_keys(email)
    for phone in profile.phones:
        if form := phone_form(phone):
            keys.append((KeyKind.PHONE, form[-8:]))
    return keys


def hash64(kind: str, text: str) -> int:
    """A signed 64-bit number of a kind and a text, the same in every process."""
    digest = blake2b(f"{kind}\x1f{text}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def profile_keys(profile: Profile) -> tuple[Key, ...]:
    """The keys under which one record is stored and looked up, in a fixed order."""
    return tuple(Key(kind, hash64(kind, text)) for kind, text in sorted(set(raw_keys(profile))))
