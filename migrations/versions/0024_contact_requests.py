"""Requests to a person through their affiliate, letters that tell its accounts, links that confirm an address."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.wall import ACCOUNT, MINE, Rule, protect, unprotect

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ASKS, IS_ASKED = f"TABLE.account_id = {ACCOUNT}", f"TABLE.affiliate_id = {MINE}"
LETTERS = ("opt_in", "my_data", "shared_address")
LINKS = ("my_data", "opt_in")
NEW_LETTERS = (*LETTERS, "contact_request", "confirm_address")
NEW_LINKS = (*LINKS, "confirm_address")
STATES = ("waiting", "passed_on", "declined", "cancelled")
RULE = {
    "code": "contact_requests",
    "description": "What was asked through affiliates, after it was answered",
    "days": 180,
    "months": None,
}


def upgrade() -> None:
    _create_requests()
    protect("contact_request", Rule(f"{ASKS} OR {IS_ASKED}", ASKS, f"{ASKS} OR {IS_ASKED}"))
    _allow("self_service_link", NEW_LINKS)
    _allow("letter", NEW_LETTERS)
    with op.batch_alter_table("letter") as batch:
        batch.alter_column("contact_point_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("recipient_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("request_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_letter_recipient_id"), "account", ["recipient_id"], ["id"], ondelete="CASCADE"
        )
        batch.create_foreign_key(
            op.f("fk_letter_request_id"), "contact_request", ["request_id"], ["id"], ondelete="CASCADE"
        )
    where = sa.text("request_id IS NOT NULL")
    op.create_index("ix_letter_request_id", "letter", ["request_id"], sqlite_where=where, postgresql_where=where)
    op.bulk_insert(sa.table("retention_rule", *map(sa.column, RULE)), [RULE])


def downgrade() -> None:
    rule = sa.table("retention_rule", sa.column("code"))
    op.execute(sa.delete(rule).where(rule.c.code == RULE["code"]))
    for table, kept in (("letter", LETTERS), ("self_service_link", LINKS)):
        rows = sa.table(table, sa.column("kind"))
        op.execute(sa.delete(rows).where(rows.c.kind.not_in(kept)))
    op.drop_index("ix_letter_request_id", table_name="letter")
    with op.batch_alter_table("letter") as batch:
        for column in ("request_id", "recipient_id"):
            batch.drop_constraint(op.f(f"fk_letter_{column}"), type_="foreignkey")
            batch.drop_column(column)
        batch.alter_column("contact_point_id", existing_type=sa.Integer(), nullable=False)
    _allow("letter", LETTERS)
    _allow("self_service_link", LINKS)
    unprotect("contact_request")
    op.drop_table("contact_request")


def _create_requests() -> None:
    references = {
        "person_id": ("person", "CASCADE"),
        "affiliate_id": ("affiliate", None),
        "purpose_id": ("purpose", None),
        "account_id": ("account", None),
        "ended_by_id": ("account", None),
    }
    state = sa.Enum(*STATES, name="ck_contact_request_state", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "contact_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("affiliate_id", sa.Integer(), nullable=False),
        sa.Column("purpose_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("message", sa.String(length=2000), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_contact_request_{column}"), ondelete=gone)
            for column, (table, gone) in references.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contact_request_public_id")),
    )
    for column in ("person_id", "account_id"):
        op.create_index(op.f(f"ix_contact_request_{column}"), "contact_request", [column])
    op.create_index("ix_contact_request_state", "contact_request", ["affiliate_id", "state"])


def _allow(table: str, kinds: tuple[str, ...]) -> None:
    """Let the column ``kind`` of a table hold these values."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_kind"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_kind"), f"kind IN ({listed})")
