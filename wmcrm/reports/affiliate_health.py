"""How active affiliates are, and what their record lacks."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.aliases import PUBLIC_NAME
from wmcrm.models import Affiliate, Event, EventHost, HostRole, Membership, Person, Position
from wmcrm.months import add_months
from wmcrm.paths import LATEST, active_organizers, read_for_counting
from wmcrm.reports.asked import asked_affiliates, counted_people, coverage_sentence, held_events, live
from wmcrm.reports.report import Line, Question, Report
from wmcrm.reports.suppression import Hiding

DEFINITIONS = {
    "activity": "by the last held event: active (within 12 months), quiet (12 to 24), dormant (more), none",
    "events": "held events it organized as a host in the period, by default the last 12 months",
    "active_organizers": "people who organized for it within 12 months",
    "positions": "positions held on the day of the report",
    "contacts": "group contacts on the day of the report; two are wanted",
    "lacks": "what the record of the affiliate lacks",
}
COLUMNS = (
    "affiliate",
    "external_id",
    "name",
    "type",
    "country",
    "activity",
    "last_event_on",
    "events",
    "active_organizers",
    "positions",
    "contacts",
    "lacks",
)
CONTACTS = frozenset({Position.GROUP_CONTACT_1, Position.GROUP_CONTACT_2})


@dataclass(slots=True)
class AffiliateFacts:
    """What is known of one affiliate on a day."""

    last_event_on: dt.date | None = None
    events: int = 0
    positions: list[Position] = field(default_factory=list)


def affiliate_health_report(session: Session, question: Question) -> Report:
    """A line for each affiliate in order of name."""
    facts = read_affiliate_facts(session, question)
    reading = read_for_counting(session, question.as_of)
    organizers = active_organizers(reading.evidence.values(), question.as_of)
    query = sa.select(Affiliate).where(asked_affiliates(question)).order_by(PUBLIC_NAME, col(Affiliate.id))
    rows = [
        _line(affiliate, facts[affiliate.id], len(organizers.get(affiliate.id, ())), question.as_of)
        for affiliate in session.scalars(query)
    ]
    return Report(
        name="affiliate-health",
        title="Health of affiliates",
        question=question,
        definitions=DEFINITIONS,
        coverage=coverage_sentence(session, question),
        columns=COLUMNS,
        rows=rows,
        n=len(rows),
        version=reading.model.version,
        hiding=Hiding(("active_organizers", "positions"), derived=("contacts", "lacks")),
    )


def read_affiliate_facts(session: Session, question: Question) -> dict[int, AffiliateFacts]:
    """Events and held positions by affiliate id."""
    found: dict[int, AffiliateFacts] = defaultdict(AffiliateFacts)
    everything = Question(question.as_of)
    first = question.first or add_months(question.end, -12)
    recent = sa.case((col(Event.starts_on).between(first, question.end), 1), else_=0)
    events = (
        sa.select(col(EventHost.affiliate_id), sa.func.max(col(Event.starts_on)), sa.func.sum(recent))
        .join(Event, col(Event.id) == col(EventHost.event_id))
        .where(held_events(everything), live(EventHost), col(EventHost.host_role) == HostRole.ORGANIZER)
        .group_by(col(EventHost.affiliate_id))
    )
    for affiliate_id, last, count in session.execute(events):
        found[affiliate_id].last_event_on, found[affiliate_id].events = last, int(count)
    positions = (
        sa.select(col(Membership.affiliate_id), col(Membership.position))
        .join(Person, col(Person.id) == col(Membership.person_id))
        .where(live(Membership), counted_people())
        .where(sa.or_(col(Membership.since).is_(None), col(Membership.since) <= question.as_of))
        .where(sa.or_(col(Membership.until).is_(None), col(Membership.until) > question.as_of))
    )
    for affiliate_id, position in session.execute(positions):
        found[affiliate_id].positions.append(position)
    return found


def activity_of(last: dt.date | None, as_of: dt.date) -> str:
    """Active, quiet or dormant by the months since the last event, as the path model counts them."""
    if last is None:
        return "none"
    if as_of <= add_months(last, LATEST.active_months):
        return "active"
    return "quiet" if as_of <= add_months(last, LATEST.quiet_months) else "dormant"


def _line(affiliate: Affiliate, facts: AffiliateFacts, organizers: int, as_of: dt.date) -> Line:
    contacts = sum(position in CONTACTS for position in facts.positions)
    lacks = [
        name
        for name, missing in (
            ("contacts", contacts < len(CONTACTS)),
            ("email", not affiliate.email),
            ("country", not affiliate.country and not affiliate.region),
            ("code", not affiliate.code),
        )
        if missing
    ]
    return {
        "affiliate": affiliate.public_id,
        "external_id": None if affiliate.alias else affiliate.external_id,
        "name": affiliate.alias or affiliate.name,
        "type": affiliate.affiliate_type.value,
        "country": None if affiliate.alias else affiliate.country,
        "activity": activity_of(facts.last_event_on, as_of),
        "last_event_on": facts.last_event_on.isoformat() if facts.last_event_on else None,
        "events": facts.events,
        "active_organizers": organizers,
        "positions": len(facts.positions),
        "contacts": contacts,
        "lacks": "; ".join(lacks) or None,
    }
