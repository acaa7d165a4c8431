"""Where people live gets a table of its own: what an affiliate shares of its people can leave it out.

Until now the place was part of the person's row, so that every grant showed it. Nothing that was agreed to is lost:
the grants that are there get the new group "places"; who does not want it ends the grant and gives another.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from migrations.safety import run_on
from migrations.wall import MINE, ROLE, Rule, by_person, protect, sharing

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

PLACES = "places"
GRANT = sa.table("sharing_grant", sa.column("id", sa.Integer), sa.column("fields", sa.JSON))
COLUMNS = "residence_country, residence_city, community_region"
SAYS_ANYTHING = "residence_country IS NOT NULL OR residence_city IS NOT NULL OR community_region IS NOT NULL"
HELD = by_person("person_id")
SHARED = (
    f"EXISTS (SELECT FROM holding h WHERE h.person_id = TABLE.person_id AND h.holder_affiliate_id = "
    f"{sharing(PLACES)} AND wmcrm_is_shared(h.person_id, h.holder_affiliate_id))"
)
# Somebody who is typed in is held by nobody before their place is written; as the owner of the tables, who sees
# that nobody else holds the person either.
NEW_PERSON_OF = """
CREATE FUNCTION wmcrm_new_person_of(person integer) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = SCHEMA, pg_temp AS $$
    SELECT p.holder_affiliate_id FROM person p
    WHERE p.id = person AND NOT EXISTS (SELECT FROM holding h WHERE h.person_id = p.id)
$$
"""


def upgrade() -> None:
    op.create_table(
        "residence",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("residence_country", sa.String(length=2), nullable=True),
        sa.Column("residence_city", sa.String(length=200), nullable=True),
        sa.Column("community_region", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_residence_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_residence")),
    )
    op.execute(
        f"INSERT INTO residence (person_id, {COLUMNS}) SELECT id, {COLUMNS} FROM person WHERE {SAYS_ANYTHING}"  # noqa: S608
    )
    op.create_index(op.f("ix_residence_residence_country"), "residence", ["residence_country"])
    op.drop_index(op.f("ix_person_residence_country"), table_name="person")
    for column in COLUMNS.split(", "):
        op.drop_column("person", column)
    _regroup(lambda fields: [*fields, PLACES])
    if op.get_bind().dialect.name == "postgresql":
        schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
        run_on(
            "postgresql",
            NEW_PERSON_OF.replace("SCHEMA", schema),
            "REVOKE ALL ON FUNCTION wmcrm_new_person_of FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION wmcrm_new_person_of TO {ROLE}",
        )
    new_person = f"wmcrm_new_person_of(TABLE.person_id) = {MINE}"
    protect("residence", Rule(f"{HELD.see} OR {SHARED}", f"{HELD.add} OR {new_person}", HELD.change))


def downgrade() -> None:
    op.add_column("person", sa.Column("residence_country", sa.String(length=2), nullable=True))
    op.add_column("person", sa.Column("residence_city", sa.String(length=200), nullable=True))
    op.add_column("person", sa.Column("community_region", sa.String(length=60), nullable=True))
    op.execute(
        f"UPDATE person SET ({COLUMNS}) = (SELECT {COLUMNS} FROM residence r WHERE r.person_id = person.id)"  # noqa: S608
        " WHERE id IN (SELECT person_id FROM residence)"
    )
    op.create_index(op.f("ix_person_residence_country"), "person", ["residence_country"])
    op.drop_table("residence")
    run_on("postgresql", "DROP FUNCTION wmcrm_new_person_of")
    _regroup(lambda fields: [field for field in fields if field != PLACES])


def _regroup(change: Callable[[list[str]], list[str]]) -> None:
    connection = op.get_bind()
    for number, fields in connection.execute(sa.select(GRANT.c.id, GRANT.c.fields)).all():
        connection.execute(sa.update(GRANT).where(GRANT.c.id == number).values(fields=change(fields)))
