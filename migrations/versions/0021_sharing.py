"""What affiliates share: grants that can be ended, and rows that a running grant shows for reading."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.safety import run_on
from migrations.wall import (
    MINE,
    ROLE,
    Rule,
    and_of_union,
    by_holder,
    by_holder_or_share,
    by_person,
    held_by,
    protect_anew,
    sharing,
)

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

GROUPS = {
    "holding": "people",
    "person_name": "names",
    "wiki_account": "accounts",
    "language_skill": "languages",
    "membership": "memberships",
    "involvement": "roles",
    "person_skill": "skills",
}
HELD = held_by(MINE, "id")
PERSON = Rule(HELD, f"TABLE.holder_affiliate_id = {MINE}", HELD)
SHARED_PERSON = f"TABLE.protection = 'normal' AND {held_by(sharing('people'), 'id')}"
SUMMARY = by_person("person_id")
SHARED_SUMMARY = (
    f"EXISTS (SELECT FROM holding h WHERE h.person_id = TABLE.person_id AND h.holder_affiliate_id = "
    f"{sharing('participations')} AND wmcrm_is_shared(h.person_id, h.holder_affiliate_id))"
)
# As the owner of the tables: a policy of holdings that looked into people would look into holdings again.
IS_SHARED = """
CREATE FUNCTION wmcrm_is_shared(person integer, holder integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = SCHEMA, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM person p JOIN holding h ON h.person_id = p.id
        WHERE p.id = person AND p.protection = 'normal'
        AND h.holder_affiliate_id = holder AND h.removed_at IS NULL AND h.until IS NULL
    )
$$
"""


def upgrade() -> None:
    with op.batch_alter_table("sharing_grant") as batch:
        batch.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("ended_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_sharing_grant_ended_by_id"), "account", ["ended_by_id"], ["id"])
    if op.get_bind().dialect.name != "postgresql":
        return
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    run_on(
        "postgresql",
        IS_SHARED.replace("SCHEMA", schema),
        "REVOKE ALL ON FUNCTION wmcrm_is_shared FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION wmcrm_is_shared TO {ROLE}",
    )
    protect_anew("person", Rule(f"{HELD} OR ({SHARED_PERSON})", PERSON.add, PERSON.change))
    protect_anew("person_summary", Rule(f"{SUMMARY.see} OR {SHARED_SUMMARY}", SUMMARY.add, SUMMARY.change))
    for table, group in GROUPS.items():
        protect_anew(table, by_holder_or_share(group))
    protect_anew("participation", and_of_union(by_holder_or_share("participations")))


def downgrade() -> None:
    protect_anew("person", PERSON)
    protect_anew("person_summary", SUMMARY)
    for table in GROUPS:
        protect_anew(table, by_holder())
    protect_anew("participation", and_of_union(by_holder()))
    run_on("postgresql", "DROP FUNCTION wmcrm_is_shared")
    with op.batch_alter_table("sharing_grant") as batch:
        batch.drop_constraint(op.f("fk_sharing_grant_ended_by_id"), type_="foreignkey")
        batch.drop_column("ended_by_id")
        batch.drop_column("ended_at")
