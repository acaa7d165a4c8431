"""Could two names be one person's? The guard before a shared address or number links two records."""

from __future__ import annotations

from enum import IntEnum

from wmcrm.matching.names import NameLevel, name_level


class NameAgreement(IntEnum):
    """How well two names agree; every level from UNKNOWN up is compatible."""

    DIFFERENT = 0
    OPAQUE = 1  # one is a username that shows no name, or initials alone: too little to link by
    UNKNOWN = 2  # one is empty: nothing is said either way
    PART = 3  # one given name alone, an initial beside a name, a username made from the name
    NEAR = 4  # small typo, nickname, another script, dropped second name
    SAME = 5  # the same words in any order


_AGREEMENT = {
    NameLevel.MISSING: NameAgreement.UNKNOWN,
    NameLevel.OPAQUE: NameAgreement.OPAQUE,
    NameLevel.INITIALS: NameAgreement.OPAQUE,
    NameLevel.DIFFERENT: NameAgreement.DIFFERENT,
    NameLevel.ONE_ALIKE: NameAgreement.DIFFERENT,
    NameLevel.FAMILY_CHANGED: NameAgreement.DIFFERENT,
    NameLevel.LOOSE: NameAgreement.DIFFERENT,
    NameLevel.HANDLE: NameAgreement.PART,
    NameLevel.PART: NameAgreement.PART,
    NameLevel.DROPPED: NameAgreement.NEAR,
    NameLevel.ACROSS: NameAgreement.NEAR,
    NameLevel.NEAR: NameAgreement.NEAR,
    NameLevel.ORDER: NameAgreement.SAME,
    NameLevel.SAME: NameAgreement.SAME,
}


def name_agreement(a: str, b: str) -> NameAgreement:
    """How well two names as typed agree, in any script and order; symmetric."""
    return _AGREEMENT[name_level(a, b)]


def names_compatible(a: str, b: str) -> bool:
    """True unless the two names show two different people.

    Words in any order, initials, a dropped second name, nicknames, one small typo in a word, another
    script, a username made from the name and an empty name are compatible. A shared family name with
    different given names (a household) is not, nor is a family name alone beside a full name, nor initials
    alone, nor a username that shows no name: among records that share a number, two in five of those are
    two people.
    """
    return name_agreement(a, b) >= NameAgreement.UNKNOWN
