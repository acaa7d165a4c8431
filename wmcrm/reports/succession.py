"""Where an affiliate hangs on few people, and whose terms end."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.aliases import PUBLIC_NAME
from wmcrm.models import Affiliate, Membership, Person, Position
from wmcrm.months import add_months
from wmcrm.paths import Family, PersonEvidence, Reading, active_organizers, read_for_counting
from wmcrm.reports.asked import asked_affiliates, counted_people, coverage_sentence, live
from wmcrm.reports.report import Line, Question, Report
from wmcrm.reports.suppression import Hiding

DEFINITIONS = {
    "risk": "high: one active organizer, or no held position at an affiliate with events; some: two active"
    " organizers, or a term that ends; none otherwise. An affiliate without any organizer has none to lose: dormant",
    "active_organizers": "people who organized for it within 12 months",
    "next_in_line": "people who co-organized for it within 12 months and never organized for it",
    "terms_ending": "positions whose last day lies within six months of the report",
    "leading_positions": "positions held on the day of the report, members and supporters aside",
}
COLUMNS = (
    "affiliate",
    "external_id",
    "name",
    "risk",
    "active_organizers",
    "next_in_line",
    "leading_positions",
    "terms_ending",
    "next_end_on",
)
PEOPLE = ("active_organizers", "next_in_line", "leading_positions")
TERM_MONTHS = 6
FOLLOWERS = frozenset({Position.MEMBER, Position.SUPPORTER})


def succession_report(session: Session, question: Question) -> Report:
    """A line for each affiliate with organizers or positions, most at risk first."""
    reading = read_for_counting(session, question.as_of)
    organizers = active_organizers(reading.evidence.values(), question.as_of)
    waiting = _next_in_line(reading, question.as_of)
    held, ends = _positions(session, question.as_of)
    query = sa.select(Affiliate).where(asked_affiliates(question)).order_by(PUBLIC_NAME, col(Affiliate.id))
    rows: list[Line] = []
    for affiliate in session.scalars(query):
        people, positions = len(organizers.get(affiliate.id, ())), held[affiliate.id]
        ending = ends.get(affiliate.id, [])
        if not people and not positions:
            continue
        rows.append(
            {
                "affiliate": affiliate.public_id,
                "external_id": affiliate.external_id,
                "name": affiliate.alias or affiliate.name,
                "risk": _risk(people, positions, len(ending)),
                "active_organizers": people,
                "next_in_line": waiting[affiliate.id],
                "leading_positions": positions,
                "terms_ending": len(ending),
                "next_end_on": min(ending).isoformat() if ending else None,
            }
        )
    return Report(
        name="succession",
        title="Succession",
        question=question,
        definitions=DEFINITIONS,
        coverage=coverage_sentence(session, question),
        columns=COLUMNS,
        rows=sorted(rows, key=lambda row: (RISKS.index(str(row["risk"])), str(row["name"]))),
        n=len(rows),
        version=reading.model.version,
        hiding=Hiding(PEOPLE, derived=("risk", "terms_ending", "next_end_on")),
    )


RISKS = ("high", "some", "dormant", "none")


def _risk(organizers: int, positions: int, ending: int) -> str:
    if organizers == 1 or (organizers and not positions):
        return "high"
    if not organizers:
        return "dormant"
    return "some" if organizers == 2 or ending else "none"


def _next_in_line(reading: Reading, as_of: dt.date) -> Counter[int]:
    found: Counter[int] = Counter()
    for own in reading.evidence.values():
        found.update(_helps(own, as_of))
    return found


def _helps(own: PersonEvidence, as_of: dt.date) -> set[int]:
    """The affiliates for which somebody co-organized lately and never organized."""
    organized = {affiliate for one in own.of(Family.ORGANIZED) for affiliate in one.affiliates}
    recent = [one for one in own.of(Family.CO_ORGANIZING) if one.day <= as_of <= add_months(one.day, 12)]
    return {affiliate for one in recent for affiliate in one.affiliates} - organized


def _positions(session: Session, as_of: dt.date) -> tuple[Counter[int], dict[int, list[dt.date]]]:
    query = (
        sa.select(col(Membership.affiliate_id), col(Membership.until))
        .join(Person, col(Person.id) == col(Membership.person_id))
        .where(live(Membership), counted_people(), col(Membership.position).not_in(FOLLOWERS))
        .where(sa.or_(col(Membership.since).is_(None), col(Membership.since) <= as_of))
        .where(sa.or_(col(Membership.until).is_(None), col(Membership.until) > as_of))
    )
    held: Counter[int] = Counter()
    ends: dict[int, list[dt.date]] = defaultdict(list)
    for affiliate_id, until in session.execute(query):
        held[affiliate_id] += 1
        if until is not None and until <= add_months(as_of, TERM_MONTHS):
            ends[affiliate_id].append(until)
    return held, ends
