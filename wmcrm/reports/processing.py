"""The record of processing activities (Article 30): why data is held, of whom, for how long, who receives it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wmcrm.privacy import processing_record, retention_rules
from wmcrm.reports.report import Question, Report
from wmcrm.reports.suppression import Hiding

COLUMNS = ("code", "purpose", "basis", "people", "data", "recipients", "transfers", "retention", "security")
DEFINITIONS = {
    "basis": "the ground in Article 6 on which the data is used",
    "people": "whose data it is",
    "recipients": "who receives it",
    "transfers": "countries or organizations outside that receive it, with the safeguard",
    "retention": "how long it is kept; the rules with their numbers stand beside the table",
    "security": "how it is protected",
}


def processing_report(session: Session, question: Question) -> Report:
    """One line an activity, as the operator keeps them; the rules of retention stand beside the table."""
    rows = [{name: str(getattr(activity, name)) for name in COLUMNS} for activity in processing_record(session)]
    return Report(
        name="processing",
        title="Record of processing activities",
        question=question,
        definitions=DEFINITIONS,
        coverage=f"{len(rows)} activities, as the operator keeps them",
        columns=COLUMNS,
        rows=rows,
        n=0,
        hiding=Hiding(()),
        figures={code: rule.span for code, rule in retention_rules(session).items()},
    )
