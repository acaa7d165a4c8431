"""What protects people: restrictions, who received what, sealed records and their keys, retention rules."""

from datetime import date, datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wmcrm.db import enum_type, json_type, new_public_id
from wmcrm.models.base import MOMENT, PersonFact, interval_check, now_utc
from wmcrm.models.enums import Channel
from wmcrm.models.kinds import LawfulBasis, RestrictionGround


class Restriction(PersonFact, table=True):
    """Processing of a person's data is restricted, ``[since, until)``: stored, and nothing else (Article 18)."""

    __tablename__ = "restriction"
    __subject__: ClassVar[str] = "person_id"
    __table_args__ = (interval_check("since", "until"),)

    id: int = Field(default=None, primary_key=True)
    ground: RestrictionGround = Field(sa_type=enum_type(RestrictionGround))
    since: date = Field()
    until: date | None = Field(default=None)


class Disclosure(SQLModel, table=True):
    """The contact value of a person went out in one act of the access log; goes with it."""

    __tablename__ = "disclosure"

    entry_id: int = Field(primary_key=True, foreign_key="access_log_entry.id", ondelete="CASCADE")
    person_id: int = Field(primary_key=True, foreign_key="person.id", index=True, ondelete="CASCADE")


class ExportedList(SQLModel, table=True):
    """A list of people prepared for one purpose, checked again whenever it is opened, useless after its day."""

    __tablename__ = "exported_list"

    id: int = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=lambda: new_public_id("l"), max_length=20, unique=True)
    purpose_id: int = Field(foreign_key="purpose.id")
    channel: Channel = Field(sa_type=enum_type(Channel))
    reason: str = Field(max_length=500, repr=False)
    prepared_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    actor: str = Field(max_length=100)
    use_by: date = Field(index=True)
    opened: int = Field(default=0)


class ExportedListPerson(SQLModel, table=True):
    """A person on a prepared list: the id only, values are looked up when it is opened."""

    __tablename__ = "exported_list_person"

    list_id: int = Field(primary_key=True, foreign_key="exported_list.id", ondelete="CASCADE")
    person_id: int = Field(primary_key=True, foreign_key="person.id", index=True, ondelete="CASCADE")


class OptInInvitation(SQLModel, table=True):
    """The one message that an unproven claim allows: please confirm (double opt-in)."""

    __tablename__ = "opt_in_invitation"

    person_id: int = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE")
    purpose_id: int = Field(primary_key=True, foreign_key="purpose.id")
    channel: Channel = Field(primary_key=True, sa_type=enum_type(Channel))
    sent_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)


class StewardKey(SQLModel, table=True):
    """The public age key of a steward who may open sealed records; the secret half is never stored here."""

    __tablename__ = "steward_key"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=100, unique=True)
    recipient: str = Field(max_length=200, unique=True)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    added_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    retired_at: datetime | None = Field(default=None, sa_type=MOMENT)


class SealedKey(SQLModel, table=True):
    """The data key of a sealed person, wrapped for one steward."""

    __tablename__ = "sealed_key"
    __table_args__ = (sa.UniqueConstraint("person_id", "steward_id"),)

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    steward_id: int = Field(foreign_key="steward_key.id")
    key_id: str = Field(max_length=16)
    wrapped: bytes = Field(sa_type=sa.LargeBinary, repr=False)
    made_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)


class SealedValue(SQLModel, table=True):
    """A row or a column of a sealed person, encrypted: version, key id, nonce, ciphertext."""

    __tablename__ = "sealed_value"
    __table_args__ = (sa.UniqueConstraint("person_id", "table_name", "row_id", "column_name"),)

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    table_name: str = Field(max_length=60)
    column_name: str = Field(max_length=60)
    row_id: int = Field()
    record: bytes = Field(sa_type=sa.LargeBinary, repr=False)


class BlindIndex(SQLModel, table=True):
    """A keyed hash by which a sheet finds a sealed person again, without anybody reading the identifier."""

    __tablename__ = "blind_index"
    __table_args__ = (sa.Index("ix_blind_index_digest", "digest"),)

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    kind: str = Field(max_length=20)
    digest: bytes = Field(sa_type=sa.LargeBinary, repr=False)
    key_id: str = Field(max_length=16)


class SealedHit(SQLModel, table=True):
    """A record came in that has an identifier of a sealed person: for the stewards, nobody else sees it."""

    __tablename__ = "sealed_hit"
    __table_args__ = (sa.UniqueConstraint("person_id", "found_id"),)

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    found_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    found_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    answered_at: datetime | None = Field(default=None, sa_type=MOMENT)


class RetentionRule(SQLModel, table=True):
    """How long a kind of data is kept; the operator may change the number, wmcrm.privacy knows the kinds."""

    __tablename__ = "retention_rule"

    id: int = Field(default=None, primary_key=True)
    code: str = Field(max_length=60, unique=True)
    description: str = Field(max_length=500)
    days: int | None = Field(default=None)
    months: int | None = Field(default=None)


class PurgeRun(SQLModel, table=True):
    """A purge that was applied: the day it took for today, and how many rows went by rule."""

    __tablename__ = "purge_run"

    id: int = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    today: date = Field()
    actor: str = Field(max_length=100)
    counts: dict[str, int] = Field(default_factory=dict, sa_type=json_type())


class ProcessingActivity(SQLModel, table=True):
    """A line of the record of processing activities (Article 30)."""

    __tablename__ = "processing_activity"

    id: int = Field(default=None, primary_key=True)
    code: str = Field(max_length=60, unique=True)
    purpose: str = Field(max_length=500)
    basis: LawfulBasis = Field(sa_type=enum_type(LawfulBasis))
    people: str = Field(max_length=500)
    data: str = Field(max_length=500)
    recipients: str = Field(max_length=500)
    transfers: str = Field(default="", max_length=500)
    retention: str = Field(max_length=500)
    security: str = Field(max_length=500)
