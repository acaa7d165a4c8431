"""Affiliates of a file against those that are known."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from wmcrm.db import new_public_id
from wmcrm.importer.files.issues import row_warning
from wmcrm.importer.files.known import codes_in_use, rows_by_external_id
from wmcrm.importer.files.reading import Draft
from wmcrm.importer.files.scope import FileScope, plan_known
from wmcrm.importer.files.steps import NewRow, Row, Step, change_of, unchanged
from wmcrm.importer.report import RowIssue
from wmcrm.models import Outcome


def plan_affiliates(session: Session, drafts: Sequence[Draft], scope: FileScope) -> list[Step]:
    """A step for each affiliate; a code that another affiliate has already is left out with an issue."""
    known = rows_by_external_id(session, "affiliate", scope.source, (draft.external_id for draft in drafts))
    typed = {str(draft.values["code"]) for draft in drafts if "code" in draft.values}
    codes = codes_in_use(session, typed)

    def values_of(draft: Draft, own_id: int | None) -> tuple[Row, tuple[RowIssue, ...]]:
        code = draft.values.get("code")
        if code is None:
            return draft.values, ()
        if scope.claimed_before(draft, "code", code) is None and codes.get(str(code), own_id) == own_id:
            return draft.values, ()
        message = f"Another affiliate has the code {code} already; the code was left out"
        kept = {name: value for name, value in draft.values.items() if name != "code"}
        return kept, (row_warning(draft.row, "code", "code_taken", message, str(code)),)

    def new(draft: Draft) -> Step:
        values, issues = values_of(draft, None)
        row = {"public_id": new_public_id("a"), **values, **scope.sourced(draft.external_id)}
        return Step(draft, Outcome.NEW, (NewRow("affiliate", row),), issues=issues)

    def changed(draft: Draft, before: Row) -> Step:
        row_id = before["id"]
        assert isinstance(row_id, int)
        values, issues = values_of(draft, row_id)
        change = change_of("affiliate", before, values, ("affiliate", row_id))
        return Step(draft, Outcome.UPDATED, changes=(change,), issues=issues) if change else unchanged(draft)

    return list(plan_known(drafts, known, scope, new, changed))
