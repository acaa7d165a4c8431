"""Consents of a file as entries of the log: appended, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.consent import find_or_register_notice
from wmcrm.importer.files.holdings import belonging
from wmcrm.importer.files.issues import row_issue
from wmcrm.importer.files.known import PersonReference, find_people, number_batches, rows_by_external_id
from wmcrm.importer.files.reading import Draft
from wmcrm.importer.files.scope import FileScope, unknown_reference
from wmcrm.importer.files.steps import NewRow, Row, Step, invalid, unchanged
from wmcrm.importer.report import RowIssue
from wmcrm.models import ConsentDecision, ConsentMethod, Outcome, metadata

UNRECORDED = "unrecorded"
# How often one decision may be imported and taken back again.
REPEATS = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision of a row: what, on which day, under which id of the source."""

    external_id: str
    decision: ConsentDecision
    on_day: date


@dataclass(frozen=True, slots=True)
class ConsentWorld:
    """Whom the rows of a file name, the register of purposes, and the entries that are there."""

    scope: FileScope
    people: dict[str, PersonReference]
    purposes: dict[str, int]
    known: dict[str, Row]
    voided: frozenset[int]


def plan_consents(session: Session, drafts: Sequence[Draft], scope: FileScope) -> list[Step]:
    """A step for each consent: its decisions that are not in the log yet are appended."""
    usable = [draft for draft in drafts if draft.usable and not scope.says_the_same(draft)]
    people = find_people(session, scope.source, {str(draft.values["person"]) for draft in usable})
    ids = {name for draft in usable for entry in _entries(draft) for name in _names(draft, entry)}
    known = rows_by_external_id(session, "consent_event", scope.source, ids)
    world = ConsentWorld(scope, people, _purposes(session), known, _voided(session, known.values()))
    return [_step(world, draft) for draft in drafts]


def register_notices(session: Session, steps: Iterable[Step]) -> dict[str, int]:
    """The ids of the notices that the steps name; unknown versions are registered without wording."""
    versions = {str(new.values["notice_id"]) for step in steps for new in step.new if new.values.get("notice_id")}
    return {version: find_or_register_notice(session, version).id for version in sorted(versions)}


def _step(world: ConsentWorld, draft: Draft) -> Step:
    if not draft.usable:
        return invalid(draft)
    if world.scope.says_the_same(draft):
        return unchanged(draft)
    if issue := _missing(world, draft):
        return invalid(draft, issue)
    person = world.people[str(draft.values["person"])]
    fresh = list(_fresh(world, draft))
    if not fresh:
        return unchanged(draft, person.person_id)
    outcome = Outcome.UPDATED if draft.external_id in world.known else Outcome.NEW
    new = tuple(NewRow("consent_event", _row(world, draft, entry, person)) for entry in fresh)
    return Step(draft, outcome, new, person_id=person.person_id)


def _missing(world: ConsentWorld, draft: Draft) -> RowIssue | None:
    if draft.values["person"] not in world.people:
        return unknown_reference(draft, "person_id", draft.values["person"])
    purpose = str(draft.values["purpose"])
    if purpose in world.purposes:
        return None
    message = f"'{purpose}' is none of {', '.join(world.purposes)}"
    return row_issue(draft.row, "purpose", "unknown_word", message, purpose)


def _fresh(world: ConsentWorld, draft: Draft) -> Iterator[Entry]:
    """The entries of the row that the log does not have; what was decided before is never rewritten."""
    for entry in _entries(draft):
        for name in _names(draft, entry):
            before = world.known.get(name)
            if before is None:
                yield replace(entry, external_id=name)
                break
            if before["id"] not in world.voided and _is_same(before, entry):
                break


def _is_same(before: Row, entry: Entry) -> bool:
    return (before["decision"], before["on_day"]) == (entry.decision, entry.on_day)


def _names(draft: Draft, entry: Entry) -> list[str]:
    """The ids under which a decision may stand: its own; another where the row said something else before,
    or where what it said was voided."""
    other = f"{draft.external_id}/{entry.decision.value}/{entry.on_day}"
    return [entry.external_id, other, *(f"{other}#{number}" for number in range(2, REPEATS))]


def _entries(draft: Draft) -> list[Entry]:
    """A withdrawn consent was given first; every other decision is one entry."""
    decision, given_on = draft.values["decision"], draft.values["given_on"]
    assert isinstance(decision, ConsentDecision)
    assert isinstance(given_on, date)
    if decision is not ConsentDecision.WITHDRAWN:
        return [Entry(draft.external_id, decision, given_on)]
    withdrawn_on = draft.values["withdrawn_on"]
    assert isinstance(withdrawn_on, date)
    return [
        Entry(draft.external_id, ConsentDecision.GIVEN, given_on),
        Entry(f"{draft.external_id}/withdrawn", ConsentDecision.WITHDRAWN, withdrawn_on),
    ]


def _row(world: ConsentWorld, draft: Draft, entry: Entry, person: PersonReference) -> Row:
    method = draft.values["method"]
    is_claim = method is ConsentMethod.IMPORT
    notice = draft.values.get("notice") or (None if is_claim else UNRECORDED)
    return {
        "purpose_id": world.purposes[str(draft.values["purpose"])],
        "channel": draft.values["channel"],
        "decision": entry.decision,
        "on_day": entry.on_day,
        "method": method,
        # A row of a sheet is a claim that somebody consented; that somebody refused needs no proof.
        "proven": entry.decision is not ConsentDecision.GIVEN or not is_claim,
        "notice_id": notice if entry.decision is ConsentDecision.GIVEN else None,
        **belonging(person),
        **world.scope.recorded(),
        **world.scope.sourced(entry.external_id),
    }


def _purposes(session: Session) -> dict[str, int]:
    purpose = metadata.tables["purpose"]
    return {code: row_id for code, row_id in session.execute(sa.select(purpose.c.code, purpose.c.id))}


def _voided(session: Session, rows: Iterable[Row]) -> frozenset[int]:
    """Which entries the undoing of an import has voided."""
    entry = metadata.tables["consent_event"]
    found: set[int] = set()
    for batch in number_batches(row_id for row in rows if isinstance(row_id := row["id"], int)):
        found |= set(session.scalars(sa.select(entry.c.voids_id).where(entry.c.voids_id.in_(batch))))
    return frozenset(found)
