"""What people ask somebody through the affiliate that holds the record: the address stays there."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wmcrm.db import enum_type, new_public_id
from wmcrm.models.base import MOMENT, now_utc
from wmcrm.models.kinds import ContactRequestState


class ContactRequest(SQLModel, table=True):
    """An account asks an affiliate to pass a message on to a person whom it holds."""

    __tablename__ = "contact_request"
    __table_args__ = (sa.Index("ix_contact_request_state", "affiliate_id", "state"),)

    id: int = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=lambda: new_public_id("k"), max_length=20, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    affiliate_id: int = Field(foreign_key="affiliate.id")
    purpose_id: int = Field(foreign_key="purpose.id")
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    actor: str = Field(max_length=100)
    reason: str = Field(max_length=500, repr=False)
    message: str = Field(max_length=2000, repr=False)
    asked_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    state: ContactRequestState = Field(
        default=ContactRequestState.WAITING, sa_type=enum_type(ContactRequestState, "state")
    )
    note: str | None = Field(default=None, max_length=500, repr=False)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    ended_by_id: int | None = Field(default=None, foreign_key="account.id")
