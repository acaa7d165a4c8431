"""Reports: each a table with its definitions, its coverage, its version and its date."""

from wmcrm.reports.asked import region_code
from wmcrm.reports.catalogue import REPORTS, make_report
from wmcrm.reports.report import Question, Report
from wmcrm.reports.suppression import Hiding, hidden_indexes, hide_rows, rounded

__all__ = [
    "REPORTS",
    "Hiding",
    "Question",
    "Report",
    "hidden_indexes",
    "hide_rows",
    "make_report",
    "region_code",
    "rounded",
]
