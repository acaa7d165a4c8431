"""An index over the participations that merges united: their recorders see what became of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("superseded_by_id IS NOT NULL")
    op.create_index(
        "ix_participation_superseded_by_id",
        "participation",
        ["superseded_by_id"],
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    op.drop_index("ix_participation_superseded_by_id", table_name="participation")
