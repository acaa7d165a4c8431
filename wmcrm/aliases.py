"""Affiliates under an alias: their real name is for their own people, for stewards and for the operator.

Everybody else reads the alias, on every screen and in every listing, and finds the affiliate by it only. What
leaves the house as a report says the alias to everybody.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.models import Affiliate, PermissionRole

STEWARDS = frozenset({PermissionRole.STEWARD.value, PermissionRole.ADMINISTRATOR.value})


def knows_all_names(session: Session) -> bool:
    """Whether the actor may read every real name: the operator, and stewards of all affiliates."""
    return actor_of(session).has_everywhere(STEWARDS)


def knows_name(session: Session, affiliate: Affiliate) -> bool:
    """Whether the actor may read the real name of this affiliate (of one without an alias: always)."""
    return not affiliate.alias or affiliate.id in actor_of(session).affiliate_ids or knows_all_names(session)


def may_know(session: Session) -> sa.ColumnElement[bool]:
    """The condition on Affiliate that the actor may read its real name."""
    if knows_all_names(session):
        return sa.true()
    mine = sorted(actor_of(session).affiliate_ids)
    return sa.or_(col(Affiliate.alias).is_(None), col(Affiliate.id).in_(mine))


def shown_name(session: Session, affiliate: Affiliate) -> str:
    """What an affiliate is called before the actor."""
    return affiliate.name if knows_name(session, affiliate) else (affiliate.alias or affiliate.name)


def name_column(session: Session) -> sa.ColumnElement[str]:
    """The same for queries over Affiliate."""
    return sa.case((may_know(session), col(Affiliate.name)), else_=col(Affiliate.alias))


def shown_names(session: Session, affiliate_ids: Iterable[int]) -> dict[int, str]:
    """What each of these affiliates is called before the actor."""
    wanted = sorted(set(affiliate_ids))
    query = sa.select(col(Affiliate.id), name_column(session)).where(col(Affiliate.id).in_(wanted))
    return {number: name for number, name in session.execute(query)} if wanted else {}


# What others read in the place of a report: the alias where there is one, whoever asks.
PUBLIC_NAME: sa.ColumnElement[str] = sa.func.coalesce(col(Affiliate.alias), col(Affiliate.name))
