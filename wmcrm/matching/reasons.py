"""Why a pair scored as it did, field by field, in words that can be translated."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from wmcrm.matching.levels import LEVELS, Field

GUARD = "guard"


@dataclass(frozen=True, slots=True)
class Reason:
    """What one field says: its level, its bits (negative against), an English sentence as translation key."""

    field: str
    level: str
    bits: float
    words: str


_WORDS = MappingProxyType(
    {
        (Field.NAME, "SAME"): "The names are the same",
        (Field.NAME, "ORDER"): "The names have the same words in another order",
        (Field.NAME, "NEAR"): "The names differ by a typo or a short form",
        (Field.NAME, "ACROSS"): "The names agree across two scripts",
        (Field.NAME, "DROPPED"): "One name leaves out a part of the other",
        (Field.NAME, "PART"): "The names agree as far as initials or a given name show",
        (Field.NAME, "HANDLE"): "One name is a username made from the other",
        (Field.NAME, "LOOSE"): "The names are similar",
        (Field.NAME, "FAMILY_CHANGED"): "The given name is the same and the family name another",
        (Field.NAME, "ONE_ALIKE"): "The names share one word and differ in another",
        (Field.NAME, "DIFFERENT"): "The names are different",
        (Field.NAME, "INITIALS"): "Only initials of the names are known to agree",
        (Field.NAME, "OPAQUE"): "One record has a username in the place of the name",
        (Field.USERNAME, "EQUAL"): "The username is the same",
        (Field.USERNAME, "NEAR"): "The usernames differ by one letter",
        (Field.USERNAME, "NAME_LIKE"): "The username of one is the name of the other",
        (Field.USERNAME, "DIFFERENT"): "The usernames are different",
        (Field.EMAIL, "EQUAL"): "The e-mail address is the same",
        (Field.EMAIL, "SHARED"): "The e-mail address is the same, but several people use it",
        (Field.EMAIL, "NEAR"): "The e-mail addresses differ by one letter",
        (Field.EMAIL, "USERNAME"): "The e-mail address of one begins with the username of the other",
        (Field.EMAIL, "LOCAL_DIGITS"): "The e-mail addresses begin alike at two providers",
        (Field.EMAIL, "LOCAL"): "The e-mail addresses begin with the same letters at two providers",
        (Field.EMAIL, "DIFFERENT"): "The e-mail addresses are different",
        (Field.PHONE, "EQUAL"): "The phone number is the same",
        (Field.PHONE, "SHARED"): "The phone number is the same, but several people use it",
        (Field.PHONE, "TAIL"): "The phone number is the same apart from the country code",
        (Field.PHONE, "NEAR"): "The phone numbers differ by one digit",
        (Field.PHONE, "DIFFERENT"): "The phone numbers are different",
        (Field.COUNTRY, "EQUAL"): "The country is the same",
        (Field.COUNTRY, "DIFFERENT"): "The countries are different",
        (Field.CITY, "EQUAL"): "The city is the same",
        (Field.CITY, "DIFFERENT"): "The cities are different",
        (Field.AFFILIATION, "EQUAL"): "They share an affiliation",
        (Field.AFFILIATION, "DIFFERENT"): "The affiliations are different",
        (Field.LANGUAGE, "EQUAL"): "They share a language",
        (Field.LANGUAGE, "DIFFERENT"): "They share no language",
    }
)
_CONFLICT = "Shared contact details count little where the names clearly differ"


def all_words() -> tuple[str, ...]:
    """Every sentence that a reason can have, for translators."""
    return (*_WORDS.values(), _CONFLICT)


def reasons_of(levels: list[int], bits: list[float], conflict: float) -> tuple[Reason, ...]:
    """The reasons of one pair, the weightiest first; fields with a missing value say nothing."""
    found = [
        Reason(field.name.lower(), LEVELS[field](levels[field]).name.lower(), round(bits[field], 2), words)
        for field in Field
        if (words := _WORDS.get((field, LEVELS[field](levels[field]).name)))
    ]
    if conflict < 0:
        found.append(Reason(GUARD, "conflict", round(conflict, 2), _CONFLICT))
    return tuple(sorted(found, key=lambda reason: -abs(reason.bits)))
