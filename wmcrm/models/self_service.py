"""What people do about themselves without an account: one-time links, letters to them, what they ask of stewards."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wmcrm.db import enum_type, new_public_id
from wmcrm.models.base import MOMENT, now_utc, reference_index
from wmcrm.models.enums import Channel
from wmcrm.models.kinds import LetterKind, LetterState, LinkKind, RequestAnswer, RequestKind


class SelfServiceLink(SQLModel, table=True):
    """A link that one person may use once: only the hash of its secret is kept, and of the visit it opened."""

    __tablename__ = "self_service_link"
    __table_args__ = (reference_index("self_service_link", "contact_point_id"),)

    id: int = Field(default=None, primary_key=True)
    kind: LinkKind = Field(sa_type=enum_type(LinkKind))
    secret_hash: str = Field(max_length=64, unique=True, repr=False)
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    contact_point_id: int | None = Field(default=None, foreign_key="contact_point.id", ondelete="CASCADE")
    purpose_id: int | None = Field(default=None, foreign_key="purpose.id")
    channel: Channel | None = Field(default=None, sa_type=enum_type(Channel))
    notice_id: int | None = Field(default=None, foreign_key="privacy_notice.id")
    made_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    expires_at: datetime = Field(sa_type=MOMENT, index=True)
    used_at: datetime | None = Field(default=None, sa_type=MOMENT)
    visit_hash: str | None = Field(default=None, max_length=64, unique=True, repr=False)
    visit_until: datetime | None = Field(default=None, sa_type=MOMENT)


class Letter(SQLModel, table=True):
    """A message that was decided on: to which contact point (or account), about what.

    The address is looked up when it is sent. Letters to an account tell of a request about the person.
    """

    __tablename__ = "letter"
    __table_args__ = (
        sa.Index("ix_letter_state", "state", "next_try_at"),
        sa.Index("ix_letter_listed", "state", "id"),
        reference_index("letter", "contact_point_id"),
        reference_index("letter", "request_id"),
    )

    id: int = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=lambda: new_public_id("m"), max_length=20, unique=True)
    kind: LetterKind = Field(sa_type=enum_type(LetterKind))
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    contact_point_id: int | None = Field(default=None, foreign_key="contact_point.id", ondelete="CASCADE")
    recipient_id: int | None = Field(default=None, foreign_key="account.id", ondelete="CASCADE")
    request_id: int | None = Field(default=None, foreign_key="contact_request.id", ondelete="CASCADE")
    purpose_id: int | None = Field(default=None, foreign_key="purpose.id")
    channel: Channel | None = Field(default=None, sa_type=enum_type(Channel))
    notice_id: int | None = Field(default=None, foreign_key="privacy_notice.id")
    language: str = Field(max_length=35)
    state: LetterState = Field(default=LetterState.WAITING, sa_type=enum_type(LetterState))
    queued_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    next_try_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    tries: int = Field(default=0)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    why: str | None = Field(default=None, max_length=40)


class RightsRequest(SQLModel, table=True):
    """Something a person asks of the stewards, with a day by which they are owed an answer."""

    __tablename__ = "rights_request"

    id: int = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=lambda: new_public_id("q"), max_length=20, unique=True)
    kind: RequestKind = Field(sa_type=enum_type(RequestKind))
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    filed_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    due_on: date = Field()
    answered_at: datetime | None = Field(default=None, sa_type=MOMENT)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    answer: RequestAnswer | None = Field(default=None, sa_type=enum_type(RequestAnswer))
