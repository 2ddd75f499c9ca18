"""The way back: the outbox, feeds, quantities, and what was last known of stock and listings.

Frozen, as every version.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, PrimaryKeyConstraint, Text, text

revision = "0002"
down_revision = "0001"

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
WHOLE = BigInteger()
ROW_ID = BigInteger().with_variant(Integer(), "sqlite")
BYTES = LargeBinary()


def upgrade() -> None:
    op.create_table(
        "ao_commands",
        Column("id", ROW_ID, nullable=False),
        Column("connection", TEXT, nullable=False),
        Column("kind", TEXT, nullable=False),
        Column("amazon_order_id", TEXT, nullable=False),
        Column("cause", TEXT, nullable=False),
        Column("version", WHOLE, nullable=False),
        Column("store_ref", TEXT, nullable=False),
        Column("number", WHOLE, nullable=False),
        Column("state", TEXT, nullable=False),
        Column("reason", TEXT),
        Column("detail", TEXT, nullable=False),
        Column("road", TEXT, nullable=False),
        Column("content", TEXT, nullable=False),
        Column("units", TEXT, nullable=False),
        Column("amounts", TEXT, nullable=False),
        Column("updated_at", TEXT, nullable=False),
        Column("opened_at", TEXT, nullable=False),
        Column("changed_at", TEXT, nullable=False),
        Column("sent_at", TEXT),
        Column("next_due", TEXT),
        Column("attempts", WHOLE, nullable=False),
        Column("feed", WHOLE),
        Column("message", WHOLE),
        Column("payload", BYTES),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("ao_commands_by_order", "ao_commands", ["amazon_order_id", "connection"])
    op.create_index(
        "ao_commands_key", "ao_commands", ["connection", "kind", "amazon_order_id", "cause", "version"], unique=True
    )
    op.create_index(
        "ao_commands_open",
        "ao_commands",
        ["connection", "kind", "id"],
        sqlite_where=text("state NOT IN ('verified', 'refused', 'skipped')"),
        postgresql_where=text("state NOT IN ('verified', 'refused', 'skipped')"),
    )
    op.create_table(
        "ao_command_steps",
        Column("id", ROW_ID, nullable=False),
        Column("command", WHOLE, nullable=False),
        Column("at", TEXT, nullable=False),
        Column("state", TEXT, nullable=False),
        Column("detail", TEXT, nullable=False),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("ao_command_steps_by_command", "ao_command_steps", ["command", "id"])
    op.create_table(
        "ao_feeds",
        Column("id", ROW_ID, nullable=False),
        Column("connection", TEXT, nullable=False),
        Column("type", TEXT, nullable=False),
        Column("marketplace", TEXT, nullable=False),
        Column("state", TEXT, nullable=False),
        Column("document", TEXT, nullable=False),
        Column("feed", TEXT, nullable=False),
        Column("messages", WHOLE, nullable=False),
        Column("opened_at", TEXT, nullable=False),
        Column("sent_at", TEXT),
        Column("next_due", TEXT),
        Column("deadline", TEXT),
        Column("detail", TEXT, nullable=False),
        PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ao_feeds_open",
        "ao_feeds",
        ["connection", "id"],
        sqlite_where=text("next_due IS NOT NULL"),
        postgresql_where=text("next_due IS NOT NULL"),
    )
    op.create_table(
        "ao_levels",
        Column("store", TEXT, nullable=False),
        Column("value", TEXT, nullable=False),
        Column("product", TEXT, nullable=False),
        Column("available", TEXT),
        Column("updated_at", TEXT, nullable=False),
        PrimaryKeyConstraint("store", "value"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ao_offers",
        Column("connection", TEXT, nullable=False),
        Column("seller_sku", TEXT, nullable=False),
        Column("asin", TEXT, nullable=False),
        Column("channel", TEXT, nullable=False),
        Column("marketplaces", TEXT, nullable=False),
        Column("quantity", WHOLE),
        Column("read_at", TEXT, nullable=False),
        PrimaryKeyConstraint("connection", "seller_sku"),
    )
    op.create_table(
        "ao_quantities",
        Column("connection", TEXT, nullable=False),
        Column("seller_sku", TEXT, nullable=False),
        Column("wanted", WHOLE, nullable=False),
        Column("state", TEXT, nullable=False),
        Column("reason", TEXT),
        Column("detail", TEXT, nullable=False),
        Column("told", WHOLE),
        Column("told_at", TEXT),
        Column("changed_at", TEXT, nullable=False),
        Column("feed", WHOLE),
        Column("message", WHOLE),
        Column("only_down_since", TEXT),
        Column("restock", TEXT),
        PrimaryKeyConstraint("connection", "seller_sku"),
    )
    op.create_index(
        "ao_orders_by_ref",
        "ao_orders",
        ["store_ref", "store"],
        sqlite_where=text("store_ref IS NOT NULL"),
        postgresql_where=text("store_ref IS NOT NULL"),
    )
