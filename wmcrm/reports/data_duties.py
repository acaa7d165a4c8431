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
)
from wmcrm.outreach import UNCONFIRMED
from wmcrm.privacy import data_duties
from wmcrm.reports.asked import coverage_sentence, live
from wmcrm.reports.report import Line, Question, Report
from wmcrm.reports.suppression import Hiding

DEFINITIONS = {
    "consent_ends": "consents that end within 60 days of the report",
    "notice_without_wording": "a version of a notice that consents name and nobody has supplied",
    "no_basis": "people with a contact point and no standing decision about any purpose",
    "retention": "rows that a rule of retention will delete",
    "purge_overdue": "the last purge lies too far back",
    "stale_records": "people nobody has checked for 24 months",
    "restriction_open": "people whose data may only be stored",
    "sealed_hit": "sheets that named a sealed person: a steward has to look",
    "request_open": "what people asked of the stewards: to see their data, to be erased, not to be meant",
    "consent_expired": "consents that have ended",
    "consent_unproven": "consents that a sheet claims without notice, day and collector",
    "contact_bounced": "contact points that bounced or are held back",
    "person_held": "people who wait for a decision whether they are somebody known",
    "pair_undecided": "pairs of people who may be one, and nobody has said",
    "row_to_mend": "rows of imports that were left out because of errors",
}
TO_DO = {
    "consent_ends": "Ask the people again.",
    "notice_without_wording": "Supply the wording: wmcrm notice add.",
    "no_basis": "Ask for consent, or delete the addresses.",
    "retention": "Delete them: wmcrm purge.",
    "purge_overdue": "Run: wmcrm purge.",
    "stale_records": "Check the records, or delete them.",
    "restriction_open": "Decide on the restrictions.",
    "sealed_hit": "Look at them as a steward.",
    "request_open": "Do it, then close it: wmcrm subject requests.",
    "consent_expired": "Ask again, or stop writing.",
    "consent_unproven": "Send the one confirming message.",
    "contact_bounced": "Ask for another address.",
    "person_held": "Decide in the review queue.",
    "pair_undecided": "Decide in the review queue.",
    "row_to_mend": "Mend them: wmcrm import failed.",
}
COLUMNS = ("duty", "about", "cases", "due_on", "to_do")
RENEWAL_DAYS = 60
LIKELY = 0.5
Counter = sa.Select[int]


@dataclass(frozen=True, slots=True)
class Count:
    """How the cases of a duty are counted; ``person`` is the column by which they are an affiliate's.

    ``in_calendar``: for the whole movement the calendar of wmcrm.privacy counts it, with its days.
    """

    query: Callable[[Question], Counter]
    person: Callable[[], Mapped[int]] | None = None
    in_calendar: bool = False


def data_duties_report(session: Session, question: Question) -> Report:
    """A line for each duty with the number of its cases; of an affiliate, only duties about its people."""
    rows = _of_affiliate(session, question) if question.affiliate_id is not None else _of_movement(session, question)
    return Report(
        name="data-duties",
        title="Data duties",
        question=question,
        definitions=DEFINITIONS,
        coverage=coverage_sentence(session, question),
        columns=COLUMNS,
        rows=rows,
        n=sum(int(row["cases"] or 0) for row in rows),
        hiding=Hiding(("cases",), labels=("about",)),
    )


def _of_movement(session: Session, question: Question) -> list[Line]:
    calendar = [
        _line(duty.kind.value, duty.count, about=duty.about or None, due_on=duty.due_on.isoformat())
        for duty in data_duties(session, today=question.as_of)
    ]
    counted = [
        _line(name, session.scalars(count.query(question)).one())
        for name, count in COUNTS.items()
        if not count.in_calendar
    ]
    return [*calendar, *counted]


def _of_affiliate(session: Session, question: Question) -> list[Line]:
    assert question.affiliate_id is not None
    held = _held_by(question.affiliate_id)
    return [
        _line(name, session.scalars(count.query(question).where(count.person().in_(held))).one())
        for name, count in COUNTS.items()
        if count.person is not None
    ]


def _line(name: str, cases: int, *, about: str | None = None, due_on: str | None = None) -> Line:
    return {"duty": name, "about": about, "cases": cases, "due_on": due_on, "to_do": TO_DO[name]}


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


def _active() -> sa.ColumnElement[bool]:
    return sa.and_(col(Person.status) == PersonStatus.ACTIVE, col(Person.removed_at).is_(None))


def _without_basis(_question: Question) -> Counter:
    point = sa.select(ContactPoint).where(col(ContactPoint.person_id) == col(Person.id), live(ContactPoint)).exists()
    decided = sa.select(ConsentState).where(col(ConsentState.person_id) == col(Person.id)).exists()
    return _count(_active(), point, sa.not_(decided), of=Person)


def _bounced(_question: Question) -> Counter:
    bounced = sa.func.coalesce(col(ContactPoint.held_because), "") != UNCONFIRMED
    return _count(live(ContactPoint), col(ContactPoint.held_since).is_not(None), bounced, of=ContactPoint)


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


COUNTS: Mapping[str, Count] = {
    "consent_ends": Count(_to_renew, lambda: col(ConsentState.person_id), in_calendar=True),
    "no_basis": Count(_without_basis, lambda: col(Person.id), in_calendar=True),
    "consent_expired": Count(_expired, lambda: col(ConsentState.person_id)),
    "consent_unproven": Count(_unproven, lambda: col(ConsentState.person_id)),
    "contact_bounced": Count(_bounced, lambda: col(ContactPoint.person_id)),
    "person_held": Count(_held, lambda: col(Person.id)),
    "pair_undecided": Count(_undecided),
    "row_to_mend": Count(_to_mend),
}
