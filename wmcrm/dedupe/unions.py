"""Facts that two records both have become one live row; the rows it was made of stay, superseded by it.

A union row belongs to the survivor, comes from no sheet row of its own, and its sources are the rows that
it supersedes. What somebody edits on it later stays on it when its members go back to their owners.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.db import reserve_ids
from wmcrm.dedupe.facts import Fact, fact_id, facts_of, is_live
from wmcrm.models import (
    Attendance,
    Capacity,
    ContactPoint,
    Participation,
    Registration,
    Visibility,
    metadata,
)
from wmcrm.models.base import PersonFact
from wmcrm.outreach import UNCONFIRMED

Columns = dict[str, object]
Place = tuple[Hashable, Hashable]
OWN_COLUMNS = frozenset(
    {"id", "person_id", "recorded_for_id", "superseded_by_id", "source", "external_id", "source_row_id", "version"}
)
ATTENDED = (Attendance.UNKNOWN, Attendance.NO, Attendance.YES)
REGISTERED = (Registration.NONE, Registration.CANCELLED, Registration.WAITLISTED, Registration.REGISTERED)
CAPACITIES = (Capacity.PARTICIPANT, Capacity.SPEAKER, Capacity.INTERPRETER, Capacity.STAFF)
VISIBILITIES = (Visibility.HOLDER, Visibility.MOVEMENT, Visibility.PUBLIC)


@dataclass(frozen=True, slots=True)
class UnionRule(Generic[Fact]):
    """Which rows say the same (``key``), which of those become one row (``part``), and what it then says.

    ``united`` gets the rows of one part and all rows of the key.
    """

    table: type[Fact]
    key: Callable[[Fact], Hashable]
    part: Callable[[Fact], Hashable]
    united: Callable[[Sequence[Fact], Sequence[Fact]], Columns]


@dataclass(slots=True)
class Standing(Generic[Fact]):
    """The rows of one table that a person has or gets, the union rows among them, and what was edited on those.

    Union rows that staff removed are not among them: they stay as they are, with the rows they stand for.
    """

    rule: UnionRule[Fact]
    person_id: int
    rows: list[Fact]
    unions: dict[int, Fact] = field(default_factory=dict)
    edits: dict[int, Columns] = field(default_factory=dict)

    def tops(self) -> list[Fact]:
        """The rows that speak for the person, before they are united."""
        return [row for row in self.rows if self._speaks(row) and row.removed_at is None]

    def _speaks(self, row: Fact) -> bool:
        mine = row.person_id == self.person_id and fact_id(row) not in self.unions
        return mine and (row.superseded_by_id is None or row.superseded_by_id in self.unions)

    def spoke(self, key: Hashable) -> list[Fact]:
        """The rows that a union row of this key was made from, even if they were removed since."""
        return [
            row
            for row in self.rows
            if self._speaks(row) and self.rule.key(row) == key
            if row.removed_at is None or row.superseded_by_id is not None
        ]


@dataclass(slots=True)
class _Plan(Generic[Fact]):
    """What is to be done: per place the members and columns of its union row; rows that go, rows that come back."""

    wanted: dict[Place, tuple[list[Fact], Columns]] = field(default_factory=dict)
    gone: list[Fact] = field(default_factory=list)
    back: list[Fact] = field(default_factory=list)


def _one_participation(rows: Sequence[Participation], _same: Sequence[Participation]) -> Columns:
    """The strongest knowledge: attended yes before no before unknown, contributed if any row says so."""
    confirmed = [row.confirmed_by_id for row in rows if row.confirmed_by_id is not None]
    days = [row.registered_on for row in rows if row.registered_on is not None]
    return {
        "attended": max((row.attended for row in rows), key=ATTENDED.index),
        "registration": max((row.registration for row in rows), key=REGISTERED.index),
        "capacity": max((row.capacity for row in rows), key=CAPACITIES.index),
        "contributed": any(row.contributed for row in rows),
        "presumed": all(row.presumed for row in rows),
        "registered_on": min(days, default=None),
        "confirmed_by_id": min(confirmed, default=None),
    }


def _one_contact_point(rows: Sequence[ContactPoint], same: Sequence[ContactPoint]) -> Columns:
    """Verified if any row was; an address that bounced for one record has bounced for all of them.

    One that a person added and has not confirmed counts for nothing beside a row of it that is in use.
    """
    held = [(row.held_since, row.held_because) for row in same if row.held_since is not None]
    bounced = [pair for pair in held if pair[1] != UNCONFIRMED]
    waiting = held if len(held) == len(same) else []
    since, because = min(bounced or waiting, key=lambda pair: str(pair[0]), default=(None, None))
    verified = [row.verified_on for row in rows if row.verified_on is not None]
    return {
        "preferred": any(row.preferred for row in rows),
        "verified_on": max(verified, default=None),
        "visibility": min((row.visibility for row in rows), key=VISIBILITIES.index),
        "held_since": since,
        "held_because": because,
    }


def _one_part(_row: PersonFact) -> Hashable:
    return None


PARTICIPATIONS = UnionRule(
    Participation, lambda row: (row.event_id, row.session_id, row.event_role), _one_part, _one_participation
)
# Each holder keeps its own copy of an address: only copies of one holder become one row.
CONTACT_POINTS = UnionRule(
    ContactPoint, lambda row: (row.kind, row.normalized), lambda row: row.holder_affiliate_id, _one_contact_point
)


def look(session: Session, rule: UnionRule[Fact], person_id: int, also: Iterable[int] = ()) -> Standing[Fact]:
    """The rows of a person (and of those about to join), the person's union rows and what was edited on them."""
    standing = Standing(rule, person_id, facts_of(session, rule.table, {person_id, *also}))
    targets = {row.superseded_by_id for row in standing.rows}
    standing.unions = {
        fact_id(row): row
        for row in standing.rows
        if row.person_id == person_id and row.recorded_for_id == person_id
        if fact_id(row) in targets and is_live(row)
    }
    standing.edits = {row_id: _edits(standing, union) for row_id, union in standing.unions.items()}
    return standing


def settle(session: Session, standing: Standing[Fact]) -> None:
    """Make, change and dissolve the union rows of a person so that they fit the rows the person has now.

    Writes in two steps, because no two live rows may say the same at any moment.
    """
    unions = {_place(standing.rule, row): row for row in standing.unions.values()}
    plan = _plan(standing, unions)
    fresh = [place for place in plan.wanted if place not in unions]
    with session.no_autoflush:
        reserved = reserve_ids(session, _table(standing.rule), len(fresh))
    ids = {place: fact_id(row) for place, row in unions.items()} | dict(zip(fresh, reserved, strict=True))
    for place, (members, columns) in plan.wanted.items():
        for member in members:
            member.superseded_by_id = ids[place]
        if place in unions:
            _write(unions[place], {**columns, **standing.edits[ids[place]]})
    for row in plan.gone:
        session.delete(row)
    session.flush()
    for row in plan.back:
        row.superseded_by_id = None
    for place in fresh:
        session.add(_new_row(standing, ids[place], *plan.wanted[place]))
    session.flush()


def look_at_both(session: Session, person_id: int, also: Iterable[int] = ()) -> Standings:
    """The standings of both tables whose rows are united."""
    others = tuple(also)
    return look(session, PARTICIPATIONS, person_id, others), look(session, CONTACT_POINTS, person_id, others)


def settle_both(session: Session, standings: Standings) -> None:
    """Settle both tables; what was moved in memory before is written here, in an order the database accepts."""
    with session.no_autoflush:
        participations, contact_points = standings
        settle(session, participations)
        settle(session, contact_points)


def refresh_unions(session: Session, person_ids: Iterable[int]) -> None:
    """Bring united rows up to date after members of theirs changed outside, as when an import is undone."""
    session.flush()
    for person_id in sorted(set(person_ids)):
        settle_both(session, look_at_both(session, person_id))


Standings = tuple[Standing[Participation], Standing[ContactPoint]]


def _place(rule: UnionRule[Fact], row: Fact) -> Place:
    return rule.key(row), rule.part(row)


def _plan(standing: Standing[Fact], unions: Mapping[Place, Fact]) -> _Plan[Fact]:
    rule, plan = standing.rule, _Plan[Fact]()
    by_key: dict[Hashable, list[Fact]] = defaultdict(list)
    for row in standing.tops():
        by_key[rule.key(row)].append(row)
    for same in by_key.values():
        parts: dict[Place, list[Fact]] = defaultdict(list)
        for row in sorted(same, key=_lead(standing.person_id)):
            parts[_place(rule, row)].append(row)
        for place, members in parts.items():
            _plan_place(standing, plan, (place, unions.get(place)), members, rule.united(members, same))
    served = {fact_id(unions[place]) for place in plan.wanted if place in unions}
    plan.gone = [
        union for row_id, union in standing.unions.items() if row_id not in served and not standing.edits[row_id]
    ]
    return plan


def _plan_place(
    standing: Standing[Fact], plan: _Plan[Fact], here: tuple[Place, Fact | None], members: list[Fact], columns: Columns
) -> None:
    place, union = here
    edited = union is not None and bool(standing.edits[fact_id(union)])
    if len(members) > 1 or edited or _differences(members[0], columns):
        plan.wanted[place] = (members, columns)
    elif members[0].superseded_by_id is not None:
        plan.back.append(members[0])


def _lead(person_id: int) -> Callable[[PersonFact], tuple[bool, int]]:
    return lambda row: (row.recorded_for_id != person_id, fact_id(row))


def _edits(standing: Standing[Fact], union: Fact) -> Columns:
    """What a union row says that does not follow from its members: somebody changed it since."""
    rule = standing.rule
    same = standing.spoke(rule.key(union))
    members = sorted((row for row in same if row.superseded_by_id == fact_id(union)), key=_lead(standing.person_id))
    edited = set(_differences(union, rule.united(members, same)))
    left = [row for row in members if row.removed_at is None]
    if left and len(left) < len(members):
        edited &= set(_differences(union, rule.united(left, [row for row in same if row.removed_at is None])))
    return {name: getattr(union, name) for name in sorted(edited)}


def _differences(row: Fact, columns: Columns) -> list[str]:
    return [name for name, value in columns.items() if getattr(row, name) != value]


def _write(row: Fact, columns: Columns) -> None:
    for name in _differences(row, columns):
        setattr(row, name, columns[name])


def _table(rule: UnionRule[Fact]) -> sa.Table:
    return metadata.tables[str(rule.table.__tablename__)]


def _new_row(standing: Standing[Fact], row_id: int, members: Sequence[Fact], columns: Columns) -> Fact:
    lead, table = members[0], _table(standing.rule)
    copied = {column.name: getattr(lead, column.name) for column in table.c if column.name not in OWN_COLUMNS}
    mine = {"id": row_id, "person_id": standing.person_id, "recorded_for_id": standing.person_id}
    return standing.rule.table(**{**copied, **columns, **mine})
