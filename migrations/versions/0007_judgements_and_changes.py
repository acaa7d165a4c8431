"""Match keys, candidate pairs, judgements, merges, and the history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.types import JSON

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "match_key",
        sa.Column("hash64", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_match_key_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash64", "kind", "person_id", name=op.f("pk_match_key")),
    )
    op.create_index("ix_match_key_person_id", "match_key", ["person_id"], unique=False)
    op.create_table(
        "candidate_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_a_id", sa.Integer(), nullable=False),
        sa.Column("person_b_id", sa.Integer(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("bits", sa.Float(), nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("model_version", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("person_a_id < person_b_id", name=op.f("ck_candidate_pair_in_order")),
        sa.ForeignKeyConstraint(
            ["person_a_id"], ["person.id"], name=op.f("fk_candidate_pair_person_a_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_b_id"], ["person.id"], name=op.f("fk_candidate_pair_person_b_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_candidate_pair_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_pair")),
        sa.UniqueConstraint("person_a_id", "person_b_id", name=op.f("uq_candidate_pair_person_a_id_person_b_id")),
    )
    op.create_index(op.f("ix_candidate_pair_person_b_id"), "candidate_pair", ["person_b_id"], unique=False)
    op.create_index("ix_candidate_pair_probability", "candidate_pair", ["probability"], unique=False)
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_a_id", sa.Integer(), nullable=False),
        sa.Column("person_b_id", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "same",
                "different",
                "unsure",
                name="ck_judgement_verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.Column("held_apart", sa.Boolean(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("person_a_id < person_b_id", name=op.f("ck_judgement_in_order")),
        sa.ForeignKeyConstraint(["judged_by_id"], ["account.id"], name=op.f("fk_judgement_judged_by_id")),
        sa.ForeignKeyConstraint(
            ["person_a_id"], ["person.id"], name=op.f("fk_judgement_person_a_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_b_id"], ["person.id"], name=op.f("fk_judgement_person_b_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
    )
    op.create_index(op.f("ix_judgement_person_b_id"), "judgement", ["person_b_id"], unique=False)
    op.create_index(
        "uq_judgement_live",
        "judgement",
        ["person_a_id", "person_b_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survivor_id", sa.Integer(), nullable=False),
        sa.Column("absorbed_id", sa.Integer(), nullable=False),
        sa.Column("choices", JSON, nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("survivor_id <> absorbed_id", name=op.f("ck_merge_not_oneself")),
        sa.ForeignKeyConstraint(["absorbed_id"], ["person.id"], name=op.f("fk_merge_absorbed_id")),
        sa.ForeignKeyConstraint(["merged_by_id"], ["account.id"], name=op.f("fk_merge_merged_by_id")),
        sa.ForeignKeyConstraint(["survivor_id"], ["person.id"], name=op.f("fk_merge_survivor_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["account.id"], name=op.f("fk_merge_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    op.create_index(op.f("ix_merge_absorbed_id"), "merge", ["absorbed_id"], unique=False)
    op.create_index(op.f("ix_merge_survivor_id"), "merge", ["survivor_id"], unique=False)
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_table", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("operations", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column(
            "through",
            sa.Enum(
                "screen",
                "command",
                "import",
                "job",
                "self_service",
                name="ck_change_through",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("merge_id", sa.Integer(), nullable=True),
        sa.Column("reverts_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_index("ix_change_run_id", "change", ["run_id"], unique=False)
    op.create_index("ix_change_subject", "change", ["subject_table", "subject_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("change")
    op.drop_table("merge")
    op.drop_table("judgement")
    op.drop_table("candidate_pair")
    op.drop_table("match_key")
