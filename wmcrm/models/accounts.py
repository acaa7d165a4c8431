"""Accounts of the admin, what they were granted, what affiliates share, who saw what."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wmcrm.db import enum_type, json_type
from wmcrm.models.base import MOMENT, interval_check, now_utc
from wmcrm.models.kinds import PermissionRole


class Account(SQLModel, table=True):
    """Somebody who may sign in to the admin; by invitation only."""

    __tablename__ = "account"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=100, unique=True)
    email: str | None = Field(default=None, max_length=320, repr=False)
    password_hash: str | None = Field(default=None, max_length=300, repr=False)
    fs_uniquifier: str = Field(max_length=64, unique=True, repr=False)
    active: bool = Field(default=True)
    locale: str | None = Field(default=None, max_length=20)
    shortcuts: bool = Field(default=True)
    totp_secret: str | None = Field(default=None, max_length=300, repr=False)
    created_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    last_sign_in_at: datetime | None = Field(default=None, sa_type=MOMENT)


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
    """An affiliate shows fields of its records to another, for a purpose, until a day."""

    __tablename__ = "sharing_grant"
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


class AccessLogEntry(SQLModel, table=True):
    """Who saw a contact value or a sealed record, or exported what, and for which purpose: ids only."""

    __tablename__ = "access_log_entry"
    __table_args__ = (sa.Index("ix_access_log_entry_person_id", "person_id", "id"),)

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
