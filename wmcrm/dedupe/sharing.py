"""Who shares a key with whom, by the stored keys: a key of a crowd counts within a country, then within a city.

No question reads more of a crowd than shows that it is one: the most common name costs no more than a rare one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.matching import Key, Profile, profile_keys
from wmcrm.models import metadata
from wmcrm.upkeep import KIND_NUMBERS, place_of

CROWD = 100  # people that share one key, over which it is narrowed
STORED = metadata.tables["match_key"]
PARTS = (STORED.c.kind, STORED.c.hash64, STORED.c.country, STORED.c.city)
BATCH = 500
SIZES = (8, 16, 32, 64, 128)  # keys in one statement: few statements, so that each is ready
NOTHING = {part.name: -1 if part.name in {"kind", "hash64"} else "" for part in PARTS}
StoredKey = tuple[int, int]  # kind and hash
Home = tuple[str, str]  # country and city
Place = tuple[str, ...]  # the first parts of a home: nothing is everywhere
Asked = tuple[StoredKey, Place]
Asker = tuple[int, Home]


def people_sharing(session: Session, person_ids: Sequence[int]) -> dict[int, set[int]]:
    """For each of these people, by id: everybody who shares a key with them."""
    keys: dict[Asker, list[StoredKey]] = defaultdict(list)
    for start in range(0, len(person_ids), BATCH):
        query = sa.select(STORED.c.person_id, *PARTS).where(STORED.c.person_id.in_(person_ids[start : start + BATCH]))
        for person_id, kind, value, *home in session.execute(query):
            keys[person_id, (home[0], home[1])].append((kind, value))
    found: dict[int, set[int]] = {person_id: set() for person_id in person_ids}
    for (person_id, _), shared in _sharing(session, keys).items():
        found[person_id] = set(shared) - {person_id}
    return found


def most_sharing(session: Session, profile: Profile, most: int) -> list[int]:
    """The people who share keys with a record that is not stored, at most some: first who shares most and rarest."""
    keys = [stored_key(key) for key in profile_keys(profile)]
    (shared,) = _sharing(session, {(0, place_of(profile)): keys}).values()
    return [person_id for person_id, _ in sorted(shared.items(), key=lambda one: (-one[1], one[0]))[:most]]


def stored_key(key: Key) -> StoredKey:
    """A key of a record as the database knows it."""
    return KIND_NUMBERS[key.kind], key.hash64


def carriers_of_rare(session: Session, keys: Collection[StoredKey]) -> set[int]:
    """Everybody who carries one of these keys; keys of crowds are left out. For many keys at once."""
    hashes = sorted({value for _, value in keys})
    found: set[int] = set()
    for start in range(0, len(hashes), BATCH):
        asked = STORED.c.hash64.in_(hashes[start : start + BATCH])
        rare = sa.select(STORED.c.hash64).where(asked).group_by(STORED.c.hash64).having(sa.func.count() <= CROWD)
        found.update(session.execute(sa.select(STORED.c.person_id).where(STORED.c.hash64.in_(rare))).scalars())
    return found


def _sharing(session: Session, asking: Mapping[Asker, Iterable[StoredKey]]) -> dict[Asker, dict[int, float]]:
    """For each who asks: the people near enough who share keys, a key counting the more the fewer carry it."""
    found: dict[Asker, dict[int, float]] = {asker: defaultdict(float) for asker in asking}
    waiting: dict[Asked, list[Asker]] = defaultdict(list)
    for asker, keys in asking.items():
        for key in keys:
            waiting[key, ()].append(asker)
    while waiting:
        holders = _holders(session, list(waiting))
        narrower: dict[Asked, list[Asker]] = defaultdict(list)
        for (key, place), askers in waiting.items():
            near = holders[key, place]
            for asker in askers:
                home = asker[1][: len(place) + 1]
                if len(near) <= CROWD:
                    for person_id in near:
                        found[asker][person_id] += 1 / len(near)
                elif len(home) > len(place) and home[-1]:
                    narrower[key, home].append(asker)
        waiting = narrower
    return found


def _holders(session: Session, asked: Sequence[Asked]) -> dict[Asked, list[int]]:
    """Who carries each key at its place, all places being equally near: at most one more than makes a crowd."""
    found: dict[Asked, list[int]] = {one: [] for one in asked}
    connection = session.connection()
    for start in range(0, len(asked), SIZES[-1]):
        some = asked[start : start + SIZES[-1]]
        depth = len(some[0][1])
        size = next(size for size in SIZES if size >= len(some))
        values: dict[str, object] = {}
        for number in range(size):
            told = (*some[number][0], *some[number][1]) if number < len(some) else tuple(NOTHING.values())
            values.update({f"{part.name}_{number}": value for part, value in zip(PARTS, told, strict=False)})
        for number, person_id in connection.execute(_question(size, depth), values):
            found[some[number]].append(person_id)
    return found


@cache
def _question(size: int, depth: int) -> sa.CompoundSelect[int, int]:
    """The statement that asks for the carriers of some keys, everywhere (depth 0), in countries or in cities."""
    asked = PARTS[: 2 + depth]

    def carriers(number: int) -> sa.Select[int, int]:
        wanted = (part == sa.bindparam(f"{part.name}_{number}", type_=part.type) for part in asked)
        some = sa.select(STORED.c.person_id).where(*wanted).limit(sa.literal_column(str(CROWD + 1))).subquery()
        return sa.select(sa.literal_column(str(number), sa.Integer), some.c.person_id)

    return sa.union_all(*(carriers(number) for number in range(size)))
