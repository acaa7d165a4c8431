"""In whose name an account of several affiliates records something about a person."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.db import actor_of
from wmcrm.models import metadata

HOLDING = metadata.tables["holding"]


def recording_affiliate(session: Session, person_id: int) -> int | None:
    """That of the actor's several affiliates which has held the person longest; None for who has one, or sees all."""
    actor = actor_of(session)
    if actor.sees_all or len(actor.affiliate_ids) < 2:
        return None
    query = sa.select(HOLDING.c.holder_affiliate_id).where(
        HOLDING.c.person_id == person_id,
        HOLDING.c.holder_affiliate_id.in_(sorted(actor.affiliate_ids)),
        HOLDING.c.until.is_(None),
        HOLDING.c.removed_at.is_(None),
    )
    return session.scalars(query.order_by(HOLDING.c.id).limit(1)).first()
