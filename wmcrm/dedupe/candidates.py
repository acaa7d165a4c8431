"""Whom a record may be: one look-up by keys, for a form while somebody types and for a row of a sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.dedupe.marker import current_model
from wmcrm.dedupe.profiles import PERSON, profiles_of
from wmcrm.dedupe.scope import in_scope, whole_people
from wmcrm.matching import Frequencies, Key, Profile, Reason, profile_keys, score_many
from wmcrm.models import metadata
from wmcrm.upkeep import KIND_NUMBERS

CROWD = 100  # people that share one key, over which it is narrowed by country
MOST_COMPARED = 200  # those who share most keys come first
LEAST = 0.05
STORED = metadata.tables["match_key"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person whom a record may be, how sure that is, and why."""

    person_id: int
    probability: float
    bits: float
    reasons: tuple[Reason, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates the actor may see, and whether somebody likely is known to another affiliate only."""

    candidates: Sequence[Candidate]
    known_elsewhere: bool = False


def candidates_for(
    session: Session, profile: Profile, limit: int = 3, *, least: float = LEAST, but: Collection[int] = ()
) -> Found:
    """The people whom a record may be, the surest first, at most ``limit`` with probability ``least`` or more.

    ``profile.key`` does not count; ``but`` are people to leave out, such as the one being edited. Answers
    only within the actor's affiliates: of the others nothing is said but that there is somebody who is more
    likely than not the same. Sealed people are never found.
    """
    shared = Counter(_sharing(session, profile))
    for person_id in but:
        shared.pop(person_id, None)
    known = profiles_of(session, [person_id for person_id, _ in shared.most_common(MOST_COMPARED)])
    others = list(known.values())
    with whole_people(session):
        model = current_model(session)
    tuned = model.with_frequencies(Frequencies(shared=Frequencies.of([profile, *others]).shared))
    scores = score_many(replace(profile, key=-1), others, tuned)
    found = [
        Candidate(int(other.key), score.probability, score.bits, score.reasons)
        for other, score in zip(others, scores, strict=True)
        if score.probability >= least
    ]
    found.sort(key=lambda candidate: (-candidate.bits, candidate.person_id))
    inside = in_scope(session, [candidate.person_id for candidate in found])
    elsewhere = any(c.probability > 0.5 for c in found if c.person_id not in inside)
    return Found([candidate for candidate in found if candidate.person_id in inside][:limit], elsewhere)


def _sharing(session: Session, profile: Profile) -> Iterable[int]:
    """The people who share a key with a record, once for each key; keys of a crowd count within the country only."""
    keys = profile_keys(profile)
    if not keys:
        return []
    rows = session.execute(sa.union_all(*(_holders(place, key) for place, key in enumerate(keys)))).all()
    sizes = Counter(place for place, _ in rows)
    crowded = [place for place, size in sizes.items() if size > CROWD]
    found = [person_id for place, person_id in rows if sizes[place] <= CROWD]
    if crowded and profile.country:
        parts = (_holders(place, keys[place], profile.country) for place in crowded)
        near = session.execute(sa.union_all(*parts)).all()
        near_sizes = Counter(place for place, _ in near)
        found += [person_id for place, person_id in near if near_sizes[place] <= CROWD]
    return found


def _holders(place: int, key: Key, country: str | None = None) -> sa.Select[int, int]:
    chosen = (
        sa.select(STORED.c.person_id)
        .where(STORED.c.hash64 == key.hash64, STORED.c.kind == KIND_NUMBERS[key.kind])
        .limit(CROWD + 1)
    )
    if country is not None:
        chosen = chosen.join(PERSON, PERSON.c.id == STORED.c.person_id).where(PERSON.c.residence_country == country)
    inner = chosen.subquery()
    return sa.select(sa.literal(place), inner.c.person_id)
