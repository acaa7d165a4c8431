"""How long it takes from one stage to the next."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wmcrm.paths import Asked, read_for_counting, times_between_stages
from wmcrm.reports.asked import coverage_sentence
from wmcrm.reports.report import Question, Report
from wmcrm.reports.suppression import Hiding

DEFINITIONS = {
    "people": "people who reached the first stage and had not reached the second before it",
    "arrived": "of these, people who reached the second stage by the day of the report",
    "median_days": "days by which half have arrived, by Kaplan and Meier's estimate; who has not arrived yet is"
    " counted as long as they have been under way. Empty where fewer than half have arrived",
    "lower_days": "days by which a quarter have arrived",
    "upper_days": "days by which three quarters have arrived",
}
COLUMNS = ("from_stage", "to_stage", "people", "arrived", "lower_days", "median_days", "upper_days")


def time_to_stage_report(session: Session, question: Question) -> Report:
    """Median and quartiles of the days between stages; the period is that of the first occasion."""
    reading = read_for_counting(session, question.as_of, asked=Asked(question.affiliate_id, question.region))
    people = [path for path in reading.paths.values() if path.first_on is None or question.has(path.first_on)]
    rows = [
        {
            "from_stage": time.start.code,
            "to_stage": time.goal.code,
            "people": time.people,
            "arrived": time.arrived,
            "lower_days": time.lower,
            "median_days": time.median,
            "upper_days": time.upper,
        }
        for time in times_between_stages(people)
    ]
    return Report(
        name="time-to-stage",
        title="Time between stages",
        question=question,
        definitions=DEFINITIONS,
        coverage=coverage_sentence(session, question),
        columns=COLUMNS,
        rows=rows,
        n=len(people),
        version=reading.model.version,
        hiding=Hiding(("people", "arrived"), derived=("lower_days", "median_days", "upper_days"), labels=("to_stage",)),
    )
