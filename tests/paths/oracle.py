"""A second reading of the path model over the exchange files, to check the first against.

Written from the words of the model alone: straight loops over the rows, the standard library only, and
nothing imported from wmcrm. Slow and plain on purpose: every question is asked of all the rows a person has.

    python tests/paths/oracle.py FOLDER [AS_OF]     prints one JSON document
"""

import csv
import gzip
import json
import sys
from datetime import date, timedelta
from pathlib import Path

NAMES = ["contact", "participant", "returning", "helper", "co_organizer", "organizer", "sustained", "multiplier"]

ROLE_WORDS = {
    "participant": "participant",
    "volunteer": "helper",
    "speaker": "speaker",
    "trainer": "trainer",
    "co-organizer": "co_organizer",
    "organizer": "organizer",
}

POSITION_WORDS = {
    "board member": "board_member",
    "treasurer": "treasurer",
    "executive director": "executive_director",
    "program staff": "staff",
    "campaign coordinator": "programme_lead",
    "GLAM coordinator": "programme_lead",
    "volunteer organizer": "member",
    "campus ambassador": "member",
    "trainer": "member",
    "contest juror": "member",
}


def rows_of(folder, name):
    plain = Path(folder) / (name + ".csv")
    if plain.exists():
        with plain.open(encoding="utf-8-sig", newline="") as handle:
            return list(csv.DictReader(handle))
    with gzip.open(Path(folder) / (name + ".csv.gz"), "rt", encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def later(day, months):
    """Move by calendar months; a day that the month does not have becomes its last."""
    year, month = day.year, day.month + months
    while month > 12:
        year, month = year + 1, month - 12
    while month < 1:
        year, month = year - 1, month + 12
    wanted = day.day
    while True:
        try:
            return date(year, month, wanted)
        except ValueError:
            wanted -= 1


def read_world(folder):
    """Return what happened: per person, lists of plain tuples."""
    events = {}
    for row in rows_of(folder, "events"):
        events[row["id"]] = (date.fromisoformat(row["starts_on"]), row["affiliate_id"], row["country"])
    done = {row["id"]: [] for row in rows_of(folder, "people")}
    been_at = {}
    for row in rows_of(folder, "participations"):
        if row["status"] != "attended":
            continue
        day, host, country = events[row["event_id"]]
        done[row["person_id"]].append((day, ROLE_WORDS[row["capacity"]], row["event_id"], host, country))
        been_at.setdefault(row["event_id"], set()).add(row["person_id"])
    held = {person: [] for person in done}
    for row in rows_of(folder, "roles"):
        end = date.fromisoformat(row["ended_on"]) if row["ended_on"] else None
        held[row["person_id"]].append((POSITION_WORDS[row["kind"]], date.fromisoformat(row["started_on"]), end))
    for person in done:
        done[person].sort()
    return events, done, held, been_at


def first_organized(done):
    """(person, affiliate) -> the first day that the person organized for it."""
    first = {}
    for person, things in done.items():
        for day, role, _event, host, _country in things:
            if role == "organizer" and ((person, host) not in first or day < first[person, host]):
                first[person, host] = day
    return first


def deeds_by_role(seen):
    """Stages 1, 3, 4, 5: the role alone says it."""
    for day, role, _event, _host, _country in seen:
        if role == "participant":
            yield 1, day
        if role in ("helper", "speaker"):
            yield 3, day
        if role in ("trainer", "co_organizer"):
            yield 4, day
        if role == "organizer":
            yield 5, day


def deeds_by_return(seen):
    """Stage 2: every pair of different events is looked at."""
    taken = [(day, event) for day, role, event, _h, _c in seen if role == "participant"]
    for day_a, event_a in taken:
        for day_b, event_b in taken:
            if event_a != event_b and day_a < day_b <= later(day_a, 24):
                yield 2, day_b


def deeds_by_organizing(seen):
    """Stages 6 and 7: every pair, and for 6 a third between them."""
    organized = [(day, event, host, country) for day, role, event, host, country in seen if role == "organizer"]
    for a in organized:
        for b in organized:
            if a[2] != b[2] or (a[3] and b[3] and a[3] != b[3]):
                yield 7, max(a[0], b[0])
            if not (a[0] + timedelta(days=180) <= b[0] <= later(a[0], 24)):
                continue
            for c in organized:
                if c[1] not in (a[1], b[1]) and a[0] <= c[0] <= b[0]:
                    yield 6, b[0]
                    break


def deeds_by_training(person, seen, first, been_at):
    """Stage 7: two others who were there and then organized for the host for the first time."""
    for day, role, event, host, _country in seen:
        if role != "trainer":
            continue
        others = [other for other in been_at[event] if other != person and (other, host) in first]
        pupils = sorted(first[other, host] for other in others if day < first[other, host] <= later(day, 24))
        if len(pupils) >= 2:
            yield 7, pupils[1]


def deeds_by_position(positions, start):
    """Stages 5 and 7: held long enough, and inside the window if there is one."""
    for position, since, until in positions:
        if position == "programme_lead":
            needs, stage = since, 5
        elif position in ("board_member", "treasurer"):
            needs, stage = later(since, 6), 7
        else:
            continue
        if start is None:
            if until is None or until >= needs:
                yield stage, needs
        else:
            opening = needs if needs > start else start
            if until is None or until > opening:
                yield stage, opening


def stage_days(person, things, positions, first, been_at, start, end):
    """Return {stage number: first day} from what lies in start..end (start None: from the beginning)."""
    seen = [thing for thing in things if thing[0] <= end and (start is None or thing[0] >= start)]
    answer = {}
    for deeds in (
        deeds_by_role(seen),
        deeds_by_return(seen),
        deeds_by_organizing(seen),
        deeds_by_training(person, seen, first, been_at),
        deeds_by_position(positions, start),
    ):
        for stage, day in deeds:
            if day <= end and (stage not in answer or day < answer[stage]):
                answer[stage] = day
    return answer


def activity_of(things, positions, as_of):
    last = None
    for day, *_rest in things:
        if day <= as_of and (last is None or day > last):
            last = day
    for _position, since, until in positions:
        if since > as_of:
            continue
        day = as_of if until is None or until > as_of else until - timedelta(days=1)
        if last is None or day > last:
            last = day
    if last is None:
        return "none"
    if as_of <= later(last, 12):
        return "active"
    return "quiet" if as_of <= later(last, 24) else "dormant"


def walk(folder, as_of):
    """Return {person id: what `wmcrm paths` says of the person}."""
    _events, done, held, been_at = read_world(folder)
    first = first_organized(done)
    start = later(as_of, -24) + timedelta(days=1)
    answer = {}
    for person, things in done.items():
        ever = stage_days(person, things, held[person], first, been_at, None, as_of)
        lately = stage_days(person, things, held[person], first, been_at, start, as_of)
        top = max(ever) if ever else 0
        answer[person] = {
            "highest": NAMES[top],
            "highest_on": ever[top].isoformat() if top else None,
            "current": NAMES[max(lately)] if lately else "contact",
            "activity": activity_of(things, held[person], as_of),
            "skipped": [NAMES[stage] for stage in range(1, top) if stage not in ever],
            "reached": {NAMES[stage]: ever[stage].isoformat() for stage in sorted(ever)},
        }
    return answer


def first_occasions(folder, as_of):
    """Return {person id: day of the first occasion}."""
    _events, done, _held, _been_at = read_world(folder)
    return {person: things[0][0] for person, things in done.items() if things and things[0][0] <= as_of}


def conversion(folder, as_of, months):
    """Return {year of first occasion: (people, gone further in time, too young)}.

    Gone further: reached a stage above the one reached by the first occasion's day, within the months.
    """
    found = walk(folder, as_of)
    cohorts = {}
    for person, day in first_occasions(folder, as_of).items():
        reached = {NAMES.index(name): date.fromisoformat(on) for name, on in found[person]["reached"].items()}
        entry = max([stage for stage, on in reached.items() if on <= day], default=0)
        if entry == 7:
            continue
        moved = [on for stage, on in reached.items() if stage > entry and on <= later(day, months)]
        people, further = cohorts.get(day.year, (0, 0))
        cohorts[day.year] = (people + 1, further + (1 if moved else 0))
    return {
        year: (people, further, later(date(year, 12, 31), months) > as_of)
        for year, (people, further) in sorted(cohorts.items())
    }


def median_days(folder, as_of, start, goal):
    """Return the Kaplan-Meier median of the days from one stage to another, by the product formula."""
    spells = []
    for path in walk(folder, as_of).values():
        reached = path["reached"]
        if start not in reached:
            continue
        begun = date.fromisoformat(reached[start])
        if goal not in reached:
            spells.append(((as_of - begun).days, False))
        elif date.fromisoformat(reached[goal]) >= begun:
            spells.append(((date.fromisoformat(reached[goal]) - begun).days, True))
    share = 1.0
    for length in sorted({days for days, happened in spells if happened}):
        at_risk = sum(1 for days, _ in spells if days >= length)
        happened = sum(1 for days, true in spells if true and days == length)
        share *= 1 - happened / at_risk
        if share <= 0.5 + 1e-12:
            return length
    return None


def main():
    folder = sys.argv[1]
    as_of = date.fromisoformat(sys.argv[2]) if len(sys.argv) > 2 else date.today()  # noqa: DTZ011
    json.dump(walk(folder, as_of), sys.stdout, indent=1)


if __name__ == "__main__":
    main()
