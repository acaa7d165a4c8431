"""How organizing is spread: over people, over affiliates, over a season of one person."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wmcrm.months import add_months
from wmcrm.paths.occasions import Occasion
from wmcrm.paths.person_evidence import PersonEvidence
from wmcrm.paths.rules import LATEST, Family, PathModel
from wmcrm.paths.spans import Window


@dataclass(frozen=True, slots=True)
class TopTenth:
    """The busiest tenth of the organizers (rounded up) and the events that they organized.

    ``events`` counts events, ``events_of_top`` those with at least one organizer of the top tenth.
    """

    organizers: int
    top: int
    events: int
    events_of_top: int

    @property
    def share(self) -> float | None:
        """Return the share of organized events held by the top tenth; None without events."""
        return self.events_of_top / self.events if self.events else None


@dataclass(frozen=True, slots=True)
class Load:
    """Somebody who organized too much in a row; shown to their own affiliates only."""

    person: int
    occasions: int
    affiliates: frozenset[int]
    window: Window


def top_tenth(evidence: Iterable[PersonEvidence], first: dt.date, last: dt.date) -> TopTenth:
    """Return how much of the organizing on those days the busiest tenth did."""
    organized = {
        own.person: events
        for own in evidence
        if (events := {event for one in _organized(own, Window(first, last)) for event in one.events})
    }
    busiest = sorted(organized, key=lambda person: (-len(organized[person]), person))
    top = busiest[: -(-len(busiest) // 10)]
    everything = set().union(*organized.values())
    of_top = set().union(*(organized[person] for person in top))
    return TopTenth(len(busiest), len(top), len(everything), len(of_top))


def active_organizers(
    evidence: Iterable[PersonEvidence], as_of: dt.date, model: PathModel = LATEST
) -> dict[int, frozenset[int]]:
    """Return, for every affiliate, who organized for it within the months that count as active."""
    found: dict[int, set[int]] = defaultdict(set)
    for own in evidence:
        for occasion in own.of(Family.ORGANIZED):
            if occasion.day <= as_of <= add_months(occasion.day, model.active_months):
                for affiliate in occasion.affiliates:
                    found[affiliate].add(own.person)
    return {affiliate: frozenset(people) for affiliate, people in sorted(found.items())}


def affiliates_on_one(evidence: Iterable[PersonEvidence], as_of: dt.date, model: PathModel = LATEST) -> dict[int, int]:
    """Return the affiliates that hang on one active organizer, and who that is."""
    found = active_organizers(evidence, as_of, model)
    return {affiliate: next(iter(people)) for affiliate, people in found.items() if len(people) == 1}


def overloaded(evidence: Iterable[PersonEvidence], as_of: dt.date, model: PathModel = LATEST) -> tuple[Load, ...]:
    """Return those who organized more than the model's number of times in its days up to ``as_of``."""
    window = Window(as_of - dt.timedelta(days=model.load_days - 1), as_of)
    return tuple(
        Load(own.person, len(recent), frozenset().union(*(one.affiliates for one in recent)), window)
        for own in sorted(evidence, key=lambda own: own.person)
        if len(recent := list(_organized(own, window))) > model.load_events
    )


def _organized(own: PersonEvidence, window: Window) -> Iterator[Occasion]:
    return (one for one in own.of(Family.ORGANIZED) if window.has(one.day))
