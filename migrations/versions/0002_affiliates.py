"""Affiliates with dated names and status, grants, sharing, the access log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.safety import add_later_key, drop_later_key
from migrations.types import JSON

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "affiliate",
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column(
            "affiliate_type",
            sa.Enum(
                "chapter",
                "thematic_organization",
                "user_group",
                "hub",
                "allied_or_other",
                "informal_group",
                "partner",
                "foundation",
                name="ck_affiliate_affiliate_type",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("region", sa.String(length=60), nullable=True),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("website", sa.String(length=400), nullable=True),
        sa.Column("alias", sa.String(length=200), nullable=True),
        sa.Column("fiscal_sponsor_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["fiscal_sponsor_id"], ["affiliate.id"], name=op.f("fk_affiliate_fiscal_sponsor_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_affiliate_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_affiliate_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliate")),
        sa.UniqueConstraint("code", name=op.f("uq_affiliate_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_affiliate_public_id")),
    )
    op.create_index(op.f("ix_affiliate_country"), "affiliate", ["country"], unique=False)
    op.create_index("ix_affiliate_name_id", "affiliate", ["name", "id"], unique=False)
    op.create_index(op.f("ix_affiliate_source_row_id"), "affiliate", ["source_row_id"], unique=False)
    op.create_index(
        "uq_affiliate_source_external_id",
        "affiliate",
        ["source", "external_id"],
        unique=True,
        sqlite_where=sa.text("external_id IS NOT NULL"),
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "affiliate_name",
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("affiliate_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "since IS NULL OR until IS NULL OR since < until", name=op.f("ck_affiliate_name_since_until")
        ),
        sa.ForeignKeyConstraint(["affiliate_id"], ["affiliate.id"], name=op.f("fk_affiliate_name_affiliate_id")),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_affiliate_name_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_affiliate_name_recorded_by_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_affiliate_name_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_affiliate_name_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliate_name")),
    )
    op.create_index(op.f("ix_affiliate_name_affiliate_id"), "affiliate_name", ["affiliate_id"], unique=False)
    op.create_index(
        op.f("ix_affiliate_name_holder_affiliate_id"), "affiliate_name", ["holder_affiliate_id"], unique=False
    )
    op.create_index(op.f("ix_affiliate_name_source_row_id"), "affiliate_name", ["source_row_id"], unique=False)
    op.create_table(
        "affiliate_status",
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("affiliate_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "applicant",
                "trial",
                "recognised",
                "suspended",
                "derecognised",
                name="ck_affiliate_status_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "affiliate_type",
            sa.Enum(
                "chapter",
                "thematic_organization",
                "user_group",
                "hub",
                "allied_or_other",
                "informal_group",
                "partner",
                "foundation",
                name="ck_affiliate_status_affiliate_type",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "since IS NULL OR until IS NULL OR since < until", name=op.f("ck_affiliate_status_since_until")
        ),
        sa.ForeignKeyConstraint(["affiliate_id"], ["affiliate.id"], name=op.f("fk_affiliate_status_affiliate_id")),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_affiliate_status_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_affiliate_status_recorded_by_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_affiliate_status_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_affiliate_status_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliate_status")),
    )
    op.create_index(op.f("ix_affiliate_status_affiliate_id"), "affiliate_status", ["affiliate_id"], unique=False)
    op.create_index(
        op.f("ix_affiliate_status_holder_affiliate_id"), "affiliate_status", ["holder_affiliate_id"], unique=False
    )
    op.create_index(op.f("ix_affiliate_status_source_row_id"), "affiliate_status", ["source_row_id"], unique=False)
    op.create_table(
        "saved_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("header_key", sa.String(length=64), nullable=False),
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_saved_mapping_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["saved_by_id"], ["account.id"], name=op.f("fk_saved_mapping_saved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_mapping")),
        sa.UniqueConstraint(
            "header_key",
            "holder_affiliate_id",
            "version",
            name=op.f("uq_saved_mapping_header_key_holder_affiliate_id_version"),
        ),
    )
    op.create_index(op.f("ix_saved_mapping_header_key"), "saved_mapping", ["header_key"], unique=False)
    op.create_table(
        "purpose",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column(
            "default_basis",
            sa.Enum(
                "consent",
                "contract",
                "legal_obligation",
                "vital_interests",
                "public_task",
                "legitimate_interest",
                name="ck_purpose_default_basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("allows_legitimate_interest", sa.Boolean(), nullable=False),
        sa.Column("retention_months", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purpose")),
        sa.UniqueConstraint("code", name=op.f("uq_purpose_code")),
    )
    op.create_table(
        "grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("affiliate_id", sa.Integer(), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "viewer",
                "editor",
                "steward",
                "programme",
                "auditor",
                "administrator",
                name="ck_grant_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_grant_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["affiliate_id"], ["affiliate.id"], name=op.f("fk_grant_affiliate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint("account_id", "affiliate_id", "role", name=op.f("uq_grant_account_id_affiliate_id_role")),
    )
    op.create_index(op.f("ix_grant_account_id"), "grant", ["account_id"], unique=False)
    op.create_table(
        "sharing_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_affiliate_id", sa.Integer(), nullable=False),
        sa.Column("to_affiliate_id", sa.Integer(), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("purpose_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "since IS NULL OR until IS NULL OR since < until", name=op.f("ck_sharing_grant_since_until")
        ),
        sa.ForeignKeyConstraint(
            ["from_affiliate_id"], ["affiliate.id"], name=op.f("fk_sharing_grant_from_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["granted_by_id"], ["account.id"], name=op.f("fk_sharing_grant_granted_by_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_sharing_grant_purpose_id")),
        sa.ForeignKeyConstraint(["to_affiliate_id"], ["affiliate.id"], name=op.f("fk_sharing_grant_to_affiliate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_grant")),
    )
    op.create_index(op.f("ix_sharing_grant_from_affiliate_id"), "sharing_grant", ["from_affiliate_id"], unique=False)
    op.create_index(op.f("ix_sharing_grant_to_affiliate_id"), "sharing_grant", ["to_affiliate_id"], unique=False)
    op.create_table(
        "access_log_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=60), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log_entry")),
    )
    op.create_index(op.f("ix_access_log_entry_at"), "access_log_entry", ["at"], unique=False)
    op.create_index("ix_access_log_entry_person_id", "access_log_entry", ["person_id", "id"], unique=False)
    add_later_key("stored_file", "holder_affiliate_id", "affiliate")
    add_later_key("import_run", "holder_affiliate_id", "affiliate")


def downgrade() -> None:
    drop_later_key("stored_file", "holder_affiliate_id")
    drop_later_key("import_run", "holder_affiliate_id")
    op.drop_table("access_log_entry")
    op.drop_table("sharing_grant")
    op.drop_table("grant")
    op.drop_table("purpose")
    op.drop_table("saved_mapping")
    op.drop_table("affiliate_status")
    op.drop_table("affiliate_name")
    op.drop_table("affiliate")
