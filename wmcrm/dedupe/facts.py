"""The facts of people: moved to a survivor, and back to whom they were recorded for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import ContactPoint, Mentorship, Origin, metadata, note_origin
from wmcrm.models.base import PersonFact

Fact = TypeVar("Fact", bound=PersonFact)


@dataclass(frozen=True, slots=True)
class Stayed:
    """A fact or field that came after a merge and stays with the survivor: table, row, when it was recorded."""

    table: str
    row_id: int
    recorded_at: datetime | None = None
    field: str | None = None


def fact_tables() -> list[type[PersonFact]]:
    """Every table of facts about people, in the order of their names."""
    found = [table for table in _children(PersonFact) if hasattr(table, "__table__")]
    return sorted(found, key=lambda table: str(table.__tablename__))


def _children(parent: type[PersonFact]) -> Iterator[type[PersonFact]]:
    for child in parent.__subclasses__():
        yield child
        yield from _children(child)


def fact_id(fact: PersonFact) -> int:
    """The primary key of a fact."""
    return int(getattr(fact, "id"))  # noqa: B009


def is_live(fact: PersonFact) -> bool:
    """True for a fact that was neither removed nor replaced by a merge."""
    return fact.removed_at is None and fact.superseded_by_id is None


def facts_of(session: Session, table: type[Fact], person_ids: Collection[int]) -> list[Fact]:
    """All facts of a table that now belong to these people, removed ones too, the oldest first."""
    key = metadata.tables[str(table.__tablename__)].c.id
    query = sa.select(table).where(col(table.person_id).in_(sorted(person_ids))).order_by(key)
    return list(session.scalars(query))


def move_all(session: Session, source_id: int, target_id: int) -> None:
    """Re-point every fact of one person to another; for whom it was recorded does not change."""
    for table in fact_tables():
        for fact in facts_of(session, table, [source_id]):
            if not _of_both(fact, target_id):
                fact.person_id = target_id
    for mentorship in _as_mentee(session, source_id):
        if mentorship.person_id == target_id:
            _set_aside(mentorship)
        else:
            mentorship.mentee_id = target_id


def move_back(session: Session, survivor_id: int, absorbed_id: int, side: Collection[int]) -> None:
    """Re-point the facts that were recorded for ``side`` from the survivor to the one who was absorbed.

    An address that was removed while they were one, in a row that stood for both, is removed for both.
    """
    for table in fact_tables():
        leaving = [fact for fact in facts_of(session, table, [survivor_id]) if fact.recorded_for_id in side]
        together = {fact_id(fact) for fact in leaving}
        for fact in leaving:
            fact.person_id = absorbed_id
            if fact.superseded_by_id not in together:
                _stay_removed(session, fact)
                fact.superseded_by_id = None  # replaced by a row that stays
    for mentorship in _as_mentee(session, survivor_id):
        if mentorship.mentee_recorded_for_id in side:
            mentorship.mentee_id = absorbed_id
    _bring_back_own(session, survivor_id, absorbed_id)


def _stay_removed(session: Session, fact: PersonFact) -> None:
    if isinstance(fact, ContactPoint) and fact.superseded_by_id is not None and fact.removed_at is None:
        union = session.get(ContactPoint, fact.superseded_by_id)
        if union is not None and union.removed_at is not None:
            fact.removed_at, fact.removed_by_id = union.removed_at, union.removed_by_id


def recorded_since(session: Session, person_id: int, moment: datetime) -> list[Stayed]:
    """The facts of a person, recorded for this very record, that came after a moment."""
    return [
        Stayed(str(table.__tablename__), fact_id(fact), fact.recorded_at)
        for table in fact_tables()
        for fact in facts_of(session, table, [person_id])
        if fact.recorded_for_id == person_id and fact.recorded_at > moment
    ]


@contextmanager
def named_origin(session: Session, merge_id: int, note: str) -> Iterator[None]:
    """Changes made inside name the merge; afterwards the session names what it named before."""
    before = session.info.get("origin")
    note_origin(session, Origin(merge_id=merge_id, note=note))
    try:
        yield
        session.flush()
    finally:
        note_origin(session, before)


def _as_mentee(session: Session, person_id: int) -> list[Mentorship]:
    query = sa.select(Mentorship).where(col(Mentorship.mentee_id) == person_id).order_by(col(Mentorship.id))
    return list(session.scalars(query))


def _of_both(fact: PersonFact, target_id: int) -> bool:
    """True for a mentorship between the two, which is set aside while both are one person."""
    if not isinstance(fact, Mentorship) or fact.mentee_id != target_id:
        return False
    _set_aside(fact)
    return True


def _set_aside(mentorship: Mentorship) -> None:
    # Nobody mentors themselves: the row replaces itself, which no other row ever does, and keeps both ids.
    if mentorship.superseded_by_id is None:
        mentorship.superseded_by_id = mentorship.id


def _bring_back_own(session: Session, survivor_id: int, absorbed_id: int) -> None:
    both = (survivor_id, absorbed_id)
    query = sa.select(Mentorship).where(
        col(Mentorship.person_id).in_(both),
        col(Mentorship.mentee_id).in_(both),
        col(Mentorship.superseded_by_id) == col(Mentorship.id),
    )
    for mentorship in session.scalars(query):
        mentorship.superseded_by_id = None
