"""Whom a record may be: one look-up by keys, for a form while somebody types and for a row of a sheet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from sqlalchemy.orm import Session

from wmcrm.db import Beyond, looks_beyond
from wmcrm.dedupe.marker import current_model
from wmcrm.dedupe.profiles import profiles_of
from wmcrm.dedupe.scope import in_scope, whole_people
from wmcrm.dedupe.scoring import scored
from wmcrm.dedupe.sharing import most_sharing
from wmcrm.matching import Pairs, Profile, Reason

MOST_COMPARED = 100  # who shares most and rarest keys; more changed one answer of 1,000 among a million people
LEAST = 0.05


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


@looks_beyond(Beyond.COMPARING)
def candidates_for(
    session: Session, profile: Profile, limit: int = 3, *, least: float = LEAST, but: Collection[int] = ()
) -> Found:
    """The people whom a record may be, the surest first, at most ``limit`` with probability ``least`` or more.

    ``profile.key`` does not count; ``but`` are people to leave out, such as the one being edited. Answers
    only within the actor's affiliates: of the others nothing is said but that there is somebody who is more
    likely than not the same. Sealed people are never found.
    """
    left_out = set(but)
    near = most_sharing(session, profile, MOST_COMPARED + len(left_out))
    known = profiles_of(session, [person_id for person_id in near if person_id not in left_out][:MOST_COMPARED])
    if not known:
        return Found([])
    with whole_people(session):
        model = current_model(session)
    one = replace(profile, key=-1)
    pairs = scored([one, *known.values()], [(0, place + 1) for place in range(len(known))], model).at_least(least)
    people: list[int] = np.maximum(pairs.id_a, pairs.id_b).tolist()
    inside = in_scope(session, people)
    sure = zip(people, pairs.probability.tolist(), strict=True)
    elsewhere = any(probability > 0.5 for person_id, probability in sure if person_id not in inside)
    bits = pairs.bits.tolist()
    order = sorted(range(len(people)), key=lambda place: (-bits[place], people[place]))
    chosen = [place for place in order if people[place] in inside][:limit]
    return Found([_candidate(pairs, place) for place in chosen], elsewhere)


def _candidate(pairs: Pairs, place: int) -> Candidate:
    person_id = max(int(pairs.id_a[place]), int(pairs.id_b[place]))
    return Candidate(person_id, float(pairs.probability[place]), float(pairs.bits[place]), pairs.reasons(place))
