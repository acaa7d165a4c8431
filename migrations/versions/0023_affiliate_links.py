"""Organizations linked as one, so that it can be undone, and those that somebody said are two."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.types import JSON

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "affiliate_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("former_id", sa.Integer(), nullable=False),
        sa.Column("current_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("rows", JSON, nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("former_id <> current_id", name=op.f("ck_affiliate_link_not_oneself")),
        sa.ForeignKeyConstraint(["current_id"], ["affiliate.id"], name=op.f("fk_affiliate_link_current_id")),
        sa.ForeignKeyConstraint(["former_id"], ["affiliate.id"], name=op.f("fk_affiliate_link_former_id")),
        sa.ForeignKeyConstraint(["linked_by_id"], ["account.id"], name=op.f("fk_affiliate_link_linked_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["account.id"], name=op.f("fk_affiliate_link_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliate_link")),
    )
    op.create_index(op.f("ix_affiliate_link_current_id"), "affiliate_link", ["current_id"], unique=False)
    op.create_index(op.f("ix_affiliate_link_former_id"), "affiliate_link", ["former_id"], unique=False)
    _unique_where("uq_affiliate_link_standing", "affiliate_link", ["former_id"], "undone_at IS NULL")
    op.create_table(
        "affiliate_judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("affiliate_a_id", sa.Integer(), nullable=False),
        sa.Column("affiliate_b_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("affiliate_a_id < affiliate_b_id", name=op.f("ck_affiliate_judgement_in_order")),
        sa.ForeignKeyConstraint(
            ["affiliate_a_id"], ["affiliate.id"], name=op.f("fk_affiliate_judgement_affiliate_a_id")
        ),
        sa.ForeignKeyConstraint(
            ["affiliate_b_id"], ["affiliate.id"], name=op.f("fk_affiliate_judgement_affiliate_b_id")
        ),
        sa.ForeignKeyConstraint(["judged_by_id"], ["account.id"], name=op.f("fk_affiliate_judgement_judged_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliate_judgement")),
    )
    for column in ("affiliate_a_id", "affiliate_b_id"):
        op.create_index(op.f(f"ix_affiliate_judgement_{column}"), "affiliate_judgement", [column], unique=False)
    pair = ["affiliate_a_id", "affiliate_b_id"]
    _unique_where("uq_affiliate_judgement_live", "affiliate_judgement", pair, "revoked_at IS NULL")


def downgrade() -> None:
    op.drop_table("affiliate_judgement")
    op.drop_table("affiliate_link")


def _unique_where(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=condition, postgresql_where=condition)
