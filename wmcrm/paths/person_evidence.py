"""One person's evidence, put together, and the part of it that lies in a window."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from wmcrm.paths.facts import Evidence, Facts, Involvement, Mentorship, Position
from wmcrm.paths.occasions import Occasion, occasions
from wmcrm.paths.rules import LATEST, Family, PathModel
from wmcrm.paths.spans import Window

_Held = TypeVar("_Held", Position, Involvement, Mentorship)


@dataclass(frozen=True, slots=True)
class PersonEvidence:
    """What one person did. ``mentorships`` are those in which the person is the mentor.

    ``window`` is None for all time; inside a window intervals count only by the days they share with it.
    """

    person: int
    occasions: tuple[Occasion, ...] = ()
    positions: tuple[Position, ...] = ()
    involvements: tuple[Involvement, ...] = ()
    mentorships: tuple[Mentorship, ...] = ()
    window: Window | None = None

    def within(self, window: Window) -> PersonEvidence:
        """Return the same evidence with only the occasions of the window, and the window set."""
        inside = tuple(occasion for occasion in self.occasions if window.has(occasion.day))
        return PersonEvidence(self.person, inside, self.positions, self.involvements, self.mentorships, window)

    def of(self, family: Family) -> list[Occasion]:
        """Return the occasions of one role family in order of day."""
        return [occasion for occasion in self.occasions if occasion.family is family]


@dataclass(frozen=True, slots=True)
class StageReached:
    """The first day on which a stage was true, by which rule (see ``ladder``), from which facts."""

    day: dt.date
    rule: str
    evidence: tuple[Evidence, ...]


def gather(facts: Facts, model: PathModel = LATEST) -> dict[int, PersonEvidence]:
    """Return the evidence of everybody of whom there is any, in an order that rows do not influence."""
    held = occasions(facts.participations, facts.events, model)
    positions: dict[int, list[Position]] = defaultdict(list)
    involvements: dict[int, list[Involvement]] = defaultdict(list)
    mentorships: dict[int, list[Mentorship]] = defaultdict(list)
    for position in facts.positions:
        positions[position.person].append(position)
    for involvement in facts.involvements:
        involvements[involvement.person].append(involvement)
    for mentorship in facts.mentorships:
        mentorships[mentorship.mentor].append(mentorship)
    everybody = held.keys() | positions.keys() | involvements.keys() | mentorships.keys()
    return {
        person: PersonEvidence(
            person=person,
            occasions=held.get(person, ()),
            positions=_sorted(positions, person),
            involvements=_sorted(involvements, person),
            mentorships=_sorted(mentorships, person),
        )
        for person in everybody
    }


def _sorted(held: Mapping[int, list[_Held]], person: int) -> tuple[_Held, ...]:
    return tuple(sorted(held.get(person, ()), key=lambda interval: (interval.since, interval.id)))
