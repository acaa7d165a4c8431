"""Stage 7: those through whom others organize. The rules that look at other people's facts live here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wmcrm.months import add_months
from wmcrm.paths.facts import EventFact, Evidence, EvidenceKind
from wmcrm.paths.ladder import Rule, earliest, held_position
from wmcrm.paths.occasions import Occasion, evidence_of
from wmcrm.paths.person_evidence import PersonEvidence, StageReached
from wmcrm.paths.rules import Family, PathModel
from wmcrm.paths.spans import lasted_on


@dataclass(frozen=True, slots=True, order=True)
class Newcomer:
    """Somebody at an event who later organized for one of its hosts for the first time."""

    day: dt.date
    person: int
    event: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Others:
    """What other people's facts say: newcomers by training event, days of deep stages by mentee."""

    newcomers: Mapping[int, tuple[Newcomer, ...]] = field(default_factory=dict)
    mentees: Mapping[int, tuple[dt.date, ...]] = field(default_factory=dict)


def multiplier(own: PersonEvidence, others: Others, model: PathModel) -> StageReached | None:
    """Return when and by which of its rules the person became a multiplier, or None."""
    organized = own.of(Family.ORGANIZED)
    months = model.multiplier_position_months
    return earliest(
        [
            held_position(own, model.multiplier_positions, months, Rule.HELD_POSITION),
            _several_affiliates(organized, model),
            _several_countries(organized, model),
            _trained(own, others.newcomers, model),
            mentored(own, others.mentees),
        ]
    )


def newcomers(
    evidence: Mapping[int, PersonEvidence], events: Mapping[int, EventFact], model: PathModel
) -> dict[int, tuple[Newcomer, ...]]:
    """Return, for every event with a training, the attendees it brought to organizing, in order of day.

    An attendee counts whose first organized occasion for one of the event's hosts came later and in time.
    """
    trained = {event for own in evidence.values() for occasion in own.occasions for event in occasion.trained_at}
    firsts = {person: first for person, own in evidence.items() if (first := _first_for(own))}
    found: dict[int, list[Newcomer]] = defaultdict(list)
    for person, first in firsts.items():
        for event in {event for occasion in evidence[person].occasions for event in occasion.events} & trained:
            organized = _brought(events[event], first, model)
            if organized is not None:
                found[event].append(Newcomer(organized.day, person, organized.events[0]))
    return {event: tuple(sorted(people)) for event, people in found.items()}


def mentored(own: PersonEvidence, mentees: Mapping[int, tuple[dt.date, ...]]) -> StageReached | None:
    """Return the first day on which a mentee reached a deep stage after the mentoring began."""
    if not own.mentorships:
        return None
    found = []
    for mentorship in own.mentorships:
        if own.window is not None and lasted_on(mentorship, 0, own.window) is None:
            continue
        days = mentees.get(mentorship.mentee, ())
        later = [day for day in days if day > mentorship.since and (not own.window or own.window.has(day))]
        if later:
            about = Evidence(EvidenceKind.MENTORSHIP, (mentorship.id,), mentorship.since, ())
            reached = Evidence(EvidenceKind.STAGE, (), min(later), (), person=mentorship.mentee)
            found.append(StageReached(min(later), Rule.MENTORED, (about, reached)))
    return earliest(found)


def _several_affiliates(organized: list[Occasion], model: PathModel) -> StageReached | None:
    spread = ((occasion, occasion.affiliates) for occasion in organized)
    return _spread(spread, model.multiplier_affiliates, Rule.SEVERAL_AFFILIATES)


def _several_countries(organized: list[Occasion], model: PathModel) -> StageReached | None:
    spread = ((occasion, occasion.countries) for occasion in organized)
    return _spread(spread, model.multiplier_countries, Rule.SEVERAL_COUNTRIES)


def _spread(
    occasions: Iterable[tuple[Occasion, frozenset[int] | frozenset[str]]], wanted: int, rule: Rule
) -> StageReached | None:
    """Find the occasion that brings the wanted number; the evidence are those that added to it."""
    seen: set[int | str] = set()
    added: list[Occasion] = []
    for occasion, places in occasions:
        if places <= seen:
            continue
        seen |= places
        added.append(occasion)
        if len(seen) >= wanted:
            return StageReached(occasion.day, rule, tuple(map(evidence_of, added)))
    return None


def _trained(own: PersonEvidence, brought: Mapping[int, tuple[Newcomer, ...]], model: PathModel) -> StageReached | None:
    return earliest(
        reached
        for occasion in own.occasions
        for event in occasion.trained_at
        if (reached := _trained_at(own, occasion, brought.get(event, ()), model)) is not None
    )


def _trained_at(
    own: PersonEvidence, training: Occasion, brought: tuple[Newcomer, ...], model: PathModel
) -> StageReached | None:
    """The trainer's own first organizing does not count; the last of the wanted number gives the day."""
    others = [newcomer for newcomer in brought if newcomer.person != own.person][: model.trained_people]
    if len(others) < model.trained_people:
        return None
    if own.window is not None and others[-1].day > own.window.last:
        return None
    proof = [Evidence(EvidenceKind.OCCASION, (), other.day, (other.event,), person=other.person) for other in others]
    return StageReached(others[-1].day, Rule.TRAINED, (evidence_of(training), *proof))


def _first_for(own: PersonEvidence) -> dict[int, Occasion]:
    """Return the person's first organized occasion for each affiliate."""
    first: dict[int, Occasion] = {}
    for occasion in own.of(Family.ORGANIZED):
        for affiliate in occasion.affiliates:
            first.setdefault(affiliate, occasion)
    return first


def _brought(event: EventFact, first: Mapping[int, Occasion], model: PathModel) -> Occasion | None:
    """Return the earliest of the first organized occasions for the hosts that came later and in time."""
    limit = add_months(event.day, model.trained_within_months)
    found = [first[host] for host in event.affiliates if host in first]
    in_time = [occasion for occasion in found if event.day < occasion.day <= limit]
    return min(in_time, key=lambda occasion: (occasion.day, occasion.events), default=None)
