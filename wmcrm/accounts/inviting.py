"""Inviting: an account is made for somebody by name, with a password that is shown once or a link to choose one."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.accounts.administrators import require_administrator
from wmcrm.accounts.log import note_change
from wmcrm.accounts.passwords import hash_chosen_password, hash_password
from wmcrm.errors import BadInputError, ConflictError, NotFoundError
from wmcrm.models import Account, Grant, PermissionRole, SignIn
from wmcrm.normalize import canonical_username
from wmcrm.references import find_affiliate

LINK_LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new account and, if nobody chose one, the password that was made for it (shown once)."""

    account: Account
    password: str | None


def create_account(
    session: Session, name: str, *, role: str, affiliate: str | None = None, password: str | None = None
) -> Invitation:
    """Invite somebody: an account with one grant, at one affiliate or (without) everywhere.

    Raises BadInputError for an unknown role, an empty name, or a password that is under 12 characters or that
    everybody guesses first; ConflictError if the name is taken.
    """
    account = add_account(session, name, role=role, affiliate=affiliate)
    made = None if password is not None else secrets.token_urlsafe(12)
    account.password_hash = hash_password(made) if made else hash_chosen_password(password or "", account.name)
    session.flush()
    return Invitation(account, made)


def add_account(session: Session, name: str, *, role: str, affiliate: str | None = None) -> Account:
    """An account without a password: it is of use with a welcome link, or linked to a wiki account."""
    require_administrator(session)
    name = name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise BadInputError("An account needs a name of 1 to 100 printable characters.")
    if session.scalars(sa.select(Account).where(col(Account.name) == name)).first() is not None:
        raise ConflictError("There is an account {name} already; choose another name.", name=name)
    granted = known_role(role)
    account = Account(name=name, fs_uniquifier=secrets.token_hex(32))
    session.add(account)
    session.flush()
    affiliate_id = find_affiliate(session, affiliate).id if affiliate else None
    session.add(Grant(account_id=account.id, affiliate_id=affiliate_id, role=granted))
    session.flush()
    note_change(session, "account_invite", account, detail=f"{granted.value}, {affiliate or 'everywhere'}")
    return account


def known_role(code: str) -> PermissionRole:
    """The role of a code; raises BadInputError with the codes there are."""
    try:
        return PermissionRole(code)
    except ValueError as error:
        raise BadInputError(
            "There is no role {code}; choose one of: {codes}", code=code, codes=", ".join(PermissionRole)
        ) from error


def link_wiki_account(session: Session, account: Account, username: str) -> None:
    """Let the holder of this wiki username sign in as the account; an empty username takes the link away.

    Raises BadInputError for what cannot be a username, ConflictError when another account has it.
    """
    require_administrator(session)
    wanted = canonical_username(username) if username.strip() else None
    if username.strip() and wanted is None:
        raise BadInputError("'{username}' is no username of a wiki.", username=username)
    taken = sa.select(col(Account.id)).where(col(Account.wiki_username) == wanted, col(Account.id) != account.id)
    if wanted and session.execute(taken).first() is not None:
        raise ConflictError("Another account is linked to this username already.")
    if account.wiki_username != wanted:
        account.wiki_username, account.wiki_user_id = wanted, None
        session.flush()
        note_change(session, "account_wiki_link" if wanted else "account_wiki_unlink", account)


def make_welcome_link(session: Session, account: Account, *, now: datetime) -> str:
    """The secret of a link by which somebody chooses the account's password, once, within seven days.

    An earlier link ends; the password that the account has works until another is chosen.
    """
    require_administrator(session)
    token = secrets.token_urlsafe(32)
    account.welcome_hash, account.welcome_until = _hash(token), now + LINK_LASTS
    session.flush()
    note_change(session, "account_welcome_link", account)
    return token


def find_welcomed(session: Session, token: str, *, now: datetime) -> Account:
    """The open account of a welcome link; raises NotFoundError for one that was used, replaced or is too old."""
    query = sa.select(Account).where(
        col(Account.welcome_hash) == _hash(token), col(Account.welcome_until) > now, col(Account.active)
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError("This link was used already or is too old. Ask whoever sent it for a new one.")
    return found


def accept_welcome(session: Session, token: str, password: str, *, now: datetime) -> Account:
    """Choose the password by a welcome link: the link and every session of the account end."""
    account = find_welcomed(session, token, now=now)
    account.password_hash = hash_chosen_password(password, account.name)
    account.welcome_hash = account.welcome_until = None
    session.execute(sa.delete(SignIn).where(col(SignIn.account_id) == account.id))
    session.flush()
    note_change(session, "account_password", account, by=account)
    return account


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
