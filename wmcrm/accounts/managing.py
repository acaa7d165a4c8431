"""Managing accounts: who has which role where, who may still sign in. Only an administrator of everything may.

The last of them cannot be closed or lose the role, by anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.accounts.administrators import keep_an_administrator, require_administrator
from wmcrm.accounts.authenticator import forget_factors
from wmcrm.accounts.inviting import known_role
from wmcrm.accounts.log import note_change
from wmcrm.accounts.sign_ins import end_sign_in, end_sign_ins
from wmcrm.errors import BadInputError, NotFoundError
from wmcrm.models import AccessLogEntry, Account, Affiliate, Grant, Passkey, PermissionRole, SignIn
from wmcrm.references import find_affiliate


@dataclass(frozen=True, slots=True)
class Granted:
    """A role of an account: everywhere, or at an affiliate."""

    id: int
    role: PermissionRole
    affiliate_code: str | None
    affiliate_name: str | None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as an administrator sees it; ``invited``: a link waits for somebody to choose a password."""

    id: int
    name: str
    active: bool
    wiki_username: str | None
    grants: Sequence[Granted]
    has_app: bool
    passkeys: int
    sessions: int
    last_sign_in_at: datetime | None
    invited: bool


@dataclass(frozen=True, slots=True)
class AccountDeed:
    """Something that was done to an account."""

    at: datetime
    actor: str
    action: str
    detail: str


def find_managed(session: Session, account_id: int) -> Account:
    """The account of an id, for an administrator; raises NotFoundError."""
    require_administrator(session)
    found = session.get(Account, account_id)
    if found is None:
        raise NotFoundError("There is no such account.")
    return found


def list_accounts(session: Session, *, now: datetime) -> list[AccountRow]:
    """Every account by name, with its roles, factors and running sessions; in two questions."""
    require_administrator(session)
    passkeys = _count(Passkey, col(Passkey.account_id) == col(Account.id))
    sessions = _count(SignIn, col(SignIn.account_id) == col(Account.id), col(SignIn.expires_at) > now)
    granted: dict[int, list[Granted]] = defaultdict(list)
    query = (
        sa.select(Grant, col(Affiliate.code), col(Affiliate.name))
        .outerjoin(Affiliate, col(Affiliate.id) == col(Grant.affiliate_id))
        .order_by(col(Grant.id))
    )
    for grant, code, name in session.execute(query):
        granted[grant.account_id].append(Granted(grant.id, grant.role, code, name))
    rows = session.execute(sa.select(Account, passkeys, sessions).order_by(sa.func.lower(col(Account.name))))
    return [
        AccountRow(
            id=account.id,
            name=account.name,
            active=account.active,
            wiki_username=account.wiki_username,
            grants=granted[account.id],
            has_app=account.totp_secret is not None,
            passkeys=has,
            sessions=runs,
            last_sign_in_at=account.last_sign_in_at,
            invited=account.welcome_until is not None and account.welcome_until > now,
        )
        for account, has, runs in rows
    ]


def deeds_on(session: Session, account: Account, *, limit: int = 50) -> list[AccountDeed]:
    """What was done to an account, the newest first."""
    query = (
        sa.select(AccessLogEntry)
        .where(col(AccessLogEntry.action).startswith("account_"), col(AccessLogEntry.record_id) == account.id)
        .order_by(col(AccessLogEntry.id).desc())
        .limit(limit)
    )
    return [AccountDeed(entry.at, entry.actor, entry.action, entry.reason or "") for entry in session.scalars(query)]


def grant_role(session: Session, account: Account, role: str, affiliate: str | None = None) -> Grant:
    """Give an account a role, at an affiliate or everywhere; a role it has already stays as it is."""
    require_administrator(session)
    found = known_role(role)
    affiliate_id = find_affiliate(session, affiliate).id if affiliate else None
    has = _grant(session, account, found, affiliate_id)
    if has is not None:
        return has
    made = Grant(account_id=account.id, affiliate_id=affiliate_id, role=found)
    session.add(made)
    session.flush()
    note_change(session, "account_grant", account, detail=f"{found.value}, {affiliate or 'everywhere'}")
    return made


def revoke_role(session: Session, account: Account, role: str, affiliate: str | None = None) -> None:
    """Take a role from an account; raises NotFoundError when it has none such."""
    require_administrator(session)
    found = _grant(session, account, known_role(role), find_affiliate(session, affiliate).id if affiliate else None)
    if found is None:
        raise NotFoundError("The account {name} does not have this role there.", name=account.name)
    revoke_grant(session, account, found.id)


def revoke_grant(session: Session, account: Account, grant_id: int) -> None:
    """Take one grant from an account; raises ConflictError when nobody would be left to manage accounts."""
    require_administrator(session)
    grant = session.get(Grant, grant_id)
    if grant is None or grant.account_id != account.id:
        raise NotFoundError("The account {name} does not have this role there.", name=account.name)
    if grant.role is PermissionRole.ADMINISTRATOR and grant.affiliate_id is None:
        keep_an_administrator(session, account)
    place = session.get(Affiliate, grant.affiliate_id) if grant.affiliate_id else None
    detail = f"{grant.role.value}, {(place.code or place.name) if place else 'everywhere'}"
    session.delete(grant)
    session.flush()
    note_change(session, "account_revoke", account, detail=detail)


def close_account(session: Session, account: Account) -> None:
    """Nobody signs in with the account any more; its sessions and its link end. It can be opened again."""
    require_administrator(session)
    if not account.active:
        raise BadInputError("The account {name} is closed already.", name=account.name)
    keep_an_administrator(session, account)
    account.active = False
    account.welcome_hash = account.welcome_until = None
    end_sign_ins(session, account.id)
    session.flush()
    note_change(session, "account_close", account)


def open_account(session: Session, account: Account) -> None:
    """Let somebody sign in with a closed account again."""
    require_administrator(session)
    if account.active:
        raise BadInputError("The account {name} is open already.", name=account.name)
    account.active = True
    session.flush()
    note_change(session, "account_open", account)


def reset_second_factor(session: Session, account: Account) -> None:
    """Forget the authenticator app, passkeys and recovery codes of an account, and end its sessions.

    For somebody who lost them: make sure on another way that it is really they who ask.
    """
    require_administrator(session)
    forget_factors(session, account)
    note_change(session, "account_factor_reset", account)


def end_session_of(session: Session, account: Account, sign_in_id: int | None = None) -> int:
    """End one session of an account, or all; returns how many ended."""
    require_administrator(session)
    if sign_in_id is None:
        ended = end_sign_ins(session, account.id)
    else:
        end_sign_in(session, account.id, sign_in_id)
        ended = 1
    note_change(session, "account_sessions_end", account)
    return ended


def _grant(session: Session, account: Account, role: PermissionRole, affiliate_id: int | None) -> Grant | None:
    query = sa.select(Grant).where(
        col(Grant.account_id) == account.id,
        col(Grant.role) == role,
        col(Grant.affiliate_id).is_(None) if affiliate_id is None else col(Grant.affiliate_id) == affiliate_id,
    )
    found: Grant | None = session.scalars(query).first()
    return found


def _count(table: type, *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(table).where(*where).scalar_subquery()
