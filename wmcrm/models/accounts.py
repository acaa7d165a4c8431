"""Accounts of the admin, how they sign in, what they were granted, what affiliates share, who saw what."""

from datetime import date, datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wmcrm.db import enum_type, json_type
from wmcrm.models.base import MOMENT, interval_check, now_utc, unique_where
from wmcrm.models.kinds import PermissionRole, SignInMethod


class Account(SQLModel, table=True):
    """Somebody who may sign in to the admin; by invitation only.

    ``fs_uniquifier`` is a random name for machines (passkeys know the account by it). ``totp_secret`` is
    encrypted; ``totp_step`` is the last step whose code was used. ``welcome_hash`` is of a link that lets
    somebody choose the password once.
    """

    __tablename__ = "account"
    __table_args__ = (
        unique_where("uq_account_wiki_username", "wiki_username", where="wiki_username IS NOT NULL"),
        unique_where("uq_account_welcome_hash", "welcome_hash", where="welcome_hash IS NOT NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=100, unique=True)
    email: str | None = Field(default=None, max_length=320, repr=False)
    password_hash: str | None = Field(default=None, max_length=300, repr=False)
    fs_uniquifier: str = Field(max_length=64, unique=True, repr=False)
    active: bool = Field(default=True)
    locale: str | None = Field(default=None, max_length=20)
    shortcuts: bool = Field(default=True)
    totp_secret: str | None = Field(default=None, max_length=300, repr=False)
    totp_step: int | None = Field(default=None, repr=False)
    wiki_username: str | None = Field(default=None, max_length=255)
    wiki_user_id: str | None = Field(default=None, max_length=40)
    welcome_hash: str | None = Field(default=None, max_length=64, repr=False)
    welcome_until: datetime | None = Field(default=None, sa_type=MOMENT)
    created_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    last_sign_in_at: datetime | None = Field(default=None, sa_type=MOMENT)


class SignIn(SQLModel, table=True):
    """A session of the admin: the cookie carries a random token, this row its hash.

    Without ``second_factor_at`` it opens nothing for an account that has a second factor. ``seen_at`` is
    right to a few minutes.
    """

    __tablename__ = "sign_in"

    id: int = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    token_hash: str = Field(max_length=64, unique=True, repr=False)
    method: SignInMethod = Field(sa_type=enum_type(SignInMethod, "method"))
    device: str = Field(default="", max_length=60)
    begun_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    expires_at: datetime = Field(sa_type=MOMENT)
    second_factor_at: datetime | None = Field(default=None, sa_type=MOMENT)
    seen_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)


class Passkey(SQLModel, table=True):
    """A WebAuthn credential: the public half of a key that never leaves somebody's device."""

    __tablename__ = "passkey"

    id: int = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    name: str = Field(max_length=60)
    credential_id: str = Field(max_length=1400, unique=True, repr=False)
    public_key: bytes = Field(repr=False)
    sign_count: int = Field(default=0, sa_type=sa.BigInteger)
    added_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    last_used_at: datetime | None = Field(default=None, sa_type=MOMENT)


class RecoveryCode(SQLModel, table=True):
    """The hash of a code that stands in for the second factor, once."""

    __tablename__ = "recovery_code"

    id: int = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    code_hash: str = Field(max_length=64, repr=False)
    used_at: datetime | None = Field(default=None, sa_type=MOMENT)


class SignInTry(SQLModel, table=True):
    """How often something was tried since ``since``; the key is a keyed hash of a name or an address."""

    __tablename__ = "sign_in_try"

    key: str = Field(max_length=64, primary_key=True, repr=False)
    tries: int = Field()
    since: datetime = Field(sa_type=MOMENT, index=True)


class Grant(SQLModel, table=True):
    """An account has a role at an affiliate, or everywhere (no affiliate)."""

    __tablename__ = "grant"
    __table_args__ = (sa.UniqueConstraint("account_id", "affiliate_id", "role"),)

    id: int = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    affiliate_id: int | None = Field(default=None, foreign_key="affiliate.id")
    role: PermissionRole = Field(sa_type=enum_type(PermissionRole))
    granted_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)


class SharingGrant(SQLModel, table=True):
    """An affiliate shows fields of its records to another, for a purpose, until a day (wmcrm.sharing)."""

    __tablename__ = "sharing_grant"
    __subject__: ClassVar[str] = "from_affiliate_id"
    __table_args__ = (interval_check("since", "until"),)

    id: int = Field(default=None, primary_key=True)
    from_affiliate_id: int = Field(foreign_key="affiliate.id", index=True)
    to_affiliate_id: int = Field(foreign_key="affiliate.id", index=True)
    fields: list[str] = Field(default_factory=list, sa_type=json_type())
    purpose_id: int | None = Field(default=None, foreign_key="purpose.id")
    since: date | None = Field(default=None)
    until: date = Field()
    granted_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    granted_by_id: int | None = Field(default=None, foreign_key="account.id")
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    ended_by_id: int | None = Field(default=None, foreign_key="account.id")


class AccessLogEntry(SQLModel, table=True):
    """Who saw a contact value or a sealed record, or exported what, and for which purpose: ids only."""

    __tablename__ = "access_log_entry"
    __table_args__ = (
        sa.Index("ix_access_log_entry_person_id", "person_id", "id"),
        sa.Index("ix_access_log_entry_account_id", "account_id", "id"),
        sa.Index("ix_access_log_entry_action", "action", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=now_utc, sa_type=MOMENT, index=True)
    account_id: int | None = Field(default=None)
    actor: str = Field(max_length=100)
    action: str = Field(max_length=40)
    person_id: int | None = Field(default=None)
    record_id: int | None = Field(default=None)
    purpose: str | None = Field(default=None, max_length=60)
    channel: str | None = Field(default=None, max_length=20)
    reason: str | None = Field(default=None, max_length=500, repr=False)
    people: int | None = Field(default=None)
