"""Programmes, events, sessions, hosts and participations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.safety import add_later_key, drop_later_key
from migrations.types import JSON

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme",
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("since IS NULL OR until IS NULL OR since < until", name=op.f("ck_programme_since_until")),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_programme_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_programme_recorded_by_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_programme_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_programme_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("public_id", name=op.f("uq_programme_public_id")),
    )
    op.create_index(op.f("ix_programme_holder_affiliate_id"), "programme", ["holder_affiliate_id"], unique=False)
    op.create_index(op.f("ix_programme_source_row_id"), "programme", ["source_row_id"], unique=False)
    op.create_index(
        "uq_programme_source_external_id",
        "programme",
        ["source", "external_id"],
        unique=True,
        sqlite_where=sa.text("external_id IS NOT NULL"),
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "event",
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column(
            "event_type",
            sa.Enum(
                "editing_event",
                "media_upload_event",
                "backlog_drive",
                "contest",
                "workshop",
                "training_seminar",
                "meetup",
                "hackathon",
                "conference",
                "office_hours",
                "focus_group",
                "strategy_salon",
                "partner_meeting",
                "other",
                name="ck_event_event_type",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "second_type",
            sa.Enum(
                "editing_event",
                "media_upload_event",
                "backlog_drive",
                "contest",
                "workshop",
                "training_seminar",
                "meetup",
                "hackathon",
                "conference",
                "office_hours",
                "focus_group",
                "strategy_salon",
                "partner_meeting",
                "other",
                name="ck_event_second_type",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "event_format",
            sa.Enum(
                "in_person",
                "online",
                "hybrid",
                name="ck_event_event_format",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "held",
                "cancelled",
                "test",
                name="ck_event_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("city", sa.String(length=200), nullable=True),
        sa.Column("venue", sa.String(length=300), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("starts_at", sa.Time(), nullable=True),
        sa.Column("ends_at", sa.Time(), nullable=True),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("tracks_attendance", sa.Boolean(), nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("wikis", JSON, nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("url", sa.String(length=400), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on", name=op.f("ck_event_starts_on_ends_on")
        ),
        sa.ForeignKeyConstraint(["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_event_holder_affiliate_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_event_programme_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_event_recorded_by_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_event_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_event_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("public_id", name=op.f("uq_event_public_id")),
    )
    op.create_index(op.f("ix_event_country"), "event", ["country"], unique=False)
    op.create_index(op.f("ix_event_holder_affiliate_id"), "event", ["holder_affiliate_id"], unique=False)
    op.create_index(op.f("ix_event_programme_id"), "event", ["programme_id"], unique=False)
    op.create_index(op.f("ix_event_source_row_id"), "event", ["source_row_id"], unique=False)
    op.create_index("ix_event_starts_on_id", "event", ["starts_on", "id"], unique=False)
    op.create_index("ix_event_title_id", "event", ["title", "id"], unique=False)
    op.create_index(
        "uq_event_source_external_id",
        "event",
        ["source", "external_id"],
        unique=True,
        sqlite_where=sa.text("external_id IS NOT NULL"),
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "event_topic",
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_topic_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_event_topic_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_event_topic_recorded_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_event_topic_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_topic")),
        sa.UniqueConstraint("event_id", "topic", name=op.f("uq_event_topic_event_id_topic")),
    )
    op.create_index(op.f("ix_event_topic_event_id"), "event_topic", ["event_id"], unique=False)
    op.create_index(op.f("ix_event_topic_holder_affiliate_id"), "event_topic", ["holder_affiliate_id"], unique=False)
    op.create_index(op.f("ix_event_topic_source_row_id"), "event_topic", ["source_row_id"], unique=False)
    op.create_index("ix_event_topic_topic", "event_topic", ["topic"], unique=False)
    op.create_table(
        "event_session",
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("starts_at", sa.Time(), nullable=True),
        sa.Column("ends_at", sa.Time(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_session_event_id")),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_event_session_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_event_session_recorded_by_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_event_session_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_event_session_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_session")),
    )
    op.create_index(op.f("ix_event_session_event_id"), "event_session", ["event_id"], unique=False)
    op.create_index(
        op.f("ix_event_session_holder_affiliate_id"), "event_session", ["holder_affiliate_id"], unique=False
    )
    op.create_index(op.f("ix_event_session_source_row_id"), "event_session", ["source_row_id"], unique=False)
    op.create_table(
        "event_host",
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("holder_affiliate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("source_row_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("affiliate_id", sa.Integer(), nullable=False),
        sa.Column(
            "host_role",
            sa.Enum(
                "organizer",
                "sponsor",
                "supporter",
                name="ck_event_host_host_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["affiliate_id"], ["affiliate.id"], name=op.f("fk_event_host_affiliate_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_host_event_id")),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_event_host_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_event_host_recorded_by_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_event_host_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_event_host_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_host")),
    )
    op.create_index(op.f("ix_event_host_affiliate_id"), "event_host", ["affiliate_id"], unique=False)
    op.create_index(op.f("ix_event_host_event_id"), "event_host", ["event_id"], unique=False)
    op.create_index(op.f("ix_event_host_holder_affiliate_id"), "event_host", ["holder_affiliate_id"], unique=False)
    op.create_index(op.f("ix_event_host_source_row_id"), "event_host", ["source_row_id"], unique=False)
    op.create_index(
        "uq_event_host_live",
        "event_host",
        ["event_id", "affiliate_id", "host_role"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL AND superseded_by_id IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL AND superseded_by_id IS NULL"),
    )
    op.create_table(
        "participation",
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
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column(
            "event_role",
            sa.Enum(
                "participant",
                "helper",
                "translator",
                "interpreter",
                "jury",
                "photographer",
                "speaker",
                "online_volunteer",
                "campus_volunteer",
                "trainer",
                "facilitator",
                "co_organizer",
                "committee",
                "coordinator",
                "organizer",
                "creator",
                "lead",
                "staff",
                "sponsor_contact",
                name="ck_participation_event_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "registration",
            sa.Enum(
                "none",
                "registered",
                "waitlisted",
                "cancelled",
                name="ck_participation_registration",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "attended",
            sa.Enum(
                "yes",
                "no",
                "unknown",
                name="ck_participation_attended",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("contributed", sa.Boolean(), nullable=False),
        sa.Column(
            "capacity",
            sa.Enum(
                "participant",
                "staff",
                "interpreter",
                "speaker",
                name="ck_participation_capacity",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("presumed", sa.Boolean(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_participation_confirmed_by_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_participation_event_id")),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_participation_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_participation_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_participation_recorded_by_id")),
        sa.ForeignKeyConstraint(["recorded_for_id"], ["person.id"], name=op.f("fk_participation_recorded_for_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_participation_removed_by_id")),
        sa.ForeignKeyConstraint(["session_id"], ["event_session.id"], name=op.f("fk_participation_session_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_participation_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
    )
    op.create_index(op.f("ix_participation_event_id"), "participation", ["event_id"], unique=False)
    op.create_index(
        op.f("ix_participation_holder_affiliate_id"), "participation", ["holder_affiliate_id"], unique=False
    )
    op.create_index(op.f("ix_participation_person_id"), "participation", ["person_id"], unique=False)
    op.create_index(op.f("ix_participation_recorded_for_id"), "participation", ["recorded_for_id"], unique=False)
    op.create_index(op.f("ix_participation_source_row_id"), "participation", ["source_row_id"], unique=False)
    op.create_index(
        "uq_participation_live",
        "participation",
        ["person_id", "event_id", "event_role"],
        unique=True,
        sqlite_where=sa.text("session_id IS NULL AND removed_at IS NULL AND superseded_by_id IS NULL"),
        postgresql_where=sa.text("session_id IS NULL AND removed_at IS NULL AND superseded_by_id IS NULL"),
    )
    op.create_index(
        "uq_participation_session_live",
        "participation",
        ["person_id", "event_id", "session_id", "event_role"],
        unique=True,
        sqlite_where=sa.text("session_id IS NOT NULL AND removed_at IS NULL AND superseded_by_id IS NULL"),
        postgresql_where=sa.text("session_id IS NOT NULL AND removed_at IS NULL AND superseded_by_id IS NULL"),
    )
    op.create_index(
        "uq_participation_source_external_id",
        "participation",
        ["source", "external_id"],
        unique=True,
        sqlite_where=sa.text("external_id IS NOT NULL"),
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    add_later_key("import_run", "event_id", "event")


def downgrade() -> None:
    drop_later_key("import_run", "event_id")
    op.drop_table("participation")
    op.drop_table("event_host")
    op.drop_table("event_session")
    op.drop_table("event_topic")
    op.drop_table("event")
    op.drop_table("programme")
