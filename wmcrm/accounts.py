"""Accounts of the admin: invited by name, with a role at an affiliate or everywhere, argon2id passwords."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Actor, Through
from wmcrm.errors import BadInputError, ConflictError, NotFoundError
from wmcrm.models import Account, Grant, PermissionRole, now_utc
from wmcrm.references import find_affiliate

MINIMAL_PASSWORD = 12
# OWASP's first choice for argon2id (password storage cheat sheet): 19 MiB, 2 passes, 1 lane.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new account and, if nobody chose one, the password that was made for it (shown once)."""

    account: Account
    password: str | None


def create_account(
    session: Session, name: str, *, role: str, affiliate: str | None = None, password: str | None = None
) -> Invitation:
    """Invite somebody: an account with one grant, at one affiliate or (without) everywhere.

    Raises BadInputError for an unknown role, an empty name or a password under 12 characters, ConflictError
    if the name is taken.
    """
    name = name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise BadInputError("An account needs a name of 1 to 100 printable characters.")
    if session.scalars(sa.select(Account).where(col(Account.name) == name)).first() is not None:
        raise ConflictError("There is an account {name} already; choose another name.", name=name)
    granted = _role(role)
    made = None if password is not None else secrets.token_urlsafe(12)
    account = Account(
        name=name, fs_uniquifier=secrets.token_hex(32), password_hash=hash_password(password or made or "")
    )
    session.add(account)
    session.flush()
    affiliate_id = find_affiliate(session, affiliate).id if affiliate else None
    session.add(Grant(account_id=account.id, affiliate_id=affiliate_id, role=granted))
    session.flush()
    return Invitation(account, made)


def hash_password(password: str) -> str:
    """The argon2id hash of a password; raises BadInputError when it is shorter than 12 characters."""
    if len(password) < MINIMAL_PASSWORD:
        raise BadInputError("A password needs at least {length} characters.", length=MINIMAL_PASSWORD)
    return HASHER.hash(password)


def find_actor(session: Session, name: str, through: Through = Through.COMMAND) -> Actor:
    """Who acts through the account of a name; raises NotFoundError for unknown and closed accounts."""
    found = find_sign_in(session, name=name, through=through)
    if found is None or not found[0].active:
        raise NotFoundError("There is no open account {name}.", name=name)
    return found[1]


def find_sign_in(
    session: Session, *, name: str = "", fs_uniquifier: str = "", through: Through = Through.SCREEN
) -> tuple[Account, Actor] | None:
    """The account of this name or session mark, closed ones too, with who acts through it; in one question."""
    mine = col(Account.name) == name if name else col(Account.fs_uniquifier) == fs_uniquifier
    query = sa.select(Account, Grant).outerjoin(Grant, col(Grant.account_id) == col(Account.id)).where(mine)
    rows = session.execute(query).all()
    if not rows:
        return None
    account = rows[0][0]
    return account, _actor(account, [grant for _, grant in rows if grant is not None], through)


def note_sign_in(session: Session, fs_uniquifier: str) -> None:
    """Remember when the account signed in."""
    mine = col(Account.fs_uniquifier) == fs_uniquifier
    session.execute(sa.update(Account).where(mine).values(last_sign_in_at=now_utc()))


def _actor(account: Account, grants: Sequence[Grant], through: Through) -> Actor:
    return Actor(
        name=account.name,
        account_id=account.id,
        roles=frozenset(grant.role.value for grant in grants),
        affiliate_ids=frozenset(grant.affiliate_id for grant in grants if grant.affiliate_id is not None),
        sees_all=any(grant.affiliate_id is None for grant in grants),
        through=through,
    )


def _role(code: str) -> PermissionRole:
    try:
        return PermissionRole(code)
    except ValueError as error:
        raise BadInputError(
            "There is no role {code}; choose one of: {codes}", code=code, codes=", ".join(PermissionRole)
        ) from error
