"""The exchange files of a small movement, read into facts without a database."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import os
from pathlib import Path

from wmcrm.paths.facts import EventFact, Facts, Participation, PersonFact, Position

SAMPLE = Path(__file__).parent.parent / "data" / "world"
ROLES = {"volunteer": "helper", "co-organizer": "co_organizer"}
POSITIONS = {
    "program staff": "staff",
    "campaign coordinator": "programme_lead",
    "GLAM coordinator": "programme_lead",
    "volunteer organizer": "member",
    "campus ambassador": "member",
    "trainer": "member",
    "contest juror": "member",
}


def world_folder() -> Path:
    """The whole world where WMCRM_WORLD names its folder, else the sample that lies beside the tests."""
    return Path(os.environ.get("WMCRM_WORLD") or SAMPLE)


def read(folder: Path, name: str) -> list[dict[str, str]]:
    plain = folder / f"{name}.csv"
    if plain.exists():
        return list(csv.DictReader(plain.read_text(encoding="utf-8-sig").splitlines()))
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def world_facts(folder: Path) -> Facts:
    """The facts of the files, with the ids of the files."""
    return Facts(
        people={int(row["id"]): PersonFact(int(row["id"])) for row in read(folder, "people")},
        events={int(row["id"]): _event(row) for row in read(folder, "events")},
        participations=[_participation(row) for row in read(folder, "participations")],
        positions=[_position(row) for row in read(folder, "roles")],
    )


def _event(row: dict[str, str]) -> EventFact:
    hosts = frozenset({int(row["affiliate_id"])})
    return EventFact(int(row["id"]), dt.date.fromisoformat(row["starts_on"]), hosts, row["country"] or None)


def _participation(row: dict[str, str]) -> Participation:
    return Participation(
        id=int(row["id"]),
        person=int(row["person_id"]),
        event=int(row["event_id"]),
        role=ROLES.get(row["capacity"], row["capacity"]),
        attended={"attended": True, "no-show": False}.get(row["status"]),
        registered=row["status"] != "cancelled",
        cancelled=row["status"] == "cancelled",
    )


def _position(row: dict[str, str]) -> Position:
    return Position(
        id=int(row["id"]),
        person=int(row["person_id"]),
        affiliate=int(row["affiliate_id"]),
        position=POSITIONS.get(row["kind"], row["kind"].replace(" ", "_")),
        since=dt.date.fromisoformat(row["started_on"]),
        until=dt.date.fromisoformat(row["ended_on"]) if row["ended_on"] else None,
    )
