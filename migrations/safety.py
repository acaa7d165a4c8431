"""What every migration needs on both databases."""

from __future__ import annotations

from collections.abc import MutableMapping

from alembic import op

SEARCH_OBJECTS = ("person_search_trigram", "person_search_words", "ix_search_")


def include_name(name: str | None, kind: str, _parents: MutableMapping[str, str | None]) -> bool:
    """False for the search index's own tables and expression indexes, which no model describes."""
    return not (kind in {"table", "index"} and name is not None and name.startswith(SEARCH_OBJECTS))


def add_later_key(table: str, column: str, target: str) -> None:
    """Add a foreign key that closes a circle; SQLite has had it inline since the table was made."""
    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key(f"fk_{table}_{column}", table, target, [column], ["id"], ondelete="SET NULL")


def drop_later_key(table: str, column: str) -> None:
    """Take a key of :func:`add_later_key` away before its target is dropped."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(f"fk_{table}_{column}", table, type_="foreignkey")


def run_on(dialect: str, *statements: str) -> None:
    """Run statements on one of the two databases only."""
    if op.get_bind().dialect.name == dialect:
        for statement in statements:
            op.execute(statement)
