"""Who shares a key with whom, by the stored keys: a key of a crowd counts within a country, then within a city."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.dedupe.profiles import PERSON
from wmcrm.models import metadata

CROWD = 100  # people that share one key, over which it is narrowed
STORED = metadata.tables["match_key"]
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


def _add_holders(session: Session, mine: dict[StoredKey, list[int]], found: dict[int, set[int]]) -> None:
    sizes = _sizes(session, mine)
    few = {value for (_, value), size in sizes.items() if 1 < size <= CROWD}
    holders = sa.select(STORED.c.kind, STORED.c.hash64, STORED.c.person_id).where(STORED.c.hash64.in_(sorted(few)))
    for kind, value, person_id in session.execute(holders) if few else ():
        for asking in mine.get((kind, value), ()):
            found[asking].add(person_id)
    crowded = {key for key, size in sizes.items() if size > CROWD}
    if crowded:
        _add_neighbours(session, {key: mine[key] for key in crowded}, found)


def _sizes(session: Session, keys: Iterable[StoredKey]) -> dict[StoredKey, int]:
    values = sorted({value for _, value in keys})
    query = sa.select(STORED.c.kind, STORED.c.hash64, sa.func.count()).where(STORED.c.hash64.in_(values))
    counted = session.execute(query.group_by(STORED.c.kind, STORED.c.hash64))
    wanted = set(keys)
    return {(kind, value): size for kind, value, size in counted if (kind, value) in wanted}


def _add_neighbours(session: Session, mine: dict[StoredKey, list[int]], found: dict[int, set[int]]) -> None:
    """Of crowds, those of the same country; of crowds within a country, those of the same city."""
    place = sa.func.lower(sa.func.trim(PERSON.c.residence_city))
    query = (
        sa.select(STORED.c.kind, STORED.c.hash64, STORED.c.person_id, PERSON.c.residence_country, place)
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
