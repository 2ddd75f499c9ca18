"""The tables, by subject. A change here needs a migration beside it; a test compares the two.

Every name begins with `ao_`, so that the ledger may live in a database that a host also uses.
"""

from __future__ import annotations

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table

from .accounts import connection_changes, connections, consents, leases, runs
from .amazon import buckets, cursors, tokens
from .catalogue import aliases, facts, listings, offers
from .columns import metadata, text_column
from .orders import changes, claims, decisions, inbox, orders, reservations, watches
from .outbox import command_steps, commands, feeds, levels, quantities

__all__ = [
    "REVISIONS",
    "VERSION_TABLE",
    "aliases",
    "buckets",
    "changes",
    "claims",
    "command_steps",
    "commands",
    "connection_changes",
    "connections",
    "consents",
    "cursors",
    "decisions",
    "facts",
    "feeds",
    "inbox",
    "leases",
    "levels",
    "listings",
    "meta",
    "metadata",
    "offers",
    "orders",
    "quantities",
    "reservations",
    "runs",
    "tokens",
    "version",
    "watches",
]

REVISIONS = ("0001", "0002", "0003")
"""Every revision this version of the library knows, oldest first. Known without Alembic, so that opening is cheap."""

VERSION_TABLE = "amazon_orders_version"

# As Alembic makes it, and apart from the other tables: Alembic does not compare it.
version = Table(
    VERSION_TABLE,
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
)

meta = Table("ao_meta", metadata, text_column("name", key=True), text_column("value"))
