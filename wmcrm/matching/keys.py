"""Blocking keys: two records are compared when they share one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b

from wmcrm.matching.profile import Profile
from wmcrm.matching.scripts import Writing, romanise
from wmcrm.matching.tokens import NameTokens, Token, name_tokens


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

_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_DIGITS = re.compile(r"\d+")
_PARTS = re.compile(r"[._\-+]+")


@lru_cache(maxsize=100_000)
def email_form(email: str) -> tuple[str, str]:
    """Local part and domain for comparison: lower case, without `+tag`, nor dots where they do not count."""
    local, _, domain = email.strip().lower().rpartition("@")
    local = local.partition("+")[0]
    if domain in _GMAIL:
        return local.replace(".", ""), "gmail.com"
    return local, domain


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


def _name_keys(name: NameTokens) -> Iterator[RawKey]:
    latin = sorted(name.latin)
    if not latin or name.joined.isdigit():
        return
    yield KeyKind.NAME, " ".join(latin)
    yield KeyKind.LOCAL, name.joined
    if len(latin) > 1:
        yield KeyKind.LOCAL, name.joined[len(name.latin[0]) :] + name.latin[0]
        ends = sorted((sounds(name.tokens[0]), sounds(name.tokens[-1])))
        yield KeyKind.BONES, " ".join(ends)


def _place_keys(name: NameTokens, place: str) -> Iterator[RawKey]:
    """Each word's skeleton with the other's initial and the place: survives a typo in either word."""
    if len(name.tokens) < 2 or not place:
        return
    first, last = name.tokens[0], name.tokens[-1]
    for word, other in ((first, last), (last, first)):
        if len(word.bones) > 1 and other.writing is not Writing.HAN:
            yield KeyKind.PLACE, f"{word.bones} {other.latin[0]} {place}"


def _email_keys(email: str) -> Iterator[RawKey]:
    local, domain = email_form(email)
    if not local:
        return
    yield KeyKind.EMAIL, f"{local}@{domain}"
    plain = romanise(local)
    letters = _DIGITS.sub("", plain)
    if len(plain) > 5 and len(letters) > 1:
        yield KeyKind.USERNAME, plain
    if len(letters) > 6:
        yield KeyKind.LOCAL, letters


def raw_keys(profile: Profile) -> set[RawKey]:
    """The keys of one record as text; empty when it has nothing to look it up by."""
    keys: set[RawKey] = set()
    place = profile.city.casefold().strip() or profile.country
    for name in map(name_tokens, profile.all_names()):
        if name.is_handle:
            keys.add((KeyKind.USERNAME, name.joined))
        keys.update(_name_keys(name))
        keys.update(_place_keys(name, place))
        if profile.country and place != profile.country:
            keys.update(_place_keys(name, profile.country))
    for username in profile.usernames:
        form = username_form(username)
        if form:
            keys.add((KeyKind.USERNAME, form))
    for email in profile.emails:
        keys.update(_email_keys(email))
    for phone in profile.phones:
        form = phone_form(phone)
        if form:
            keys.add((KeyKind.PHONE, form[-8:]))
    return keys


def hash64(kind: str, text: str) -> int:
    """A signed 64-bit number of a kind and a text, the same in every process."""
    digest = blake2b(f"{kind}\x1f{text}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def profile_keys(profile: Profile) -> tuple[Key, ...]:
    """The keys under which one record is stored and looked up, in a fixed order."""
    return tuple(Key(kind, hash64(kind, text)) for kind, text in sorted(raw_keys(profile)))
