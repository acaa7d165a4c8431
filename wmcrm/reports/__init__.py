"""Reports: each a table with its definitions, its coverage, its version and its date."""

from wmcrm.reports.catalogue import REPORTS, make_report
from wmcrm.reports.frozen import (
    ChangedCell,
    FrozenReport,
    Since,
    find_frozen,
    freeze_report,
    list_frozen,
    what_changed,
)
from wmcrm.reports.report import Question, Report
from wmcrm.reports.suppression import Hiding, hidden_indexes, hide_rows, rounded

__all__ = [
    "REPORTS",
    "ChangedCell",
    "FrozenReport",
    "Hiding",
    "Question",
    "Report",
    "Since",
    "find_frozen",
    "freeze_report",
    "hidden_indexes",
    "hide_rows",
    "list_frozen",
    "make_report",
    "rounded",
    "what_changed",
]
