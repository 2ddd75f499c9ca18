"""Run by Alembic: migrate on the connection, and inside the transaction, that `upgrade` hands over."""

from __future__ import annotations

from alembic import context

from amazon_orders.ledger.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite changes tables by copying them
)
context.run_migrations()
