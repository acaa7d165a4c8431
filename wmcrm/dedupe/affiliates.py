"""Organizations that changed their name, code or type: suggested with reasons, linked by a person only."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import sqlalchemy as sa
from rapidfuzz.distance import Indel
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.aliases import may_know
from wmcrm.dedupe.scope import require_steward, whole_people
from wmcrm.errors import ConflictError
from wmcrm.models import (
    Affiliate,
    AffiliateInvolvement,
    AffiliateName,
    AffiliateStatus,
    EventHost,
    Membership,
    Origin,
    RecognitionStatus,
    note_origin,
    now_utc,
)
from wmcrm.normalize import fold

NEAR = 0.9
TYPE_WORDS = frozenset(
    word
    for line in (
        "wikimedia wikimedian wikimedians wikipedia wikipedian wikipedians wiki community user usergroup users",
        "group groups ug chapter association asociacion associacao associazione verein ev inc ngo org",
        "organization organisation foundation fondation fundacion stiftung hub initiative collective network",
        "movement of the in and de des du la le el los las da do dos von fur for e v a",
    )
    for word in line.split()
)


class AffiliateReason(StrEnum):
    """Why two organizations may be one under two names."""

    FORMER_NAME = "former_name"
    SAME_NAME = "same_name"
    NEAR_NAME = "near_name"
    SAME_CODE = "same_code"
    ENDED_BEFORE = "ended_before"


@dataclass(frozen=True, slots=True)
class AffiliateSuggestion:
    """Two organizations that may be one: the one that came earlier, the one that is now, and why."""

    former: Affiliate
    current: Affiliate
    reasons: tuple[AffiliateReason, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    names: Mapping[int, frozenset[str]]
    ended: Mapping[int, dt.date | None]


def suggest_affiliates(session: Session) -> list[AffiliateSuggestion]:
    """Organizations of one country whose names agree once the words of their type are left out.

    Most reasons first. A suggestion only: names of organizations of one country are alike by nature. Whoever may not
    know the real name of an organization is not shown what it resembles.
    """
    readable = sa.select(Affiliate).where(col(Affiliate.removed_at).is_(None), may_know(session))
    query = readable.order_by(col(Affiliate.id))
    by_country: dict[str, list[Affiliate]] = defaultdict(list)
    for affiliate in session.scalars(query):
        if affiliate.country:
            by_country[affiliate.country].append(affiliate)
    known = _Known(_former_names(session), _ends(session))
    found = [
        suggestion
        for affiliates in by_country.values()
        for one, other in combinations(affiliates, 2)
        if (suggestion := _suggestion(one, other, known)) is not None
    ]
    return sorted(found, key=lambda suggestion: -len(suggestion.reasons))


def link_affiliates(session: Session, former: Affiliate, current: Affiliate, *, since: dt.date) -> AffiliateName:
    """Say that ``current`` is, from a day on, what ``former`` was: its name, code and type become dated ones.

    Positions, hosted events and involvements of the former one count for the current one; whose records the
    former one holds, and which accounts work on them, does not change. The former record goes out of lists;
    its name and code find the current one. Raises ConflictError for one organization twice, or removed ones.
    """
    require_steward(session)
    _refuse(former, current)
    with whole_people(session):
        return _link(session, former, current, since)


def _link(session: Session, former: Affiliate, current: Affiliate, since: dt.date) -> AffiliateName:
    standing = _last_status(session, former.id, since)
    note_origin(session, Origin(note="affiliates linked"))
    _repoint(session, former, current)
    name = AffiliateName(affiliate_id=current.id, name=former.name, code=former.code, until=since)
    kind = former.affiliate_type
    status = AffiliateStatus(affiliate_id=current.id, status=standing, affiliate_type=kind, until=since)
    session.add_all([name, status])
    former.removed_at = now_utc()
    session.flush()
    note_origin(session, None)
    return name


def name_without_type(name: str) -> str:
    """The folded words of an organization's name that are not words of its kind, in order of the alphabet."""
    return " ".join(sorted(word for word in fold(name).replace(".", " ").split() if word not in TYPE_WORDS))


def _suggestion(one: Affiliate, other: Affiliate, known: _Known) -> AffiliateSuggestion | None:
    reasons = tuple(_reasons(one, other, known))
    if not reasons:
        return None
    former, current = sorted((one, other), key=lambda affiliate: _age(affiliate, known))
    ended, founded = known.ended.get(former.id), current.founded_on
    if ended is not None and founded is not None and ended <= founded:
        reasons = (*reasons, AffiliateReason.ENDED_BEFORE)
    return AffiliateSuggestion(former, current, reasons)


def _reasons(one: Affiliate, other: Affiliate, known: _Known) -> Iterator[AffiliateReason]:
    first, second = name_without_type(one.name), name_without_type(other.name)
    for affiliate, name in ((one, other.name), (other, one.name)):
        if fold(name) in known.names.get(affiliate.id, ()):
            yield AffiliateReason.FORMER_NAME
    if first and first == second:
        yield AffiliateReason.SAME_NAME
    elif min(len(first), len(second)) > 3 and Indel.normalized_similarity(first, second) >= NEAR:
        yield AffiliateReason.NEAR_NAME
    codes = {fold(affiliate.code or "").replace(" ", "") for affiliate in (one, other)}
    if len(codes) == 1 and "" not in codes:
        yield AffiliateReason.SAME_CODE


def _age(affiliate: Affiliate, known: _Known) -> tuple[bool, dt.date, int]:
    return known.ended.get(affiliate.id) is None, affiliate.founded_on or dt.date.max, affiliate.id


def _former_names(session: Session) -> dict[int, frozenset[str]]:
    query = sa.select(AffiliateName).where(col(AffiliateName.removed_at).is_(None))
    found: dict[int, set[str]] = defaultdict(set)
    for name in session.scalars(query):
        found[name.affiliate_id].add(fold(name.name))
    return {affiliate_id: frozenset(names) for affiliate_id, names in found.items()}


def _ends(session: Session) -> dict[int, dt.date | None]:
    ended = sa.select(AffiliateStatus).where(
        col(AffiliateStatus.removed_at).is_(None), col(AffiliateStatus.status) == RecognitionStatus.DERECOGNISED
    )
    return {status.affiliate_id: status.since for status in session.scalars(ended)}


def _last_status(session: Session, affiliate_id: int, before: dt.date) -> RecognitionStatus:
    """The status before a day, as the affiliate's dated rows say; recognised where they say nothing."""
    query = (
        sa.select(AffiliateStatus)
        .where(col(AffiliateStatus.affiliate_id) == affiliate_id, col(AffiliateStatus.removed_at).is_(None))
        .order_by(col(AffiliateStatus.id))
    )
    standing = [row for row in session.scalars(query) if row.since is None or row.since < before]
    latest = max(standing, key=lambda row: row.since or dt.date.min, default=None)
    return latest.status if latest else RecognitionStatus.RECOGNISED


def _repoint(session: Session, former: Affiliate, current: Affiliate) -> None:
    # The dated statuses stay: that the former one ended does not end the one that followed it.
    for table in (Membership, AffiliateInvolvement, AffiliateName):
        for row in session.scalars(sa.select(table).where(col(table.affiliate_id) == former.id)):
            row.affiliate_id = current.id
    hosts = session.scalars(sa.select(EventHost).where(col(EventHost.affiliate_id).in_([former.id, current.id]))).all()
    taken = {(host.event_id, host.host_role) for host in _live(hosts) if host.affiliate_id == current.id}
    for host in _live(hosts):
        if host.affiliate_id == former.id:
            if (host.event_id, host.host_role) in taken:
                host.removed_at = now_utc()
            host.affiliate_id = current.id
    session.flush()


def _live(hosts: Sequence[EventHost]) -> list[EventHost]:
    return [host for host in hosts if host.removed_at is None and host.superseded_by_id is None]


def _refuse(former: Affiliate, current: Affiliate) -> None:
    if former.id == current.id:
        raise ConflictError("{affiliate} is one organization already; choose two.", affiliate=former.public_id)
    for affiliate in (former, current):
        if affiliate.removed_at is not None:
            raise ConflictError("{affiliate} was removed; bring it back first.", affiliate=affiliate.public_id)
