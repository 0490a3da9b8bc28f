"""Alembic's entry: runs on the connection handed in, so that no second way of connecting exists."""

from alembic import context

from app.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, version_table="schema_version")
with context.begin_transaction():
    context.run_migrations()
