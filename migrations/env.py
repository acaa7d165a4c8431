"""Runs migrations on SQLite and PostgreSQL alike; wmcrm.db.schema calls it with an open connection."""

from __future__ import annotations

from alembic import context

from migrations.safety import include_name

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes.get("target_metadata"),
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=False,
    compare_type=True,
    include_name=include_name,  # type: ignore[arg-type]
)
with context.begin_transaction():
    context.run_migrations()
