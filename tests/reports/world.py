"""A movement for reports: rows of files that are imported and that the oracle reads too."""

from __future__ import annotations

import csv
import hashlib
import io
import random
from dataclasses import dataclass
from datetime import date, timedelta

from wmcrm.db import Session
from wmcrm.importer.files import import_read_file
from wmcrm.models import ImportKind
from wmcrm.sheets import read_pasted

FileRows = list[dict[str, str]]
AS_OF = date(2026, 6, 30)


@dataclass(frozen=True, slots=True)
class FileWorld:
    """The rows of the files of a movement."""

    affiliates: FileRows
    events: FileRows
    people: FileRows
    participations: FileRows

    def store(self, session: Session) -> None:
        """Import everything through the real importer."""
        bring(session, ImportKind.AFFILIATES, self.affiliates)
        bring(session, ImportKind.EVENTS, self.events)
        bring(session, ImportKind.PEOPLE, self.people)
        bring(session, ImportKind.PARTICIPATIONS, self.participations)


def bring(session: Session, kind: ImportKind, rows: FileRows) -> None:
    """Import rows as a file; every row must be taken."""
    target = io.StringIO()
    writer = csv.DictWriter(target, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    text = target.getvalue()
    with read_pasted(text) as file:
        digest = hashlib.sha256(text.encode()).hexdigest()
        report = import_read_file(session, kind, file, file_hash=digest)
    assert not report.issues, report.issues


def random_world(seed: int, people: int = 60, events: int = 24, rows: int = 420) -> FileWorld:
    """A movement in which everything is drawn at random, the same for the same seed."""
    chance = random.Random(seed)
    countries = ["SN", "MA", "FR", "IN"]
    kinds = ["edit-a-thon", "photo contest", "GLAM event", "meetup"]
    places = {(str(chance.randrange(people)), str(chance.randrange(events)), _role(chance)) for _ in range(rows)}
    return FileWorld(
        affiliates=[
            {"id": str(i), "name": f"Affiliate {i}", "kind": "user group", "country": countries[i]} for i in range(4)
        ],
        events=[_event(i, chance, kinds, countries) for i in range(events)],
        people=[{"id": str(i), "display_name": f"Person {i}", "country": countries[i % 4]} for i in range(people)],
        participations=[
            {
                "id": str(i),
                "person_id": person,
                "event_id": event,
                "capacity": role,
                "status": chance.choices(["attended", "no-show", "cancelled"], [8, 2, 1])[0],
                "registered_on": "2022-01-01",
            }
            for i, (person, event, role) in enumerate(sorted(places))
        ],
    )


def _role(chance: random.Random) -> str:
    return chance.choices(["participant", "volunteer", "trainer", "co-organizer", "organizer"], [8, 2, 1, 1, 2])[0]


def _event(i: int, chance: random.Random, kinds: list[str], countries: list[str]) -> dict[str, str]:
    day = (date(2023, 1, 1) + timedelta(days=chance.randrange(1200))).isoformat()
    host = chance.randrange(4)
    return {
        "id": str(i),
        "name": f"Event {i}",
        "kind": chance.choice(kinds),
        "affiliate_id": str(host),
        "country": countries[host],
        "starts_on": day,
        "ends_on": day,
        "online": "false",
    }
