"""Which notices there are, in which languages, and how many decisions rest on each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import ConsentEvent, Person, PrivacyNotice, Protection


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A version of a notice in one language; ``decisions`` is how many entries of the log name it, of
    people whom the reader may see."""

    id: int
    version: str
    language: str
    purposes: Sequence[str]
    has_wording: bool
    recorded_at: dt.datetime
    decisions: int


def notices(session: Session) -> list[NoticeRow]:
    """Every version in every language, versions in the order in which they came, the newest first."""
    # Of those whom the reader may see, sealed people left out: else a number that changes would tell of them.
    resting = (
        sa.select(sa.func.count(col(ConsentEvent.id)))
        .join(
            Person, sa.and_(col(Person.id) == col(ConsentEvent.person_id), col(Person.protection) != Protection.SEALED)
        )
        .where(col(ConsentEvent.notice_id) == col(PrivacyNotice.id))
        .scalar_subquery()
    )
    first = sa.select(col(PrivacyNotice.version), sa.func.min(col(PrivacyNotice.id)).label("first")).group_by(
        col(PrivacyNotice.version)
    )
    order = first.subquery()
    query = (
        sa.select(PrivacyNotice, resting)
        .join(order, order.c.version == col(PrivacyNotice.version))
        .order_by(order.c.first.desc(), col(PrivacyNotice.language))
    )
    return [
        NoticeRow(
            notice.id,
            notice.version,
            notice.language,
            tuple(notice.purposes),
            bool(notice.wording),
            notice.recorded_at,
            decisions,
        )
        for notice, decisions in session.execute(query)
    ]
