"""Whom a scan for duplicates has seen, and whether something was written of them since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scan_mark",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("scanned", sa.Integer(), nullable=False),
        sa.Column("hash64", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_scan_mark_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_scan_mark")),
    )
    op.execute("INSERT INTO scan_mark (person_id, stamp, scanned, hash64) SELECT id, 0, -1, 0 FROM person")


def downgrade() -> None:
    op.drop_table("scan_mark")
