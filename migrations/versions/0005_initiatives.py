"""Recommendations, initiatives, involvements, skills and mentoring."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.types import JSON

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recommendation",
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_recommendation_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_recommendation_recorded_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_recommendation_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint("number", name=op.f("uq_recommendation_number")),
    )
    op.create_index(
        op.f("ix_recommendation_holder_affiliate_id"), "recommendation", ["holder_affiliate_id"], unique=False
    )
    op.create_index(op.f("ix_recommendation_source_row_id"), "recommendation", ["source_row_id"], unique=False)
    op.create_table(
        "initiative",
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("aliases", JSON, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "active",
                "on_hold",
                "abandoned",
                "done",
                name="ck_initiative_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_initiative_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["initiative.id"], name=op.f("fk_initiative_parent_id")),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_initiative_recommendation_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_initiative_recorded_by_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_initiative_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_initiative_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative")),
        sa.UniqueConstraint("number", name=op.f("uq_initiative_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_initiative_public_id")),
    )
    op.create_index(op.f("ix_initiative_holder_affiliate_id"), "initiative", ["holder_affiliate_id"], unique=False)
    op.create_index(op.f("ix_initiative_parent_id"), "initiative", ["parent_id"], unique=False)
    op.create_index(op.f("ix_initiative_recommendation_id"), "initiative", ["recommendation_id"], unique=False)
    op.create_index(op.f("ix_initiative_source_row_id"), "initiative", ["source_row_id"], unique=False)
    op.create_table(
        "involvement",
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("recorded_for_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "leading",
                "working",
                "interested",
                "advising",
                "steward",
                name="ck_involvement_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("since IS NULL OR until IS NULL OR since < until", name=op.f("ck_involvement_since_until")),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_involvement_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_involvement_initiative_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_involvement_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_involvement_recorded_by_id")),
        sa.ForeignKeyConstraint(["recorded_for_id"], ["person.id"], name=op.f("fk_involvement_recorded_for_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_involvement_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_involvement_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_involvement")),
    )
    op.create_index(op.f("ix_involvement_holder_affiliate_id"), "involvement", ["holder_affiliate_id"], unique=False)
    op.create_index(op.f("ix_involvement_initiative_id"), "involvement", ["initiative_id"], unique=False)
    op.create_index(op.f("ix_involvement_person_id"), "involvement", ["person_id"], unique=False)
    op.create_index(op.f("ix_involvement_recorded_for_id"), "involvement", ["recorded_for_id"], unique=False)
    op.create_index(op.f("ix_involvement_source_row_id"), "involvement", ["source_row_id"], unique=False)
    op.create_table(
        "affiliate_involvement",
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("affiliate_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "leading",
                "working",
                "interested",
                "advising",
                "steward",
                name="ck_affiliate_involvement_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "since IS NULL OR until IS NULL OR since < until", name=op.f("ck_affiliate_involvement_since_until")
        ),
        sa.ForeignKeyConstraint(["affiliate_id"], ["affiliate.id"], name=op.f("fk_affiliate_involvement_affiliate_id")),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_affiliate_involvement_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_affiliate_involvement_initiative_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_affiliate_involvement_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_affiliate_involvement_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"],
            ["imported_row.id"],
            name=op.f("fk_affiliate_involvement_source_row_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliate_involvement")),
    )
    op.create_index(
        op.f("ix_affiliate_involvement_affiliate_id"), "affiliate_involvement", ["affiliate_id"], unique=False
    )
    op.create_index(
        op.f("ix_affiliate_involvement_holder_affiliate_id"),
        "affiliate_involvement",
        ["holder_affiliate_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_affiliate_involvement_initiative_id"), "affiliate_involvement", ["initiative_id"], unique=False
    )
    op.create_index(
        op.f("ix_affiliate_involvement_source_row_id"), "affiliate_involvement", ["source_row_id"], unique=False
    )
    op.create_table(
        "skill",
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_skill_holder_affiliate_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_skill_recorded_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_skill_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill")),
        sa.UniqueConstraint("code", name=op.f("uq_skill_code")),
    )
    op.create_index(op.f("ix_skill_holder_affiliate_id"), "skill", ["holder_affiliate_id"], unique=False)
    op.create_index(op.f("ix_skill_source_row_id"), "skill", ["source_row_id"], unique=False)
    op.create_table(
        "person_skill",
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("recorded_for_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "has",
                "offers",
                "wants",
                name="ck_person_skill_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_person_skill_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_skill_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_person_skill_recorded_by_id")),
        sa.ForeignKeyConstraint(["recorded_for_id"], ["person.id"], name=op.f("fk_person_skill_recorded_for_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_person_skill_removed_by_id")),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_person_skill_skill_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_person_skill_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_skill")),
    )
    op.create_index(op.f("ix_person_skill_holder_affiliate_id"), "person_skill", ["holder_affiliate_id"], unique=False)
    op.create_index(op.f("ix_person_skill_person_id"), "person_skill", ["person_id"], unique=False)
    op.create_index(op.f("ix_person_skill_recorded_for_id"), "person_skill", ["recorded_for_id"], unique=False)
    op.create_index(op.f("ix_person_skill_skill_id"), "person_skill", ["skill_id"], unique=False)
    op.create_index(op.f("ix_person_skill_source_row_id"), "person_skill", ["source_row_id"], unique=False)
    op.create_table(
        "mentorship",
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("recorded_for_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mentee_id", sa.Integer(), nullable=False),
        sa.Column("mentee_recorded_for_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("person_id <> mentee_id", name=op.f("ck_mentorship_not_oneself")),
        sa.CheckConstraint("since IS NULL OR until IS NULL OR since < until", name=op.f("ck_mentorship_since_until")),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_mentorship_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["mentee_id"], ["person.id"], name=op.f("fk_mentorship_mentee_id")),
        sa.ForeignKeyConstraint(
            ["mentee_recorded_for_id"], ["person.id"], name=op.f("fk_mentorship_mentee_recorded_for_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mentorship_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_mentorship_recorded_by_id")),
        sa.ForeignKeyConstraint(["recorded_for_id"], ["person.id"], name=op.f("fk_mentorship_recorded_for_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_mentorship_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_mentorship_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentorship")),
    )
    op.create_index(op.f("ix_mentorship_holder_affiliate_id"), "mentorship", ["holder_affiliate_id"], unique=False)
    op.create_index(op.f("ix_mentorship_mentee_id"), "mentorship", ["mentee_id"], unique=False)
    op.create_index(
        op.f("ix_mentorship_mentee_recorded_for_id"), "mentorship", ["mentee_recorded_for_id"], unique=False
    )
    op.create_index(op.f("ix_mentorship_person_id"), "mentorship", ["person_id"], unique=False)
    op.create_index(op.f("ix_mentorship_recorded_for_id"), "mentorship", ["recorded_for_id"], unique=False)
    op.create_index(op.f("ix_mentorship_source_row_id"), "mentorship", ["source_row_id"], unique=False)


def downgrade() -> None:
    op.drop_table("mentorship")
    op.drop_table("person_skill")
    op.drop_table("skill")
    op.drop_table("affiliate_involvement")
    op.drop_table("involvement")
    op.drop_table("initiative")
    op.drop_table("recommendation")
