"""Who may answer for people's rights: stewards, each for the people whom nobody else holds."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.db import Actor, Beyond, actor_of, looks_beyond
from wmcrm.errors import NotAllowedError
from wmcrm.models import metadata
from wmcrm.permissions import Permission, is_for_all
from wmcrm.privacy.subject import Subject, of_subject


def require_for_all(session: Session, permission: Permission) -> Actor:
    """The actor, who has a permission for the whole movement; raises NotAllowedError for others.

    Sealed records are held by no affiliate any more, and rules of retention delete everywhere.
    """
    actor = actor_of(session)
    if not is_for_all(actor, permission):
        raise NotAllowedError("Only a steward of the whole movement may do this.")
    return actor


@looks_beyond(Beyond.WHOLE)
def require_all_of(session: Session, subject: Subject) -> None:
    """Raise NotAllowedError when affiliates other than the actor's recorded something about a subject.

    An export would show their values, an erasure or a sealing would take their records.
    """
    actor = actor_of(session)
    if actor.sees_all:
        return
    mine = sorted(actor.affiliate_ids)
    for table in metadata.sorted_tables:
        if not {"recorded_for_id", "holder_affiliate_id", "person_id"} <= set(table.columns.keys()):
            continue
        foreign = sa.select(table.c.id).where(
            of_subject(table, subject.ids, ["person_id"]),
            table.c.holder_affiliate_id.is_not(None),
            table.c.holder_affiliate_id.not_in(mine),
        )
        if session.execute(foreign.limit(1)).first() is not None:
            raise NotAllowedError(
                "Another affiliate holds records of this person too; ask a steward of the whole movement."
            )
