"""People with holdings, names, languages, wiki accounts and contact points."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.safety import add_later_key, drop_later_key

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person",
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
        sa.Column("display_name", sa.String(length=300), nullable=False),
        sa.Column("sort_name", sa.String(length=300), nullable=False),
        sa.Column("residence_country", sa.String(length=2), nullable=True),
        sa.Column("residence_city", sa.String(length=200), nullable=True),
        sa.Column("community_region", sa.String(length=60), nullable=True),
        sa.Column(
            "entry_route",
            sa.Enum(
                "editing",
                "event",
                "education_class",
                "glam_profession",
                "library",
                "affiliate_member",
                "open_movement",
                "technical",
                "photo_contest",
                "friend_introduction",
                "grant",
                "staff_hire",
                "other",
                "unknown",
                name="ck_person_entry_route",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since_year", sa.Integer(), nullable=True),
        sa.Column("pronouns", sa.String(length=60), nullable=True),
        sa.Column(
            "protection",
            sa.Enum(
                "normal",
                "elevated",
                "sealed",
                name="ck_person_protection",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("alias", sa.String(length=200), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "held",
                "merged",
                "erased",
                name="ck_person_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("stepped_back_on", sa.Date(), nullable=True),
        sa.Column("last_verified_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_person_holder_affiliate_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["person.id"], name=op.f("fk_person_merged_into_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_person_recorded_by_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_person_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_person_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_public_id")),
    )
    op.create_index(op.f("ix_person_holder_affiliate_id"), "person", ["holder_affiliate_id"], unique=False)
    op.create_index(op.f("ix_person_merged_into_id"), "person", ["merged_into_id"], unique=False)
    op.create_index(op.f("ix_person_residence_country"), "person", ["residence_country"], unique=False)
    op.create_index("ix_person_sort_name_id", "person", ["sort_name", "id"], unique=False)
    op.create_index(op.f("ix_person_source_row_id"), "person", ["source_row_id"], unique=False)
    op.create_index("ix_person_status", "person", ["status"], unique=False)
    op.create_index(
        "uq_person_source_external_id",
        "person",
        ["source", "external_id"],
        unique=True,
        sqlite_where=sa.text("external_id IS NOT NULL"),
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "holding",
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
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("since IS NULL OR until IS NULL OR since < until", name=op.f("ck_holding_since_until")),
        sa.ForeignKeyConstraint(["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_holding_holder_affiliate_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_holding_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_holding_recorded_by_id")),
        sa.ForeignKeyConstraint(["recorded_for_id"], ["person.id"], name=op.f("fk_holding_recorded_for_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_holding_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_holding_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding")),
    )
    op.create_index(op.f("ix_holding_holder_affiliate_id"), "holding", ["holder_affiliate_id"], unique=False)
    op.create_index(op.f("ix_holding_person_id"), "holding", ["person_id"], unique=False)
    op.create_index(op.f("ix_holding_recorded_for_id"), "holding", ["recorded_for_id"], unique=False)
    op.create_index(op.f("ix_holding_source_row_id"), "holding", ["source_row_id"], unique=False)
    op.create_index(
        "uq_holding_live",
        "holding",
        ["person_id", "holder_affiliate_id", "recorded_for_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL AND removed_at IS NULL AND superseded_by_id IS NULL"),
        postgresql_where=sa.text("until IS NULL AND removed_at IS NULL AND superseded_by_id IS NULL"),
    )
    op.create_table(
        "person_name",
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
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("given_name", sa.String(length=200), nullable=True),
        sa.Column("family_name", sa.String(length=200), nullable=True),
        sa.Column("script", sa.String(length=4), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "preferred",
                "legal",
                "native",
                "transliterated",
                "nickname",
                "former",
                name="ck_person_name_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_person_name_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_name_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_person_name_recorded_by_id")),
        sa.ForeignKeyConstraint(["recorded_for_id"], ["person.id"], name=op.f("fk_person_name_recorded_for_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_person_name_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_person_name_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_name")),
    )
    op.create_index(op.f("ix_person_name_holder_affiliate_id"), "person_name", ["holder_affiliate_id"], unique=False)
    op.create_index(op.f("ix_person_name_person_id"), "person_name", ["person_id"], unique=False)
    op.create_index(op.f("ix_person_name_recorded_for_id"), "person_name", ["recorded_for_id"], unique=False)
    op.create_index(op.f("ix_person_name_source_row_id"), "person_name", ["source_row_id"], unique=False)
    op.create_table(
        "language_skill",
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
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "unknown",
                "basic",
                "intermediate",
                "advanced",
                "native",
                name="ck_language_skill_level",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "use",
            sa.Enum(
                "speaks",
                "organizes_in",
                "translates",
                name="ck_language_skill_use",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_language_skill_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_language_skill_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_language_skill_recorded_by_id")),
        sa.ForeignKeyConstraint(["recorded_for_id"], ["person.id"], name=op.f("fk_language_skill_recorded_for_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_language_skill_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_language_skill_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language_skill")),
    )
    op.create_index("ix_language_skill_code", "language_skill", ["language"], unique=False)
    op.create_index(
        op.f("ix_language_skill_holder_affiliate_id"), "language_skill", ["holder_affiliate_id"], unique=False
    )
    op.create_index(op.f("ix_language_skill_person_id"), "language_skill", ["person_id"], unique=False)
    op.create_index(op.f("ix_language_skill_recorded_for_id"), "language_skill", ["recorded_for_id"], unique=False)
    op.create_index(op.f("ix_language_skill_source_row_id"), "language_skill", ["source_row_id"], unique=False)
    op.create_table(
        "wiki_account",
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
        sa.Column("username", sa.String(length=255), nullable=False),
        sa.Column("central_user_id", sa.Integer(), nullable=True),
        sa.Column("is_alternative", sa.Boolean(), nullable=False),
        sa.Column("renamed_from", sa.String(length=255), nullable=True),
        sa.Column("link_is_public", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_wiki_account_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_wiki_account_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_wiki_account_recorded_by_id")),
        sa.ForeignKeyConstraint(["recorded_for_id"], ["person.id"], name=op.f("fk_wiki_account_recorded_for_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_wiki_account_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_wiki_account_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wiki_account")),
    )
    op.create_index(op.f("ix_wiki_account_holder_affiliate_id"), "wiki_account", ["holder_affiliate_id"], unique=False)
    op.create_index(op.f("ix_wiki_account_person_id"), "wiki_account", ["person_id"], unique=False)
    op.create_index(op.f("ix_wiki_account_recorded_for_id"), "wiki_account", ["recorded_for_id"], unique=False)
    op.create_index(op.f("ix_wiki_account_source_row_id"), "wiki_account", ["source_row_id"], unique=False)
    op.create_index("ix_wiki_account_username", "wiki_account", ["username"], unique=False)
    op.create_table(
        "contact_point",
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
            "kind",
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
                name="ck_contact_point_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(length=400), nullable=False),
        sa.Column("normalized", sa.String(length=400), nullable=False),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_because", sa.String(length=200), nullable=True),
        sa.Column(
            "visibility",
            sa.Enum(
                "holder",
                "movement",
                "public",
                name="ck_contact_point_visibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_contact_point_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_point_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_contact_point_recorded_by_id")),
        sa.ForeignKeyConstraint(["recorded_for_id"], ["person.id"], name=op.f("fk_contact_point_recorded_for_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_contact_point_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_contact_point_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_point")),
    )
    op.create_index(
        op.f("ix_contact_point_holder_affiliate_id"), "contact_point", ["holder_affiliate_id"], unique=False
    )
    op.create_index("ix_contact_point_normalized_kind", "contact_point", ["normalized", "kind"], unique=False)
    op.create_index(op.f("ix_contact_point_person_id"), "contact_point", ["person_id"], unique=False)
    op.create_index(op.f("ix_contact_point_recorded_for_id"), "contact_point", ["recorded_for_id"], unique=False)
    op.create_index(op.f("ix_contact_point_source_row_id"), "contact_point", ["source_row_id"], unique=False)
    op.create_table(
        "person_summary",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("occasions", sa.Integer(), nullable=False),
        sa.Column("organized", sa.Integer(), nullable=False),
        sa.Column("first_occasion_on", sa.Date(), nullable=True),
        sa.Column("last_occasion_on", sa.Date(), nullable=True),
        sa.Column("deepest_role", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_summary_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_summary")),
    )
    op.create_index(op.f("ix_person_summary_deepest_role"), "person_summary", ["deepest_role"], unique=False)
    op.create_index(op.f("ix_person_summary_last_occasion_on"), "person_summary", ["last_occasion_on"], unique=False)
    op.create_table(
        "person_search",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_search_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_search")),
    )
    op.create_table(
        "membership",
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
        sa.Column("affiliate_id", sa.Integer(), nullable=False),
        sa.Column(
            "position",
            sa.Enum(
                "group_contact_1",
                "group_contact_2",
                "board_member",
                "chair",
                "treasurer",
                "executive_director",
                "staff",
                "programme_lead",
                "onboarding_lead",
                "escalation_contact",
                "member",
                "supporter",
                name="ck_membership_position",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("since IS NULL OR until IS NULL OR since < until", name=op.f("ck_membership_since_until")),
        sa.ForeignKeyConstraint(["affiliate_id"], ["affiliate.id"], name=op.f("fk_membership_affiliate_id")),
        sa.ForeignKeyConstraint(
            ["holder_affiliate_id"], ["affiliate.id"], name=op.f("fk_membership_holder_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_membership_recorded_by_id")),
        sa.ForeignKeyConstraint(["recorded_for_id"], ["person.id"], name=op.f("fk_membership_recorded_for_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["account.id"], name=op.f("fk_membership_removed_by_id")),
        sa.ForeignKeyConstraint(
            ["source_row_id"], ["imported_row.id"], name=op.f("fk_membership_source_row_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_affiliate_id"), "membership", ["affiliate_id"], unique=False)
    op.create_index(op.f("ix_membership_holder_affiliate_id"), "membership", ["holder_affiliate_id"], unique=False)
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_index(op.f("ix_membership_recorded_for_id"), "membership", ["recorded_for_id"], unique=False)
    op.create_index(op.f("ix_membership_source_row_id"), "membership", ["source_row_id"], unique=False)
    op.create_index(
        "uq_membership_source_external_id",
        "membership",
        ["source", "external_id"],
        unique=True,
        sqlite_where=sa.text("external_id IS NOT NULL"),
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    add_later_key("imported_row", "person_id", "person")


def downgrade() -> None:
    drop_later_key("imported_row", "person_id")
    op.drop_table("membership")
    op.drop_table("person_search")
    op.drop_table("person_summary")
    op.drop_table("contact_point")
    op.drop_table("wiki_account")
    op.drop_table("language_skill")
    op.drop_table("person_name")
    op.drop_table("holding")
    op.drop_table("person")
