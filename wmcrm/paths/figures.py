"""The counts of the path report: how many stand where, came when, stopped where, came in how.

Everything here is exact; what a reader may not see is suppressed by the report that prints it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wmcrm.paths.rules import Activity, Stage
from wmcrm.paths.stages import PathOfPerson


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many people stand on a stage by their highest and by their current one, and ever reached it.

    Of contact, everybody is said to have reached it: a record exists.
    """

    stage: Stage
    highest: int
    current: int
    ever: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Those whose highest stage this is, by how long ago they were active."""

    stage: Stage
    people: int
    by_activity: Mapping[Activity, int]

    @property
    def stopped(self) -> int:
        """Return those who went no further and are dormant or stepped back."""
        return self.by_activity[Activity.DORMANT] + self.by_activity[Activity.STEPPED_BACK]


@dataclass(frozen=True, slots=True)
class EntryRouteCount:
    """Of the people of one entry route: at which stage they came in, and which stages they skipped."""

    route: str
    people: int
    entered: Mapping[Stage, int]
    skipped: Mapping[Stage, int]
    skipping: int


def stage_counts(paths: Iterable[PathOfPerson]) -> tuple[StageCount, ...]:
    """Return the people by highest, by current and by ever reached stage, contact first."""
    highest: Counter[Stage] = Counter()
    current: Counter[Stage] = Counter()
    ever: Counter[Stage] = Counter()
    for path in paths:
        highest[path.highest] += 1
        current[path.current] += 1
        ever.update((Stage.CONTACT, *path.reached))
    return tuple(StageCount(stage, highest[stage], current[stage], ever[stage]) for stage in Stage)


def newly_reached(paths: Iterable[PathOfPerson], first: dt.date, last: dt.date) -> dict[Stage, int]:
    """Return how many people reached each stage for the first time on the days ``first`` to ``last``."""
    found = Counter(stage for path in paths for stage, one in path.reached.items() if first <= one.day <= last)
    return {stage: found[stage] for stage in Stage if stage is not Stage.CONTACT}


def stops(paths: Iterable[PathOfPerson]) -> tuple[Stop, ...]:
    """Return where people stop: those at each highest stage, by their activity."""
    found: dict[Stage, Counter[Activity]] = defaultdict(Counter)
    for path in paths:
        found[path.highest][path.activity] += 1
    return tuple(
        Stop(stage, found[stage].total(), {activity: found[stage][activity] for activity in Activity})
        for stage in Stage
    )


def entry_stage(path: PathOfPerson) -> Stage:
    """Return the highest stage reached on the first day of any evidence; contact if there is none."""
    if not path.reached:
        return Stage.CONTACT
    first = min(one.day for one in path.reached.values())
    return max(stage for stage, one in path.reached.items() if one.day == first)


def entry_routes(paths: Iterable[PathOfPerson]) -> tuple[EntryRouteCount, ...]:
    """Return, for every entry route in order of its code, entry stages and skipped stages."""
    groups: dict[str, list[PathOfPerson]] = defaultdict(list)
    for path in paths:
        groups[str(path.entry_route)].append(path)
    return tuple(_route(route, groups[route]) for route in sorted(groups))


def multipliers_per_100_organizers(paths: Iterable[PathOfPerson]) -> float | None:
    """Return how many people ever became multipliers for every 100 who ever became organizers.

    None when there is no organizer. Some multipliers never organized (a chair), so it can exceed 100.
    """
    multipliers = organizers = 0
    for path in paths:
        multipliers += Stage.MULTIPLIER in path.reached
        organizers += Stage.ORGANIZER in path.reached
    return 100 * multipliers / organizers if organizers else None


def _route(route: str, paths: list[PathOfPerson]) -> EntryRouteCount:
    entered = Counter(map(entry_stage, paths))
    skipped = Counter(stage for path in paths for stage in path.skipped)
    return EntryRouteCount(
        route=route,
        people=len(paths),
        entered={stage: entered[stage] for stage in Stage},
        skipped={stage: skipped[stage] for stage in Stage if stage is not Stage.CONTACT},
        skipping=sum(1 for path in paths if path.skipped),
    )
