"""Same or not: keys to look people up, candidate pairs, what people decided, merges."""

from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wmcrm.db import enum_type, json_type
from wmcrm.models.base import MOMENT, now_utc, reference_index
from wmcrm.models.kinds import Verdict


class MatchKey(SQLModel, table=True):
    """A blocking key of a person (wmcrm.matching.profile_keys), kept on every write.

    Country and city (folded; empty where unknown) are the person's: what a crowd shares counts only near by.
    """

    __tablename__ = "match_key"
    __table_args__ = (sa.Index("ix_match_key_person_id", "person_id"), {"sqlite_with_rowid": False})

    hash64: int = Field(primary_key=True, sa_type=sa.BigInteger)
    kind: int = Field(primary_key=True)
    country: str = Field(primary_key=True, default="", max_length=2)
    city: str = Field(primary_key=True, default="", max_length=200)
    person_id: int = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE")


class ScanMark(SQLModel, table=True):
    """Whether a scan for duplicates has seen a person as they are: ``stamp`` counts what is written of them.

    ``scanned`` is the stamp at which a scan last saw them, ``hash64`` a hash of what it compared (0: nothing).
    """

    __tablename__ = "scan_mark"

    person_id: int = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE")
    stamp: int = Field(default=0)
    scanned: int = Field(default=-1)
    hash64: int = Field(default=0, sa_type=sa.BigInteger)


class CandidatePair(SQLModel, table=True):
    """Two people who may be one, as a model of a version scored them; lower id first.

    ``strict`` says whether the strict rule linked them when a scan looked; nothing where none did.
    """

    __tablename__ = "candidate_pair"
    __table_args__ = (
        sa.CheckConstraint("person_a_id < person_b_id", name="in_order"),
        sa.UniqueConstraint("person_a_id", "person_b_id"),
        sa.Index("ix_candidate_pair_probability", "probability"),
        reference_index("candidate_pair", "source_row_id"),
    )

    id: int = Field(default=None, primary_key=True)
    person_a_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    person_b_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    probability: float = Field()
    bits: float = Field(default=0.0)
    reasons: list[dict[str, object]] = Field(default_factory=list, sa_type=json_type(), repr=False)
    model_version: str = Field(max_length=40)
    fingerprint: str = Field(default="", max_length=64)
    found_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    source_row_id: int | None = Field(default=None, foreign_key="imported_row.id", ondelete="SET NULL")
    strict: bool | None = Field(default=None)


class Judgement(SQLModel, table=True):
    """What a person said of two records, with a fingerprint of what was compared; lower id first."""

    __tablename__ = "judgement"
    __table_args__ = (
        sa.CheckConstraint("person_a_id < person_b_id", name="in_order"),
        sa.Index(
            "uq_judgement_live",
            "person_a_id",
            "person_b_id",
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    person_a_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    person_b_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    verdict: Verdict = Field(sa_type=enum_type(Verdict))
    fingerprint: str = Field(default="", max_length=64)
    probability: float | None = Field(default=None)
    held_apart: bool = Field(default=False)
    judged_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    judged_by_id: int | None = Field(default=None, foreign_key="account.id")
    revoked_at: datetime | None = Field(default=None, sa_type=MOMENT)


class Merge(SQLModel, table=True):
    """Two records became one; what was chosen and changed, so that it can be undone."""

    __tablename__ = "merge"
    __table_args__ = (sa.CheckConstraint("survivor_id <> absorbed_id", name="not_oneself"),)
    __subject__: ClassVar[str] = "survivor_id"

    id: int = Field(default=None, primary_key=True)
    survivor_id: int = Field(foreign_key="person.id", index=True)
    absorbed_id: int = Field(foreign_key="person.id", index=True)
    choices: dict[str, object] = Field(default_factory=dict, sa_type=json_type(), repr=False)
    merged_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    merged_by_id: int | None = Field(default=None, foreign_key="account.id")
    undone_at: datetime | None = Field(default=None, sa_type=MOMENT)
    undone_by_id: int | None = Field(default=None, foreign_key="account.id")
