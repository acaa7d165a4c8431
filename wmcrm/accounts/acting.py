"""Who acts through an account, for a command."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.accounts.shares import received_on
from wmcrm.accounts.sign_ins import actor_for, find_account
from wmcrm.db import Actor, Through
from wmcrm.errors import NotFoundError
from wmcrm.models import Grant, SharingGrant, now_utc


def find_actor(session: Session, name: str, through: Through = Through.COMMAND) -> Actor:
    """Who acts through the account of a name; raises NotFoundError for unknown and closed accounts."""
    account = find_account(session, name)
    if account is None or not account.active:
        raise NotFoundError("There is no open account {name}.", name=name)
    query = sa.select(Grant, SharingGrant).outerjoin(SharingGrant, received_on(now_utc().date()))
    rows = session.execute(query.where(col(Grant.account_id) == account.id)).all()
    return actor_for(account, [row[0] for row in rows], through, received=[row[1] for row in rows])
