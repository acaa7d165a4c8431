"""People as the matcher compares them: read in batches, columns only, sealed people never."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from hashlib import blake2b

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.db import Beyond, looks_beyond
from wmcrm.matching import Profile
from wmcrm.models import ContactKind, PersonStatus, Protection, metadata
from wmcrm.models.records import Records, select_record
from wmcrm.outreach import UNCONFIRMED

RANGE = 20_000
BATCH = 500
PERSON = metadata.tables["person"]
Condition = sa.ColumnElement[bool]
Texts = dict[int, list[tuple[int, str]]]  # by person: the number of the row, and what it says


class _Said(IntEnum):
    """What a text of a person is."""

    NAME = 0
    USERNAME = 1
    EMAIL = 2
    PHONE = 3
    AFFILIATION = 4
    LANGUAGE = 5


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Whose profiles: ids from one to another or some ids, the column that says whose a fact is, who is allowed."""

    ids: tuple[int, int] | list[int]
    owner: str = "person_id"
    anybody: bool = False

    @property
    def values(self) -> dict[str, object]:
        """What the statements are asked with."""
        if isinstance(self.ids, tuple):
            return {"low": self.ids[0], "high": self.ids[1]}
        return {"ids": self.ids}


def comparable(person: sa.FromClause = PERSON) -> Condition:
    """The condition that a person may be compared: in use or held at import, not removed, not sealed."""
    return sa.and_(
        person.c.status.in_([PersonStatus.ACTIVE, PersonStatus.HELD]),
        person.c.removed_at.is_(None),
        person.c.protection != Protection.SEALED,
    )


def all_profiles(session: Session) -> Iterator[Profile]:
    """Everybody who may be compared, by ascending id; a range of ids is in memory at a time."""
    highest = session.execute(sa.select(sa.func.max(PERSON.c.id))).scalar() or 0
    for start in range(0, highest + 1, RANGE):
        yield from _profiles(session, _Chosen((start, start + RANGE - 1)))


@looks_beyond(Beyond.COMPARING)
def profiles_of(session: Session, person_ids: Iterable[int]) -> dict[int, Profile]:
    """Those of these people who may be compared, by id."""
    wanted = sorted(set(person_ids))
    found: dict[int, Profile] = {}
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        for profile in _profiles(session, _Chosen(batch)):
            found[int(profile.key)] = profile
    return found


@looks_beyond(Beyond.COMPARING)
def profiles_as_recorded(session: Session, person_ids: Iterable[int]) -> dict[int, Profile]:
    """These people by what was recorded for each, whomever it belongs to since merges; erased and sealed ones never."""
    wanted = sorted(set(person_ids))
    found: dict[int, Profile] = {}
    for start in range(0, len(wanted), BATCH):
        chosen = _Chosen(wanted[start : start + BATCH], "recorded_for_id", anybody=True)
        found |= {int(profile.key): profile for profile in _profiles(session, chosen)}
    return found


def profile_hash(profile: Profile) -> int:
    """64 bits that change when anything that is compared changes; the same in every process."""
    parts = (
        "\x1f".join(profile.names),
        "\x1f".join(sorted(profile.usernames)),
        "\x1f".join(sorted(profile.emails)),
        "\x1f".join(sorted(profile.phones)),
        profile.country,
        profile.city,
        "\x1f".join(sorted(profile.affiliations)),
        "\x1f".join(sorted(profile.languages)),
    )
    return int.from_bytes(blake2b("\x1e".join(parts).encode(), digest_size=8).digest(), "little")


def _profiles(session: Session, chosen: _Chosen) -> Iterator[Profile]:
    connection, ranged = session.connection(), isinstance(chosen.ids, tuple)
    people = connection.execute(_people(ranged, chosen.anybody), chosen.values).all()
    if not people:
        return
    said: dict[int, Texts] = {what: defaultdict(list) for what in _Said}
    for what, person_id, number, text in connection.execute(_facts(ranged, chosen.owner), chosen.values):
        said[what][person_id].append((number, text))
    for person_id, display_name, country, city in people:
        yield Profile(
            key=person_id,
            names=tuple(dict.fromkeys((*_texts(said[_Said.NAME], person_id), display_name))),
            usernames=_texts(said[_Said.USERNAME], person_id),
            emails=_texts(said[_Said.EMAIL], person_id),
            phones=_texts(said[_Said.PHONE], person_id),
            country=country or "",
            city=city or "",
            affiliations=tuple(sorted(_texts(said[_Said.AFFILIATION], person_id))),
            languages=_texts(said[_Said.LANGUAGE], person_id),
        )


def _texts(found: Texts, person_id: int) -> tuple[str, ...]:
    """Each text once, in the order in which it was written down."""
    rows = found.get(person_id, ())
    return tuple(dict.fromkeys(text for _, text in (sorted(rows) if len(rows) > 1 else rows)))


# The statements are made once: making them for each look-up took longer than the database to answer.
@cache
def _people(ranged: bool, anybody: bool) -> Records:
    allowed = sa.and_(PERSON.c.status != PersonStatus.ERASED, PERSON.c.protection != Protection.SEALED)
    return (
        select_record("person", ("id", "display_name", "residence_country", "residence_city"))
        .where(_asked(PERSON.c.id, ranged), allowed if anybody else comparable())
        .order_by(PERSON.c.id)
    )


@cache
def _facts(ranged: bool, owner: str) -> sa.CompoundSelect[int, int, int, str]:
    tables = metadata.tables
    contact, term, affiliate = tables["contact_point"], tables["membership"], tables["affiliate"]

    def of(what: sa.ColumnElement[int], table: sa.Table, text: sa.Column[str]) -> sa.Select[int, int, int, str]:
        query = sa.select(what, table.c[owner], table.c.id, text)
        live = query.where(_asked(table.c[owner], ranged), table.c.removed_at.is_(None))
        # What a merge replaced still was recorded for its record.
        return live.where(table.c.superseded_by_id.is_(None)) if owner == "person_id" else live

    kind = sa.case((contact.c.kind == ContactKind.EMAIL, int(_Said.EMAIL)), else_=int(_Said.PHONE))
    points = of(kind, contact, contact.c.normalized).where(
        contact.c.kind.in_([ContactKind.EMAIL, ContactKind.PHONE]),
        sa.func.coalesce(contact.c.held_because, "") != UNCONFIRMED,  # anybody can add one that is not theirs
    )
    terms = of(_number(_Said.AFFILIATION), term, affiliate.c.name).join(
        affiliate, affiliate.c.id == term.c.affiliate_id
    )
    return sa.union_all(
        of(_number(_Said.NAME), tables["person_name"], tables["person_name"].c.name),
        of(_number(_Said.USERNAME), tables["wiki_account"], tables["wiki_account"].c.username),
        points,
        terms,
        of(_number(_Said.LANGUAGE), tables["language_skill"], tables["language_skill"].c.language),
    )


def _asked(column: sa.Column[int], ranged: bool) -> Condition:
    if ranged:
        return column.between(sa.bindparam("low", type_=sa.Integer), sa.bindparam("high", type_=sa.Integer))
    return column.in_(sa.bindparam("ids", expanding=True))


def _number(what: _Said) -> sa.ColumnElement[int]:
    return sa.literal(int(what))
