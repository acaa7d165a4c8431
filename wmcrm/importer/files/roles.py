"""Positions of a file against those that are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from wmcrm.importer.files.holdings import Holdings, belonging
from wmcrm.importer.files.issues import row_issue
from wmcrm.importer.files.known import PersonReference, find_people, find_records, rows_by_external_id
from wmcrm.importer.files.reading import Draft
from wmcrm.importer.files.scope import FileScope, plan_known, unknown_reference
from wmcrm.importer.files.steps import NewRow, Row, Step, change_of, invalid, unchanged
from wmcrm.importer.report import RowIssue
from wmcrm.models import Outcome

COLUMNS = ("position", "title", "since", "until")


@dataclass(frozen=True, slots=True)
class RoleWorld:
    """Whom and which affiliates the rows of a file name."""

    scope: FileScope
    people: dict[str, PersonReference]
    affiliates: dict[str, int]
    holdings: Holdings

    def missing(self, draft: Draft) -> RowIssue | None:
        """The reference of a row that names nobody."""
        if draft.values["person"] not in self.people:
            return unknown_reference(draft, "person_id", draft.values["person"])
        if draft.values["affiliate"] not in self.affiliates:
            return unknown_reference(draft, "affiliate_id", draft.values["affiliate"])
        return None

    def row(self, draft: Draft) -> tuple[PersonReference, int]:
        """Whom and which affiliate the row names; only where nothing is missing."""
        return self.people[str(draft.values["person"])], self.affiliates[str(draft.values["affiliate"])]


def plan_roles(session: Session, drafts: Sequence[Draft], scope: FileScope) -> list[Step]:
    """A step for each position; the affiliate comes to hold the person."""
    known = rows_by_external_id(session, "membership", scope.source, (draft.external_id for draft in drafts))
    usable = [draft for draft in drafts if draft.usable]
    people = find_people(session, scope.source, {str(draft.values["person"]) for draft in usable})
    affiliates = find_records(session, "affiliate", scope.source, {str(draft.values["affiliate"]) for draft in usable})
    world = RoleWorld(scope, people, affiliates, Holdings(session, people.values(), scope))
    return list(plan_known(drafts, known, scope, partial(_new, world), partial(_changed, world)))


def _new(world: RoleWorld, draft: Draft) -> Step:
    if issue := world.missing(draft):
        return invalid(draft, issue)
    person, affiliate_id = world.row(draft)
    row = {
        **{name: draft.values.get(name) for name in COLUMNS},
        "affiliate_id": affiliate_id,
        **belonging(person),
        **world.scope.recorded(affiliate_id),
        **world.scope.sourced(draft.external_id),
    }
    new = (NewRow("membership", row), *world.holdings.opened(person, affiliate_id))
    return Step(draft, Outcome.NEW, new, person_id=person.person_id)


def _changed(world: RoleWorld, draft: Draft, before: Row) -> Step:
    if issue := world.missing(draft):
        return invalid(draft, issue)
    person, affiliate_id = world.row(draft)
    values: Row = {name: draft.values.get(name) for name in COLUMNS} | {"affiliate_id": affiliate_id}
    if before["recorded_for_id"] != person.recorded_for_id:
        values |= belonging(person)
    change = change_of("membership", before, values, ("person", person.person_id))
    if change is None:
        return unchanged(draft, person.person_id)
    if _out_of_order(before, change.after):
        return invalid(draft, _order_issue(draft))
    held = world.holdings.opened(person, affiliate_id)
    return Step(draft, Outcome.UPDATED, tuple(held), (change,), person_id=person.person_id)


def _out_of_order(before: Row, after: Row) -> bool:
    """True when a new day contradicts the day that a blank cell keeps."""
    since, until = after.get("since", before["since"]), after.get("until", before["until"])
    return since is not None and until is not None and str(until) <= str(since)


def _order_issue(draft: Draft) -> RowIssue:
    message = "With the day that is known here the position would end before it began; give both days"
    return row_issue(draft.row, None, "dates_order", message)
