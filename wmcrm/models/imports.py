"""Imports: runs, the ledger of their rows, remembered mappings, stored files, jobs."""

from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wmcrm.db import enum_type, json_type, new_public_id
from wmcrm.models.base import MOMENT, now_utc
from wmcrm.models.kinds import ImportKind, ImportState, JobState, Outcome, RowKind


def later_key(column: str, table: str) -> sa.Column[int]:
    """An indexed key to a table that itself points back here: its constraint is added after both exist."""
    key = sa.ForeignKey(f"{table}.id", ondelete="SET NULL", use_alter=True)
    return sa.Column(column, sa.Integer, key, nullable=True, index=True)


class StoredFile(SQLModel, table=True):
    """Bytes kept in the database until they expire; erased and backed up with it."""

    __tablename__ = "stored_file"

    id: int = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=lambda: new_public_id("f"), max_length=20, unique=True)
    content_hash: str = Field(max_length=64, index=True)
    content: bytes = Field(sa_type=sa.LargeBinary, repr=False)
    size: int = Field(default=0)
    holder_affiliate_id: int | None = Field(default=None, sa_column=later_key("holder_affiliate_id", "affiliate"))
    purpose: str = Field(max_length=60)
    stored_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    stored_by_id: int | None = Field(default=None, foreign_key="account.id")
    expires_at: datetime | None = Field(default=None, sa_type=MOMENT, index=True)


class ImportRun(SQLModel, table=True):
    """One import of one file: what it was, how it was read, what it did."""

    __tablename__ = "import_run"
    __table_args__ = (sa.Index("ix_import_run_file_hash", "file_hash", "kind"),)

    id: int = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=lambda: new_public_id("r"), max_length=20, unique=True)
    kind: ImportKind = Field(sa_type=enum_type(ImportKind))
    state: ImportState = Field(default=ImportState.PLANNED, sa_type=enum_type(ImportState))
    file_hash: str = Field(max_length=64)
    source: str = Field(default="file", max_length=60)
    event_id: int | None = Field(default=None, sa_column=later_key("event_id", "event"))
    holder_affiliate_id: int | None = Field(default=None, sa_column=later_key("holder_affiliate_id", "affiliate"))
    stored_file_id: int | None = Field(default=None, foreign_key="stored_file.id", ondelete="SET NULL")
    mapping: list[dict[str, object]] = Field(default_factory=list, sa_type=json_type())
    options: dict[str, object] = Field(default_factory=dict, sa_type=json_type())
    decisions: dict[str, object] = Field(default_factory=dict, sa_type=json_type())
    counts: dict[str, int] = Field(default_factory=dict, sa_type=json_type())
    plan_fingerprint: str | None = Field(default=None, max_length=64)
    created_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    created_by_id: int | None = Field(default=None, foreign_key="account.id")
    applied_at: datetime | None = Field(default=None, sa_type=MOMENT)
    undone_at: datetime | None = Field(default=None, sa_type=MOMENT)
    undone_by_id: int | None = Field(default=None, foreign_key="account.id")
    cells_expired_at: datetime | None = Field(default=None, sa_type=MOMENT)


class ImportedRow(SQLModel, table=True):
    """The ledger: what a row of a sheet was and what became of it. Cells go when they expire."""

    __tablename__ = "imported_row"
    __table_args__ = (sa.UniqueConstraint("run_id", "row_number"),)

    id: int = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="import_run.id", index=True, ondelete="CASCADE")
    row_number: int = Field()
    kind: RowKind = Field(sa_type=enum_type(RowKind))
    outcome: Outcome | None = Field(default=None, sa_type=enum_type(Outcome))
    fingerprint: str = Field(default="", max_length=64)
    person_id: int | None = Field(default=None, sa_column=later_key("person_id", "person"))
    external_id: str | None = Field(default=None, max_length=200)
    matched_by: str | None = Field(default=None, max_length=60)
    candidates: list[int] | None = Field(default=None, sa_type=json_type())
    cells: list[str] | None = Field(default=None, sa_type=json_type(), repr=False)
    reading: dict[str, object] | None = Field(default=None, sa_type=json_type(), repr=False)
    issues: list[dict[str, object]] | None = Field(default=None, sa_type=json_type(), repr=False)


class SavedMapping(SQLModel, table=True):
    """A mapping that a person confirmed for a set of headers; the newest version counts."""

    __tablename__ = "saved_mapping"
    __table_args__ = (sa.UniqueConstraint("header_key", "holder_affiliate_id", "version"),)

    id: int = Field(default=None, primary_key=True)
    header_key: str = Field(max_length=64, index=True)
    holder_affiliate_id: int | None = Field(default=None, foreign_key="affiliate.id")
    version: int = Field(default=1)
    mapping: list[dict[str, object]] = Field(default_factory=list, sa_type=json_type())
    saved_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    saved_by_id: int | None = Field(default=None, foreign_key="account.id")


class Job(SQLModel, table=True):
    """Work that goes on in the background: enqueued in the transaction that asks for it."""

    __tablename__ = "job"
    __table_args__ = (sa.Index("ix_job_state_id", "state", "id"),)
    __subject__: ClassVar[str] = ""

    id: int = Field(default=None, primary_key=True)
    kind: str = Field(max_length=60)
    subject_id: int | None = Field(default=None)
    arguments: dict[str, object] = Field(default_factory=dict, sa_type=json_type())
    state: JobState = Field(default=JobState.WAITING, sa_type=enum_type(JobState))
    leased_until: datetime | None = Field(default=None, sa_type=MOMENT)
    leased_by: str | None = Field(default=None, max_length=100)
    done_units: int = Field(default=0)
    total_units: int = Field(default=0)
    attempts: int = Field(default=0)
    message: str | None = Field(default=None, max_length=500)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    created_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    finished_at: datetime | None = Field(default=None, sa_type=MOMENT)
