"""Consent of one person on a page: what holds in words, whether one may write and why, and the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from admin_app.contact_words import told
from admin_app.formats import day, notice
from admin_app.places import language
from admin_app.words import word
from wmcrm.aliases import shown_names
from wmcrm.db import Session
from wmcrm.models import Channel, ConsentStanding, LawfulBasis, Person
from wmcrm.outreach import ChannelStanding, Evidence, PurposeOverview, consent_overview

WITHDRAWABLE = frozenset({ConsentStanding.GIVEN, ConsentStanding.UNPROVEN})
KINDS = {ConsentStanding.GIVEN: "success", ConsentStanding.UNPROVEN: "warning"}


@dataclass(frozen=True, slots=True)
class StandingLine:
    """What holds for one channel, its word and mark, what is told of it, and whether there is something to withdraw."""

    row: ChannelStanding
    word: str
    kind: str
    told: Sequence[str]
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """Whether the person may be written to by one channel, and why, with the evidence."""

    channel: str
    yes: bool
    why: str


@dataclass(frozen=True, slots=True)
class PurposeLine:
    """One purpose of the register for the person of the page."""

    purpose: str
    description: str
    standings: Sequence[StandingLine]
    answers: Sequence[AnswerLine]


def purpose_lines(session: Session, person: Person) -> list[PurposeLine]:
    """Every purpose: those about which something was decided first."""
    found = consent_overview(session, person)
    holders = shown_names(session, [row.holder_id for one in found for row in one.standings if row.holder_id])
    lines = [_line(one, holders) for one in found]
    return sorted(lines, key=lambda line: not line.standings)


def _line(one: PurposeOverview, holders: dict[int, str]) -> PurposeLine:
    evidence = {row.event_id or 0: Evidence(row.notice, row.method) for row in one.standings if row.method is not None}
    answers = [
        AnswerLine(channel.value, answer.reason is None, told(answer, evidence.get(answer.consent_event_id or 0)))
        for channel, answer in one.answers
    ]
    return PurposeLine(
        one.purpose, one.description, [_standing(row, holders) for row in _distinct(one.standings)], answers
    )


def _standing(row: ChannelStanding, holders: dict[int, str]) -> StandingLine:
    return StandingLine(
        row=row,
        word=gettext("Expired") if row.has_ended else word(row.standing),
        kind="warning" if row.has_ended else KINDS.get(row.standing, "error"),
        told=_told(row, holders.get(row.holder_id or 0, "")),
        may_withdraw=row.standing in WITHDRAWABLE,
    )


def _distinct(rows: Sequence[ChannelStanding]) -> list[ChannelStanding]:
    """Without the channels that say what one decision about all channels says already."""
    general = {row.event_id for row in rows if row.channel is Channel.ANY}
    return [row for row in rows if row.channel is Channel.ANY or row.event_id not in general]


def _told(row: ChannelStanding, holder: str) -> list[str]:
    named = f"{row.notice} ({language(row.language)})" if row.language not in {None, "und"} else row.notice
    parts = [
        gettext("since %(day)s", day=day(row.since)) if row.since else "",
        gettext("until %(day)s", day=day(row.valid_until)) if row.valid_until else "",
        notice(named) if named else "",
        word(row.method),
        word(row.basis) if row.basis is not LawfulBasis.CONSENT else "",
        gettext("collected by %(name)s", name=row.collector) if row.collector else "",
        gettext("held by %(name)s", name=holder) if holder else "",
    ]
    return [part for part in parts if part]
