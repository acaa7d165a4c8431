"""The list of letters is read newest first within a state: an index of both, so that no state has to be sorted."""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_letter_listed", "letter", ["state", "id"])


def downgrade() -> None:
    op.drop_index("ix_letter_listed", table_name="letter")
