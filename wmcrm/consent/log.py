"""The log: decisions are appended, the derived state follows in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent.fold import Decision, fold_purpose
from wmcrm.consent.register import find_or_register_notice, find_purpose
from wmcrm.db import actor_of
from wmcrm.errors import BadInputError
from wmcrm.models import (
    Channel,
    ConsentDecision,
    ConsentEvent,
    ConsentMethod,
    ConsentStanding,
    ConsentState,
    Merge,
    Person,
    Purpose,
    metadata,
    now_utc,
)

BATCH = 500


@dataclass(frozen=True, slots=True)
class Act:
    """What a person decided: how it reached us, on which day, on which notice, with which evidence."""

    method: ConsentMethod
    on: date
    notice: str | None = None
    evidence: str | None = None
    valid_until: date | None = None
    controller_id: int | None = None


@dataclass(frozen=True, slots=True)
class StandingRow:
    """What holds for one purpose and channel of one person."""

    purpose: str
    channel: Channel
    standing: ConsentStanding
    since: date | None
    valid_until: date | None
    notice: str | None
    method: ConsentMethod | None


def record_decision(
    session: Session,
    person: Person,
    decision: ConsentDecision,
    *,
    purpose: str,
    channel: Channel,
    act: Act,
) -> ConsentEvent:
    """Append one decision and bring the state up to date.

    A given consent needs its notice; raises BadInputError without one, and for a day in the future.
    """
    if act.on > now_utc().date():
        raise BadInputError("{day} is in the future; write the day on which it was decided.", day=act.on.isoformat())
    if decision is ConsentDecision.GIVEN and not act.notice:
        raise BadInputError("A consent needs the notice the person was shown; add its version.")
    notice = find_or_register_notice(session, act.notice) if act.notice else None
    entry = ConsentEvent(
        person_id=person.id,
        recorded_for_id=person.id,
        recorded_by_id=_account_id(session),
        purpose_id=find_purpose(session, purpose).id,
        channel=channel,
        decision=decision,
        method=act.method,
        on_day=act.on,
        notice_id=notice.id if notice else None,
        evidence=act.evidence,
        valid_until=act.valid_until,
        controller_id=act.controller_id,
        holder_affiliate_id=act.controller_id,
    )
    session.add(entry)
    session.flush()
    refresh_states(session, [person.id])
    return entry


def withdraw(
    session: Session, person: Person, *, purpose: str, act: Act, channel: Channel = Channel.ANY
) -> ConsentEvent:
    """Append a withdrawal for a purpose, by default for every channel."""
    return record_decision(session, person, ConsentDecision.WITHDRAWN, purpose=purpose, channel=channel, act=act)


def standings(session: Session, person: Person) -> list[StandingRow]:
    """What holds for each purpose and channel of a person, in the order of the register."""
    notice = metadata.tables["privacy_notice"]
    query = (
        sa.select(
            col(Purpose.code),
            col(ConsentState.channel),
            col(ConsentState.standing),
            col(ConsentState.since),
            col(ConsentState.valid_until),
            notice.c.version,
            col(ConsentEvent.method),
        )
        .select_from(ConsentState)
        .join(Purpose, col(Purpose.id) == col(ConsentState.purpose_id))
        .outerjoin(ConsentEvent, col(ConsentEvent.id) == col(ConsentState.event_id))
        .outerjoin(notice, notice.c.id == col(ConsentEvent.notice_id))
        .where(col(ConsentState.person_id) == person.id)
        .order_by(col(Purpose.id), col(ConsentState.channel))
    )
    return [StandingRow(*row) for row in session.execute(query)]


def refresh_states(session: Session, person_ids: Iterable[int]) -> None:
    """Derive the state of these people from their logs anew (in the caller's transaction)."""
    session.flush()
    wanted = sorted(set(person_ids))
    for start in range(0, len(wanted), BATCH):
        _refresh(session, wanted[start : start + BATCH])


def _refresh(session: Session, ids: Sequence[int]) -> None:
    state = metadata.tables["consent_state"]
    session.execute(sa.delete(state).where(state.c.person_id.in_(ids)))
    merged_at = _last_merges(session, ids)
    rows = [
        {
            "person_id": person_id,
            "purpose_id": purpose_id,
            "channel": channel,
            "standing": standing.standing,
            "since": standing.since,
            "valid_until": standing.valid_until,
            "event_id": standing.event_id,
        }
        for (person_id, purpose_id), log in _logs(session, ids).items()
        for channel, standing in fold_purpose(log, merged_at.get(person_id)).items()
        if standing.standing is not ConsentStanding.NONE
    ]
    if rows:
        session.execute(sa.insert(state), rows)


def _logs(session: Session, ids: Sequence[int]) -> dict[tuple[int, int], list[Decision]]:
    entry = metadata.tables["consent_event"]
    query = sa.select(
        entry.c.person_id,
        entry.c.purpose_id,
        entry.c.id,
        entry.c.recorded_for_id,
        entry.c.channel,
        entry.c.decision,
        entry.c.proven,
        entry.c.method,
        entry.c.on_day,
        entry.c.recorded_at,
        entry.c.valid_until,
        entry.c.voids_id,
    ).where(entry.c.person_id.in_(ids), entry.c.removed_at.is_(None))
    found: dict[tuple[int, int], list[Decision]] = defaultdict(list)
    for person_id, purpose_id, *values in session.execute(query):
        found[(person_id, purpose_id)].append(Decision(*values))
    return found


def _last_merges(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    query = (
        sa.select(col(Merge.survivor_id), sa.func.max(col(Merge.merged_at)))
        .where(col(Merge.survivor_id).in_(ids), col(Merge.undone_at).is_(None))
        .group_by(col(Merge.survivor_id))
    )
    return {survivor: moment for survivor, moment in session.execute(query) if moment is not None}


def _account_id(session: Session) -> int | None:
    return actor_of(session).account_id
