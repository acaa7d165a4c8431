"""Decisions about one person wait for each other, and for a merge of the person, until a transaction ends."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.db import Beyond, looks_beyond
from wmcrm.models import metadata

PERSON = metadata.tables["person"]


@looks_beyond(Beyond.DERIVED)
def wait_for_turn(session: Session, ids: Sequence[int]) -> None:
    """Let nobody else decide about these people until this transaction ends.

    Of two decisions at one moment the second is then folded with the first; SQLite has one writer anyway.
    """
    held = sa.select(PERSON.c.id).where(PERSON.c.id.in_(ids)).order_by(PERSON.c.id)
    session.execute(held.with_for_update(key_share=True)).all()  # rows that name them may be added meanwhile


@looks_beyond(Beyond.MOVED)
def turn_of(session: Session, person_id: int) -> int:
    """Wait for the turn of a person; returns the record that stands for them then, should they have been merged."""
    standing = _standing(session, person_id)
    while True:
        wait_for_turn(session, [standing])
        now = _standing(session, person_id)
        if now == standing:
            return standing
        standing = now


def _standing(session: Session, person_id: int) -> int:
    query = sa.select(PERSON.c.merged_into_id)
    while (into := session.scalar(query.where(PERSON.c.id == person_id))) is not None:
        person_id = into
    return person_id
