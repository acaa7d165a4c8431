"""Affiliates: organizations with dated names, status and the people in their positions."""

from datetime import date, datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wmcrm.db import enum_type, json_type, new_public_id
from wmcrm.models.base import (
    MOMENT,
    PersonFact,
    Recorded,
    Removable,
    Sourced,
    interval_check,
    now_utc,
    source_index,
    unique_where,
)
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


class AffiliateLink(SQLModel, table=True):
    """One organization is, from a day on, what another was; with the ids of the rows that this moved and made.

    ``rows`` says for ``moved``, ``made`` and ``set_aside`` which rows of which table, so that it can be undone.
    """

    __tablename__ = "affiliate_link"
    __subject__: ClassVar[str] = "current_id"
    __table_args__ = (
        sa.CheckConstraint("former_id <> current_id", name="not_oneself"),
        unique_where("uq_affiliate_link_standing", "former_id", where="undone_at IS NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    former_id: int = Field(foreign_key="affiliate.id", index=True)
    current_id: int = Field(foreign_key="affiliate.id", index=True)
    since: date = Field()
    rows: dict[str, dict[str, list[int]]] = Field(default_factory=dict, sa_type=json_type(), repr=False)
    linked_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    linked_by_id: int | None = Field(default=None, foreign_key="account.id")
    undone_at: datetime | None = Field(default=None, sa_type=MOMENT)
    undone_by_id: int | None = Field(default=None, foreign_key="account.id")


class AffiliateJudgement(SQLModel, table=True):
    """Somebody said that two organizations are two, with a fingerprint of their names and codes; lower id first."""

    __tablename__ = "affiliate_judgement"
    __table_args__ = (
        sa.CheckConstraint("affiliate_a_id < affiliate_b_id", name="in_order"),
        unique_where("uq_affiliate_judgement_live", "affiliate_a_id", "affiliate_b_id", where="revoked_at IS NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    affiliate_a_id: int = Field(foreign_key="affiliate.id", index=True)
    affiliate_b_id: int = Field(foreign_key="affiliate.id", index=True)
    fingerprint: str = Field(max_length=64)
    judged_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    judged_by_id: int | None = Field(default=None, foreign_key="account.id")
    revoked_at: datetime | None = Field(default=None, sa_type=MOMENT)
