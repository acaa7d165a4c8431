"""Which notices there are, in which languages, and how many decisions rest on each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Beyond, looks_beyond
from wmcrm.models import PrivacyNotice, metadata


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A version of a notice in one language; ``decisions`` is how many entries of the log name it."""

    id: int
    version: str
    language: str
    purposes: Sequence[str]
    has_wording: bool
    recorded_at: dt.datetime
    decisions: int


@looks_beyond(Beyond.GATE)
def notices(session: Session) -> list[NoticeRow]:
    """Every version in every language, versions in the order in which they came, the newest first."""
    entry = metadata.tables["consent_event"]  # how many, whoever recorded them: a number tells of nobody
    resting = sa.select(sa.func.count()).where(entry.c.notice_id == col(PrivacyNotice.id)).scalar_subquery()
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
