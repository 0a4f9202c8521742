"""Alembic's entry point: migrates the engine that the caller hands over."""

from alembic import context

from app.migrations import append_only, tables

engine = context.config.attributes["engine"]
with engine.connect().execution_options(danhmuc_write=True) as connection:
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        render_as_batch=True,
        transactional_ddl=True,  # on SQLite too: an upgrade is whole or not at all
    )
    with context.begin_transaction():
        context.run_migrations()
        append_only.lay(connection)
