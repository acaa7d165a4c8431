"""The evidence as values: what was done, by whom, when; nothing computed, nothing typed.

Millions of these are held at once, so each carries codes and numbers only: titles and names are looked
up when a sentence is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class EventFact:
    """An event as the path sees it. ``day`` is its first day in its own time zone.

    ``affiliates`` are the organizing hosts; ``held`` is false for a cancelled, planned or test event.
    """

    id: int
    day: dt.date
    affiliates: frozenset[int] = frozenset()
    country: str | None = None
    programme: int | None = None
    held: bool = True
    tracked_attendance: bool = True


@dataclass(frozen=True, slots=True)
class Participation:
    """One row of who did what at an event.

    ``attended`` is None when unknown. ``confirmed`` is false for a self-report nobody has confirmed:
    that is a signal, no evidence.
    """

    id: int
    person: int
    event: int
    role: str
    attended: bool | None = None
    contributed: bool = False
    registered: bool = False
    cancelled: bool = False
    capacity: str = "participant"
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Position:
    """A position at an affiliate, held on the days of [since, until)."""

    id: int
    person: int
    affiliate: int
    position: str
    since: dt.date
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Involvement:
    """A person's part in an initiative, held on the days of [since, until)."""

    id: int
    person: int
    initiative: int
    kind: str
    since: dt.date
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Mentorship:
    """A mentoring of one person by another, held on the days of [since, until)."""

    id: int
    mentor: int
    mentee: int
    since: dt.date
    until: dt.date | None = None


Interval = Position | Involvement | Mentorship


@dataclass(frozen=True, slots=True)
class PersonFact:
    """A live record. ``entry_route`` is how the person says they came; it decides no stage."""

    id: int
    entry_route: str = "unknown"
    stepped_back_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the stages of ``people`` follow from.

    Participations and intervals may also be of other people (``people`` need not list them): those a
    trainer trained and those somebody mentors. Their rows count as evidence, they get no path.
    """

    people: Mapping[int, PersonFact]
    events: Mapping[int, EventFact]
    participations: Sequence[Participation] = ()
    positions: Sequence[Position] = ()
    involvements: Sequence[Involvement] = ()
    mentorships: Sequence[Mentorship] = ()
    neighbours: frozenset[int] = field(default_factory=frozenset)


class EvidenceKind(StrEnum):
    """The kinds of fact that can make a stage true."""

    OCCASION = "occasion"
    POSITION = "position"
    INVOLVEMENT = "involvement"
    MENTORSHIP = "mentorship"
    STAGE = "stage"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact behind a stage: its kind, its row, its day, and what it is about.

    ``ids`` are the rows (participations of an occasion, else one). ``about`` are the events, the
    affiliate or the initiative. Evidence about somebody else (kind STAGE, or an occasion of a trained
    person) names no person outside ``person``, which is never rendered.
    """

    kind: EvidenceKind
    ids: tuple[int, ...]
    day: dt.date
    about: tuple[int, ...]
    word: str = ""
    presumed: bool = False
    person: int | None = None
