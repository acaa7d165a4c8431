"""What was sent to people while they were one: it goes with the address to which it went, when they are two again."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.models import Merge, metadata

POINT, LINK, LETTER, INVITATION = (
    metadata.tables[name] for name in ("contact_point", "self_service_link", "letter", "opt_in_invitation")
)


def part_letters(session: Session, merge: Merge) -> None:
    """Give the absorbed record the links and letters to its addresses; whoever was asked to confirm, both were.

    A link without an address (a steward handed it over) ends: nobody knows which of the two has it.
    """
    survivor_id, absorbed_id = merge.survivor_id, merge.absorbed_id
    theirs = sa.select(POINT.c.id).where(POINT.c.person_id == absorbed_id)
    for table in (LINK, LETTER):
        sent = (table.c.person_id == survivor_id, table.c.contact_point_id.in_(theirs))
        session.execute(sa.update(table).where(*sent).values(person_id=absorbed_id))
    handed_over = (LINK.c.person_id == survivor_id, LINK.c.contact_point_id.is_(None), LINK.c.made_at > merge.merged_at)
    session.execute(sa.delete(LINK).where(*handed_over))
    _ask_neither_again(session, survivor_id, absorbed_id, merge.merged_at)


def _ask_neither_again(session: Session, survivor_id: int, absorbed_id: int, since: dt.datetime) -> None:
    asked = sa.select(INVITATION).where(INVITATION.c.person_id == survivor_id, INVITATION.c.sent_at > since)
    own = sa.select(INVITATION.c.purpose_id, INVITATION.c.channel).where(INVITATION.c.person_id == absorbed_id)
    known = {(purpose_id, channel) for purpose_id, channel in session.execute(own)}
    rows = [
        {**row, "person_id": absorbed_id}
        for row in session.execute(asked).mappings()
        if (row["purpose_id"], row["channel"]) not in known
    ]
    if rows:
        session.execute(sa.insert(INVITATION), rows)
