"""The reports by name, and the one way to ask for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from wmcrm.errors import BadInputError
from wmcrm.privacy import least_counts
from wmcrm.reports.affiliate_health import affiliate_health_report
from wmcrm.reports.answers import answers_report
from wmcrm.reports.asked import may_read_exactly
from wmcrm.reports.cohorts import cohorts_report
from wmcrm.reports.coverage import coverage_report
from wmcrm.reports.data_duties import data_duties_report
from wmcrm.reports.entry_routes import entry_routes_report
from wmcrm.reports.event_results import event_results_report
from wmcrm.reports.initiatives import initiatives_report
from wmcrm.reports.path import path_report
from wmcrm.reports.processing import processing_report
from wmcrm.reports.report import Question, Report
from wmcrm.reports.succession import succession_report
from wmcrm.reports.time_to_stage import time_to_stage_report
from wmcrm.reports.who_organizes_what import who_organizes_what_report

REPORTS: Mapping[str, Callable[[Session, Question], Report]] = {
    "path": path_report,
    "cohorts": cohorts_report,
    "time-to-stage": time_to_stage_report,
    "entry-routes": entry_routes_report,
    "who-organizes-what": who_organizes_what_report,
    "event-results": event_results_report,
    "affiliate-health": affiliate_health_report,
    "succession": succession_report,
    "coverage": coverage_report,
    "initiatives": initiatives_report,
    "data-duties": data_duties_report,
    "processing": processing_report,
    "answers": answers_report,
}
GROUPED = frozenset({"cohorts", "coverage", "event-results", "who-organizes-what"})


def make_report(session: Session, name: str, question: Question) -> Report:
    """A report by its name: exact and internal for who may list the people behind it, else suppressed.

    Raises BadInputError for a name or a grouping that does not exist, and for a period that ends before it
    begins; NotAllowedError for a list that the reader may not see.
    """
    if name not in REPORTS:
        raise BadInputError("There is no report {name}; choose one of: {names}", name=name, names=", ".join(REPORTS))
    if question.first is not None and question.last is not None and question.last < question.first:
        raise BadInputError(
            "The period ends on {last}, before it begins on {first}.",
            first=question.first.isoformat(),
            last=question.last.isoformat(),
        )
    if question.by is not None and name not in GROUPED:
        raise BadInputError("The report {name} is not grouped; leave {field} out.", name=name, field=question.by)
    report = REPORTS[name](session, question)
    return report if may_read_exactly(session, question) else report.for_others(least_counts(session).people)
