"""The outbox: what Amazon is to be told of orders and listings, and how far each command has come."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table, text

from .columns import RowId, metadata, text_column, whole_column

commands = Table(
    "ao_commands",
    metadata,
    Column("id", RowId, primary_key=True),
    text_column("connection"),
    text_column("kind"),
    text_column("amazon_order_id"),
    text_column("cause"),  # the store's id of the shipment, cancellation or refund
    whole_column("version"),  # the store changed it after it was sent: the next one
    text_column("store_ref"),
    whole_column("number"),  # of the package at Amazon; 0 for other kinds
    text_column("state"),
    text_column("reason", null=True),
    text_column("detail"),
    text_column("road"),
    text_column("content"),  # a hash of all that Amazon is told
    text_column("units"),
    text_column("amounts"),
    text_column("updated_at"),  # of the store's record
    text_column("opened_at"),
    text_column("changed_at"),
    text_column("sent_at", null=True),
    text_column("next_due", null=True),  # when to look again; null: nothing to do by itself
    whole_column("attempts"),
    whole_column("feed", null=True),
    whole_column("message", null=True),
    Column("payload", LargeBinary),  # encrypted: the store's record and the command; gone once nothing is to be sent
)
Index(
    "ao_commands_key",
    commands.c.connection,
    commands.c.kind,
    commands.c.amazon_order_id,
    commands.c.cause,
    commands.c.version,
    unique=True,
)
_open = text("state NOT IN ('verified', 'refused', 'skipped')")
Index(
    "ao_commands_open", commands.c.connection, commands.c.kind, commands.c.id,
    sqlite_where=_open, postgresql_where=_open,
)  # fmt: skip
Index("ao_commands_by_order", commands.c.amazon_order_id, commands.c.connection)

# Every step of every command, append only.
command_steps = Table(
    "ao_command_steps",
    metadata,
    Column("id", RowId, primary_key=True),
    whole_column("command"),
    text_column("at"),
    text_column("state"),
    text_column("detail"),
    Index("ao_command_steps_by_command", "command", "id"),
)

feeds = Table(
    "ao_feeds",
    metadata,
    Column("id", RowId, primary_key=True),
    text_column("connection"),
    text_column("type"),
    text_column("marketplace"),
    text_column("state"),
    text_column("document"),  # Amazon's id of what was uploaded
    text_column("feed"),  # Amazon's id of the feed
    whole_column("messages"),
    text_column("opened_at"),
    text_column("sent_at", null=True),
    text_column("next_due", null=True),
    text_column("deadline", null=True),
    text_column("detail"),
)
_unfinished = text("next_due IS NOT NULL")
Index("ao_feeds_open", feeds.c.connection, feeds.c.id, sqlite_where=_unfinished, postgresql_where=_unfinished)

# One row a listing: a quantity is absolute, so only the newest counts.
quantities = Table(
    "ao_quantities",
    metadata,
    text_column("connection", key=True),
    text_column("seller_sku", key=True),
    whole_column("wanted"),
    text_column("state"),
    text_column("reason", null=True),
    text_column("detail"),
    whole_column("told", null=True),  # the last one that Amazon took
    text_column("told_at", null=True),
    text_column("changed_at"),
    whole_column("feed", null=True),
    whole_column("message", null=True),
    text_column("only_down_since", null=True),  # Amazon was told that there are none
    text_column("restock", null=True),  # digits: the store's level with the units that it may have put back
)

# What the store said last of each product's stock, so that a run that changes nothing compares and asks no more.
levels = Table(
    "ao_levels",
    metadata,
    text_column("store", key=True),
    text_column("value", key=True),  # of the attribute that holds the seller SKU
    text_column("product"),
    text_column("available", null=True),  # digits; null: the store does not count it
    text_column("updated_at"),
    sqlite_with_rowid=False,
)
