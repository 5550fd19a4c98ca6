"""Alembic's entry: migrates over the connection that `sop.register.database` hands in, in its transaction."""

from alembic import context

from sop.register.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    transactional_ddl=False,
)
context.run_migrations()
