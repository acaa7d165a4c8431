"""Sheets of sign-ups become attendance: planned, written in one transaction, handed back, undone.

``plan_signups`` says what an import would do, ``apply_signups`` does it (the plan is made again and compared),
``undo_import`` takes it back.
"""

from wmcrm.importer.factrows import ConsentTerms
from wmcrm.importer.failed import FailedRows, failed_rows
from wmcrm.importer.options import NewEvent, SignupOptions
from wmcrm.importer.plan import Decisions
from wmcrm.importer.report import ImportReport, MappedColumn, RowIssue
from wmcrm.importer.runs import ROW_COLUMNS, find_run, run_rows
from wmcrm.importer.sheetapply import PlanMovedError, apply_signups
from wmcrm.importer.sheetplan import ImportPlan, plan_signups
from wmcrm.importer.signups import RowsMean
from wmcrm.importer.stages import SheetAction
from wmcrm.importer.tables import SheetFile, choose_table, sheet_file
from wmcrm.importer.undo import undo_import
from wmcrm.importer.undone import UndoReport

__all__ = [
    "ROW_COLUMNS",
    "ConsentTerms",
    "Decisions",
    "FailedRows",
    "ImportPlan",
    "ImportReport",
    "MappedColumn",
    "NewEvent",
    "PlanMovedError",
    "RowIssue",
    "RowsMean",
    "SheetAction",
    "SheetFile",
    "SignupOptions",
    "UndoReport",
    "apply_signups",
    "choose_table",
    "failed_rows",
    "find_run",
    "plan_signups",
    "run_rows",
    "sheet_file",
    "undo_import",
]
