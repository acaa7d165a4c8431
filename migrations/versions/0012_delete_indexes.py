"""Indexes over references: without them each deletion of a person scanned whole tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# References that few rows have: only those rows are indexed.
RARE = (
    ("participation", "confirmed_by_id"),
    ("participation", "session_id"),
    ("consent_event", "voids_id"),
    ("consent_state", "event_id"),
    ("candidate_pair", "source_row_id"),
)


def upgrade() -> None:
    for table, column in RARE:
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=where, postgresql_where=where)
    op.create_index("ix_judgement_person_a_id", "judgement", ["person_a_id"])


def downgrade() -> None:
    op.drop_index("ix_judgement_person_a_id", table_name="judgement")
    for table, column in reversed(RARE):
        op.drop_index(f"ix_{table}_{column}", table_name=table)
