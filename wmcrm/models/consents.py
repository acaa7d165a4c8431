"""Consent: purposes, notices, the append-only log, its derived state, and the ledger that outlives people."""

from datetime import date, datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wmcrm.db import enum_type, json_type
from wmcrm.models.base import MOMENT, PersonFact, Sourced, now_utc, reference_index, source_index
from wmcrm.models.enums import Channel
from wmcrm.models.kinds import ConsentDecision, ConsentMethod, ConsentStanding, LawfulBasis


class Purpose(SQLModel, table=True):
    """What data may be used for; the register of purposes.

    ``special_categories``: it needs data on health, belief, orientation or politics (Article 9), so that only a
    consent is a ground.
    """

    __tablename__ = "purpose"
    __subject__: ClassVar[str] = "id"

    id: int = Field(default=None, primary_key=True)
    code: str = Field(max_length=60, unique=True)
    description: str = Field(max_length=500)
    default_basis: LawfulBasis = Field(default=LawfulBasis.CONSENT, sa_type=enum_type(LawfulBasis))
    allows_legitimate_interest: bool = Field(default=False)
    special_categories: bool = Field(default=False)
    retention_months: int = Field(default=24)


class PrivacyNotice(SQLModel, table=True):
    """A version of a notice in a language; without wording until somebody supplies it."""

    __tablename__ = "privacy_notice"
    __subject__: ClassVar[str] = "id"
    __table_args__ = (sa.UniqueConstraint("version", "language"),)

    id: int = Field(default=None, primary_key=True)
    version: str = Field(max_length=60)
    language: str = Field(default="und", max_length=35)
    title: str | None = Field(default=None, max_length=300)
    purposes: list[str] = Field(default_factory=list, sa_type=json_type())
    wording: str | None = Field(default=None, sa_type=sa.Text)
    recorded_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)


class ConsentEvent(Sourced, PersonFact, table=True):
    """One decision of one person about one purpose: only ever appended (and re-pointed by a merge)."""

    __tablename__ = "consent_event"
    __subject__: ClassVar[str] = "person_id"
    __table_args__ = (
        source_index("consent_event"),
        reference_index("consent_event", "voids_id"),
        sa.Index("ix_consent_event_person_purpose", "person_id", "purpose_id", "channel"),
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= on_day", name="on_day_valid_until"),
    )

    id: int = Field(default=None, primary_key=True)
    purpose_id: int = Field(foreign_key="purpose.id")
    channel: Channel = Field(default=Channel.ANY, sa_type=enum_type(Channel))
    controller_id: int | None = Field(default=None, foreign_key="affiliate.id")
    decision: ConsentDecision = Field(sa_type=enum_type(ConsentDecision))
    proven: bool = Field(default=True)
    basis: LawfulBasis = Field(default=LawfulBasis.CONSENT, sa_type=enum_type(LawfulBasis))
    notice_id: int | None = Field(default=None, foreign_key="privacy_notice.id")
    method: ConsentMethod = Field(sa_type=enum_type(ConsentMethod))
    evidence: str | None = Field(default=None, max_length=1000, repr=False)
    collector: str | None = Field(default=None, max_length=200, repr=False)
    on_day: date = Field()
    valid_until: date | None = Field(default=None)
    voids_id: int | None = Field(default=None, foreign_key="consent_event.id")


class ConsentState(SQLModel, table=True):
    """What the log comes to for a person, purpose and channel: derived in the same transaction, never edited."""

    __tablename__ = "consent_state"
    __table_args__ = (
        sa.Index("ix_consent_state_purpose", "purpose_id", "channel", "standing"),
        reference_index("consent_state", "event_id"),
    )

    person_id: int = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE")
    purpose_id: int = Field(primary_key=True, foreign_key="purpose.id")
    channel: Channel = Field(primary_key=True, sa_type=enum_type(Channel))
    standing: ConsentStanding = Field(sa_type=enum_type(ConsentStanding))
    since: date | None = Field(default=None)
    valid_until: date | None = Field(default=None)
    event_id: int | None = Field(default=None, foreign_key="consent_event.id", ondelete="SET NULL")


class Suppression(SQLModel, table=True):
    """A keyed hash of an identifier that must not be used again; it outlives the person."""

    __tablename__ = "suppression"
    __table_args__ = (sa.Index("ix_suppression_identifier", "identifier_hash"),)

    id: int = Field(default=None, primary_key=True)
    identifier_hash: str = Field(max_length=64)
    kind: str = Field(max_length=20)
    purpose_id: int | None = Field(default=None, foreign_key="purpose.id")
    since: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    why: str = Field(max_length=60)
    key_id: str | None = Field(default=None, max_length=16)
