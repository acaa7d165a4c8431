"""Notices, consent events with their state, suppression."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.types import JSON

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "privacy_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("purposes", JSON, nullable=False),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_notice")),
        sa.UniqueConstraint("version", "language", name=op.f("uq_privacy_notice_version_language")),
    )
    op.create_table(
        "consent_event",
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
        sa.Column("purpose_id", sa.Integer(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "email",
                "phone",
                "talk_page",
                "telegram",
                "whatsapp",
                "signal",
                "matrix",
                "irc",
                "postal",
                "in_person",
                "any",
                name="ck_consent_event_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("controller_id", sa.Integer(), nullable=True),
        sa.Column(
            "decision",
            sa.Enum(
                "given",
                "refused",
                "withdrawn",
                "objected",
                "voided",
                name="ck_consent_event_decision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "consent",
                "contract",
                "legal_obligation",
                "vital_interests",
                "public_task",
                "legitimate_interest",
                name="ck_consent_event_basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column(
            "method",
            sa.Enum(
                "form",
                "double_opt_in",
                "email",
                "paper",
                "spoken",
                "import",
                "self_service",
                name="ck_consent_event_method",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("evidence", sa.String(length=1000), nullable=True),
        sa.Column("collector", sa.String(length=200), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("voids_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= on_day", name=op.f("ck_consent_event_on_day_valid_until")
        ),
        sa.ForeignKeyConstraint(["controller_id"], ["affiliate.id"], name=op.f("fk_consent_event_controller_id")),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_consent_event_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["privacy_notice.id"], name=op.f("fk_consent_event_notice_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_event_person_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_consent_event_purpose_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_consent_event_recorded_by_id")),
        sa.ForeignKeyConstraint(["recorded_for_id"], ["person.id"], name=op.f("fk_consent_event_recorded_for_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_consent_event_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_consent_event_source_row_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["voids_id"], ["consent_event.id"], name=op.f("fk_consent_event_voids_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
    )
    op.create_index(
        op.f("ix_consent_event_holder_affiliate_id"), "consent_event", ["holder_affiliate_id"], unique=False
    )
    op.create_index(op.f("ix_consent_event_person_id"), "consent_event", ["person_id"], unique=False)
    op.create_index(
        "ix_consent_event_person_purpose", "consent_event", ["person_id", "purpose_id", "channel"], unique=False
    )
    op.create_index(op.f("ix_consent_event_recorded_for_id"), "consent_event", ["recorded_for_id"], unique=False)
    op.create_index(op.f("ix_consent_event_source_row_id"), "consent_event", ["source_row_id"], unique=False)
    op.create_index(
        "uq_consent_event_source_external_id",
        "consent_event",
        ["source", "external_id"],
        unique=True,
        sqlite_where=sa.text("external_id IS NOT NULL"),
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "consent_state",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("purpose_id", sa.Integer(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "email",
                "phone",
                "talk_page",
                "telegram",
                "whatsapp",
                "signal",
                "matrix",
                "irc",
                "postal",
                "in_person",
                "any",
                name="ck_consent_state_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "standing",
            sa.Enum(
                "given",
                "unproven",
                "refused",
                "withdrawn",
                "objected",
                "none",
                name="ck_consent_state_standing",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["consent_event.id"], name=op.f("fk_consent_state_event_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consent_state_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_consent_state_purpose_id")),
        sa.PrimaryKeyConstraint("person_id", "purpose_id", "channel", name=op.f("pk_consent_state")),
    )
    op.create_index("ix_consent_state_purpose", "consent_state", ["purpose_id", "channel", "standing"], unique=False)
    op.create_table(
        "suppression",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identifier_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("purpose_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_suppression_purpose_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
    )
    op.create_index("ix_suppression_identifier", "suppression", ["identifier_hash"], unique=False)


def downgrade() -> None:
    op.drop_table("suppression")
    op.drop_table("consent_state")
    op.drop_table("consent_event")
    op.drop_table("privacy_notice")
