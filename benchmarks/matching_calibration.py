"""Is a probability what it claims? `python benchmarks/matching_calibration.py [records] [seeds ...]`.

On invented people of one's own making (`matching_people`), made harder: no two people have one account or address,
but households share a number, some an address too; second records renamed their account, moved, changed their
number, their provider or, one in twenty women and men, their family name. The weights were not fitted to them.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
from matching_people import World, labelled
from matching_truth import Labelled, labelled_pairs

from wmcrm.matching import Profile, scoring, shipped_model

Row = tuple[Profile, str]
CUTS = (0.5, 0.9, 0.95, 0.99, 2.0)
_HOUSEHOLDS = 0.05


def _own(row: Profile, entity: str, owner: dict[str, str]) -> Profile:
    """The record without an account or address that another person had first."""
    kept = {
        name: tuple(value for value in getattr(row, name) if owner.setdefault(value.casefold(), entity) == entity)
        for name in ("usernames", "emails")
    }
    return replace(row, **kept)  # type: ignore[arg-type]


def _aged(world: World, row: Profile) -> Profile:
    """A second record after some years."""
    draw, changes = world.draw, {}
    family = world.draw.choice(world.families[row.country])
    if row.usernames and draw.random() < 0.1:
        changes["usernames"] = (f"{row.given}{family}{draw.randrange(99)}",)
    if row.phones and draw.random() < 0.2:
        changes["phones"] = (f"+{draw.randrange(10**10, 10**11)}",)
    if row.emails and draw.random() < 0.2:
        local = draw.choice([row.emails[0].split("@")[0], f"{row.given}.{row.family}{draw.randrange(999)}".lower()])
        changes["emails"] = (f"{local}@new.example",)
    if draw.random() < 0.05:
        changes["names"] = (f"{row.given} {family}",)
    moved = world.draw.choice(world.cities[row.country]) if row.city and draw.random() < 0.1 else row.city
    return replace(row, city=moved, **changes)  # type: ignore[arg-type]


def _relative(world: World, row: Profile) -> Profile:
    """Another member of the household."""
    given = world.draw.choice(world.givens[row.country])
    shared = row.emails if world.draw.random() < 0.2 else ()
    names = (f"{given} {row.family}",)
    return replace(row, names=names, given=given, usernames=(), emails=shared)


def rows(count: int, seed: int) -> Iterator[Row]:
    """Records with the person of each."""
    world, owner, met = World(seed), dict[str, str](), set[str]()
    world.draw = random.Random(seed + 1_000)
    for person, number in labelled(count, seed):
        entity = str(number)
        row = _own(_aged(world, person) if entity in met else person, entity, owner)
        met.add(entity)
        yield row, entity
        if row.phones and world.draw.random() < _HOUSEHOLDS:
            yield replace(_relative(world, row), key=count + int(person.key)), f"{entity} relative"


def report(count: int, seeds: list[int]) -> None:
    """Prints claimed and true shares for all seeds together, and what the cut at .99 gives."""
    sure, same, total, blocked = [], [], 0, 0
    for seed in seeds:
        made = list(rows(count, seed))
        data = labelled_pairs(Labelled([p for p, _ in made], {p.key: entity for p, entity in made}))
        model = shipped_model().with_frequencies(data.frequencies)
        sure.append(scoring.probability(scoring.total_bits(data.compared, model), model))
        same.append(data.same)
        total, blocked = total + data.total, blocked + int(data.same.sum())
    claimed, true = np.concatenate(sure), np.concatenate(same)
    own = claimed >= 0.99
    print(f"{len(seeds)} times {count} records and more, {total} true pairs: blocking recall {blocked / total:.4f}")
    print(f"  at own probability .99: precision {true[own].mean():.4f}, recall {true[own].sum() / total:.3f}")
    for low, high in pairwise(CUTS):
        chosen = (claimed >= low) & (claimed < high)
        print(
            f"  from {low}: {chosen.sum()} pairs, claimed {claimed[chosen].mean():.4f}, true {true[chosen].mean():.4f}"
        )


if __name__ == "__main__":
    told = [int(argument) for argument in sys.argv[1:]]
    report(told[0] if told else 30_000, told[1:] or [21, 22, 23])
