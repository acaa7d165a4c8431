"""The purposes that ship with wmcrm, with their default basis and retention."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# code, description, default basis, allows legitimate interest, retention in months
PURPOSES = (
    ("event_logistics", "Run the event you signed up for: place, time, access, changes", "contract", False, 6),
    ("event_follow_up", "Write to you after an event: materials, thanks, the next event", "consent", False, 24),
    ("organizer_recruitment", "Ask you whether you want to help organize", "consent", False, 24),
    ("newsletter", "Send you a newsletter", "consent", False, 24),
    ("programme_evaluation", "Learn from you how a programme went", "consent", True, 24),
    ("path_reporting", "Count, from facts, how people become organizers", "legitimate_interest", True, 36),
    ("directory_public", "Show you in the public directory", "consent", False, 24),
    ("directory_members", "Show you to other affiliates in the members' directory", "consent", False, 24),
    ("photo_recording", "Publish photos and recordings that show you", "consent", False, 24),
    ("research_survey", "Invite you to surveys and interviews", "consent", False, 24),
    ("grant_reporting", "Report to a funder how many people took part", "legal_obligation", False, 84),
    ("strategy_outreach", "Write to you about the movement strategy", "consent", False, 24),
)


def upgrade() -> None:
    purpose = sa.table(
        "purpose",
        sa.column("code", sa.String),
        sa.column("description", sa.String),
        sa.column("default_basis", sa.String),
        sa.column("allows_legitimate_interest", sa.Boolean),
        sa.column("retention_months", sa.Integer),
    )
    columns = ("code", "description", "default_basis", "allows_legitimate_interest", "retention_months")
    known = set(op.get_bind().execute(sa.select(purpose.c.code)).scalars())
    op.bulk_insert(purpose, [dict(zip(columns, row, strict=True)) for row in PURPOSES if row[0] not in known])


def downgrade() -> None:
    """Nothing: the rows may be in use; they go with their table."""
