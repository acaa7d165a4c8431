"""Stages 1 to 6: the rules that need nothing but the person's own facts."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from enum import StrEnum

from wmcrm.months import add_months
from wmcrm.paths.facts import Evidence, EvidenceKind, Involvement, Position
from wmcrm.paths.occasions import Occasion, evidence_of
from wmcrm.paths.person_evidence import PersonEvidence, StageReached
from wmcrm.paths.rules import Family, PathModel, Stage
from wmcrm.paths.spans import lasted_on


class Rule(StrEnum):
    """The rules by which a stage can become true; each has its sentence in ``explain``."""

    PARTICIPATED = "participated"
    RETURNED = "returned"
    HELPED = "helped"
    CO_ORGANIZED = "co_organized"
    WORKED = "worked"
    ORGANIZED = "organized"
    LED = "led"
    HELD_PROGRAMME = "held_programme"
    SUSTAINED = "sustained"
    HELD_POSITION = "held_position"
    SEVERAL_AFFILIATES = "several_affiliates"
    SEVERAL_COUNTRIES = "several_countries"
    TRAINED = "trained"
    MENTORED = "mentored"


def own_stages(own: PersonEvidence, model: PathModel) -> dict[Stage, StageReached]:
    """Return the stages 1 to 6 that this evidence makes true, each with its earliest day."""
    participated = own.of(Family.PARTICIPANT)
    organized = own.of(Family.ORGANIZED)
    found = {
        Stage.PARTICIPANT: _first(participated, Rule.PARTICIPATED),
        Stage.RETURNING: _returned(participated, model),
        Stage.HELPER: _first(own.of(Family.HELPING), Rule.HELPED),
        Stage.CO_ORGANIZER: earliest([_first(own.of(Family.CO_ORGANIZING), Rule.CO_ORGANIZED), _worked(own, model)]),
        Stage.ORGANIZER: earliest([_first(organized, Rule.ORGANIZED), _led(own, model), _programme(own, model)]),
        Stage.SUSTAINED: _sustained(organized, model),
    }
    return {stage: reached for stage, reached in found.items() if reached is not None}


def earliest(found: Iterable[StageReached | None]) -> StageReached | None:
    """Return the one with the earliest day, the first named among equals."""
    best: StageReached | None = None
    for one in found:
        if one is not None and (best is None or one.day < best.day):
            best = one
    return best


def position_evidence(position: Position) -> Evidence:
    """Return a position as evidence."""
    return Evidence(EvidenceKind.POSITION, (position.id,), position.since, (position.affiliate,), position.position)


def held_position(own: PersonEvidence, positions: frozenset[str], months: int, rule: Rule) -> StageReached | None:
    """Return when the first of these positions had lasted so many months."""
    if not own.positions:
        return None
    return earliest(
        StageReached(day, rule, (position_evidence(held),))
        for held in own.positions
        if held.position in positions and (day := lasted_on(held, months, own.window)) is not None
    )


def _first(occasions: list[Occasion], rule: Rule) -> StageReached | None:
    if not occasions:
        return None
    return StageReached(occasions[0].day, rule, (evidence_of(occasions[0]),))


def _returned(participated: list[Occasion], model: PathModel) -> StageReached | None:
    """Two on different days are at different events: an event has one day."""
    for earlier, later in itertools.pairwise(participated):
        if earlier.day < later.day <= add_months(earlier.day, model.returning_within_months):
            return StageReached(later.day, Rule.RETURNED, (evidence_of(earlier), evidence_of(later)))
    return None


def _worked(own: PersonEvidence, model: PathModel) -> StageReached | None:
    return _involved(own, model.working_kinds, model.working_months, Rule.WORKED)


def _led(own: PersonEvidence, model: PathModel) -> StageReached | None:
    return _involved(own, model.leading_kinds, 0, Rule.LED)


def _programme(own: PersonEvidence, model: PathModel) -> StageReached | None:
    return held_position(own, model.organizer_positions, 0, Rule.HELD_PROGRAMME)


def _involved(own: PersonEvidence, kinds: frozenset[str], months: int, rule: Rule) -> StageReached | None:
    if not own.involvements:
        return None
    return earliest(
        StageReached(day, rule, (_involvement_evidence(held),))
        for held in own.involvements
        if held.kind in kinds and (day := lasted_on(held, months, own.window)) is not None
    )


def _involvement_evidence(held: Involvement) -> Evidence:
    return Evidence(EvidenceKind.INVOLVEMENT, (held.id,), held.since, (held.initiative,), held.kind)


def _sustained(organized: list[Occasion], model: PathModel) -> StageReached | None:
    """Find the first occasion that closes a long enough, short enough run of organizing.

    For each last one, the earliest first one that is not too old is tried: it gives the longest run.
    """
    start = 0
    between = model.sustained_occasions - 1
    for end in range(between, len(organized)):
        while add_months(organized[start].day, model.sustained_within_months) < organized[end].day:
            start += 1
        if end - start >= between and _days(organized[start], organized[end]) >= model.sustained_least_days:
            chosen = (*organized[start : start + between], organized[end])
            return StageReached(organized[end].day, Rule.SUSTAINED, tuple(map(evidence_of, chosen)))
    return None


def _days(first: Occasion, last: Occasion) -> int:
    gap: dt.timedelta = last.day - first.day
    return gap.days
