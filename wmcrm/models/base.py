"""What the tables share: the metadata, the columns of every fact, the columns of removal."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wmcrm.db import UtcDateTime

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata

MOMENT: type[UtcDateTime] = UtcDateTime


def now_utc() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


class Recorded(SQLModel):
    """When, by whom and for which affiliate a row was recorded, and from which row of which sheet."""

    holder_affiliate_id: int | None = Field(default=None, foreign_key="affiliate.id", index=True)
    recorded_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    recorded_by_id: int | None = Field(default=None, foreign_key="account.id")
    source_row_id: int | None = Field(default=None, foreign_key="imported_row.id", index=True, ondelete="SET NULL")


class Removable(SQLModel):
    """A row that staff can remove and bring back, or that a merge replaced by another; live = none of these."""

    removed_at: datetime | None = Field(default=None, sa_type=MOMENT)
    removed_by_id: int | None = Field(default=None, foreign_key="account.id")
    superseded_by_id: int | None = Field(default=None)


class PersonFact(Recorded, Removable):
    """A fact about a person: it belongs to ``person_id``; it was recorded for ``recorded_for_id``.

    A merge re-points ``person_id``; ``recorded_for_id`` never changes, so that unmerging finds its way back.
    """

    person_id: int = Field(foreign_key="person.id", index=True)
    recorded_for_id: int = Field(foreign_key="person.id", index=True)


class Sourced(SQLModel):
    """A row that a file brought: its id there, unique with the name of the source."""

    source: str | None = Field(default=None, max_length=60)
    external_id: str | None = Field(default=None, max_length=200)


def interval_check(since: str, until: str) -> sa.CheckConstraint:
    """A half-open interval is in order: ``since`` before ``until`` wherever both are known."""
    return sa.CheckConstraint(f"{since} IS NULL OR {until} IS NULL OR {since} < {until}", name=f"{since}_{until}")


def unique_where(name: str, *columns: str, where: str) -> sa.Index:
    """A unique index over the rows that fulfil ``where``, the same on both databases."""
    return sa.Index(name, *columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def reference_index(table: str, column: str) -> sa.Index:
    """An index over a reference that few rows have: with it a deletion of what is referred to need not scan."""
    where = sa.text(f"{column} IS NOT NULL")
    return sa.Index(f"ix_{table}_{column}", column, sqlite_where=where, postgresql_where=where)


def source_index(table: str) -> sa.Index:
    """External ids are unique within their source."""
    return unique_where(f"uq_{table}_source_external_id", "source", "external_id", where="external_id IS NOT NULL")


LIVE = "removed_at IS NULL AND superseded_by_id IS NULL"
