"""Sessions of the admin: begun by one factor, completed by a second, listed and ended one by one.

The cookie carries a random token, the database its hash. Until the second factor of an account that has one
was shown, a session opens nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.accounts.shares import received_on, shares_in
from wmcrm.accounts.tries import forget_old_tries
from wmcrm.db import Actor, Through
from wmcrm.errors import NotFoundError
from wmcrm.models import Account, Grant, Passkey, PermissionRole, SharingGrant, SignIn, SignInMethod

SESSION_LENGTH = timedelta(hours=12)
HALF_LENGTH = timedelta(minutes=10)
FRESH = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=5)
NEED_SECOND_FACTOR = frozenset({PermissionRole.STEWARD, PermissionRole.ADMINISTRATOR})


class Standing(StrEnum):
    """How far somebody's sign-in came."""

    COMPLETE = "complete"
    NEEDS_CODE = "needs_code"
    NEEDS_SET_UP = "needs_set_up"


@dataclass(frozen=True, slots=True)
class Visit:
    """A session with the account it belongs to and who acts through it; ``has_factor``: a second one is set up."""

    sign_in: SignIn
    account: Account
    actor: Actor
    has_factor: bool

    @property
    def is_privileged(self) -> bool:
        """Whether a role of the account asks for a second factor."""
        return bool(NEED_SECOND_FACTOR & self.actor.roles)

    def standing(self, *, required: bool) -> Standing:
        """How far this session came, where a second factor is required of privileged roles or only offered."""
        if self.has_factor and self.sign_in.second_factor_at is None:
            return Standing.NEEDS_CODE
        if required and self.is_privileged and not self.has_factor:
            return Standing.NEEDS_SET_UP
        return Standing.COMPLETE

    def is_fresh(self, *, now: datetime) -> bool:
        """Whether somebody signed in just now, so that they need not type their password again."""
        return now - self.sign_in.begun_at < FRESH


def find_account(session: Session, name: str) -> Account | None:
    """The account of a name, closed ones too."""
    found: Account | None = session.scalars(sa.select(Account).where(col(Account.name) == name)).one_or_none()
    return found


def find_visit(session: Session, token: str, *, now: datetime) -> Visit | None:
    """The running session of a token with its open account, grants and second factor, in one question."""
    passkeys = sa.exists().where(col(Passkey.account_id) == col(Account.id))
    query = (
        sa.select(SignIn, Account, Grant, passkeys, SharingGrant)
        .join(Account, col(Account.id) == col(SignIn.account_id))
        .outerjoin(Grant, col(Grant.account_id) == col(Account.id))
        .outerjoin(SharingGrant, received_on(now.date()))
        .where(col(SignIn.token_hash) == hash_token(token), col(SignIn.expires_at) > now, col(Account.active))
    )
    rows = session.execute(query).all()
    if not rows:
        return None
    sign_in, account, _, has_passkeys, _ = rows[0]
    grants = [row[2] for row in rows if row[2] is not None]
    actor = actor_for(account, grants, Through.SCREEN, received=[row[4] for row in rows])
    return Visit(sign_in, account, actor, has_factor=bool(has_passkeys) or account.totp_secret is not None)


def begin_sign_in(
    session: Session, account: Account, method: SignInMethod, *, device: str, proven: bool = False, now: datetime
) -> str:
    """Begin a session; returns the token for the cookie. ``proven``: the first factor was both (a passkey).

    A session that still lacks its second factor ends after ten minutes, a complete one after twelve hours.
    """
    session.execute(sa.delete(SignIn).where(col(SignIn.expires_at) <= now))
    forget_old_tries(session, now=now)
    waits = has_second_factor(session, account) and not proven
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            account_id=account.id,
            token_hash=hash_token(token),
            method=method,
            device=device[:60],
            begun_at=now,
            seen_at=now,
            expires_at=now + (HALF_LENGTH if waits else SESSION_LENGTH),
            second_factor_at=now if proven else None,
        )
    )
    account.last_sign_in_at = now
    session.flush()
    return token


def complete_sign_in(session: Session, sign_in_id: int, *, now: datetime) -> str:
    """The second factor was shown: the session runs on under a new token, which is returned."""
    sign_in = session.get_one(SignIn, sign_in_id)
    token = secrets.token_urlsafe(32)
    sign_in.token_hash = hash_token(token)
    sign_in.second_factor_at = now
    sign_in.expires_at = sign_in.begun_at + SESSION_LENGTH
    session.flush()
    return token


def sign_ins_of(session: Session, account_id: int, *, now: datetime) -> Sequence[SignIn]:
    """The running sessions of an account, the newest first."""
    query = sa.select(SignIn).where(col(SignIn.account_id) == account_id, col(SignIn.expires_at) > now)
    return session.scalars(query.order_by(col(SignIn.id).desc())).all()


def end_sign_in(session: Session, account_id: int, sign_in_id: int) -> None:
    """End one session of an account; raises NotFoundError when the account has no such session."""
    mine = sa.delete(SignIn).where(col(SignIn.id) == sign_in_id, col(SignIn.account_id) == account_id)
    if not _deleted(session, mine):
        raise NotFoundError("This session has ended already.")


def end_sign_ins(session: Session, account_id: int, *, but: int | None = None) -> int:
    """End every session of an account, or every other than ``but``; returns how many ended."""
    mine = sa.delete(SignIn).where(col(SignIn.account_id) == account_id)
    return _deleted(session, mine if but is None else mine.where(col(SignIn.id) != but))


def note_seen(session: Session, sign_in_id: int, *, now: datetime) -> None:
    """Remember that a session is in use; nothing is written when that was noted minutes ago."""
    mine = sa.update(SignIn).where(col(SignIn.id) == sign_in_id, col(SignIn.seen_at) < now - SEEN_EVERY)
    session.execute(mine.values(seen_at=now))


def has_second_factor(session: Session, account: Account) -> bool:
    """Whether the account has an authenticator app or a passkey."""
    if account.totp_secret is not None:
        return True
    return session.execute(sa.select(col(Passkey.id)).where(col(Passkey.account_id) == account.id)).first() is not None


def hash_token(token: str) -> str:
    """What the database keeps of a token: it has 256 random bits, so a plain hash tells nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_for(
    account: Account, grants: Sequence[Grant], through: Through, *, received: Sequence[SharingGrant | None]
) -> Actor:
    """Who acts through an account with these grants, and with what is shared with its affiliates today."""
    return Actor(
        name=account.name,
        account_id=account.id,
        roles=frozenset(grant.role.value for grant in grants),
        affiliate_ids=frozenset(grant.affiliate_id for grant in grants if grant.affiliate_id is not None),
        sees_all=any(grant.affiliate_id is None for grant in grants),
        through=through,
        shares=shares_in(received),
        grants=frozenset((grant.role.value, grant.affiliate_id) for grant in grants),
    )


def _deleted(session: Session, statement: sa.Delete) -> int:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, sa.CursorResult)
    return result.rowcount
