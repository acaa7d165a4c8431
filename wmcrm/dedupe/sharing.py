"""Who shares a key with whom, by the stored keys: a key of a crowd counts within a country, then within a city."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.dedupe.profiles import PERSON
from wmcrm.matching import Profile, profile_keys
from wmcrm.models import metadata
from wmcrm.upkeep import KIND_NUMBERS

CROWD = 100  # people that share one key, over which it is narrowed
STORED = metadata.tables["match_key"]
CITY = sa.func.lower(sa.func.trim(PERSON.c.residence_city))
BATCH = 500
StoredKey = tuple[int, int]  # kind and hash
Place = tuple[str | None, str | None]  # country and city


def people_sharing(session: Session, person_ids: Sequence[int]) -> dict[int, set[int]]:
    """For each of these people, by id: everybody who shares a key with them."""
    mine: dict[StoredKey, list[int]] = defaultdict(list)
    for some in _batches(person_ids):
        query = sa.select(STORED.c.kind, STORED.c.hash64, STORED.c.person_id).where(STORED.c.person_id.in_(some))
        for kind, value, person_id in session.execute(query):
            mine[kind, value].append(person_id)
    found: dict[int, set[int]] = {person_id: set() for person_id in person_ids}
    for some_keys in _batches(list(mine)):
        _add_holders(session, {key: mine[key] for key in some_keys}, found)
    for person_id, others in found.items():
        others.discard(person_id)
    return found


def most_sharing(session: Session, profile: Profile, most: int) -> list[int]:
    """The people who share keys with a record that is not stored, at most some, those with most keys first."""
    keys = [(KIND_NUMBERS[key.kind], key.hash64) for key in profile_keys(profile)]
    if not keys:
        return []
    connection = session.connection()
    sizes = _sizes(session, keys)
    few = [value for (_, value), size in sizes.items() if size <= CROWD]
    shared: Counter[int] = Counter()
    if few:
        wanted = set(keys)
        rows = connection.execute(_holders(), {"values": few})
        shared.update(person_id for kind, value, person_id in rows if (kind, value) in wanted)
    if profile.country:
        place = (profile.country, profile.city.casefold().strip() or None)
        for key in (key for key, size in sizes.items() if size > CROWD):
            shared.update(_neighbours(connection, key, place))
    return [person_id for person_id, _ in sorted(shared.items(), key=lambda one: (-one[1], one[0]))[:most]]


def _neighbours(connection: sa.Connection, key: StoredKey, home: Place) -> list[int]:
    """Of a crowd those of the same country, or where these are a crowd too those of the same city, else nobody."""
    asked = {"kind": key[0], "value": key[1], "country": home[0], "most": CROWD + 1}
    near = [row[0] for row in connection.execute(_compatriots(False), asked)]
    if len(near) > CROWD and home[1]:
        near = [row[0] for row in connection.execute(_compatriots(True), {**asked, "city": home[1]})]
    return near if len(near) <= CROWD else []


@cache
def _holders() -> sa.Select[int, int, int]:
    wanted = STORED.c.hash64.in_(sa.bindparam("values", expanding=True))
    return sa.select(STORED.c.kind, STORED.c.hash64, STORED.c.person_id).where(wanted)


@cache
def _counted() -> sa.Select[int, int, int]:
    wanted = STORED.c.hash64.in_(sa.bindparam("values", expanding=True))
    query = sa.select(STORED.c.kind, STORED.c.hash64, sa.func.count()).where(wanted)
    return query.group_by(STORED.c.hash64, STORED.c.kind)


@cache
def _compatriots(in_city: bool) -> sa.Select[int]:
    query = (
        sa.select(STORED.c.person_id)
        .join(PERSON, PERSON.c.id == STORED.c.person_id)
        .where(STORED.c.hash64 == sa.bindparam("value"), STORED.c.kind == sa.bindparam("kind"))
        .where(PERSON.c.residence_country == sa.bindparam("country"))
        .limit(sa.bindparam("most", type_=sa.Integer))
    )
    return query.where(sa.bindparam("city") == CITY) if in_city else query


def _add_holders(session: Session, mine: dict[StoredKey, list[int]], found: dict[int, set[int]]) -> None:
    sizes = _sizes(session, mine)
    few = {value for (_, value), size in sizes.items() if 1 < size <= CROWD}
    rows = session.connection().execute(_holders(), {"values": sorted(few)}) if few else ()
    for kind, value, person_id in rows:
        for asking in mine.get((kind, value), ()):
            found[asking].add(person_id)
    crowded = {key for key, size in sizes.items() if size > CROWD}
    if crowded:
        _add_neighbours(session, {key: mine[key] for key in crowded}, found)


def _sizes(session: Session, keys: Iterable[StoredKey]) -> dict[StoredKey, int]:
    wanted = set(keys)
    counted = session.connection().execute(_counted(), {"values": sorted({value for _, value in wanted})})
    return {(kind, value): size for kind, value, size in counted if (kind, value) in wanted}


def _add_neighbours(session: Session, mine: dict[StoredKey, list[int]], found: dict[int, set[int]]) -> None:
    """Of crowds, those of the same country; of crowds within a country, those of the same city."""
    query = (
        sa.select(STORED.c.kind, STORED.c.hash64, STORED.c.person_id, PERSON.c.residence_country, CITY)
        .join(PERSON, PERSON.c.id == STORED.c.person_id)
        .where(STORED.c.hash64.in_(sorted({value for _, value in mine})), PERSON.c.residence_country.is_not(None))
    )
    crowds: dict[tuple[StoredKey, Place], list[int]] = defaultdict(list)
    homes: dict[int, Place] = {}
    for kind, value, person_id, country, city in session.execute(query):
        homes[person_id] = (country, city or None)
        crowds[(kind, value), (country, None)].append(person_id)
        if city:
            crowds[(kind, value), (country, city)].append(person_id)
    for key, asking in mine.items():
        for person_id in asking:
            for home in _narrower(homes.get(person_id, (None, None))):
                near = crowds[key, home]
                if len(near) <= CROWD:
                    found[person_id].update(near)
                    break


def _narrower(home: Place) -> Iterator[Place]:
    if home[0]:
        yield home[0], None
        if home[1]:
            yield home


def _batches(values: Sequence[int] | Sequence[StoredKey]) -> Iterator[Collection]:  # type: ignore[type-arg]
    return (values[start : start + BATCH] for start in range(0, len(values), BATCH))
