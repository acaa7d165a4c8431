"""Consent of one person as a whole: for each purpose what holds and why, whether one may write, and the log."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Beyond, looks_beyond
from wmcrm.models import (
    Channel,
    ConsentDecision,
    ConsentEvent,
    ConsentMethod,
    ConsentStanding,
    ConsentState,
    ContactKind,
    ContactPoint,
    LawfulBasis,
    Person,
    Purpose,
    metadata,
    now_utc,
)
from wmcrm.outreach.answers import ContactAnswer
from wmcrm.outreach.gate import decide
from wmcrm.outreach.looking import look

ENTRY, NOTICE, ACCOUNT = (metadata.tables[name] for name in ("consent_event", "privacy_notice", "account"))


@dataclass(frozen=True, slots=True)
class ChannelStanding:
    """What holds for one channel, with the decision behind it.

    ``has_ended``: given, but its last day has passed. ``collector`` is told only of decisions in the reader's scope.
    """

    channel: Channel
    standing: ConsentStanding
    has_ended: bool
    since: dt.date | None
    valid_until: dt.date | None
    event_id: int | None
    basis: LawfulBasis | None = None
    method: ConsentMethod | None = None
    notice: str | None = None
    language: str | None = None
    wording: str | None = field(default=None, repr=False)
    holder_id: int | None = None
    collector: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PurposeOverview:
    """One purpose of the register for one person: what holds by channel, and the gate's answer by channel."""

    purpose: str
    description: str
    standings: Sequence[ChannelStanding]
    answers: Sequence[tuple[Channel, ContactAnswer]]


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry of the log of a person, as the reader's scope shows it; ``voided``: a later entry took it back."""

    id: int
    purpose: str
    channel: Channel
    decision: ConsentDecision
    proven: bool
    basis: LawfulBasis
    method: ConsentMethod
    on_day: dt.date
    valid_until: dt.date | None
    recorded_at: dt.datetime
    notice: str | None
    collector: str | None = field(repr=False)
    evidence: str | None = field(repr=False)
    recorded_by: str | None = None
    voided: bool = False


def consent_overview(session: Session, person: Person, *, on: dt.date | None = None) -> list[PurposeOverview]:
    """Every purpose of the register for a person; the gate answers for the channels by which they can be reached."""
    day = on or now_utc().date()
    channels = reachable_channels(session, person)
    states = _states(session, person, day)
    purposes = session.scalars(sa.select(Purpose).order_by(col(Purpose.id))).all()
    # Where nothing was decided the person alone tells: no question to the database for each purpose.
    undecided = replace(look(session, [person.id], purposes[0], channels[0], day), states={}, consented={})
    found: list[PurposeOverview] = []
    for purpose in purposes:
        held = states.get(purpose.id, [])
        asked = list(dict.fromkeys([*channels, *(one.channel for one in held if one.channel is not Channel.ANY)]))
        answers = [
            (channel, decide(person.id, known, purpose, channel, day))
            for channel in asked
            for known in [look(session, [person.id], purpose, channel, day) if held else undecided]
        ]
        found.append(PurposeOverview(purpose.code, purpose.description, held, answers))
    return found


def reachable_channels(session: Session, person: Person) -> list[Channel]:
    """The channels for which the person has a contact point; e-mail for people without any."""
    query = (
        sa.select(col(ContactPoint.kind))
        .where(col(ContactPoint.person_id) == person.id, col(ContactPoint.removed_at).is_(None))
        .where(col(ContactPoint.superseded_by_id).is_(None))
    )
    kinds = set(session.scalars(query))
    return [Channel(kind.value) for kind in ContactKind if kind in kinds] or [Channel.EMAIL]


@looks_beyond(Beyond.HISTORY)
def consent_log(session: Session, person: Person) -> list[LogLine]:
    """The log of a person's decisions that the actor may see, the newest first."""
    query = (
        sa.select(ConsentEvent, col(Purpose.code), NOTICE.c.version, ACCOUNT.c.name)
        .join(Purpose, col(Purpose.id) == col(ConsentEvent.purpose_id))
        .outerjoin(NOTICE, NOTICE.c.id == col(ConsentEvent.notice_id))
        .outerjoin(ACCOUNT, ACCOUNT.c.id == col(ConsentEvent.recorded_by_id))
        .where(col(ConsentEvent.person_id) == person.id, col(ConsentEvent.removed_at).is_(None))
        .order_by(col(ConsentEvent.on_day).desc(), col(ConsentEvent.id).desc())
    )
    lines = [_line(*row) for row in session.execute(query)]
    voiding = sa.select(ENTRY.c.voids_id).where(ENTRY.c.person_id == person.id, ENTRY.c.voids_id.is_not(None))
    voided = set(session.scalars(voiding))
    return [replace(line, voided=line.id in voided) for line in lines]


def _line(entry: ConsentEvent, purpose: str, notice: str | None, account: str | None) -> LogLine:
    return LogLine(
        id=entry.id,
        purpose=purpose,
        channel=entry.channel,
        decision=entry.decision,
        proven=entry.proven,
        basis=entry.basis,
        method=entry.method,
        on_day=entry.on_day,
        valid_until=entry.valid_until,
        recorded_at=entry.recorded_at,
        notice=notice,
        collector=entry.collector,
        evidence=entry.evidence,
        recorded_by=account,
    )


@looks_beyond(Beyond.GATE)
def _states(session: Session, person: Person, day: dt.date) -> dict[int, list[ChannelStanding]]:
    # What a state stands on is told whoever recorded it (as in the gate), but not who collected it.
    query = (
        sa.select(ConsentState, ENTRY, NOTICE.c.version, NOTICE.c.language, NOTICE.c.wording)
        .outerjoin(ENTRY, ENTRY.c.id == col(ConsentState.event_id))
        .outerjoin(NOTICE, NOTICE.c.id == ENTRY.c.notice_id)
        .where(col(ConsentState.person_id) == person.id)
        .order_by(col(ConsentState.purpose_id), col(ConsentState.channel))
    )
    found: dict[int, list[ChannelStanding]] = defaultdict(list)
    rows = session.execute(query).all()
    collectors = _collectors(session, [row[0].event_id for row in rows if row[0].event_id is not None])
    for row in rows:
        state: ConsentState = row[0]
        entry = row._mapping
        ended = state.standing is ConsentStanding.GIVEN and state.valid_until is not None and state.valid_until < day
        found[state.purpose_id].append(
            ChannelStanding(
                channel=state.channel,
                standing=state.standing,
                has_ended=ended,
                since=state.since,
                valid_until=state.valid_until,
                event_id=state.event_id,
                basis=entry[ENTRY.c.basis],
                method=entry[ENTRY.c.method],
                notice=entry[NOTICE.c.version],
                language=entry[NOTICE.c.language],
                wording=entry[NOTICE.c.wording],
                holder_id=entry[ENTRY.c.controller_id] or entry[ENTRY.c.holder_affiliate_id],
                collector=collectors.get(state.event_id or 0),
            )
        )
    return found


def _collectors(session: Session, event_ids: Sequence[int]) -> dict[int, str | None]:
    query = sa.select(col(ConsentEvent.id), col(ConsentEvent.collector)).where(col(ConsentEvent.id).in_(event_ids))
    return {number: name for number, name in session.execute(query)}
