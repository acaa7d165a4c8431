"""Where everybody stands on the path, from evidence alone, as of a day.

Three passes. First the stages that need only the person's own facts; then what one person's facts say of
another (who was trained, who was mentored); then stage 7, and the whole again for the window of "current".
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from wmcrm.months import add_months
from wmcrm.paths.facts import Facts, Mentorship, PersonFact
from wmcrm.paths.ladder import own_stages
from wmcrm.paths.multiplier import Others, multiplier, newcomers
from wmcrm.paths.person_evidence import PersonEvidence, StageReached, gather
from wmcrm.paths.rules import LATEST, Activity, PathModel, Stage
from wmcrm.paths.spans import last_held, window_before


@dataclass(frozen=True, slots=True)
class PathOfPerson:
    """Where one person stands as of a day, under one version of the model.

    ``reached`` holds every stage from 1 up that was reached by that day, in order of stage; contact has
    no day. ``highest_on`` is None for a contact. ``first_on`` is the day of the first occasion, ``last_on``
    the last day of any occasion or held position, ``entry_route`` what the person said of how they came.
    """

    person: int
    as_of: dt.date
    version: int
    highest: Stage
    highest_on: dt.date | None
    current: Stage
    activity: Activity
    skipped: tuple[Stage, ...]
    reached: Mapping[Stage, StageReached]
    first_on: dt.date | None = None
    last_on: dt.date | None = None
    entry_route: str = "unknown"

    def days(self) -> dict[str, str]:
        """Return the stages reached as codes with ISO days, in order of stage: as they are printed."""
        return {stage.code: self.reached[stage].day.isoformat() for stage in sorted(self.reached)}


def paths_of(facts: Facts, as_of: dt.date, model: PathModel = LATEST) -> dict[int, PathOfPerson]:
    """Return the path of every person of the facts, in order of person id."""
    return {path.person: path for path in each_path(facts, as_of, model)}


def each_path(
    facts: Facts,
    as_of: dt.date,
    model: PathModel = LATEST,
    evidence: Mapping[int, PersonEvidence] | None = None,
) -> Iterator[PathOfPerson]:
    """Yield the paths one by one; ``evidence`` spares the gathering where a caller has done it."""
    evidence = gather(facts, model) if evidence is None else evidence
    others = others_of(facts, evidence, model)
    for person in sorted(facts.people):
        own = evidence.get(person) or PersonEvidence(person)
        yield stages_of(facts.people[person], own, others, as_of, model)


def stages_of(
    person: PersonFact, own: PersonEvidence, others: Others, as_of: dt.date, model: PathModel = LATEST
) -> PathOfPerson:
    """Return one person's path from their own evidence and what other people's facts say."""
    everything = all_stages(own, others, model)
    reached = {stage: one for stage, one in everything.items() if one.day <= as_of}
    highest = max(reached, default=Stage.CONTACT)
    last_on = _last_active(own, as_of)
    return PathOfPerson(
        person=person.id,
        as_of=as_of,
        version=model.version,
        highest=highest,
        highest_on=reached[highest].day if reached else None,
        current=_current(own, others, as_of, model, highest),
        activity=_activity(person, last_on, as_of, model),
        skipped=tuple(stage for stage in Stage if Stage.CONTACT < stage < highest and stage not in reached),
        reached=reached,
        first_on=_first_occasion(own, as_of),
        last_on=last_on,
        entry_route=person.entry_route,
    )


def all_stages(own: PersonEvidence, others: Others, model: PathModel) -> dict[Stage, StageReached]:
    """Return every stage the evidence makes true, whenever; a day is never earlier than its facts."""
    found = own_stages(own, model)
    last = multiplier(own, others, model)
    return found if last is None else {**found, Stage.MULTIPLIER: last}


def others_of(facts: Facts, evidence: Mapping[int, PersonEvidence], model: PathModel = LATEST) -> Others:
    """Return what the facts say about the people whom others trained or mentored."""
    brought = newcomers(evidence, facts.events, model)
    return Others(brought, _mentees(facts.mentorships, evidence, Others(brought), model))


def _mentees(
    mentorships: Iterable[Mentorship], evidence: Mapping[int, PersonEvidence], known: Others, model: PathModel
) -> dict[int, tuple[dt.date, ...]]:
    """Return, for every mentee, the days on which they reached a deep stage.

    A mentee's stage 7 may come from mentoring in turn, even in a circle. Days only ever follow from
    earlier or equal ones, so settling the earliest open day first gives the one consistent answer.
    """
    mentors: dict[int, list[Mentorship]] = defaultdict(list)
    for pair in mentorships:
        mentors[pair.mentee].append(pair)
    queue = _own_deep_days(mentors, evidence, known, model)
    heapq.heapify(queue)
    days: dict[int, set[dt.date]] = defaultdict(set)
    multipliers: set[int] = set()
    while queue:
        day, person, stage = heapq.heappop(queue)
        if stage is Stage.MULTIPLIER and person in multipliers:
            continue
        if stage is Stage.MULTIPLIER:
            multipliers.add(person)
        days[person].add(day)
        for pair in mentors.get(person, ()):
            if day > pair.since and pair.mentor not in multipliers:
                heapq.heappush(queue, (day, pair.mentor, Stage.MULTIPLIER))
    return {person: tuple(sorted(reached)) for person, reached in days.items()}


def _own_deep_days(
    mentors: Mapping[int, list[Mentorship]],
    evidence: Mapping[int, PersonEvidence],
    known: Others,
    model: PathModel,
) -> list[tuple[dt.date, int, Stage]]:
    """Return the deep stages that mentors and mentees reached without any mentoring."""
    people = mentors.keys() | {pair.mentor for pairs in mentors.values() for pair in pairs}
    return [
        (one.day, person, stage)
        for person in people
        for stage, one in all_stages(evidence.get(person) or PersonEvidence(person), known, model).items()
        if stage >= model.mentored_stage
    ]


def _current(own: PersonEvidence, others: Others, as_of: dt.date, model: PathModel, highest: Stage) -> Stage:
    """Return the stage within the window; whose facts all lie in it stands where they stand at all."""
    if highest is Stage.CONTACT:
        return highest
    recent = own.within(window_before(as_of, model.current_months))
    lasting = own.positions or own.involvements or own.mentorships
    if not lasting and len(recent.occasions) == len(own.occasions):
        return highest
    return max(all_stages(recent, others, model), default=Stage.CONTACT)


def _first_occasion(own: PersonEvidence, as_of: dt.date) -> dt.date | None:
    """Return the first occasion's day; occasions lie in order."""
    return own.occasions[0].day if own.occasions and own.occasions[0].day <= as_of else None


def _last_active(own: PersonEvidence, as_of: dt.date) -> dt.date | None:
    """Return the last day up to ``as_of`` of an occasion or on which a position was held."""
    past = (occasion.day for occasion in reversed(own.occasions) if occasion.day <= as_of)
    days = [next(past, None), *(last_held(held, as_of) for held in own.positions)]
    return max((day for day in days if day is not None), default=None)


def _activity(person: PersonFact, last_on: dt.date | None, as_of: dt.date, model: PathModel) -> Activity:
    if person.stepped_back_on is not None and person.stepped_back_on <= as_of:
        return Activity.STEPPED_BACK
    if last_on is None:
        return Activity.NONE
    if as_of <= add_months(last_on, model.active_months):
        return Activity.ACTIVE
    return Activity.QUIET if as_of <= add_months(last_on, model.quiet_months) else Activity.DORMANT
