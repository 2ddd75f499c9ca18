"""Connections, their history and authorisation; runs and leases."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table

from .columns import RowId, metadata, text_column, whole_column

connections = Table(
    "ao_connections",
    metadata,
    text_column("name", key=True),
    text_column("settings"),
    Column("secret", LargeBinary),  # encrypted
    text_column("secret_ref", null=True),  # env:NAME
    text_column("secret_at", null=True),
    text_column("refused_at", null=True),  # when Amazon said that the authorisation is gone
    text_column("refused_key", null=True),  # which one it was: another one may be tried
    text_column("added_at"),
    text_column("changed_at"),
)

connection_changes = Table(
    "ao_connection_changes",
    metadata,
    Column("id", RowId, primary_key=True),
    text_column("connection"),
    text_column("at"),
    text_column("field"),
    text_column("old"),
    text_column("new"),
    Index("ao_connection_changes_by_connection", "connection", "id"),
)

# Sellers who were sent to Amazon's consent page and have not come back yet.
consents = Table(
    "ao_consents",
    metadata,
    text_column("state", key=True),  # a hash of what the link carries
    text_column("connection"),
    text_column("redirect_uri"),
    text_column("expires_at"),
)

leases = Table(
    "ao_leases",
    metadata,
    text_column("name", key=True),
    whole_column("fence"),
    text_column("host"),
    whole_column("pid"),
    text_column("started"),
    text_column("until", null=True),  # null: free
)

runs = Table(
    "ao_runs",
    metadata,
    Column("id", RowId, primary_key=True),
    text_column("connection"),
    text_column("started_at"),
    text_column("finished_at", null=True),
    text_column("report"),
    Index("ao_runs_by_connection", "connection", "id"),
)
