"""Accounts, stored files, import runs and their ledger, jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.types import JSON

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("password_hash", sa.String(length=300), nullable=True),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=True),
        sa.Column("shortcuts", sa.Boolean(), nullable=False),
        sa.Column("totp_secret", sa.String(length=300), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_account_fs_uniquifier")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_by_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"],
            ["affiliate.id"],
            name=op.f("fk_stored_file_holder_affiliate_id"),
            ondelete="SET NULL",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(["stored_by_id"], ["account.id"], name=op.f("fk_stored_file_stored_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stored_file_public_id")),
    )
    op.create_index(op.f("ix_stored_file_content_hash"), "stored_file", ["content_hash"], unique=False)
    op.create_index(op.f("ix_stored_file_expires_at"), "stored_file", ["expires_at"], unique=False)
    op.create_index(op.f("ix_stored_file_holder_affiliate_id"), "stored_file", ["holder_affiliate_id"], unique=False)
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "signups",
                "affiliates",
                "events",
                "people",
                "roles",
                "participations",
                "consents",
                name="ck_import_run_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "planned",
                "applied",
                "undone",
                "failed",
                name="ck_import_run_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("decisions", JSON, nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("plan_fingerprint", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("cells_expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["account.id"], name=op.f("fk_import_run_created_by_id")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_import_run_event_id"), ondelete="SET NULL", use_alter=True
        ),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"],
            ["affiliate.id"],
            name=op.f("fk_import_run_holder_affiliate_id"),
            ondelete="SET NULL",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_import_run_stored_file_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["undone_by_id"], ["account.id"], name=op.f("fk_import_run_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_import_run_public_id")),
    )
    op.create_index(op.f("ix_import_run_event_id"), "import_run", ["event_id"], unique=False)
    op.create_index("ix_import_run_file_hash", "import_run", ["file_hash", "kind"], unique=False)
    op.create_index(op.f("ix_import_run_holder_affiliate_id"), "import_run", ["holder_affiliate_id"], unique=False)
    op.create_table(
        "imported_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "header",
                "title",
                "note",
                "total",
                "blank",
                "person",
                name="ck_imported_row_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "new",
                "matched",
                "updated",
                "unchanged",
                "held",
                "skipped",
                "invalid",
                name="ck_imported_row_outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("matched_by", sa.String(length=60), nullable=True),
        sa.Column("candidates", JSON, nullable=True),
        sa.Column("cells", JSON, nullable=True),
        sa.Column("reading", JSON, nullable=True),
        sa.Column("issues", JSON, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_imported_row_person_id"), ondelete="SET NULL", use_alter=True
        ),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_imported_row_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_row")),
        sa.UniqueConstraint("run_id", "row_number", name=op.f("uq_imported_row_run_id_row_number")),
    )
    op.create_index(op.f("ix_imported_row_person_id"), "imported_row", ["person_id"], unique=False)
    op.create_index(op.f("ix_imported_row_run_id"), "imported_row", ["run_id"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("arguments", JSON, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "failed",
                "stopped",
                name="ck_job_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(length=100), nullable=True),
        sa.Column("done_units", sa.Integer(), nullable=False),
        sa.Column("total_units", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(length=500), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_job_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_state_id", "job", ["state", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("job")
    op.drop_table("imported_row")
    op.drop_table("import_run")
    op.drop_table("stored_file")
    op.drop_table("account")
