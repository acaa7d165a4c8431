"""Restrictions, disclosures, lists, sealed records with their keys, retention rules, record of processing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.types import JSON

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "processing_activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("purpose", sa.String(length=500), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "consent",
                "contract",
                "legal_obligation",
                "vital_interests",
                "public_task",
                "legitimate_interest",
                name="ck_processing_activity_basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("people", sa.String(length=500), nullable=False),
        sa.Column("data", sa.String(length=500), nullable=False),
        sa.Column("recipients", sa.String(length=500), nullable=False),
        sa.Column("transfers", sa.String(length=500), nullable=False),
        sa.Column("retention", sa.String(length=500), nullable=False),
        sa.Column("security", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processing_activity")),
        sa.UniqueConstraint("code", name=op.f("uq_processing_activity_code")),
    )
    op.create_table(
        "purge_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("today", sa.Date(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_run")),
    )
    op.create_table(
        "retention_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rule")),
        sa.UniqueConstraint("code", name=op.f("uq_retention_rule_code")),
    )
    op.create_table(
        "exported_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
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
                name="ck_exported_list_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("use_by", sa.Date(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_exported_list_account_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_exported_list_purpose_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exported_list")),
        sa.UniqueConstraint("public_id", name=op.f("uq_exported_list_public_id")),
    )
    op.create_index(op.f("ix_exported_list_use_by"), "exported_list", ["use_by"], unique=False)
    op.create_table(
        "steward_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_steward_key_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steward_key")),
        sa.UniqueConstraint("name", name=op.f("uq_steward_key_name")),
        sa.UniqueConstraint("recipient", name=op.f("uq_steward_key_recipient")),
    )
    op.create_table(
        "blind_index",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_blind_index_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_index")),
    )
    op.create_index("ix_blind_index_digest", "blind_index", ["digest"], unique=False)
    op.create_index(op.f("ix_blind_index_person_id"), "blind_index", ["person_id"], unique=False)
    op.create_table(
        "disclosure",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["access_log_entry.id"], name=op.f("fk_disclosure_entry_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_disclosure_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", "person_id", name=op.f("pk_disclosure")),
    )
    op.create_index(op.f("ix_disclosure_person_id"), "disclosure", ["person_id"], unique=False)
    op.create_table(
        "exported_list_person",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["exported_list.id"], name=op.f("fk_exported_list_person_list_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_exported_list_person_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("list_id", "person_id", name=op.f("pk_exported_list_person")),
    )
    op.create_index(op.f("ix_exported_list_person_person_id"), "exported_list_person", ["person_id"], unique=False)
    op.create_table(
        "opt_in_invitation",
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
                name="ck_opt_in_invitation_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_opt_in_invitation_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_opt_in_invitation_purpose_id")),
        sa.PrimaryKeyConstraint("person_id", "purpose_id", "channel", name=op.f("pk_opt_in_invitation")),
    )
    op.create_table(
        "restriction",
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
        sa.Column(
            "ground",
            sa.Enum(
                "accuracy_contested",
                "unlawful_processing",
                "legal_claim",
                "objection_pending",
                "requested",
                name="ck_restriction_ground",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("since IS NULL OR until IS NULL OR since < until", name=op.f("ck_restriction_since_until")),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_restriction_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_restriction_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_restriction_recorded_by_id")),
        sa.ForeignKeyConstraint(["recorded_for_id"], ["person.id"], name=op.f("fk_restriction_recorded_for_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_restriction_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_restriction_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction")),
    )
    op.create_index(op.f("ix_restriction_holder_affiliate_id"), "restriction", ["holder_affiliate_id"], unique=False)
    op.create_index(op.f("ix_restriction_person_id"), "restriction", ["person_id"], unique=False)
    op.create_index(op.f("ix_restriction_recorded_for_id"), "restriction", ["recorded_for_id"], unique=False)
    op.create_index(op.f("ix_restriction_source_row_id"), "restriction", ["source_row_id"], unique=False)
    op.create_table(
        "sealed_hit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("found_id", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["found_id"], ["person.id"], name=op.f("fk_sealed_hit_found_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sealed_hit_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_hit")),
        sa.UniqueConstraint("person_id", "found_id", name=op.f("uq_sealed_hit_person_id_found_id")),
    )
    op.create_index(op.f("ix_sealed_hit_found_id"), "sealed_hit", ["found_id"], unique=False)
    op.create_table(
        "sealed_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("steward_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sealed_key_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["steward_id"], ["steward_key.id"], name=op.f("fk_sealed_key_steward_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_key")),
        sa.UniqueConstraint("person_id", "steward_id", name=op.f("uq_sealed_key_person_id_steward_id")),
    )
    op.create_table(
        "sealed_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("column_name", sa.String(length=60), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sealed_value_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_value")),
        sa.UniqueConstraint(
            "person_id",
            "table_name",
            "row_id",
            "column_name",
            name=op.f("uq_sealed_value_person_id_table_name_row_id_column_name"),
        ),
    )
    op.add_column("suppression", sa.Column("key_id", sa.String(length=16), nullable=True))


def downgrade() -> None:
    op.drop_column("suppression", "key_id")
    op.drop_table("sealed_value")
    op.drop_table("sealed_key")
    op.drop_index(op.f("ix_sealed_hit_found_id"), table_name="sealed_hit")
    op.drop_table("sealed_hit")
    op.drop_index(op.f("ix_restriction_source_row_id"), table_name="restriction")
    op.drop_index(op.f("ix_restriction_recorded_for_id"), table_name="restriction")
    op.drop_index(op.f("ix_restriction_person_id"), table_name="restriction")
    op.drop_index(op.f("ix_restriction_holder_affiliate_id"), table_name="restriction")
    op.drop_table("restriction")
    op.drop_table("opt_in_invitation")
    op.drop_index(op.f("ix_exported_list_person_person_id"), table_name="exported_list_person")
    op.drop_table("exported_list_person")
    op.drop_index(op.f("ix_disclosure_person_id"), table_name="disclosure")
    op.drop_table("disclosure")
    op.drop_index(op.f("ix_blind_index_person_id"), table_name="blind_index")
    op.drop_index("ix_blind_index_digest", table_name="blind_index")
    op.drop_table("blind_index")
    op.drop_table("steward_key")
    op.drop_index(op.f("ix_exported_list_use_by"), table_name="exported_list")
    op.drop_table("exported_list")
    op.drop_table("retention_rule")
    op.drop_table("purge_run")
    op.drop_table("processing_activity")
