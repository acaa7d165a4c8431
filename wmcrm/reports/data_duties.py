"""What the keeping of personal data asks for now: renewals, claims to prove, records to check, rows to mend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session
from sqlmodel import col

from wmcrm.models import (
    CandidatePair,
    ConsentStanding,
    ConsentState,
    ContactPoint,
    Holding,
    ImportedRow,
    ImportRun,
    ImportState,
    Judgement,
    Outcome,
    Person,
    PersonStatus,
    PersonSummary,
    PrivacyNotice,
)
from wmcrm.months import add_months
from wmcrm.reports.asked import coverage_sentence, live
from wmcrm.reports.report import Line, Question, Report
from wmcrm.reports.suppression import Hiding

DEFINITIONS = {
    "consents_to_renew": "consents that end within 60 days of the report",
    "consents_expired": "consents that have ended",
    "consents_unproven": "consents that a sheet claims without notice, day and collector",
    "notices_without_wording": "versions of a notice that consents name and nobody has supplied",
    "people_without_basis": "people with a contact point and no standing decision about any purpose",
    "stale_people": "people recorded more than 36 months ago, without an occasion or a check since",
    "bounced_contact_points": "contact points that bounced or are held back",
    "people_held": "people who wait for a decision whether they are somebody known",
    "pairs_undecided": "pairs of people who may be one, and nobody has said",
    "rows_to_mend": "rows of imports that were left out because of errors",
    "raw_cells_due": "rows of imports older than 30 days whose raw cells are still kept",
}
RENEWAL_DAYS = 60
STALE_MONTHS = 36
CELL_DAYS = 30
LIKELY = 0.5
Counter = sa.Select[int]


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty: what to do about it, and how its cases are counted (``people`` = they can be an affiliate's)."""

    to_do: str
    count: Callable[[Question], Counter]
    person: Callable[[], Mapped[int]] | None = None


def data_duties_report(session: Session, question: Question) -> Report:
    """A line for each duty with the number of its cases; of an affiliate, only duties about its people."""
    rows: list[Line] = []
    for name, duty in DUTIES.items():
        query = duty.count(question)
        if question.affiliate_id is not None:
            if duty.person is None:
                continue
            query = query.where(duty.person().in_(_held_by(question.affiliate_id)))
        rows.append({"duty": name, "cases": session.scalars(query).one(), "to_do": duty.to_do})
    return Report(
        name="data-duties",
        title="Data duties",
        question=question,
        definitions=DEFINITIONS,
        coverage=coverage_sentence(session, question),
        columns=("duty", "cases", "to_do"),
        rows=rows,
        n=sum(int(row["cases"] or 0) for row in rows),
        hiding=Hiding(("cases",)),
    )


def _held_by(affiliate_id: int) -> sa.Select[int]:
    return sa.select(col(Holding.person_id)).where(
        col(Holding.holder_affiliate_id) == affiliate_id, live(Holding), col(Holding.until).is_(None)
    )


def _count(*conditions: sa.ColumnElement[bool], of: type) -> Counter:
    return sa.select(sa.func.count()).select_from(of).where(*conditions)


def _standing(standing: ConsentStanding, *conditions: sa.ColumnElement[bool]) -> Counter:
    return _count(col(ConsentState.standing) == standing, *conditions, of=ConsentState)


def _to_renew(question: Question) -> Counter:
    limit = question.as_of + dt.timedelta(days=RENEWAL_DAYS)
    return _standing(ConsentStanding.GIVEN, col(ConsentState.valid_until).between(question.as_of, limit))


def _expired(question: Question) -> Counter:
    return _standing(ConsentStanding.GIVEN, col(ConsentState.valid_until) < question.as_of)


def _unproven(_question: Question) -> Counter:
    return _standing(ConsentStanding.UNPROVEN)


def _without_wording(_question: Question) -> Counter:
    return _count(col(PrivacyNotice.wording).is_(None), of=PrivacyNotice)


def _active() -> sa.ColumnElement[bool]:
    return sa.and_(col(Person.status) == PersonStatus.ACTIVE, col(Person.removed_at).is_(None))


def _without_basis(_question: Question) -> Counter:
    point = sa.select(ContactPoint).where(col(ContactPoint.person_id) == col(Person.id), live(ContactPoint)).exists()
    decided = sa.select(ConsentState).where(col(ConsentState.person_id) == col(Person.id)).exists()
    return _count(_active(), point, sa.not_(decided), of=Person)


def _stale(question: Question) -> Counter:
    limit = add_months(question.as_of, -STALE_MONTHS)
    moment = dt.datetime.combine(limit, dt.time(), dt.UTC)
    recent = sa.select(PersonSummary).where(
        col(PersonSummary.person_id) == col(Person.id), col(PersonSummary.last_occasion_on) >= limit
    )
    verified = sa.and_(col(Person.last_verified_on).is_not(None), col(Person.last_verified_on) >= limit)
    return _count(_active(), col(Person.recorded_at) < moment, sa.not_(recent.exists()), sa.not_(verified), of=Person)


def _bounced(_question: Question) -> Counter:
    return _count(live(ContactPoint), col(ContactPoint.held_since).is_not(None), of=ContactPoint)


def _held(_question: Question) -> Counter:
    return _count(col(Person.status) == PersonStatus.HELD, col(Person.removed_at).is_(None), of=Person)


def _undecided(_question: Question) -> Counter:
    said = sa.select(Judgement).where(
        col(Judgement.person_a_id) == col(CandidatePair.person_a_id),
        col(Judgement.person_b_id) == col(CandidatePair.person_b_id),
        col(Judgement.revoked_at).is_(None),
    )
    return _count(col(CandidatePair.probability) >= LIKELY, sa.not_(said.exists()), of=CandidatePair)


def _applied(*conditions: sa.ColumnElement[bool]) -> Counter:
    query = _count(col(ImportRun.state) == ImportState.APPLIED, *conditions, of=ImportedRow)
    return query.join(ImportRun, col(ImportRun.id) == col(ImportedRow.run_id))


def _to_mend(_question: Question) -> Counter:
    return _applied(col(ImportedRow.outcome) == Outcome.INVALID, col(ImportRun.cells_expired_at).is_(None))


def _cells_due(question: Question) -> Counter:
    limit = dt.datetime.combine(question.as_of, dt.time(), dt.UTC) - dt.timedelta(days=CELL_DAYS)
    return _applied(col(ImportRun.applied_at) < limit, col(ImportRun.cells_expired_at).is_(None))


DUTIES: Mapping[str, Duty] = {
    "consents_to_renew": Duty("Ask the people again.", _to_renew, lambda: col(ConsentState.person_id)),
    "consents_expired": Duty("Ask again, or stop writing.", _expired, lambda: col(ConsentState.person_id)),
    "consents_unproven": Duty("Send the one confirming message.", _unproven, lambda: col(ConsentState.person_id)),
    "notices_without_wording": Duty("Supply the wording: wmcrm notice add.", _without_wording),
    "people_without_basis": Duty("Ask for consent, or delete the addresses.", _without_basis, lambda: col(Person.id)),
    "stale_people": Duty("Check the record, or delete it.", _stale, lambda: col(Person.id)),
    "bounced_contact_points": Duty("Ask for another address.", _bounced, lambda: col(ContactPoint.person_id)),
    "people_held": Duty("Decide in the review queue.", _held, lambda: col(Person.id)),
    "pairs_undecided": Duty("Decide in the review queue.", _undecided),
    "rows_to_mend": Duty("Mend them: wmcrm import failed.", _to_mend),
    "raw_cells_due": Duty("Delete them: wmcrm purge.", _cells_due),
}
