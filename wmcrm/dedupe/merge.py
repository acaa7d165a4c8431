"""Two records become one: planned field by field, applied in one transaction, undone by wmcrm.dedupe.unmerge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent import refresh_states
from wmcrm.db import Actor, actor_of, reserve_ids
from wmcrm.dedupe.facts import fact_tables, facts_of, is_live, move_all, named_origin
from wmcrm.dedupe.fields import FIELDS_BY_NAME, MERGE_FIELDS, FieldRecord, Side, Values, propose, to_json
from wmcrm.dedupe.judgements import refuse_if_different, remember_same
from wmcrm.dedupe.scope import PLACE_AFTERWARDS, merged_meanwhile, require_reviewer, require_steward, whole_people
from wmcrm.dedupe.unions import look_at_both, settle_both
from wmcrm.errors import BadInputError, ConflictError
from wmcrm.models import Merge, Person, PersonStatus, Protection, metadata
from wmcrm.upkeep import refresh_people

Choices = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A field of both records: its values (never log them), whose is proposed, and whether one may choose."""

    name: str
    survivor: Values = field(repr=False)
    absorbed: Values = field(repr=False)
    proposed: Side
    may_choose: bool

    @property
    def differs(self) -> bool:
        """True when there is something to choose."""
        return self.survivor != self.absorbed


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge would do: every field with both values, and how many live facts would move."""

    survivor: Person
    absorbed: Person
    fields: Sequence[FieldChoice]
    facts: Mapping[str, int]


def plan_merge(session: Session, survivor: Person, absorbed: Person) -> MergePlan:
    """Say what merging two people would do; raises ConflictError when they cannot be merged.

    Proposed is the fuller value, the survivor's where neither is fuller. The protection (the stricter) and
    the day of stepping back (the earlier) follow a rule and are not chosen.
    """
    with whole_people(session, survivor, absorbed):
        _refuse(session, survivor, absorbed)
        counts = {
            str(table.__tablename__): sum(is_live(fact) for fact in facts_of(session, table, [absorbed.id]))
            for table in fact_tables()
        }
    return MergePlan(
        survivor,
        absorbed,
        [
            FieldChoice(one.name, mine, theirs, propose(one, mine, theirs), not one.by_rule)
            for one in MERGE_FIELDS
            for mine, theirs in [(one.read(survivor), one.read(absorbed))]
        ],
        {table: count for table, count in counts.items() if count},
    )


def merge(
    session: Session,
    survivor: Person,
    absorbed: Person,
    *,
    choices: Choices | None = None,
    by: Actor | None = None,
    batch: str | None = None,
) -> Merge:
    """Make one person of two; the absorbed record stays, points to the survivor, and can be taken out again.

    ``choices`` says for a field of the plan whose value is kept (``survivor`` or ``absorbed``); the others
    are kept as proposed. Every fact moves to the survivor. Where both were at one event in one role, one
    live participation says the strongest of what both say. Consent: the most restrictive decision holds.
    Raises ConflictError for the same record, erased or merged ones, a provisional survivor and two people
    whom somebody judged to be different; BadInputError for an unknown choice; NotFoundError for people
    outside the actor's scope; NotAllowedError for actors who are no stewards (editors may take in a person held
    at import).
    """
    actor = by or actor_of(session)
    _refuse_actor(session, actor, survivor, absorbed)
    with whole_people(session, survivor, absorbed):
        return _merge(session, survivor, absorbed, choices or {}, actor, batch)


def _merge(
    session: Session, survivor: Person, absorbed: Person, choices: Choices, actor: Actor, batch: str | None
) -> Merge:
    _lock(session, survivor, absorbed)
    _refuse(session, survivor, absorbed)
    records = _records(survivor, absorbed, choices)
    (number,) = reserve_ids(session, metadata.tables["merge"], 1)
    made = Merge(id=number, survivor_id=survivor.id, absorbed_id=absorbed.id, merged_by_id=actor.account_id)
    made.choices = {"fields": to_json(records), "status": absorbed.status.value, "batch": batch}
    with named_origin(session, number, "merged"):  # also the change that tells of the merge, with both sides' values
        session.add(made)
        with session.no_autoflush:
            standings = look_at_both(session, survivor.id, also=[absorbed.id])
            move_all(session, absorbed.id, survivor.id)
            settle_both(session, standings)
        for name, record in records.items():
            FIELDS_BY_NAME[name].write(survivor, record.value)
        absorbed.status = PersonStatus.MERGED
        absorbed.merged_into_id = survivor.id
    remember_same(session, survivor, absorbed, by=actor)
    refresh_states(session, [survivor.id, absorbed.id])
    refresh_people(session, [survivor.id, absorbed.id])
    return made


def _refuse_actor(session: Session, actor: Actor, survivor: Person, absorbed: Person) -> None:
    """An editor takes a person held at import into a known one; everything else is a steward's."""
    if absorbed.status is PersonStatus.HELD:
        require_reviewer(session, actor, of=(survivor, absorbed))
    else:
        require_steward(session, actor, of=(survivor, absorbed))


def _lock(session: Session, survivor: Person, absorbed: Person) -> None:
    """Read both records as they are now, and let nobody else change them until the transaction ends."""
    session.flush()
    query = sa.select(Person).where(col(Person.id).in_([survivor.id, absorbed.id])).order_by(col(Person.id))
    list(session.scalars(query.options(PLACE_AFTERWARDS).with_for_update().execution_options(populate_existing=True)))


def _refuse(session: Session, survivor: Person, absorbed: Person) -> None:
    if survivor.id == absorbed.id:
        raise ConflictError("{person} is one record already; choose two.", person=survivor.public_id)
    for person in (survivor, absorbed):
        _refuse_ended(person)
    if survivor.status is PersonStatus.HELD:
        raise ConflictError(
            "{person} waits for a decision of an import and cannot absorb anybody; merge it into the other record.",
            person=survivor.public_id,
        )
    refuse_if_different(session, survivor, absorbed)


def _refuse_ended(person: Person) -> None:
    if person.protection is Protection.SEALED:
        raise ConflictError(
            "{person} is sealed; a steward with the key opens the record first.", person=person.public_id
        )
    if person.status is PersonStatus.ERASED:
        raise ConflictError("{person} was erased; there is nothing to merge.", person=person.public_id)
    if person.merged_into_id is not None or person.status is PersonStatus.MERGED:
        raise merged_meanwhile(person)
    if person.removed_at is not None:
        raise ConflictError("{person} was removed; bring the record back first.", person=person.public_id)


def _records(survivor: Person, absorbed: Person, choices: Choices) -> dict[str, FieldRecord]:
    for name, side in choices.items():
        _refuse_choice(name, side)
    found = {}
    for one in MERGE_FIELDS:
        mine, theirs = one.read(survivor), one.read(absorbed)
        asked = one.name in choices
        kept = Side(choices[one.name]) if asked else propose(one, mine, theirs)
        found[one.name] = FieldRecord(mine, theirs, kept, asked)
    return found


def _refuse_choice(name: str, side: str) -> None:
    one = FIELDS_BY_NAME.get(name)
    if one is None:
        names = ", ".join(field.name for field in MERGE_FIELDS if not field.by_rule)
        raise BadInputError("There is no field {name} to choose; the fields are: {names}", name=name, names=names)
    if one.by_rule:
        raise BadInputError("{name} is not chosen: what protects the person more is kept.", name=name)
    if side not in set(Side):
        raise BadInputError("Write survivor or absorbed for {name}, not {side}.", name=name, side=side)
