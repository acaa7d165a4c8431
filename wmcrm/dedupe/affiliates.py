"""Organizations that changed their name, code or type: suggested with reasons (linked in affiliate_links)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import sqlalchemy as sa
from rapidfuzz.distance import Indel
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.aliases import may_know
from wmcrm.dedupe.affiliate_judgements import apart_as_they_are
from wmcrm.models import Affiliate, AffiliateName, AffiliateStatus, RecognitionStatus
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

    Most reasons first. A suggestion only: names of organizations of one country are alike by nature. Those that
    somebody told apart are left out until one of them is called otherwise. Whoever may not know the real name of an
    organization is not shown what it resembles.
    """
    readable = sa.select(Affiliate).where(col(Affiliate.removed_at).is_(None), may_know(session))
    query = readable.order_by(col(Affiliate.id))
    by_country: dict[str, list[Affiliate]] = defaultdict(list)
    for affiliate in session.scalars(query):
        if affiliate.country:
            by_country[affiliate.country].append(affiliate)
    known, apart = _Known(_former_names(session), _ends(session)), apart_as_they_are(session)
    found = [
        suggestion
        for affiliates in by_country.values()
        for one, other in combinations(affiliates, 2)
        if frozenset((one.id, other.id)) not in apart
        if (suggestion := _suggestion(one, other, known)) is not None
    ]
    return sorted(found, key=lambda suggestion: -len(suggestion.reasons))


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
