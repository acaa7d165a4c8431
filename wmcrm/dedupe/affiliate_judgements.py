"""What people said of organizations that look alike: that they are two. Remembered, a veto, and taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Actor, actor_of
from wmcrm.dedupe.scope import require_steward
from wmcrm.errors import ConflictError, NotAllowedError, NotFoundError
from wmcrm.models import Account, Affiliate, AffiliateJudgement, AffiliateLink, may_hold, now_utc
from wmcrm.normalize import fold
from wmcrm.permissions import Permission, acting_with

Pair = frozenset[int]


@dataclass(frozen=True, slots=True)
class ToldApart:
    """Two organizations of which somebody said that they are two; who that was, where the reader may know."""

    judgement: AffiliateJudgement
    one: Affiliate
    other: Affiliate
    by: str | None


def tell_apart(session: Session, one: Affiliate, other: Affiliate, *, by: Actor | None = None) -> AffiliateJudgement:
    """Record that two organizations are two, in the place of what was said before.

    They are not suggested again unless the name or code of one changes, and cannot be linked, not even through a
    third one, until this is taken back. Raises ConflictError for one organization twice and for removed ones.
    """
    require_steward_of(session, one, other, by=by)
    refuse_ended(session, one, other)
    low, high = sorted((one, other), key=lambda affiliate: affiliate.id)
    before = sa.select(AffiliateJudgement).where(
        col(AffiliateJudgement.affiliate_a_id) == low.id,
        col(AffiliateJudgement.affiliate_b_id) == high.id,
        col(AffiliateJudgement.revoked_at).is_(None),
    )
    for said in session.scalars(before):
        said.revoked_at = now_utc()
    session.flush()
    said = AffiliateJudgement(
        affiliate_a_id=low.id,
        affiliate_b_id=high.id,
        fingerprint=_fingerprint(low, high),
        judged_by_id=(by or actor_of(session)).account_id,
    )
    session.add(said)
    session.flush()
    return said


def take_back_apart(session: Session, said: AffiliateJudgement, *, by: Actor | None = None) -> None:
    """Take back that two organizations are two: the pair is open again. Raises ConflictError if it was already."""
    both = [session.get_one(Affiliate, number) for number in (said.affiliate_a_id, said.affiliate_b_id)]
    require_steward_of(session, *both, by=by)
    if said.revoked_at is not None:
        raise ConflictError("This judgement was taken back already.")
    said.revoked_at = now_utc()
    session.flush()


def find_told_apart(session: Session, number: int) -> AffiliateJudgement:
    """The judgement of a number; raises NotFoundError."""
    found = session.get(AffiliateJudgement, number)
    if found is None:
        raise NotFoundError("There is no such record.")
    return found


def told_apart(session: Session, affiliate: Affiliate | None = None, *, limit: int | None = None) -> list[ToldApart]:
    """What holds of organizations that are two (of one of them, if told), the latest first."""
    one, other = sa.orm.aliased(Affiliate), sa.orm.aliased(Affiliate)
    said = AffiliateJudgement
    query = (
        sa.select(said, one, other, col(Account.name))
        .join(one, col(one.id) == col(said.affiliate_a_id))
        .join(other, col(other.id) == col(said.affiliate_b_id))
        .outerjoin(Account, col(Account.id) == col(said.judged_by_id))
        .where(col(said.revoked_at).is_(None))
    )
    if affiliate is not None:
        query = query.where(sa.or_(col(said.affiliate_a_id) == affiliate.id, col(said.affiliate_b_id) == affiliate.id))
    rows = session.execute(query.order_by(col(said.id).desc()).limit(limit))
    return [ToldApart(*row) for row in rows]


def apart_as_they_are(session: Session) -> frozenset[Pair]:
    """The pairs of organizations, as they are now, that are not suggested: they have the names they were told by."""
    now = current_of_all(session)
    return frozenset(
        frozenset(now.get(affiliate.id, affiliate.id) for affiliate in (told.one, told.other))
        for told in told_apart(session)
        if told.judgement.fingerprint == _fingerprint(told.one, told.other)
    )


def refuse_if_apart(session: Session, one: Affiliate, other: Affiliate) -> None:
    """Raise ConflictError when either organization, or what it was before, was told from any of the other."""
    now = current_of_all(session)
    sides = ({former for former, current in now.items() if current == side.id} | {side.id} for side in (one, other))
    barred = {frozenset(pair) for pair in product(*sides)}
    for told in told_apart(session):
        if frozenset((told.one.id, told.other.id)) in barred:
            raise ConflictError(
                "Somebody said that {one} and {other} are two organizations; take that back first.",
                one=one.public_id,
                other=other.public_id,
            )


def require_steward_of(session: Session, *affiliates: Affiliate, by: Actor | None = None) -> None:
    """Raise NotAllowedError unless the actor is the operator, or a steward at each of these organizations."""
    require_steward(session, by)
    with acting_with(session, Permission.PEOPLE_MERGE):
        if not all(may_hold(session, affiliate.id) for affiliate in affiliates):
            raise NotAllowedError("Only a steward of both organizations may say whether they are one; ask one.")


def refuse_ended(session: Session, one: Affiliate, other: Affiliate) -> None:
    """Raise ConflictError for one organization twice, for linked ones and for removed ones."""
    if one.id == other.id:
        raise ConflictError("{affiliate} is one organization already; choose two.", affiliate=one.public_id)
    for affiliate in (one, other):
        refuse_if_linked(session, affiliate)
        if affiliate.removed_at is not None:
            raise ConflictError("{affiliate} was removed; bring it back first.", affiliate=affiliate.public_id)


def refuse_if_linked(session: Session, affiliate: Affiliate) -> None:
    """Raise ConflictError for an organization that another one follows: it comes back when the link is undone."""
    query = sa.select(AffiliateLink).where(
        col(AffiliateLink.former_id) == affiliate.id, col(AffiliateLink.undone_at).is_(None)
    )
    if session.scalars(query).first() is not None:
        raise ConflictError(
            "{affiliate} was linked to a later organization; take that link back instead.",
            affiliate=affiliate.public_id,
        )


def current_of_all(session: Session) -> dict[int, int]:
    """For every organization that was linked to a later one: what it is now, however many links later."""
    query = sa.select(col(AffiliateLink.former_id), col(AffiliateLink.current_id))
    standing = query.where(col(AffiliateLink.undone_at).is_(None))
    into = {former: current for former, current in session.execute(standing)}
    return {former: _end(into, former) for former in into}


def _end(into: Mapping[int, int], affiliate_id: int) -> int:
    while affiliate_id in into:
        affiliate_id = into[affiliate_id]
    return affiliate_id


def _fingerprint(one: Affiliate, other: Affiliate) -> str:
    """What two organizations are called, in the order of their ids."""
    low, high = sorted((one, other), key=lambda affiliate: affiliate.id)
    return hashlib.sha256("\x1e".join(_called([low, high])).encode()).hexdigest()


def _called(affiliates: Iterable[Affiliate]) -> list[str]:
    return [f"{fold(affiliate.name)}\x1f{fold(affiliate.code or '')}" for affiliate in affiliates]
