"""Whether many people may be written to, without giving a value: the answers of a list, in batches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.consent import find_purpose
from wmcrm.db import Beyond, actor_of, looks_beyond
from wmcrm.models import Channel, metadata, now_utc
from wmcrm.outreach.answers import Answer, ContactAnswer, Evidence
from wmcrm.outreach.gate import BATCH, decide
from wmcrm.outreach.looking import look, other_teams


def may_contact_many(
    session: Session, person_ids: Sequence[int], *, purpose: str, channel: Channel, on: dt.date | None = None
) -> dict[int, ContactAnswer]:
    """For each of these people what may_contact answers; six questions to the database for a thousand of them."""
    register = find_purpose(session, purpose)
    day = on or now_utc().date()
    found: dict[int, ContactAnswer] = {}
    for start in range(0, len(person_ids), BATCH):
        batch = person_ids[start : start + BATCH]
        known = look(session, batch, register, channel, day)
        found |= {person_id: decide(person_id, known, register, channel, day) for person_id in batch}
    return found


def permitted_ids(session: Session, person_ids: Sequence[int], *, purpose: str, channel: Channel) -> list[int]:
    """Of these people those who may be written to today, in the same order."""
    answers = may_contact_many(session, person_ids, purpose=purpose, channel=channel)
    return [person_id for person_id in person_ids if answers[person_id].answer is Answer.YES]


def wrote_lately(session: Session, person_ids: Sequence[int]) -> dict[int, int]:
    """How many other teams took the address of each of these people in the last 30 days: a hint to wait."""
    found: dict[int, int] = {}
    for start in range(0, len(person_ids), BATCH):
        found |= other_teams(session, person_ids[start : start + BATCH], actor_of(session).name, now_utc())
    return found


@looks_beyond(Beyond.GATE)
def evidence_of(session: Session, event_ids: Iterable[int | None]) -> dict[int, Evidence]:
    """Notice and method of the decisions on which answers stand, whoever recorded them."""
    wanted = sorted({number for number in event_ids if number is not None})
    entry, notice = metadata.tables["consent_event"], metadata.tables["privacy_notice"]
    found: dict[int, Evidence] = {}
    for start in range(0, len(wanted), BATCH):
        query = (
            sa.select(entry.c.id, notice.c.version, entry.c.method)
            .outerjoin(notice, notice.c.id == entry.c.notice_id)
            .where(entry.c.id.in_(wanted[start : start + BATCH]))
        )
        found |= {number: Evidence(version, method) for number, version, method in session.execute(query)}
    return found
