"""Row scope: a session shows and takes only what its actor may see. It sits here, not in the screens.

Every ORM select, update and delete of a session is filtered (also ``get``, lazy and joined loads, counts,
bulk statements); rows that are added are checked before they are flushed. Core statements over tables are
not seen: what reads them for a person asks :func:`held_by_actor` first.

- The operator and accounts with a grant over all affiliates see every row.
- Others see the people whom their affiliates hold, and of them the facts that their affiliates recorded.
- Nobody sees nothing. Events, affiliates and vocabularies are no secret between accounts.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, UOWTransaction, with_loader_criteria
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import SQLModel, col

from wmcrm.db import Actor, Session, actor_of, reserve_ids
from wmcrm.errors import NotAllowedError
from wmcrm.models.accounts import AccessLogEntry, Account, Grant, Passkey, RecoveryCode, SharingGrant, SignIn
from wmcrm.models.base import PersonFact, metadata
from wmcrm.models.changes import Change
from wmcrm.models.events import Participation
from wmcrm.models.imports import ImportedRow, ImportRun, Job, SavedMapping, StoredFile
from wmcrm.models.judgements import CandidatePair, Judgement, Merge
from wmcrm.models.people import Person

Condition = sa.ColumnElement[bool]


@cache
def facts() -> tuple[type[SQLModel], ...]:
    """Every table of facts about people: none can be forgotten here."""
    return tuple(model for model in _tables() if issubclass(model, PersonFact))


@cache
def about_people() -> tuple[type[SQLModel], ...]:
    """Every other table that belongs to one person by its ``person_id``."""
    own_rule = {ImportedRow}
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
    """The condition that a person is in scope: for statements over Core tables."""
    actor = actor_of(session)
    return sa.true() if actor.sees_all else _held(actor, person_id)


def may_hold(session: OrmSession, affiliate_id: int | None) -> bool:
    """Whether the actor may record something in the name of this affiliate (None: of nobody)."""
    actor = actor_of(session)
    return actor.sees_all or (affiliate_id is not None and affiliate_id in actor.affiliate_ids)


def _held(actor: Actor, person_id: sa.ColumnElement[int]) -> Condition:
    holding = metadata.tables["holding"].alias()
    mine = sa.select(holding.c.person_id).where(
        holding.c.holder_affiliate_id.in_(sorted(actor.affiliate_ids)),
        holding.c.removed_at.is_(None),
        holding.c.until.is_(None),
    )
    return person_id.in_(mine)


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
        own = _attribute(model, "holder_affiliate_id").in_(mine)
        yield model, sa.or_(own, _stands_for_mine(mine)) if model is Participation else own
    for derived in about_people():
        yield derived, _held(actor, _attribute(derived, "person_id"))
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
    sides = (_attribute(SharingGrant, side).in_(mine) for side in ("from_affiliate_id", "to_affiliate_id"))
    yield SharingGrant, sa.or_(*sides)


@lru_cache(maxsize=256)
def _criteria(actor: Actor) -> tuple[ORMOption, ...]:
    """What every statement of an actor is filtered by, made once: making it anew doubles the time of a page."""
    return tuple(
        with_loader_criteria(model, condition, include_aliases=True) for model, condition in _conditions(actor)
    )


@event.listens_for(Session, "do_orm_execute")
def _show_only_what_is_mine(state: ORMExecuteState) -> None:
    actor = actor_of(state.session)
    if actor.sees_all or state.is_column_load or state.is_relationship_load:
        return
    state.statement = state.statement.options(*_criteria(actor))


@event.listens_for(Session, "before_flush")
def _take_only_what_is_mine(session: Session, _context: UOWTransaction, _instances: object) -> None:
    actor = actor_of(session)
    if actor.sees_all:
        return
    _number_new_people(session)
    for row in session.new:
        if not isinstance(row, PersonFact):
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
