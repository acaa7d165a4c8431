"""What people write into the filters, understood: names and codes of roles, places and languages."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.directory.filters import Wanted
from wmcrm.errors import BadInputError
from wmcrm.models import EventRole, Initiative, InvolvementKind, Position
from wmcrm.normalize import REGIONS, Region, find_language, fold, parse_country

ROLES = frozenset({*(role.value for role in EventRole), *(position.value for position in Position)}) | {
    kind.value for kind in InvolvementKind
}


def understood(session: Session, wanted: Wanted) -> Wanted:
    """The same filters in stored codes; raises BadInputError for what does not exist, naming what does."""
    if wanted.initiative is not None:
        _check_initiative(session, wanted.initiative)
    return replace(
        wanted,
        role=_role(wanted.role) if wanted.role else None,
        topic=code_of(wanted.topic) if wanted.topic else None,
        country=_country(wanted.country) if wanted.country else None,
        region=region_code(wanted.region) if wanted.region else None,
        language=find_language(wanted.language) if wanted.language else None,
    )


def code_of(word: str) -> str:
    """A word as a code: folded, with underscores for spaces."""
    return fold(word).replace(" ", "_")


def region_code(text: str) -> str:
    """The code of a region named by code or by its English name; raises BadInputError with those there are."""
    wanted = fold(text)
    for region, name in REGIONS.items():
        if wanted in {fold(region.value), fold(name)}:
            return region.value
    raise BadInputError("There is no region {region}; choose one of: {regions}", region=text, regions=", ".join(Region))


def _role(word: str) -> str:
    code = code_of(word)
    if code not in ROLES:
        raise BadInputError(
            "There is no role {role}; choose one of: {roles}", role=word, roles=", ".join(sorted(ROLES))
        )
    return code


def _country(text: str) -> str:
    found = parse_country(text).first
    if found is None:
        raise BadInputError("There is no country {country}; write its code, such as SN.", country=text)
    return found


def _check_initiative(session: Session, number: str) -> None:
    query = sa.select(col(Initiative.id)).where(col(Initiative.number) == number.strip()).limit(1)
    if session.scalars(query).first() is None:
        raise BadInputError("There is no initiative {number}.", number=number)
