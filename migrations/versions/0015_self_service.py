"""What people do about themselves: one-time links, letters to them, what they ask of stewards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CHANNELS = (
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
)
# code, description, days, months
RULES = (
    ("links", "One-time links to a person's own data, after their last day", 30, None),
    ("letters", "Which message went to which contact point, without its text", 90, None),
    ("requests", "What people asked of stewards, after it was answered", None, 36),
)


def upgrade() -> None:
    op.create_table(
        "self_service_link",
        sa.Column("id", sa.Integer(), nullable=False),
        _kind("self_service_link", "kind", "my_data", "opt_in"),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        *_about("self_service_link", point_needed=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visit_hash", sa.String(length=64), nullable=True),
        sa.Column("visit_until", sa.DateTime(timezone=True), nullable=True),
        *_keys("self_service_link"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_service_link")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_self_service_link_secret_hash")),
        sa.UniqueConstraint("visit_hash", name=op.f("uq_self_service_link_visit_hash")),
    )
    op.create_index(op.f("ix_self_service_link_person_id"), "self_service_link", ["person_id"])
    op.create_index(op.f("ix_self_service_link_expires_at"), "self_service_link", ["expires_at"])
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        _kind("letter", "kind", "opt_in", "my_data", "shared_address"),
        *_about("letter", point_needed=True),
        sa.Column("language", sa.String(length=35), nullable=False),
        _kind("letter", "state", "waiting", "sending", "sent", "withheld", "failed", "unsure"),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(length=40), nullable=True),
        *_keys("letter"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("public_id", name=op.f("uq_letter_public_id")),
    )
    op.create_index(op.f("ix_letter_person_id"), "letter", ["person_id"])
    op.create_index("ix_letter_state", "letter", ["state", "next_try_at"])
    for table in ("self_service_link", "letter"):
        where = sa.text("contact_point_id IS NOT NULL")
        name = f"ix_{table}_contact_point_id"
        op.create_index(name, table, ["contact_point_id"], sqlite_where=where, postgresql_where=where)
    _create_requests()
    rule = sa.table("retention_rule", *(sa.column(name) for name in ("code", "description", "days", "months")))
    op.bulk_insert(rule, [dict(zip(("code", "description", "days", "months"), row, strict=True)) for row in RULES])


def _create_requests() -> None:
    op.create_table(
        "rights_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        _kind("rights_request", "kind", "access", "erasure", "not_me"),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        _kind("rights_request", "answer", "done", "refused", needed=False),
        _key("rights_request", "person_id", "person", "CASCADE"),
        _key("rights_request", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rights_request_public_id")),
    )
    op.create_index(op.f("ix_rights_request_person_id"), "rights_request", ["person_id"])


def downgrade() -> None:
    for table in ("rights_request", "letter", "self_service_link"):
        op.drop_table(table)
    rule = sa.table("retention_rule", sa.column("code"))
    op.execute(sa.delete(rule).where(rule.c.code.in_([code for code, *_ in RULES])))


def _kind(table: str, column: str, *values: str, needed: bool = True) -> sa.Column[str]:
    kind = sa.Enum(*values, name=f"ck_{table}_{column}", native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, kind, nullable=not needed)


def _about(table: str, *, point_needed: bool) -> tuple[sa.Column[object], ...]:
    """To whom, where, and for what."""
    return (
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("contact_point_id", sa.Integer(), nullable=not point_needed),
        sa.Column("purpose_id", sa.Integer(), nullable=True),
        _kind(table, "channel", *CHANNELS, needed=False),
        sa.Column("notice_id", sa.Integer(), nullable=True),
    )


def _keys(table: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    return (
        _key(table, "person_id", "person", "CASCADE"),
        _key(table, "contact_point_id", "contact_point", "CASCADE"),
        _key(table, "purpose_id", "purpose"),
        _key(table, "notice_id", "privacy_notice"),
        _key(table, "account_id", "account"),
    )


def _key(table: str, column: str, target: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)
