"""What reports must say, computed in plain Python from the rows of the files, without any table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

Rows = Iterable[Mapping[str, str]]
ORGANIZED = {"organizer"}
CO_ORGANIZED = {"trainer", "co-organizer"}


def event_results(events: Rows, participations: Rows) -> dict[str, dict[str, int]]:
    """The figures of each event by its id in the file."""
    starts = {event["id"]: event["starts_on"] for event in events}
    rows = list(participations)
    first: dict[str, str] = {}
    for row in rows:
        if row["status"] == "attended":
            day = starts[row["event_id"]]
            first[row["person_id"]] = min(day, first.get(row["person_id"], day))
    people: dict[str, dict[str, set[str]]] = {event: defaultdict(set) for event in starts}
    for row in rows:
        people[row["event_id"]][row["status"]].add(row["person_id"])
    return {event: _result(people[event], starts[event], first) for event in starts}


def _result(people: Mapping[str, set[str]], day: str, first: Mapping[str, str]) -> dict[str, int]:
    came, away = people["attended"], people["no-show"]
    return {
        "registered": len(came | away),
        "attended": len(came),
        "no_shows": len(away - came),
        "cancelled": len(people["cancelled"] - came - away),
        "new": sum(first[person] == day for person in came),
        "returning": sum(first[person] < day for person in came),
    }


def organizers(participations: Rows) -> dict[str, tuple[int, int]]:
    """How many events each person organized, and how many only co-organized."""
    led: dict[str, set[str]] = defaultdict(set)
    helped: dict[str, set[str]] = defaultdict(set)
    for row in participations:
        if row["status"] == "attended" and row["capacity"] in ORGANIZED:
            led[row["person_id"]].add(row["event_id"])
        if row["status"] == "attended" and row["capacity"] in CO_ORGANIZED:
            helped[row["person_id"]].add(row["event_id"])
    return {person: (len(led[person]), len(helped[person] - led[person])) for person in {*led, *helped}}
