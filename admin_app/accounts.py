"""Accounts as sign-in needs them: the row, and who acts once it is signed in."""

from __future__ import annotations

import sqlalchemy as sa

from wmcrm.db import Actor, Session, Through
from wmcrm.models import Account, Grant, now_utc


def find_sign_in(session: Session, *, name: str = "", fs_uniquifier: str = "") -> tuple[Account, Actor] | None:
    """The account of this name or session mark, with who acts through it; one question to the database."""
    mine = Account.name == name if name else Account.fs_uniquifier == fs_uniquifier
    grants = sa.select(Account, Grant).outerjoin(Grant, Grant.account_id == Account.id).where(mine)  # type: ignore[arg-type]
    rows = session.execute(grants).all()
    if not rows:
        return None
    account = rows[0][0]
    return account, _actor(account, [grant for _, grant in rows if grant is not None])


def note_sign_in(session: Session, fs_uniquifier: str) -> None:
    """Remember when the account signed in."""
    mine = Account.fs_uniquifier == fs_uniquifier
    session.execute(sa.update(Account).where(mine).values(last_sign_in_at=now_utc()))  # type: ignore[arg-type]


def _actor(account: Account, grants: list[Grant]) -> Actor:
    return Actor(
        name=account.name,
        account_id=account.id,
        roles=frozenset(str(grant.role) for grant in grants),
        affiliate_ids=frozenset(grant.affiliate_id for grant in grants if grant.affiliate_id is not None),
        sees_all=any(grant.affiliate_id is None for grant in grants),
        through=Through.SCREEN,
    )
