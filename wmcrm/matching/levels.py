"""The fields two records are compared on, and the levels of agreement in each."""

from __future__ import annotations

from enum import IntEnum
from types import MappingProxyType

from wmcrm.matching.names import NameLevel


class Field(IntEnum):
    """The fields of a comparison, in the order of the level matrix."""

    NAME = 0
    USERNAME = 1
    EMAIL = 2
    PHONE = 3
    COUNTRY = 4
    CITY = 5
    AFFILIATION = 6
    LANGUAGE = 7


class UsernameLevel(IntEnum):
    """Two records' account names."""

    MISSING = 0
    DIFFERENT = 1
    NAME_LIKE = 2  # one record's account is named as the other record's person
    NEAR = 3
    EQUAL = 4


class EmailLevel(IntEnum):
    """Two records' e-mail addresses."""

    MISSING = 0
    DIFFERENT = 1
    LOCAL = 2  # the same letters before the @ at another provider
    LOCAL_DIGITS = 3  # the same, and with digits in it
    USERNAME = 4  # the part before the @ is the other record's account name
    NEAR = 5  # one slip of the fingers apart
    SHARED = 6  # equal, and carried by several different names
    EQUAL = 7


class PhoneLevel(IntEnum):
    """Two records' phone numbers."""

    MISSING = 0
    DIFFERENT = 1
    NEAR = 2  # one digit apart
    TAIL = 3  # the same number with another or no country code
    SHARED = 4
    EQUAL = 5


class PlainLevel(IntEnum):
    """Country, city, affiliation, languages."""

    MISSING = 0
    DIFFERENT = 1
    EQUAL = 2


LEVELS: MappingProxyType[Field, type[IntEnum]] = MappingProxyType(
    {
        Field.NAME: NameLevel,
        Field.USERNAME: UsernameLevel,
        Field.EMAIL: EmailLevel,
        Field.PHONE: PhoneLevel,
        Field.COUNTRY: PlainLevel,
        Field.CITY: PlainLevel,
        Field.AFFILIATION: PlainLevel,
        Field.LANGUAGE: PlainLevel,
    }
)
WIDTH = max(len(levels) for levels in LEVELS.values())
