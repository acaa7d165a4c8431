"""What the data covers, by region or by language, with its holes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import Affiliate, Attendance, Event, LanguageSkill, Participation, Person, Residence
from wmcrm.normalize import REGIONS, region_of
from wmcrm.paths import Asked, Reading, Stage, read_for_counting
from wmcrm.reports.asked import asked_affiliates, counted_people, coverage_sentence, held_events, live
from wmcrm.reports.report import Line, Question, Report
from wmcrm.reports.suppression import Hiding

DEFINITIONS = {
    "people": "live records of people who work in the region (or live there), or know the language",
    "organizers": "of these, people whose current stage is organizer or deeper",
    "facilitators": "of these, people whose current stage is co-organizer or deeper",
    "affiliates": "affiliates of the region",
    "events": "held events in the region in the period",
    "events_with_names": "of these, events with named attendance",
    "hole": "yes where nobody of the region or language is currently a co-organizer or deeper",
}


def coverage_report(session: Session, question: Question) -> Report:
    """A line for each region, empty ones too; or for each language that anybody knows."""
    by = question.grouped_by("region", "language")
    reading = read_for_counting(session, question.as_of, asked=Asked(question.affiliate_id, question.region))
    rows = _by_region(session, reading, question) if by == "region" else _by_language(session, reading)
    columns = ("region", *COUNTS, "hole") if by == "region" else ("language", *PEOPLE, "hole")
    return Report(
        name="coverage",
        title="Coverage",
        question=question,
        definitions=DEFINITIONS,
        coverage=coverage_sentence(session, question),
        columns=columns,
        rows=rows,
        n=len(reading.paths),
        version=reading.model.version,
        hiding=Hiding(PEOPLE, derived=("hole",)),
    )


PEOPLE = ("people", "facilitators", "organizers")
COUNTS = (*PEOPLE, "affiliates", "events", "events_with_names")


def _by_region(session: Session, reading: Reading, question: Question) -> list[Line]:
    homes = (
        sa.select(col(Person.id), col(Residence.community_region), col(Residence.residence_country))
        .outerjoin(Residence, col(Residence.person_id) == col(Person.id))
        .where(counted_people())
    )
    groups: dict[str, set[int]] = defaultdict(set)
    for person_id, region, country in session.execute(homes):
        groups[region or region_of(country) or "none"].add(person_id)
    affiliates: Counter[str] = Counter()
    known = sa.select(col(Affiliate.region), col(Affiliate.country)).where(asked_affiliates(question))
    for region, country in session.execute(known):
        affiliates[region or region_of(country) or "none"] += 1
    events, named = _events(session, question)
    asked = [question.region] if question.region else [*(region.value for region in REGIONS), "none"]
    return [
        {
            "region": region,
            **_people(reading, groups[region]),
            "affiliates": affiliates[region],
            "events": events[region],
            "events_with_names": named[region],
            "hole": _is_hole(reading, groups[region]),
        }
        for region in asked
    ]


def _by_language(session: Session, reading: Reading) -> list[Line]:
    query = (
        sa.select(col(LanguageSkill.person_id), col(LanguageSkill.language))
        .join(Person, col(Person.id) == col(LanguageSkill.person_id))
        .where(live(LanguageSkill), counted_people())
    )
    groups: dict[str, set[int]] = defaultdict(set)
    for person_id, language in session.execute(query):
        groups[language].add(person_id)
    return [
        {"language": language, **_people(reading, groups[language]), "hole": _is_hole(reading, groups[language])}
        for language in sorted(groups)
    ]


def _people(reading: Reading, people: Iterable[int]) -> dict[str, int]:
    known = [reading.paths[person].current for person in people if person in reading.paths]
    return {
        "people": len(known),
        "facilitators": sum(stage >= Stage.CO_ORGANIZER for stage in known),
        "organizers": sum(stage >= Stage.ORGANIZER for stage in known),
    }


def _is_hole(reading: Reading, people: Iterable[int]) -> bool:
    return not any(reading.paths[person].current >= Stage.CO_ORGANIZER for person in people if person in reading.paths)


def _events(session: Session, question: Question) -> tuple[Counter[str], Counter[str]]:
    attended = (
        sa.select(Participation)
        .join(Person, col(Person.id) == col(Participation.person_id))
        .where(col(Participation.event_id) == col(Event.id), live(Participation), counted_people())
        .where(sa.or_(col(Participation.attended) == Attendance.YES, col(Participation.contributed)))
        .exists()
    )
    query = sa.select(col(Event.country), sa.case((attended, 1), else_=0)).where(held_events(question))
    events: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for country, has_names in session.execute(query):
        region = region_of(country) or "none"
        events[region] += 1
        named[region] += has_names
    return events, named
