"""A few invented people's deeds, told in lines, as facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from wmcrm.paths import (
    EventFact,
    Facts,
    Involvement,
    Mentorship,
    Participation,
    PathOfPerson,
    PersonFact,
    Position,
    paths_of,
)

AICHA, OMAR, CHEN, DANA, EFUA = 1, 2, 3, 4, 5
SENEGAL, GHANA = 10, 20
NOW = dt.date(2026, 11, 21)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


class Story:
    """Collects facts; every verb adds one and returns nothing but ids."""

    def __init__(self) -> None:
        self.people: dict[int, PersonFact] = {}
        self.events: dict[int, EventFact] = {}
        self.participations: list[Participation] = []
        self.positions: list[Position] = []
        self.involvements: list[Involvement] = []
        self.mentorships: list[Mentorship] = []

    def person(self, person: int, **more: object) -> int:
        self.people[person] = replace(PersonFact(person), **more)  # type: ignore[arg-type]
        return person

    def event(self, on: str, *, host: int = SENEGAL, country: str | None = "SN", **more: object) -> int:
        number = len(self.events) + 1
        event = EventFact(number, day(on), frozenset({host}), country)
        self.events[number] = replace(event, **more)  # type: ignore[arg-type]
        return number

    def did(self, person: int, role: str, event: int, **more: object) -> int:
        self.people.setdefault(person, PersonFact(person))
        number = len(self.participations) + 1
        row = Participation(number, person, event, role, attended=True)
        self.participations.append(replace(row, **more))  # type: ignore[arg-type]
        return number

    def went(self, person: int, role: str, *days: str) -> None:
        for on in days:
            self.did(person, role, self.event(on))

    def held(self, person: int, position: str, since: str, until: str | None = None) -> None:
        self.people.setdefault(person, PersonFact(person))
        number = len(self.positions) + 1
        end = day(until) if until else None
        self.positions.append(Position(number, person, SENEGAL, position, day(since), end))

    def involved(self, person: int, kind: str, since: str, until: str | None = None) -> None:
        self.people.setdefault(person, PersonFact(person))
        number = len(self.involvements) + 1
        end = day(until) if until else None
        self.involvements.append(Involvement(number, person, 7, kind, day(since), end))

    def mentored(self, mentor: int, mentee: int, since: str, until: str | None = None) -> None:
        self.people.setdefault(mentor, PersonFact(mentor))
        number = len(self.mentorships) + 1
        end = day(until) if until else None
        self.mentorships.append(Mentorship(number, mentor, mentee, day(since), end))

    def facts(self) -> Facts:
        return Facts(
            people=self.people,
            events=self.events,
            participations=self.participations,
            positions=self.positions,
            involvements=self.involvements,
            mentorships=self.mentorships,
        )

    def path(self, person: int = AICHA, as_of: dt.date | str = NOW) -> PathOfPerson:
        on = day(as_of) if isinstance(as_of, str) else as_of
        return paths_of(self.facts(), on)[person]

    def reached(self, person: int = AICHA, as_of: dt.date | str = NOW) -> dict[str, str]:
        """Stage codes with ISO days, as ``wmcrm paths`` prints them."""
        reached = self.path(person, as_of).reached
        return {stage.code: one.day.isoformat() for stage, one in sorted(reached.items())}
