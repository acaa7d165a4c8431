"""The search index: trigrams and word beginnings over the folded text of people."""

from __future__ import annotations

from migrations.safety import run_on

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("person_search_trigram", "person_search_words")


def upgrade() -> None:
    run_on(
        "sqlite",
        "CREATE VIRTUAL TABLE person_search_trigram USING fts5(folded, content='person_search', "
        "content_rowid='person_id', tokenize='trigram', detail='none')",
        "CREATE VIRTUAL TABLE person_search_words USING fts5(folded, content='person_search', "
        "content_rowid='person_id', tokenize='unicode61 remove_diacritics 0', prefix='1 2', detail='none')",
        "CREATE TRIGGER person_search_inserted AFTER INSERT ON person_search BEGIN "
        + " ".join(_insert(table) for table in TABLES)
        + " END",
        "CREATE TRIGGER person_search_deleted AFTER DELETE ON person_search BEGIN "
        + " ".join(_delete(table) for table in TABLES)
        + " END",
        "CREATE TRIGGER person_search_updated AFTER UPDATE ON person_search BEGIN "
        + " ".join(_delete(table) + " " + _insert(table) for table in TABLES)
        + " END",
    )
    run_on(
        "postgresql",
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "CREATE INDEX ix_search_trigram ON person_search USING gin (folded gin_trgm_ops)",
        "CREATE INDEX ix_search_words ON person_search USING gin (to_tsvector('simple', folded))",
    )


def downgrade() -> None:
    run_on(
        "sqlite",
        "DROP TRIGGER person_search_updated",
        "DROP TRIGGER person_search_deleted",
        "DROP TRIGGER person_search_inserted",
        "DROP TABLE person_search_words",
        "DROP TABLE person_search_trigram",
    )
    run_on("postgresql", "DROP INDEX ix_search_words", "DROP INDEX ix_search_trigram")


def _insert(table: str) -> str:
    return f"INSERT INTO {table}(rowid, folded) VALUES (new.person_id, new.folded);"  # noqa: S608


def _delete(table: str) -> str:
    return f"INSERT INTO {table}({table}, rowid, folded) VALUES ('delete', old.person_id, old.folded);"  # noqa: S608
