"""Participations of a file against those that are known: one row a person, event and role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.orm import Session

from wmcrm.importer.files.holdings import Holdings, belonging
from wmcrm.importer.files.issues import row_warning
from wmcrm.importer.files.known import (
    PersonReference,
    find_people,
    find_records,
    rows_by_external_id,
    rows_of,
)
from wmcrm.importer.files.reading import Draft
from wmcrm.importer.files.scope import FileScope, plan_known, unknown_reference
from wmcrm.importer.files.steps import NewRow, Row, Step, change_of, invalid, unchanged
from wmcrm.importer.report import RowIssue
from wmcrm.models import Attendance, HostRole, Outcome, Registration

DEFAULTS: Row = {"registration": Registration.NONE, "attended": Attendance.UNKNOWN, "contributed": False}
COLUMNS = ("event_role", "registration", "attended", "contributed", "registered_on")
Place = tuple[int, int, str]


@dataclass(slots=True)
class ParticipationWorld:
    """Whom and which events the rows of a file name, who hosts these, and which places are taken."""

    scope: FileScope
    people: dict[str, PersonReference]
    events: dict[str, int]
    hosts: dict[int, int]
    holdings: Holdings
    taken: dict[Place, Row] = field(default_factory=dict)

    def missing(self, draft: Draft) -> RowIssue | None:
        """The reference of a row that names nobody."""
        if draft.values["person"] not in self.people:
            return unknown_reference(draft, "person_id", draft.values["person"])
        if draft.values["event"] not in self.events:
            return unknown_reference(draft, "event_id", draft.values["event"])
        return None

    def row(self, draft: Draft) -> tuple[PersonReference, int, Place]:
        """Whom, which event and which place the row names; only where nothing is missing."""
        person, event_id = self.people[str(draft.values["person"])], self.events[str(draft.values["event"])]
        return person, event_id, (person.person_id, event_id, str(draft.values["event_role"]))


def plan_participations(session: Session, drafts: Sequence[Draft], scope: FileScope) -> list[Step]:
    """A step for each participation; the organizing host comes to hold the person."""
    known = rows_by_external_id(session, "participation", scope.source, (draft.external_id for draft in drafts))
    fresh = [draft for draft in drafts if draft.usable and scope.is_news(draft, known)]
    people = find_people(session, scope.source, {str(draft.values["person"]) for draft in fresh})
    events = find_records(session, "event", scope.source, {str(draft.values["event"]) for draft in fresh})
    world = ParticipationWorld(
        scope, people, events, _hosts(session, events.values()), Holdings(session, people.values(), scope)
    )
    world.taken = _taken(session, people.values(), set(events.values()))
    for draft in drafts:
        # Who has the place already keeps it against a later row, whether or not its own row says something new.
        if (before := known.get(draft.external_id)) is not None:
            scope.claimed_before(draft, _place(before))
    return list(plan_known(drafts, known, scope, partial(_new, world), partial(_changed, world)))


def _new(world: ParticipationWorld, draft: Draft) -> Step:
    if issue := world.missing(draft):
        return invalid(draft, issue)
    person, event_id, place = world.row(draft)
    if first := world.scope.claimed_before(draft, place):
        return Step(draft, Outcome.SKIPPED, issues=(_twice(draft, first),), person_id=person.person_id)
    if place in world.taken:
        return _matched(world, draft, world.taken[place], person)
    host = world.hosts.get(event_id)
    row = {
        **DEFAULTS,
        **{name: draft.values[name] for name in COLUMNS if name in draft.values},
        "event_id": event_id,
        **belonging(person),
        **world.scope.recorded(host),
        **world.scope.sourced(draft.external_id),
    }
    new = (NewRow("participation", row), *world.holdings.opened(person, host))
    return Step(draft, Outcome.NEW, new, person_id=person.person_id)


def _matched(world: ParticipationWorld, draft: Draft, before: Row, person: PersonReference) -> Step:
    """The same person was at the same event in the same role by another sheet: that row learns of this one."""
    told = world.scope.says_the_same(draft)
    change = None if told else change_of("participation", before, _values(draft, before), ("person", person.person_id))
    return Step(draft, Outcome.MATCHED, changes=(change,) if change else (), person_id=person.person_id)


def _changed(world: ParticipationWorld, draft: Draft, before: Row) -> Step:
    if issue := world.missing(draft):
        return invalid(draft, issue)
    person, event_id, place = world.row(draft)
    values = _values(draft, before) | {"event_id": event_id}
    if before["recorded_for_id"] != person.recorded_for_id:
        values |= belonging(person)
    first, other = world.scope.claimed_before(draft, place), world.taken.get(place)
    if first or (other is not None and other["id"] != before["id"]):
        return Step(draft, Outcome.SKIPPED, issues=(_twice(draft, first or 0),), person_id=person.person_id)
    change = change_of("participation", before, values, ("person", person.person_id))
    if change is None:
        return unchanged(draft, person.person_id)
    held = world.holdings.opened(person, world.hosts.get(event_id))
    return Step(draft, Outcome.UPDATED, tuple(held), (change,), person_id=person.person_id)


def _values(draft: Draft, before: Row) -> Row:
    """What the row says; a word that says nothing of attendance keeps what is known of it."""
    values = {name: draft.values[name] for name in COLUMNS if name in draft.values}
    silent = values.get("attended") == Attendance.UNKNOWN and before["attended"] != Attendance.UNKNOWN
    if silent and values.get("registration") != Registration.CANCELLED:
        values.pop("attended")
    return values


def _twice(draft: Draft, first: int) -> RowIssue:
    where = f"in row {first}" if first else "here already"
    message = f"The same person is at this event in this role {where}; this row was left out"
    return row_warning(draft.row, None, "same_participation", message, draft.external_id)


def _hosts(session: Session, event_ids: Iterable[int]) -> dict[int, int]:
    """The organizing affiliate of each event, the one recorded first where there are several."""
    hosts: dict[int, int] = {}
    for row in rows_of(session, "event_host", "event_id", event_ids):
        if row["host_role"] == HostRole.ORGANIZER and row["removed_at"] is None and row["superseded_by_id"] is None:
            hosts.setdefault(_number(row["event_id"]), _number(row["affiliate_id"]))
    return hosts


def _taken(session: Session, people: Iterable[PersonReference], event_ids: set[int]) -> dict[Place, Row]:
    """The live whole-event participations of these people in these events, by person, event and role."""
    found: dict[Place, Row] = defaultdict(dict)
    for row in rows_of(session, "participation", "person_id", (person.person_id for person in people)):
        live = row["removed_at"] is None and row["superseded_by_id"] is None and row["session_id"] is None
        if live and row["event_id"] in event_ids:
            found[_place(row)] = row
    return dict(found)


def _place(row: Row) -> Place:
    return _number(row["person_id"]), _number(row["event_id"]), str(row["event_role"])


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
