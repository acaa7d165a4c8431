"""When somebody was last active, for retention: an occasion, a position, a decision, a check of the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.models import metadata

PERSON = metadata.tables["person"]
PARTICIPATION = metadata.tables["participation"]
EVENT = metadata.tables["event"]
MEMBERSHIP = metadata.tables["membership"]
INVOLVEMENT = metadata.tables["involvement"]
CONSENT = metadata.tables["consent_event"]


def active_since(day: dt.date) -> list[sa.ColumnElement[bool]]:
    """Conditions on person, any of which says that somebody was active on or after a day."""
    moment = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    happened = (
        sa.select(PARTICIPATION.c.id)
        .join(EVENT, EVENT.c.id == PARTICIPATION.c.event_id)
        .where(PARTICIPATION.c.person_id == PERSON.c.id, PARTICIPATION.c.removed_at.is_(None))
        .where(sa.func.coalesce(EVENT.c.ends_on, EVENT.c.starts_on) >= day)
    )
    held = [
        sa.select(table.c.id)
        .where(table.c.person_id == PERSON.c.id, table.c.removed_at.is_(None))
        .where(sa.or_(table.c.until.is_(None), table.c.until >= day))
        for table in (MEMBERSHIP, INVOLVEMENT)
    ]
    decided = sa.select(CONSENT.c.id).where(CONSENT.c.person_id == PERSON.c.id, CONSENT.c.on_day >= day)
    queries = (happened, *held, decided)
    return [
        *(query.correlate(PERSON).exists() for query in queries),
        sa.and_(PERSON.c.last_verified_on.is_not(None), PERSON.c.last_verified_on >= day),
        PERSON.c.recorded_at >= moment,
    ]


def last_activity(session: Session, ids: Collection[int]) -> dt.date | None:
    """The last day on which any of these records was active; a position that still runs counts as today."""
    happened = sa.select(sa.func.max(sa.func.coalesce(EVENT.c.ends_on, EVENT.c.starts_on))).select_from(
        PARTICIPATION.join(EVENT, EVENT.c.id == PARTICIPATION.c.event_id)
    )
    found = [
        session.scalar(happened.where(PARTICIPATION.c.person_id.in_(ids), PARTICIPATION.c.removed_at.is_(None))),
        session.scalar(sa.select(sa.func.max(CONSENT.c.on_day)).where(CONSENT.c.person_id.in_(ids))),
        session.scalar(sa.select(sa.func.max(PERSON.c.last_verified_on)).where(PERSON.c.id.in_(ids))),
    ]
    recorded = session.scalar(sa.select(sa.func.max(PERSON.c.recorded_at)).where(PERSON.c.id.in_(ids)))
    found.append(recorded.date() if recorded is not None else None)
    today = dt.datetime.now(dt.UTC).date()
    for table in (MEMBERSHIP, INVOLVEMENT):
        ends = sa.select(sa.func.coalesce(table.c.until, today)).where(
            table.c.person_id.in_(ids), table.c.removed_at.is_(None)
        )
        found += list(session.scalars(ends))
    return max((day for day in found if day is not None), default=None)
