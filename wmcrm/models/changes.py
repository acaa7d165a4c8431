"""The history table: one row for each write about one subject."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wmcrm.db import enum_type, json_type
from wmcrm.db.sessions import Through
from wmcrm.models.base import MOMENT, now_utc


class Change(SQLModel, table=True):
    """Who changed what about a subject, when and through what; only ever appended.

    ``operations`` is a list of ``[table, row id, before, after]``: before is null for a new row, after is
    null for a deleted one, otherwise each holds the columns that changed. ``subject_table`` is ``person``,
    ``event``, ``affiliate``, ...; there is no foreign key, because history outlives its subject.
    """

    __tablename__ = "change"
    __table_args__ = (
        sa.Index("ix_change_subject", "subject_table", "subject_id", "id"),
        sa.Index("ix_change_run_id", "run_id"),
    )

    id: int = Field(default=None, primary_key=True)
    subject_table: str = Field(max_length=60)
    subject_id: int = Field()
    operations: list[list[object]] = Field(default_factory=list, sa_type=json_type(), repr=False)
    at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    account_id: int | None = Field(default=None)
    actor: str = Field(max_length=100)
    through: Through = Field(sa_type=enum_type(Through))
    note: str | None = Field(default=None, max_length=200)
    run_id: int | None = Field(default=None)
    merge_id: int | None = Field(default=None)
    reverts_id: int | None = Field(default=None)
