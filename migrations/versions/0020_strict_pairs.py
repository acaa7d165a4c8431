"""Which candidate pairs the strict rule links: the page of certain pairs need not compare all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("candidate_pair", sa.Column("strict", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("candidate_pair", "strict")
