"""The list of people is read from an index in its order: one over the status alone left everybody to be sorted."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_person_listed", "person", ["status", "sort_name", "id"])
    op.drop_index("ix_person_status", table_name="person")


def downgrade() -> None:
    op.create_index("ix_person_status", "person", ["status"])
    op.drop_index("ix_person_listed", table_name="person")
