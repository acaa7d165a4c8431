"""From the log of decisions to what holds now: pure, so that state = fold(events) can be tested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

from wmcrm.models.enums import Channel
from wmcrm.models.kinds import ConsentDecision, ConsentMethod, ConsentStanding, LawfulBasis
from wmcrm.months import add_months

DEFAULT_MONTHS = 24


class Strictness(IntEnum):
    """How much a standing forbids; where two records become one the stricter standing wins."""

    GIVEN = 1
    UNPROVEN = 2
    REFUSED = 3
    WITHDRAWN = 4
    OBJECTED = 5


STRICTNESS: Mapping[ConsentStanding, Strictness] = {
    ConsentStanding.GIVEN: Strictness.GIVEN,
    ConsentStanding.UNPROVEN: Strictness.UNPROVEN,
    ConsentStanding.REFUSED: Strictness.REFUSED,
    ConsentStanding.WITHDRAWN: Strictness.WITHDRAWN,
    ConsentStanding.OBJECTED: Strictness.OBJECTED,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry of the log about one purpose, as the fold needs it."""

    id: int
    recorded_for_id: int
    channel: Channel
    decision: ConsentDecision
    proven: bool
    method: ConsentMethod
    on_day: date
    recorded_at: datetime
    valid_until: date | None = None
    voids_id: int | None = None
    basis: LawfulBasis = LawfulBasis.CONSENT

    @property
    def is_fresh_act(self) -> bool:
        """True when the person acted; a row of a sheet is only a claim, an interest only that of the controller."""
        return self.method is not ConsentMethod.IMPORT and self.proven and not self.is_interest

    @property
    def is_interest(self) -> bool:
        """True when the entry stands on a legitimate interest, which any no of the person overrules (Article 21)."""
        return self.basis is LawfulBasis.LEGITIMATE_INTEREST


@dataclass(frozen=True, slots=True)
class Standing:
    """What the log comes to for one channel: the standing, since when, until when, by which entry."""

    standing: ConsentStanding = ConsentStanding.NONE
    since: date | None = None
    valid_until: date | None = None
    event_id: int | None = None


NOTHING = Standing()


def fold_purpose(log: Sequence[Decision], merged_at: datetime | None = None) -> dict[Channel, Standing]:
    """The standing of each channel that the log of one purpose names; ANY stands for all channels.

    ``merged_at`` is the moment of the person's last merge: until then each of the merged records is folded
    by itself and the strictest result holds; what was recorded later counts for all of them.
    """
    voided = {entry.voids_id for entry in log if entry.voids_id is not None}
    valid = [entry for entry in log if entry.id not in voided and entry.decision is not ConsentDecision.VOIDED]
    valid.sort(key=_order)
    channels = {entry.channel for entry in valid}
    return {channel: _fold_channel(valid, channel, merged_at) for channel in sorted(channels)}


def _order(entry: Decision) -> tuple[date, datetime, bool, int]:
    # On one day and in one batch the restriction comes last, so that it holds.
    return entry.on_day, entry.recorded_at, entry.decision is not ConsentDecision.GIVEN, entry.id


def _fold_channel(log: Iterable[Decision], channel: Channel, merged_at: datetime | None) -> Standing:
    about = [entry for entry in log if entry.channel in {channel, Channel.ANY}]
    sides = {entry.recorded_for_id for entry in about}
    results = [
        _fold_one([entry for entry in about if entry.recorded_for_id == side or _is_later(entry, merged_at)])
        for side in sorted(sides)
    ]
    known = [result for result in results if result.standing is not ConsentStanding.NONE]
    return max(known, key=lambda result: STRICTNESS[result.standing], default=NOTHING)


def _is_later(entry: Decision, merged_at: datetime | None) -> bool:
    return merged_at is not None and entry.recorded_at > merged_at


def _fold_one(log: Sequence[Decision]) -> Standing:
    now = NOTHING
    for entry in log:
        now = _given(now, entry) if entry.decision is ConsentDecision.GIVEN else _restricted(now, entry)
    return now


def _given(now: Standing, entry: Decision) -> Standing:
    if now.standing in {ConsentStanding.WITHDRAWN, ConsentStanding.OBJECTED} and not entry.is_fresh_act:
        return now
    if now.standing is ConsentStanding.REFUSED and entry.is_interest:
        return now
    if not entry.proven:
        usable = now.standing in {ConsentStanding.NONE, ConsentStanding.UNPROVEN}
        return Standing(ConsentStanding.UNPROVEN, entry.on_day, entry.valid_until, entry.id) if usable else now
    until = entry.valid_until or add_months(entry.on_day, DEFAULT_MONTHS)
    return Standing(ConsentStanding.GIVEN, entry.on_day, until, entry.id)


def _restricted(now: Standing, entry: Decision) -> Standing:
    standing = ConsentStanding(entry.decision.value)
    if now.standing in STRICTNESS and STRICTNESS[now.standing] > STRICTNESS[standing]:
        return now
    return Standing(standing, entry.on_day, None, entry.id)
