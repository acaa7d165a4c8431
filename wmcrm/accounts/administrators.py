"""Who may manage accounts: the operator of the machine, and administrators of all affiliates, of whom one stays."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.errors import ConflictError, NotAllowedError
from wmcrm.models import Account, Grant, PermissionRole


def require_administrator(session: Session) -> None:
    """Raise NotAllowedError unless the operator acts, or an account that is administrator everywhere."""
    actor = actor_of(session)
    if actor.is_operator:
        return
    mine = (_is_administrator(), col(Grant.account_id) == actor.account_id)
    if session.execute(sa.select(col(Grant.id)).where(*mine)).first() is None:
        raise NotAllowedError("Only an administrator of all affiliates may manage accounts.")


def keep_an_administrator(session: Session, account: Account) -> None:
    """Raise ConflictError when this account is the last open one that may manage accounts."""
    others = (
        sa.select(col(Grant.id))
        .join(Account, col(Account.id) == col(Grant.account_id))
        .where(_is_administrator(), col(Account.active), col(Account.id) != account.id)
    )
    mine = sa.select(col(Grant.id)).where(_is_administrator(), col(Grant.account_id) == account.id)
    if session.execute(mine).first() is not None and session.execute(others).first() is None:
        raise ConflictError(
            "{name} is the last open account that may manage accounts; make another administrator first.",
            name=account.name,
        )


def _is_administrator() -> sa.ColumnElement[bool]:
    return sa.and_(col(Grant.role) == PermissionRole.ADMINISTRATOR, col(Grant.affiliate_id).is_(None))
