"""Alembic's entry: the program hands over its own open connection, already inside a transaction."""

from __future__ import annotations

from alembic import context

from workstation.store.rows import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
