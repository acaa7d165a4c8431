"""Match keys tell country and city: what a crowd shares is asked for near by without reading the crowd."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

NEAR = ("hash64", "kind", "country", "city", "person_id")
EVERYWHERE = ("hash64", "kind", "person_id")
FOLDED = sa.table("folded_city", sa.column("city"), sa.column("folded"))


def upgrade() -> None:
    _fold_cities()
    if op.get_bind().dialect.name == "postgresql":
        # Changed where it is: a new table would want its policies anew.
        op.add_column("match_key", sa.Column("country", sa.String(length=2), nullable=False, server_default=""))
        op.add_column("match_key", sa.Column("city", sa.String(length=200), nullable=False, server_default=""))
        op.execute(
            "UPDATE match_key SET country = p.residence_country, city = coalesce(f.folded, '')"
            " FROM person p LEFT JOIN folded_city f ON f.city = p.residence_city"
            " WHERE p.id = match_key.person_id AND p.residence_country IS NOT NULL"
        )
        for column in ("country", "city"):
            op.alter_column("match_key", column, server_default=None)
        _key_by(NEAR)
    else:
        _make_table(
            NEAR,
            sa.Column("country", sa.String(length=2), nullable=False),
            sa.Column("city", sa.String(length=200), nullable=False),
        )
        op.execute(
            "INSERT INTO match_key_new (hash64, kind, country, city, person_id)"
            " SELECT k.hash64, k.kind, coalesce(p.residence_country, ''),"
            " CASE WHEN p.residence_country IS NULL THEN '' ELSE coalesce(f.folded, '') END, k.person_id"
            " FROM match_key k JOIN person p ON p.id = k.person_id"
            " LEFT JOIN folded_city f ON f.city = p.residence_city"
        )
        _take_its_place()
    op.drop_table("folded_city")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _key_by(EVERYWHERE)
        for column in ("city", "country"):
            op.drop_column("match_key", column)
    else:
        _make_table(EVERYWHERE)
        op.execute("INSERT INTO match_key_new (hash64, kind, person_id) SELECT hash64, kind, person_id FROM match_key")
        _take_its_place()


def _fold_cities() -> None:
    """Every city as the library folds it: SQLite lowers ASCII letters only."""
    op.create_table("folded_city", sa.Column("city", sa.String(), primary_key=True), sa.Column("folded", sa.String()))
    person = sa.table("person", sa.column("residence_city"))
    cities = op.get_bind().scalars(sa.select(person.c.residence_city).distinct()).all()
    op.bulk_insert(FOLDED, [{"city": city, "folded": city.casefold().strip()[:200]} for city in cities if city])


def _key_by(columns: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("pk_match_key"), "match_key", type_="primary")
    op.create_primary_key(op.f("pk_match_key"), "match_key", list(columns))


def _make_table(key: tuple[str, ...], *places: sa.Column[str]) -> None:
    op.create_table(
        "match_key_new",
        sa.Column("hash64", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        *places,
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_match_key_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_match_key")),
        sqlite_with_rowid=not places,
    )


def _take_its_place() -> None:
    op.drop_table("match_key")
    op.rename_table("match_key_new", "match_key")
    op.create_index("ix_match_key_person_id", "match_key", ["person_id"])
