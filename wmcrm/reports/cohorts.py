"""Cohorts of first occasion: who went on to a higher stage within some months."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wmcrm.paths import Asked, Conversion, Grain, conversion, read_for_counting
from wmcrm.reports.asked import coverage_sentence
from wmcrm.reports.report import Line, Question, Report
from wmcrm.reports.suppression import Hiding

DEFINITIONS = {
    "cohort": "people by the year (quarter, month) of their first occasion",
    "entered": "the stage reached by the day of the first occasion; 'all' is everybody of the cohort",
    "people": "people of the cohort who had a higher stage above them",
    "converted": "of these, people who reached a higher stage within the months",
    "rate": "converted of people; empty while the cohort is too young for the window: it is no failure",
    "too_young": "not everybody of the cohort has had the whole time yet",
}
COLUMNS = ("cohort", "entered", "months", "people", "converted", "rate", "too_young")


def cohorts_report(session: Session, question: Question) -> Report:
    """Conversion within 3, 6, 12 and 24 months by cohort and stage at entry; by year, quarter or month."""
    grain = Grain(question.grouped_by(*Grain))
    reading = read_for_counting(session, question.as_of, asked=Asked(question.affiliate_id, question.region))
    people = [path for path in reading.paths.values() if path.first_on is not None and question.has(path.first_on)]
    return Report(
        name="cohorts",
        title="Conversion by cohort of first occasion",
        question=question,
        definitions=DEFINITIONS,
        coverage=coverage_sentence(session, question),
        columns=COLUMNS,
        rows=[_line(found) for found in conversion(people, grain)],
        n=len(people),
        version=reading.model.version,
        hiding=Hiding(("people", "converted"), derived=("rate",), within=("cohort", "months"), labels=("entered",)),
    )


def _line(found: Conversion) -> Line:
    return {
        "cohort": found.cohort.label,
        "entered": "all" if found.entered is None else found.entered.code,
        "months": found.months,
        "people": found.people,
        "converted": found.converted,
        "rate": None if found.too_young or not found.people else round(found.converted / found.people, 3),
        "too_young": found.too_young,
    }
