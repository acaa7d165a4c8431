"""Row scope: a session shows and takes only what its actor may see. It sits here, not in the screens.

Every ORM select, update and delete of a session is filtered (also ``get``, lazy and joined loads, counts,
bulk statements); rows that are added are checked before they are flushed. Core statements over tables are
not seen: what reads them for a person asks :func:`held_by_actor` first.

- The operator and accounts with a grant over all affiliates see every row.
- Others see the people whom their affiliates hold, and of them the facts that their affiliates recorded.
- What another affiliate shares with theirs (wmcrm.sharing) they see too, and never write: its people whose
  protection is normal, and of them the shared groups of fields. Contact values are in no group.
- Nobody sees nothing. Events, affiliates and vocabularies are no secret between accounts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Protocol, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, UOWTransaction
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import SQLModel, col

from wmcrm.db import Actor, EverywhereFilter, Session, actor_of, reserve_ids
from wmcrm.errors import NotAllowedError
from wmcrm.models.accounts import AccessLogEntry, Account, Grant, Passkey, RecoveryCode, SharingGrant, SignIn
from wmcrm.models.affiliates import Membership
from wmcrm.models.base import PersonFact, metadata
from wmcrm.models.changes import Change
from wmcrm.models.contact_requests import ContactRequest
from wmcrm.models.enums import Protection
from wmcrm.models.events import Participation
from wmcrm.models.imports import ImportedRow, ImportRun, Job, SavedMapping, StoredFile
from wmcrm.models.initiatives import Involvement, PersonSkill
from wmcrm.models.judgements import CandidatePair, Judgement, Merge
from wmcrm.models.kinds import FieldGroup
from wmcrm.models.people import Holding, LanguageSkill, Person, PersonName, PersonSummary, Residence, WikiAccount
from wmcrm.models.privacy import Restriction

Condition = sa.ColumnElement[bool]


class HeldRecord(Protocol):
    """Something that an affiliate recorded."""

    @property
    def holder_affiliate_id(self) -> int | None:
        """The affiliate; None for what nobody holds."""


# The record itself (the name above all) comes with every grant: it is what lists show, and the columns of one row
# cannot be shown one by one; so where somebody lives (the group places) stands in a row of its own. Contact points
# are shared through the gate only (wmcrm.outreach).
SHARED_TABLES: Mapping[FieldGroup, type[PersonFact]] = {
    FieldGroup.NAMES: PersonName,
    FieldGroup.ACCOUNTS: WikiAccount,
    FieldGroup.LANGUAGES: LanguageSkill,
    FieldGroup.MEMBERSHIPS: Membership,
    FieldGroup.ROLES: Involvement,
    FieldGroup.PARTICIPATIONS: Participation,
    FieldGroup.SKILLS: PersonSkill,
}


@cache
def facts() -> tuple[type[SQLModel], ...]:
    """Every table of facts about people: none can be forgotten here."""
    return tuple(model for model in _tables() if issubclass(model, PersonFact))


@cache
def about_people() -> tuple[type[SQLModel], ...]:
    """Every other table that belongs to one person by its ``person_id``."""
    own_rule = {ImportedRow, ContactRequest}
    return tuple(
        model
        for model in _tables()
        if model not in own_rule and not issubclass(model, PersonFact) and _points_to_person(model)
    )


def _tables() -> list[type[SQLModel]]:
    models = (mapper.class_ for mapper in SQLModel._sa_registry.mappers)
    return sorted(models, key=lambda model: str(model.__tablename__))


def _points_to_person(model: type[SQLModel]) -> bool:
    column = metadata.tables[str(model.__tablename__)].columns.get("person_id")
    return column is not None and any(key.column.table.name == "person" for key in column.foreign_keys)


def held_by_actor(session: OrmSession, person_id: sa.ColumnElement[int]) -> Condition:
    """The condition that a person is the actor's to write: for statements over Core tables."""
    actor = actor_of(session)
    return sa.true() if actor.sees_all else _held(actor, person_id)


def may_hold(session: OrmSession, affiliate_id: int | None) -> bool:
    """Whether the actor may record something in the name of this affiliate (None: of nobody)."""
    actor = actor_of(session)
    return actor.sees_all or (affiliate_id is not None and affiliate_id in actor.affiliate_ids)


def holds(session: OrmSession, actor: Actor, record: HeldRecord) -> bool:
    """Whether a record is held by one of an actor's affiliates: a person by a holding, others by who recorded them."""
    if actor.sees_all:
        return True
    if not isinstance(record, Person):
        return record.holder_affiliate_id in actor.affiliate_ids
    return _is_held(session, actor, record.id)


def _is_held(session: OrmSession, actor: Actor, person_id: int) -> bool:
    person = metadata.tables["person"]
    found = sa.select(person.c.id).where(person.c.id == person_id, _held(actor, person.c.id))
    return session.execute(found).first() is not None


def _held(actor: Actor, person_id: sa.ColumnElement[int]) -> Condition:
    return person_id.in_(_people_of(sorted(actor.affiliate_ids)))


def _held_each(actor: Actor, person_id: sa.ColumnElement[int]) -> Condition:
    """The same, asked of each person: for what comes with a person who was found by the list of all held."""
    people = _people_of(sorted(actor.affiliate_ids))
    held = people.selected_columns.person_id
    return people.where(held == person_id).correlate_except(held.table).exists()


@cache
def _held_by() -> sa.FromClause:
    """The holdings that the filters ask, made once: an alias of its own in each filter was most of what they weigh."""
    return metadata.tables["holding"].alias()


def _people_of(holders: Sequence[int]) -> sa.Select[int]:
    holding = _held_by()
    return sa.select(holding.c.person_id).where(
        holding.c.holder_affiliate_id.in_(holders), holding.c.removed_at.is_(None), holding.c.until.is_(None)
    )


def _shared_people(holders: Sequence[int]) -> sa.Select[int]:
    """The people whom one of these affiliates holds and whom nothing protects more than anybody."""
    person = metadata.tables["person"].alias()
    normal = person.c.protection == Protection.NORMAL
    return sa.select(person.c.id).where(normal, person.c.id.in_(_people_of(holders)))


def _shared_facts(model: type[SQLModel], holders: Sequence[int]) -> Condition:
    """The rows of a table of facts that one of these affiliates recorded of a person it shares."""
    holder, person_id = _attribute(model, "holder_affiliate_id"), _attribute(model, "person_id")
    parts = (sa.and_(holder == one, person_id.in_(_shared_people([one]))) for one in holders)
    return sa.or_(sa.false(), *parts)


def shared_people(
    session: OrmSession, person_ids: Sequence[int], holders: Sequence[int] | None = None
) -> frozenset[int]:
    """Those of these people whom the actor sees only because another affiliate (one of ``holders``) shares them."""
    actor = actor_of(session)
    if actor.sees_all or not actor.shares or not person_ids:
        return frozenset()
    person = metadata.tables["person"]
    query = sa.select(person.c.id).where(
        person.c.id.in_(person_ids),
        person.c.id.in_(_shared_people(actor.holders_sharing() if holders is None else holders)),
        sa.not_(_held(actor, person.c.id)),
    )
    return frozenset(session.execute(query).scalars())


def holders_lending(session: OrmSession, purpose_id: int) -> list[int]:
    """The affiliates that let the actor's use contact values, through the gate, for this purpose."""
    shares = actor_of(session).shares
    lending = (one for one in shares if one.purpose_id == purpose_id and FieldGroup.CONTACTS in one.fields)
    return sorted({one.holder_id for one in lending})


def _stands_for_mine(mine: list[int]) -> Condition:
    """The condition that a participation is what a merge made of one that the actor's affiliates recorded."""
    recorded = metadata.tables["participation"].alias()
    replaced = sa.select(recorded.c.superseded_by_id).where(
        recorded.c.superseded_by_id.is_not(None), recorded.c.holder_affiliate_id.in_(mine)
    )
    return _attribute(Participation, "id").in_(replaced)


def _attribute(model: type[SQLModel], name: str) -> sa.ColumnElement[int]:
    return cast("sa.ColumnElement[int]", getattr(model, name))


def _conditions(actor: Actor) -> Iterator[tuple[type[SQLModel], Condition]]:
    mine = sorted(actor.affiliate_ids)
    yield Person, _held(actor, _attribute(Person, "id"))
    held: tuple[type[SQLModel], ...] = (*facts(), ImportRun, StoredFile)
    for model in held:
        own: Condition = _attribute(model, "holder_affiliate_id").in_(mine)
        if model is Restriction:  # holds for everybody who holds the person, whoever recorded it
            own = _held(actor, _attribute(model, "person_id"))
        yield model, sa.or_(own, _stands_for_mine(mine)) if model is Participation else own
    for derived in about_people():
        of_held = _held_each if derived is Residence else _held
        yield derived, of_held(actor, _attribute(derived, "person_id"))
    for pair in (CandidatePair, Judgement):
        both = (_held(actor, _attribute(pair, side)) for side in ("person_a_id", "person_b_id"))
        yield pair, sa.and_(*both)
    for personal in (AccessLogEntry, Grant, Job, Passkey, RecoveryCode, SignIn):
        yield personal, _attribute(personal, "account_id") == actor.account_id
    yield Account, _attribute(Account, "id") == actor.account_id
    yield Merge, _held(actor, _attribute(Merge, "survivor_id"))
    yield Change, sa.or_(col(Change.subject_table) != "person", _held(actor, _attribute(Change, "subject_id")))
    run = metadata.tables["import_run"]
    runs = sa.select(run.c.id).where(run.c.holder_affiliate_id.in_(mine))
    yield ImportedRow, _attribute(ImportedRow, "run_id").in_(runs)
    mapping = _attribute(SavedMapping, "holder_affiliate_id")
    yield SavedMapping, sa.or_(mapping.is_(None), mapping.in_(mine))
    asked = _attribute(ContactRequest, "affiliate_id").in_(mine)
    yield ContactRequest, sa.or_(_attribute(ContactRequest, "account_id") == actor.account_id, asked)
    sides = (_attribute(SharingGrant, side).in_(mine) for side in ("from_affiliate_id", "to_affiliate_id"))
    yield SharingGrant, sa.or_(*sides)


def _shared(actor: Actor) -> dict[type[SQLModel], Condition]:
    """What other affiliates share with the actor's: for reading only."""
    if not actor.shares:
        return {}
    all_sharing = actor.holders_sharing()
    of_people: dict[type[SQLModel], Condition] = {
        model: _attribute(model, "person_id").in_(_shared_people(actor.holders_sharing(group)))
        for model, group in ((PersonSummary, FieldGroup.PARTICIPATIONS), (Residence, FieldGroup.PLACES))
    }
    return {
        Person: _attribute(Person, "id").in_(_shared_people(all_sharing)),
        **of_people,
        Holding: _shared_facts(Holding, all_sharing),
        **{model: _shared_facts(model, actor.holders_sharing(group)) for group, model in SHARED_TABLES.items()},
    }


@lru_cache(maxsize=256)
def _criteria(actor: Actor) -> tuple[ORMOption, ...]:
    """What every statement of an actor is filtered by, made once: making it anew doubles the time of a page."""
    shared = _shared(actor)
    return tuple(
        EverywhereFilter(model, sa.or_(condition, shared[model]) if model in shared else condition)
        for model, condition in _conditions(actor)
    )


@event.listens_for(Session, "do_orm_execute")
def _show_only_what_is_mine(state: ORMExecuteState) -> None:
    actor = actor_of(state.session)
    if actor.sees_all or state.is_column_load or state.is_relationship_load:
        return
    reads = state.is_select
    state.statement = state.statement.options(*_criteria(actor if reads else replace(actor, shares=frozenset())))


@event.listens_for(Session, "before_flush")
def _take_only_what_is_mine(session: Session, _context: UOWTransaction, _instances: object) -> None:
    actor = actor_of(session)
    if actor.sees_all:
        return
    _refuse_what_is_shared(session, actor)
    _number_new_people(session)
    for row in session.new:
        if isinstance(row, Residence) and row.person_id and not _is_held(session, actor, row.person_id):
            raise NotAllowedError("You may say where people live whom your own affiliate holds.")
        if not isinstance(row, PersonFact | ImportRun | StoredFile):
            continue
        if row.holder_affiliate_id is None and len(actor.affiliate_ids) == 1:
            (row.holder_affiliate_id,) = actor.affiliate_ids
        if not may_hold(session, row.holder_affiliate_id):
            raise NotAllowedError("You may record facts for your own affiliate only.")


def _number_new_people(session: Session) -> None:
    """Give new people their ids: PostgreSQL would not tell an id of a row that nobody holds yet."""
    people = [row for row in session.new if isinstance(row, Person) and row.id is None]
    if people and session.get_bind().dialect.name == "postgresql":
        for row, number in zip(people, reserve_ids(session, metadata.tables["person"], len(people)), strict=True):
            row.id = number


def _refuse_what_is_shared(session: Session, actor: Actor) -> None:
    """What another affiliate shares is written by nobody here, and nothing is recorded of its people."""
    if not actor.shares:
        return
    written = [row for row in (*session.dirty, *session.deleted) if session.is_modified(row) or row in session.deleted]
    foreign = [row for row in written if isinstance(row, PersonFact) and not may_hold(session, row.holder_affiliate_id)]
    people = {row.id for row in written if isinstance(row, Person)}
    people |= {row.person_id for row in (*written, *session.new) if isinstance(row, Residence) and row.person_id}
    people |= {row.person_id for row in session.new if isinstance(row, PersonFact) and row.person_id is not None}
    if foreign or shared_people(session, sorted(people)):
        raise NotAllowedError("Another affiliate holds this person and shares the record for reading only.")
