"""From participations to occasions: what counts as having been there, and how often."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from wmcrm.paths.facts import EventFact, Evidence, EvidenceKind, Participation
from wmcrm.paths.rules import LATEST, Family, PathModel


@dataclass(frozen=True, slots=True)
class Occasion:
    """One time that a person took part in one role family.

    Several events of one programme on one day are one occasion, so events, affiliates and countries
    are sets; ``presumed`` when nothing but registrations at events without attendance stands behind it;
    ``trained_at`` are the events where the role was one of training.
    """

    person: int
    day: dt.date
    family: Family
    events: tuple[int, ...]
    roles: frozenset[str]
    affiliates: frozenset[int]
    countries: frozenset[str]
    participations: tuple[int, ...]
    presumed: bool = False
    trained_at: tuple[int, ...] = ()


def counts(row: Participation, event: EventFact, model: PathModel = LATEST) -> bool:
    """Say whether this participation is an occasion at all.

    It must be at an event that was held, not cancelled by the person, no unconfirmed self-report,
    attended or contributed to (or registered, where nobody kept attendance); a no-show never counts,
    and paid duty makes neither a participant nor a helper.
    """
    if not event.held or row.cancelled or row.attended is False or not row.confirmed:
        return False
    if row.capacity in model.paid_capacities and model.family_of(row.role) in _NOT_ON_DUTY:
        return False
    return _was_there(row) or _presumed(row, event)


def occasions(
    participations: Iterable[Participation], events: Mapping[int, EventFact], model: PathModel = LATEST
) -> dict[int, tuple[Occasion, ...]]:
    """Return each person's occasions in order of day, whatever the order of the rows.

    Participations in events that are not in ``events`` are ignored.
    """
    groups: dict[tuple[int, Family, int, int], list[Participation]] = defaultdict(list)
    families = {role: model.family_of(role) for role in _roles(model)}
    for row in participations:
        event = events.get(row.event)
        if event is not None and counts(row, event, model):
            family = families.get(row.role, Family.OTHER)
            groups[(row.person, family, *_same(event))].append(row)
    found: dict[int, list[Occasion]] = defaultdict(list)
    for (person, family, _, _), rows in groups.items():
        found[person].append(_occasion(family, rows, events, model))
    return {person: tuple(sorted(mine, key=_order)) for person, mine in found.items()}


def evidence_of(occasion: Occasion) -> Evidence:
    """Return the occasion as evidence; its word is its first role in alphabetical order."""
    return Evidence(
        kind=EvidenceKind.OCCASION,
        ids=occasion.participations,
        day=occasion.day,
        about=occasion.events,
        word=min(occasion.roles),
        presumed=occasion.presumed,
    )


_NOT_ON_DUTY = frozenset({Family.PARTICIPANT, Family.HELPING, Family.OTHER})


def _roles(model: PathModel) -> frozenset[str]:
    return model.participant_roles | model.helping_roles | model.co_organizing_roles | model.organized_roles


def _was_there(row: Participation) -> bool:
    return bool(row.attended) or row.contributed


def _presumed(row: Participation, event: EventFact) -> bool:
    return row.registered and not event.tracked_attendance


def _same(event: EventFact) -> tuple[int, int]:
    """Return what makes two events one occasion: the programme and day, or else the event itself."""
    if event.programme is None:
        return (event.id, 0)
    return (event.programme, event.day.toordinal())


def _occasion(family: Family, rows: list[Participation], events: Mapping[int, EventFact], model: PathModel) -> Occasion:
    if len(rows) == 1:
        return _single(family, rows[0], events[rows[0].event], model)
    attended = sorted({row.event for row in rows})
    return Occasion(
        person=rows[0].person,
        day=events[attended[0]].day,
        family=family,
        events=tuple(attended),
        roles=frozenset(row.role for row in rows),
        affiliates=frozenset().union(*(events[event].affiliates for event in attended)),
        countries=frozenset(country for event in attended if (country := events[event].country)),
        participations=tuple(sorted(row.id for row in rows)),
        presumed=not any(_was_there(row) for row in rows),
        trained_at=tuple(sorted({row.event for row in rows if row.role in model.training_roles})),
    )


def _single(family: Family, row: Participation, event: EventFact, model: PathModel) -> Occasion:
    """Build the usual occasion, of one row, without the sets that a union needs."""
    return Occasion(
        person=row.person,
        day=event.day,
        family=family,
        events=(event.id,),
        roles=_only(row.role),
        affiliates=event.affiliates,
        countries=_only(event.country) if event.country else frozenset(),
        participations=(row.id,),
        presumed=not _was_there(row),
        trained_at=(event.id,) if row.role in model.training_roles else (),
    )


@lru_cache(maxsize=1024)
def _only(word: str) -> frozenset[str]:
    """Return the set of one word; occasions share it, for there are many of them."""
    return frozenset((word,))


def _order(occasion: Occasion) -> tuple[dt.date, Family, tuple[int, ...]]:
    return (occasion.day, occasion.family, occasion.events)
