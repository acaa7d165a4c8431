"""Whom several affiliates hold, none of them removes for the others, or strips of protection."""

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import UOWTransaction

from wmcrm.db import Beyond, Session, actor_of, looks_beyond
from wmcrm.errors import NotAllowedError
from wmcrm.models.base import metadata
from wmcrm.models.people import Person


@looks_beyond(Beyond.WHOLE)
def require_held_by_nobody_else(session: OrmSession, person_id: int) -> None:
    """Raise NotAllowedError when another affiliate than the actor's holds a person."""
    actor, holding = actor_of(session), metadata.tables["holding"]
    others = sa.select(holding.c.id).where(
        holding.c.person_id == person_id,
        holding.c.holder_affiliate_id.not_in(sorted(actor.affiliate_ids)),
        holding.c.removed_at.is_(None),
        holding.c.until.is_(None),
    )
    if not actor.sees_all and session.execute(others.limit(1)).first() is not None:
        raise NotAllowedError("Another affiliate holds this person too; ask a steward of the whole movement.")


@event.listens_for(Session, "before_flush")
def _remove_only_what_is_mine(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for row in session.dirty:
        if isinstance(row, Person) and row.removed_at and sa.inspect(row).attrs.removed_at.history.has_changes():
            require_held_by_nobody_else(session, row.id)
