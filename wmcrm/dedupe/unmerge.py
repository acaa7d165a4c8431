"""A merge taken back: both records as they were, with what came later left where it was recorded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent import refresh_states
from wmcrm.db import Actor, actor_of
from wmcrm.dedupe.facts import Stayed, move_back, named_origin, recorded_since
from wmcrm.dedupe.fields import MERGE_FIELDS, PROTECTION_ORDER, FieldRecord, from_json, to_json, without
from wmcrm.dedupe.judgements import forget_same
from wmcrm.dedupe.letters import part_letters
from wmcrm.dedupe.scope import PLACE_AFTERWARDS, require_reviewer, require_steward, whole_people
from wmcrm.dedupe.sides import side_of
from wmcrm.dedupe.unions import Standings, look_at_both, settle_both
from wmcrm.errors import ConflictError, NotFoundError
from wmcrm.models import ConsentDecision, ConsentEvent, Merge, Person, PersonStatus, Restriction, metadata, now_utc
from wmcrm.upkeep import refresh_people

RESTRICTIONS = (ConsentDecision.REFUSED, ConsentDecision.WITHDRAWN, ConsentDecision.OBJECTED)
NOT_COPIED = frozenset({"id", "person_id", "recorded_for_id", "source", "external_id", "source_row_id"})


UNITED = frozenset({"participation", "contact_point"})


@dataclass(frozen=True, slots=True)
class UnmergeReport:
    """The person who was brought back, and what came after the merge and stays with the survivor."""

    survivor: Person
    restored: Person
    stays: Sequence[Stayed]


def find_merge(session: Session, number: int) -> Merge:
    """The merge of a number; raises NotFoundError."""
    found = session.get(Merge, number)
    if found is None:
        raise NotFoundError("There is no merge {number}.", number=number)
    return found


def unmerge(session: Session, merge: Merge, *, by: Actor | None = None) -> UnmergeReport:
    """Take a merge back: the absorbed record gets its facts again and the survivor the values it had.

    Other merges of the survivor stand, also later ones. Fields and facts that were changed or recorded since
    stay with the survivor and are listed; a refusal, withdrawal or objection, a restriction of processing, a
    stricter protection and a stepping back that came since hold for both. Links and letters go with the addresses
    to which they were sent. Raises ConflictError when the merge
    was undone before, when one of the two was erased, or when the survivor was absorbed since (undo that merge
    first);
    NotAllowedError for actors who are no stewards (reviewers take back whom they took in from an import).
    """
    actor = by or actor_of(session)
    survivor = _survivor(session, merge)
    _refuse_actor(session, merge, survivor, actor)
    with whole_people(session, survivor):
        return _unmerge(session, merge, actor)


def _refuse_actor(session: Session, merge: Merge, survivor: Person, actor: Actor) -> None:
    own = actor.account_id is not None and merge.merged_by_id == actor.account_id
    if own and merge.choices["status"] == PersonStatus.HELD:
        require_reviewer(session, actor, of=[survivor])
    else:
        require_steward(session, actor, of=[survivor])


def _survivor(session: Session, merge: Merge) -> Person:
    found = session.get(Person, merge.survivor_id)
    if found is None:
        raise NotFoundError("There is no merge {number}.", number=merge.id)
    return found


def _unmerge(session: Session, merge: Merge, actor: Actor) -> UnmergeReport:
    _lock(session, merge)
    survivor, absorbed = _both(session, merge)
    side = side_of(session, absorbed.id)
    with named_origin(session, merge.id, "unmerged"):
        with session.no_autoflush:
            standings = look_at_both(session, survivor.id)
            edited = _edited_unions(standings)
            move_back(session, survivor.id, absorbed.id, side)
            settle_both(session, standings)
        absorbed.status = PersonStatus(str(merge.choices["status"]))
        absorbed.merged_into_id = None
        touched = _restore_fields(session, merge, survivor, absorbed)
        merge.undone_at = now_utc()
        merge.undone_by_id = actor.account_id
        session.flush()
        _copy_restrictions(session, merge, side)
        part_letters(session, merge)
    forget_same(session, survivor, absorbed)
    refresh_states(session, [survivor.id, absorbed.id])
    refresh_people(session, [survivor.id, absorbed.id])
    since = recorded_since(session, survivor.id, merge.merged_at)
    made = {row_id for standing in look_at_both(session, survivor.id) for row_id in standing.unions}
    stays = [stay for stay in since if stay.row_id not in made or stay.table not in UNITED]
    return UnmergeReport(survivor, absorbed, [*stays, *edited, *touched])


def _lock(session: Session, merge: Merge) -> None:
    session.flush()
    locked = {"populate_existing": True}
    row = sa.select(Merge).where(col(Merge.id) == merge.id)
    session.scalars(row.with_for_update().execution_options(**locked)).one()
    people = sa.select(Person).where(col(Person.id).in_([merge.survivor_id, merge.absorbed_id]))
    people = people.order_by(col(Person.id)).options(PLACE_AFTERWARDS)
    list(session.scalars(people.with_for_update().execution_options(**locked)))


def _both(session: Session, merge: Merge) -> tuple[Person, Person]:
    survivor, absorbed = session.get(Person, merge.survivor_id), session.get(Person, merge.absorbed_id)
    if merge.undone_at is not None:
        raise ConflictError("Merge {number} was undone already.", number=merge.id)
    if not merge.choices:  # sealing took what they were away
        raise ConflictError("Merge {number} is of a sealed person; a steward opens the record first.", number=merge.id)
    if survivor is None or absorbed is None or PersonStatus.ERASED in {survivor.status, absorbed.status}:
        raise ConflictError("Merge {number} cannot be undone: the person was erased since.", number=merge.id)
    if survivor.merged_into_id is not None:
        raise ConflictError(
            "{person} was merged into another record since; undo that merge first.", person=survivor.public_id
        )
    return survivor, absorbed


def _edited_unions(standings: Standings) -> list[Stayed]:
    return [
        Stayed(str(standing.rule.table.__tablename__), row_id, None, name)
        for standing in standings
        for row_id, columns in standing.edits.items()
        for name in columns
    ]


def _restore_fields(session: Session, merge: Merge, survivor: Person, absorbed: Person) -> list[Stayed]:
    """Give the survivor the values it would have without this merge, unless somebody changed them since."""
    query = sa.select(Merge).where(col(Merge.survivor_id) == survivor.id, col(Merge.undone_at).is_(None))
    standing = list(session.scalars(query.order_by(col(Merge.id))))
    place = standing.index(merge)
    told = [from_json(one.choices["fields"]) for one in standing]
    touched: list[Stayed] = []
    for one in MERGE_FIELDS:
        records = [record[one.name] for record in told]
        again, value = without(one, records, place)
        now = one.read(survivor)
        if now == records[-1].value:
            one.write(survivor, value)
        elif now != value:
            touched.append(Stayed("person", survivor.id, None, one.name))
            _keep_safe(one.name, survivor, absorbed)
        for record, kept in zip((r for n, r in enumerate(told) if n != place), again, strict=True):
            record[one.name] = kept
    _tell_again([m for n, m in enumerate(standing) if n != place], [r for n, r in enumerate(told) if n != place])
    return touched


def _tell_again(merges: Sequence[Merge], told: Sequence[dict[str, FieldRecord]]) -> None:
    for other, records in zip(merges, told, strict=True):
        document = to_json(records)
        if other.choices["fields"] != document:
            other.choices = {**other.choices, "fields": document}


def _keep_safe(name: str, survivor: Person, absorbed: Person) -> None:
    """What protected the one person since protects both records."""
    if name == "protection":
        absorbed.protection = max(survivor.protection, absorbed.protection, key=PROTECTION_ORDER.index)
    if name == "stepped_back_on" and absorbed.stepped_back_on is None:
        absorbed.stepped_back_on = survivor.stepped_back_on


def _copy_restrictions(session: Session, merge: Merge, side: Collection[int]) -> None:
    """Give each record its own copy of every restriction of the other that came while both were one person."""
    since, found = merge.merged_at, list[ConsentEvent | Restriction]()
    for own, target_id in (((merge.survivor_id,), merge.absorbed_id), (side, merge.survivor_id)):
        said = [*session.scalars(_refusals(own, since)), *session.scalars(_restrictions(own, since))]
        found += [_copy(entry, target_id) for entry in said]
    session.add_all(found)


def _restrictions(recorded_for: Collection[int], since: datetime) -> sa.Select[Restriction]:
    return (
        sa.select(Restriction)
        .where(col(Restriction.removed_at).is_(None), col(Restriction.superseded_by_id).is_(None))
        .where(col(Restriction.recorded_for_id).in_(sorted(recorded_for)), col(Restriction.recorded_at) > since)
        .order_by(col(Restriction.id))
    )


def _refusals(recorded_for: Collection[int], since: datetime) -> sa.Select[ConsentEvent]:
    voided = sa.select(col(ConsentEvent.voids_id)).where(col(ConsentEvent.voids_id).is_not(None))
    return (
        sa.select(ConsentEvent)
        .where(col(ConsentEvent.removed_at).is_(None), col(ConsentEvent.decision).in_(RESTRICTIONS))
        .where(col(ConsentEvent.recorded_for_id).in_(sorted(recorded_for)), col(ConsentEvent.recorded_at) > since)
        .where(col(ConsentEvent.id).not_in(voided))
        .order_by(col(ConsentEvent.id))
    )


def _copy(entry: ConsentEvent | Restriction, target_id: int) -> ConsentEvent | Restriction:
    columns = metadata.tables[str(entry.__tablename__)].c
    copied = {column.name: getattr(entry, column.name) for column in columns if column.name not in NOT_COPIED}
    return type(entry)(**copied, person_id=target_id, recorded_for_id=target_id)
