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
from wmcrm.consent.recording import recording_affiliate
from wmcrm.consent.register import ANY_LANGUAGE, find_or_register_notice, find_purpose, may_rest_on_interest
from wmcrm.consent.turns import turn_of, wait_for_turn
from wmcrm.db import Beyond, actor_of, looks_beyond
from wmcrm.errors import BadInputError, ConflictError, NotAllowedError
from wmcrm.models import (
    Channel,
    ConsentDecision,
    ConsentEvent,
    ConsentMethod,
    ConsentStanding,
    ConsentState,
    LawfulBasis,
    Merge,
    Person,
    Protection,
    Purpose,
    metadata,
    now_utc,
)

BATCH = 500
NO = (ConsentStanding.REFUSED, ConsentStanding.WITHDRAWN, ConsentStanding.OBJECTED)


@dataclass(frozen=True, slots=True)
class Act:
    """What a person decided: how it reached us, on which day, on which notice, with which evidence.

    ``basis`` is the ground of what is given; a legitimate interest is no act of the person, but needs its notice too.
    ``language`` is the one in which the notice was shown. ``came_by_id`` is the record by whose address the act
    came, of those that the person is made of: if they are taken apart again, the decision goes with the address.
    """

    method: ConsentMethod
    on: date
    notice: str | None = None
    evidence: str | None = None
    valid_until: date | None = None
    controller_id: int | None = None
    collector: str | None = None
    basis: LawfulBasis = LawfulBasis.CONSENT
    language: str = ANY_LANGUAGE
    came_by_id: int | None = None


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

    A given consent needs its notice; raises BadInputError without one, for a day in the future and for a ground
    that the register does not name for the purpose. A legitimate interest is never recorded for sealed people
    (NotAllowedError) nor against a no of the person (ConflictError). A decision about a record that was merged
    is one about the survivor.
    """
    register = find_purpose(session, purpose)
    if act.on > now_utc().date():
        raise BadInputError("{day} is in the future; write the day on which it was decided.", day=act.on.isoformat())
    if decision is ConsentDecision.GIVEN and not act.notice:
        raise BadInputError("A consent needs the notice the person was shown; add its version.")
    if decision is ConsentDecision.GIVEN and act.basis is not LawfulBasis.CONSENT:
        _check_basis(session, person, register, act.basis)
    notice = find_or_register_notice(session, act.notice, act.language) if act.notice else None
    person_id = turn_of(session, person.id)
    entry = ConsentEvent(
        person_id=person_id,
        recorded_for_id=_came_by(session, act, person_id),
        recorded_by_id=_account_id(session),
        purpose_id=register.id,
        channel=channel,
        decision=decision,
        basis=act.basis,
        method=act.method,
        on_day=act.on,
        notice_id=notice.id if notice else None,
        evidence=act.evidence,
        collector=act.collector,
        valid_until=act.valid_until,
        controller_id=act.controller_id,
        holder_affiliate_id=act.controller_id or recording_affiliate(session, person_id),
    )
    session.add(entry)
    session.flush()
    refresh_states(session, [person_id])
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


def _came_by(session: Session, act: Act, person_id: int) -> int:
    """The record for which a decision of a person is recorded."""
    one = act.came_by_id
    return one if one is not None and turn_of(session, one) == person_id else person_id


def _check_basis(session: Session, person: Person, purpose: Purpose, basis: LawfulBasis) -> None:
    if basis is not LawfulBasis.LEGITIMATE_INTEREST:
        if basis is not purpose.default_basis:
            raise BadInputError(
                "The register names another ground for {purpose}; ask for a consent instead.", purpose=purpose.code
            )
        return
    if not may_rest_on_interest(purpose):
        raise BadInputError(
            "A legitimate interest is no ground for {purpose}; ask for a consent instead.", purpose=purpose.code
        )
    if person.protection is Protection.SEALED:
        raise NotAllowedError("A legitimate interest is no ground to use the data of a sealed person.")
    said_no = sa.select(col(ConsentState.person_id)).where(
        col(ConsentState.person_id) == person.id,
        col(ConsentState.purpose_id) == purpose.id,
        col(ConsentState.standing).in_(NO),
    )
    if session.execute(said_no).first() is not None:
        raise ConflictError("The person said no to this purpose; only a consent of their own can change that.")


def refresh_states(session: Session, person_ids: Iterable[int]) -> None:
    """Derive the state of these people from their logs anew (in the caller's transaction)."""
    session.flush()
    wanted = sorted(set(person_ids))
    for start in range(0, len(wanted), BATCH):
        _refresh(session, wanted[start : start + BATCH])


@looks_beyond(Beyond.DERIVED)
def _refresh(session: Session, ids: Sequence[int]) -> None:
    wait_for_turn(session, ids)
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
        entry.c.basis,
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
