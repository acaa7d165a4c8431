"""Answers to questions of sign-up sheets, their figures; the access log found by account and by action."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signup_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("wording", sa.String(length=500), nullable=False),
        sa.Column("purpose_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("summed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_signup_question_event_id")),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_signup_question_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_signup_question_purpose_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup_question")),
    )
    op.create_index("ix_signup_question_event_id", "signup_question", ["event_id"])
    op.create_index("ix_signup_question_holder_affiliate_id", "signup_question", ["holder_affiliate_id"])
    op.create_table(
        "answer_aggregate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("option", sa.String(length=300), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["signup_question.id"],
            name=op.f("fk_answer_aggregate_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_aggregate")),
        sa.UniqueConstraint("question_id", "option", name=op.f("uq_answer_aggregate_question_id_option")),
    )
    _create_answers()
    op.create_index("ix_access_log_entry_account_id", "access_log_entry", ["account_id", "id"])
    op.create_index("ix_access_log_entry_action", "access_log_entry", ["action", "id"])


def _create_answers() -> None:
    references = {
        "holder_affiliate_id": ("affiliate", None),
        "person_id": ("person", None),
        "question_id": ("signup_question", "CASCADE"),
        "recorded_by_id": ("account", None),
        "recorded_for_id": ("person", None),
        "removed_by_id": ("account", None),
        "source_row_id": ("imported_row", "SET NULL"),
    }
    op.create_table(
        "signup_answer",
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("recorded_for_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_signup_answer_{column}"), ondelete=gone)
            for column, (table, gone) in references.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup_answer")),
    )
    for column in ("holder_affiliate_id", "person_id", "recorded_for_id", "source_row_id"):
        op.create_index(f"ix_signup_answer_{column}", "signup_answer", [column])
    op.create_index("uq_signup_answer_question_id", "signup_answer", ["question_id", "recorded_for_id"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_access_log_entry_action", table_name="access_log_entry")
    op.drop_index("ix_access_log_entry_account_id", table_name="access_log_entry")
    for table in ("signup_answer", "answer_aggregate", "signup_question"):
        op.drop_table(table)
