"""Events of a file against those that are known, with their organizing host and topics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.orm import Session

from wmcrm.db import new_public_id
from wmcrm.importer.files.known import find_records, rows_by_external_id, rows_of
from wmcrm.importer.files.reading import Draft
from wmcrm.importer.files.scope import FileScope, plan_known, unknown_reference
from wmcrm.importer.files.steps import NewRow, Row, Step, change_of, invalid, unchanged
from wmcrm.models import HostRole, Outcome

# What a file says of an event that is a row of its own.
BESIDE = frozenset({"affiliate", "topics"})


@dataclass(slots=True)
class EventWorld:
    """What is known of the events of a file."""

    scope: FileScope
    affiliates: dict[str, int]
    hosts: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    topics: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def host_of(self, draft: Draft) -> int | None:
        """The organizing affiliate the row names."""
        named = draft.values.get("affiliate")
        return self.affiliates.get(str(named)) if named is not None else None

    def names_nobody(self, draft: Draft) -> bool:
        """True when the row names an affiliate that is not here."""
        return "affiliate" in draft.values and self.host_of(draft) is None


def plan_events(session: Session, drafts: Sequence[Draft], scope: FileScope) -> list[Step]:
    """A step for each event; one whose affiliate is not known is left out."""
    known = rows_by_external_id(session, "event", scope.source, (draft.external_id for draft in drafts))
    named = {str(draft.values["affiliate"]) for draft in drafts if "affiliate" in draft.values}
    world = EventWorld(scope, find_records(session, "affiliate", scope.source, named))
    ids = [row_id for row in known.values() if isinstance(row_id := row["id"], int)]
    for row in rows_of(session, "event_host", "event_id", ids):
        world.hosts[_number(row["event_id"])].add(_number(row["affiliate_id"]))
    for row in rows_of(session, "event_topic", "event_id", ids):
        world.topics[_number(row["event_id"])].add(str(row["topic"]))
    return list(plan_known(drafts, known, scope, partial(_new, world), partial(_changed, world)))


def _new(world: EventWorld, draft: Draft) -> Step:
    if world.names_nobody(draft):
        return invalid(draft, unknown_reference(draft, "affiliate_id", draft.values["affiliate"]))
    recorded = world.scope.recorded(world.host_of(draft))
    row = {
        "public_id": new_public_id("e"),
        "languages": [],
        "wikis": [],
        **_columns(draft),
        **recorded,
        **world.scope.sourced(draft.external_id),
    }
    return Step(draft, Outcome.NEW, (NewRow("event", row), *_beside(world, draft, None)))


def _changed(world: EventWorld, draft: Draft, before: Row) -> Step:
    if world.names_nobody(draft):
        return invalid(draft, unknown_reference(draft, "affiliate_id", draft.values["affiliate"]))
    event_id = _number(before["id"])
    change = change_of("event", before, _columns(draft), ("event", event_id))
    beside = _beside(world, draft, event_id)
    if not change and not beside:
        return unchanged(draft)
    return Step(draft, Outcome.UPDATED, tuple(beside), (change,) if change else ())


def _columns(draft: Draft) -> Row:
    return {name: value for name, value in draft.values.items() if name not in BESIDE}


def _beside(world: EventWorld, draft: Draft, event_id: int | None) -> list[NewRow]:
    """Rows for the host and the topics that the event does not have yet."""
    parents = ("event_id",) if event_id is None else ()
    own: Row = {} if event_id is None else {"event_id": event_id}
    rows: list[NewRow] = []
    host = world.host_of(draft)
    if host is not None and (event_id is None or host not in world.hosts[event_id]):
        values: Row = {"affiliate_id": host, "host_role": HostRole.ORGANIZER, **world.scope.recorded(host), **own}
        rows.append(NewRow("event_host", values, parents))
    topics = draft.values.get("topics")
    known = world.topics[event_id] if event_id is not None else set()
    fresh = [topic for topic in topics if topic not in known] if isinstance(topics, tuple) else []
    recorded = world.scope.recorded(host)
    return rows + [NewRow("event_topic", {"topic": topic, **recorded, **own}, parents) for topic in fresh]


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
