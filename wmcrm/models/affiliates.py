"""Affiliates: organizations with dated names, status and the people in their positions."""

from datetime import date
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from wmcrm.db import enum_type, new_public_id
from wmcrm.models.base import PersonFact, Recorded, Removable, Sourced, interval_check, source_index
from wmcrm.models.enums import AffiliateType, Position, RecognitionStatus


def affiliate_public_id() -> str:
    """A new public id of an affiliate."""
    return new_public_id("a")


class Affiliate(Sourced, Removable, table=True):
    """A chapter, thematic organization, user group, hub, partner or informal group."""

    __tablename__ = "affiliate"
    __subject__: ClassVar[str] = "id"
    __table_args__ = (source_index("affiliate"), sa.Index("ix_affiliate_name_id", "name", "id"))

    id: int = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=affiliate_public_id, max_length=20, unique=True)
    code: str | None = Field(default=None, max_length=60, unique=True)
    name: str = Field(max_length=300)
    affiliate_type: AffiliateType = Field(sa_type=enum_type(AffiliateType))
    country: str | None = Field(default=None, max_length=2, index=True)
    region: str | None = Field(default=None, max_length=60)
    founded_on: date | None = Field(default=None)
    email: str | None = Field(default=None, max_length=320)
    website: str | None = Field(default=None, max_length=400)
    alias: str | None = Field(default=None, max_length=200, repr=False)
    fiscal_sponsor_id: int | None = Field(default=None, foreign_key="affiliate.id")
    source_row_id: int | None = Field(default=None, foreign_key="imported_row.id", index=True, ondelete="SET NULL")
    version: int = Field(default=1)


class AffiliateName(Recorded, Removable, table=True):
    """A name or code that an affiliate had, from a day to a day."""

    __tablename__ = "affiliate_name"
    __subject__: ClassVar[str] = "affiliate_id"
    __table_args__ = (interval_check("since", "until"),)

    id: int = Field(default=None, primary_key=True)
    affiliate_id: int = Field(foreign_key="affiliate.id", index=True)
    name: str = Field(max_length=300)
    code: str | None = Field(default=None, max_length=60)
    language: str | None = Field(default=None, max_length=35)
    since: date | None = Field(default=None)
    until: date | None = Field(default=None)


class AffiliateStatus(Recorded, Removable, table=True):
    """A recognition status that an affiliate had, from a day to a day."""

    __tablename__ = "affiliate_status"
    __subject__: ClassVar[str] = "affiliate_id"
    __table_args__ = (interval_check("since", "until"),)

    id: int = Field(default=None, primary_key=True)
    affiliate_id: int = Field(foreign_key="affiliate.id", index=True)
    status: RecognitionStatus = Field(sa_type=enum_type(RecognitionStatus))
    affiliate_type: AffiliateType | None = Field(default=None, sa_type=enum_type(AffiliateType))
    since: date | None = Field(default=None)
    until: date | None = Field(default=None)


class Membership(Sourced, PersonFact, table=True):
    """A person holds a position at an affiliate, ``[since, until)``; dates alone say what is current."""

    __tablename__ = "membership"
    __subject__: ClassVar[str] = "person_id"
    __table_args__ = (source_index("membership"), interval_check("since", "until"))

    id: int = Field(default=None, primary_key=True)
    affiliate_id: int = Field(foreign_key="affiliate.id", index=True)
    position: Position = Field(sa_type=enum_type(Position))
    title: str | None = Field(default=None, max_length=200)
    since: date | None = Field(default=None)
    until: date | None = Field(default=None)
    is_public: bool = Field(default=False)
    verified_on: date | None = Field(default=None)
    version: int = Field(default=1)
