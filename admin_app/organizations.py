"""Organizations under two names as pages tell them: those to be asked about, those linked, those told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import LazyString, gettext, lazy_gettext

from admin_app.formats import today
from admin_app.words import word
from wmcrm.aliases import shown_name
from wmcrm.db import Session
from wmcrm.dedupe import AffiliateReason, Stayed, ToldApart, standing_links, suggest_affiliates, told_apart
from wmcrm.models import Affiliate, may_hold

PAGE = 20
REASONS: Mapping[AffiliateReason, LazyString] = {
    AffiliateReason.FORMER_NAME: lazy_gettext("One has the name that the other had before"),
    AffiliateReason.SAME_NAME: lazy_gettext("The names are the same but for the words of their kind"),
    AffiliateReason.NEAR_NAME: lazy_gettext("The names differ by a letter or two"),
    AffiliateReason.SAME_CODE: lazy_gettext("The codes are the same"),
    AffiliateReason.ENDED_BEFORE: lazy_gettext("One ended before the other began"),
}


@dataclass(frozen=True, slots=True)
class OrganizationCard:
    """Two organizations that may be one: what it was, what it is, why, and the day that is proposed."""

    former: Affiliate
    current: Affiliate
    reasons: tuple[str, ...]
    since: date


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link that stands: its number, what the organization was called, since when it is this one."""

    number: int
    name: str
    since: date


@dataclass(frozen=True, slots=True)
class ApartLine:
    """Two organizations of which somebody said that they are two: who (where known) and when."""

    number: int
    names: tuple[str, ...]
    by: str
    at: datetime


def organization_cards(session: Session) -> tuple[OrganizationCard, ...]:
    """The organizations that may be one under two names and that the actor may link, those with most reasons first."""
    mine = (
        one
        for one in suggest_affiliates(session)
        if all(may_hold(session, side.id) for side in (one.former, one.current))
    )
    return tuple(
        OrganizationCard(
            former=one.former,
            current=one.current,
            reasons=tuple(str(REASONS[reason]) for reason in one.reasons),
            since=one.current.founded_on or today(),
        )
        for one, _ in zip(mine, range(PAGE), strict=False)
    )


def apart_lines(session: Session) -> tuple[ApartLine, ...]:
    """The latest pairs that were told apart."""
    return tuple(
        _apart(told, (shown_name(session, told.one), shown_name(session, told.other)))
        for told in told_apart(session, limit=PAGE)
    )


def apart_from(session: Session, affiliate: Affiliate) -> tuple[ApartLine, ...]:
    """From which organizations one was told apart."""
    return tuple(
        _apart(told, (shown_name(session, told.other if told.one.id == affiliate.id else told.one),))
        for told in told_apart(session, affiliate)
    )


def links_to(session: Session, affiliate: Affiliate) -> tuple[LinkLine, ...]:
    """Which organizations this one was before, the latest first."""
    return tuple(
        LinkLine(link.id, shown_name(session, former), link.since)
        for link, former in standing_links(session, affiliate)
    )


def what_stays_linked(stays: Sequence[Stayed]) -> str:
    """What came after a link and stays with the later organization, in one sentence; empty for nothing."""
    counts: dict[str, int] = {}
    for stay in stays:
        counts[stay.table] = counts.get(stay.table, 0) + 1
    listed = ", ".join(f"{word(table)} ({count})" for table, count in counts.items())
    return (
        gettext("What came after the link stays with the later organization: %(what)s", what=listed) if listed else ""
    )


def _apart(told: ToldApart, names: tuple[str, ...]) -> ApartLine:
    return ApartLine(told.judgement.id, names, told.by or "", told.judgement.judged_at)
