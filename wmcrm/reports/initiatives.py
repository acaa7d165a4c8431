"""Who works on which initiative, and which nobody does."""

from __future__ import annotations

from collections import Counter, defaultdict

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import Initiative, Involvement, InvolvementKind, Person
from wmcrm.reports.asked import counted_people, coverage_sentence, live
from wmcrm.reports.report import Question, Report
from wmcrm.reports.suppression import Hiding

DEFINITIONS = {
    "leading": "people who lead it on the day of the report; working, advising, interested and steward alike",
    "nobody": "yes where nobody leads it or works on it: it can be taken over",
}
KINDS = tuple(kind.value for kind in InvolvementKind)


def initiatives_report(session: Session, question: Question) -> Report:
    """A line for each initiative in order of number."""
    people = _people(session, question)
    query = sa.select(Initiative).where(live(Initiative)).order_by(col(Initiative.id))
    rows = [
        {
            "initiative": initiative.public_id,
            "number": initiative.number,
            "title": initiative.title,
            "status": initiative.status.value,
            **{kind: people[initiative.id][kind] for kind in KINDS},
            "nobody": not (people[initiative.id]["leading"] or people[initiative.id]["working"]),
        }
        for initiative in session.scalars(query)
    ]
    return Report(
        name="initiatives",
        title="Initiatives",
        question=question,
        definitions=DEFINITIONS,
        coverage=coverage_sentence(session, question),
        columns=("initiative", "number", "title", "status", *KINDS, "nobody"),
        rows=rows,
        n=len(rows),
        hiding=Hiding(KINDS, derived=("nobody",)),
    )


def _people(session: Session, question: Question) -> dict[int, Counter[str]]:
    people = sa.func.count(sa.distinct(col(Involvement.person_id)))
    query = (
        sa.select(col(Involvement.initiative_id), col(Involvement.kind), people)
        .join(Person, col(Person.id) == col(Involvement.person_id))
        .where(live(Involvement), counted_people())
        .where(sa.or_(col(Involvement.since).is_(None), col(Involvement.since) <= question.as_of))
        .where(sa.or_(col(Involvement.until).is_(None), col(Involvement.until) > question.as_of))
        .group_by(col(Involvement.initiative_id), col(Involvement.kind))
    )
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for initiative_id, kind, count in session.execute(query):
        found[initiative_id][kind.value] = count
    return found
