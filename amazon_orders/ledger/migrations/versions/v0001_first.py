"""The first version.

Frozen: a change of the ledger is a new module beside this one, and its name in `schema.REVISIONS`.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, PrimaryKeyConstraint, Text, text

revision = "0001"
down_revision = None

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
WHOLE = BigInteger()
ROW_ID = BigInteger().with_variant(Integer(), "sqlite")
BYTES = LargeBinary()


def upgrade() -> None:
    op.create_table(
        "ao_aliases",
        Column("connection", TEXT, nullable=False),
        Column("seller_sku", TEXT, nullable=False),
        Column("product", TEXT, nullable=False),
        Column("units", WHOLE, nullable=False),
        Column("set_at", TEXT, nullable=False),
        PrimaryKeyConstraint("connection", "seller_sku"),
    )
    op.create_table(
        "ao_buckets",
        Column("scope", TEXT, nullable=False),
        Column("operation", TEXT, nullable=False),
        Column("full_at", WHOLE, nullable=False),
        Column("interval", WHOLE, nullable=False),
        Column("learned", TEXT),
        PrimaryKeyConstraint("scope", "operation"),
    )
    op.create_table(
        "ao_changes",
        Column("store", TEXT, nullable=False),
        Column("amazon_order_id", TEXT, nullable=False),
        Column("number", WHOLE, nullable=False),
        Column("kind", TEXT, nullable=False),
        Column("content", TEXT, nullable=False),
        Column("state", TEXT, nullable=False),
        Column("opened_at", TEXT, nullable=False),
        Column("closed_at", TEXT),
        PrimaryKeyConstraint("store", "amazon_order_id", "number"),
    )
    op.create_table(
        "ao_claims",
        Column("store", TEXT, nullable=False),
        Column("amazon_order_id", TEXT, nullable=False),
        Column("connection", TEXT, nullable=False),
        Column("key", TEXT, nullable=False),
        Column("claimed_at", TEXT, nullable=False),
        Column("fence", WHOLE, nullable=False),
        Column("mark", WHOLE, nullable=False),
        PrimaryKeyConstraint("store", "amazon_order_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ao_claims_by_time", "ao_claims", ["store", "claimed_at"])
    op.create_table(
        "ao_connection_changes",
        Column("id", ROW_ID, nullable=False),
        Column("connection", TEXT, nullable=False),
        Column("at", TEXT, nullable=False),
        Column("field", TEXT, nullable=False),
        Column("old", TEXT, nullable=False),
        Column("new", TEXT, nullable=False),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("ao_connection_changes_by_connection", "ao_connection_changes", ["connection", "id"])
    op.create_table(
        "ao_connections",
        Column("name", TEXT, nullable=False),
        Column("settings", TEXT, nullable=False),
        Column("secret", BYTES),
        Column("secret_ref", TEXT),
        Column("secret_at", TEXT),
        Column("refused_at", TEXT),
        Column("refused_key", TEXT),
        Column("added_at", TEXT, nullable=False),
        Column("changed_at", TEXT, nullable=False),
        PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "ao_consents",
        Column("state", TEXT, nullable=False),
        Column("connection", TEXT, nullable=False),
        Column("redirect_uri", TEXT, nullable=False),
        Column("expires_at", TEXT, nullable=False),
        PrimaryKeyConstraint("state"),
    )
    op.create_table(
        "ao_cursors",
        Column("connection", TEXT, nullable=False),
        Column("flow", TEXT, nullable=False),
        Column("watermark", TEXT),
        Column("window_from", TEXT),
        Column("page_token", TEXT, nullable=False),
        Column("page_token_at", TEXT),
        Column("counters", TEXT, nullable=False),
        Column("last_success", TEXT),
        Column("next_due", TEXT),
        Column("looked_4h", TEXT),
        Column("looked_5d", TEXT),
        PrimaryKeyConstraint("connection", "flow"),
    )
    op.create_table(
        "ao_decisions",
        Column("id", ROW_ID, nullable=False),
        Column("connection", TEXT, nullable=False),
        Column("amazon_order_id", TEXT, nullable=False),
        Column("at", TEXT, nullable=False),
        Column("status", TEXT, nullable=False),
        Column("reason", TEXT),
        Column("detail", TEXT, nullable=False),
        Column("trace", TEXT, nullable=False),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("ao_decisions_by_order", "ao_decisions", ["amazon_order_id", "connection"])
    op.create_table(
        "ao_facts",
        Column("connection", TEXT, nullable=False),
        Column("kind", TEXT, nullable=False),
        Column("value", TEXT, nullable=False),
        Column("seen_at", TEXT, nullable=False),
        PrimaryKeyConstraint("connection", "kind", "value"),
    )
    op.create_table(
        "ao_inbox",
        Column("connection", TEXT, nullable=False),
        Column("amazon_order_id", TEXT, nullable=False),
        Column("reason", TEXT, nullable=False),
        Column("detail", TEXT, nullable=False),
        Column("opened_at", TEXT, nullable=False),
        Column("closed_at", TEXT),
        PrimaryKeyConstraint("connection", "amazon_order_id", "reason"),
    )
    op.create_index(
        "ao_inbox_open",
        "ao_inbox",
        ["opened_at"],
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    )
    op.create_table(
        "ao_leases",
        Column("name", TEXT, nullable=False),
        Column("fence", WHOLE, nullable=False),
        Column("host", TEXT, nullable=False),
        Column("pid", WHOLE, nullable=False),
        Column("started", TEXT, nullable=False),
        Column("until", TEXT),
        PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "ao_listings",
        Column("connection", TEXT, nullable=False),
        Column("seller_sku", TEXT, nullable=False),
        Column("product", TEXT, nullable=False),
        Column("matched_by", TEXT, nullable=False),
        Column("units", WHOLE, nullable=False),
        Column("channel", TEXT, nullable=False),
        Column("learned_at", TEXT, nullable=False),
        PrimaryKeyConstraint("connection", "seller_sku"),
    )
    op.create_table(
        "ao_meta",
        Column("name", TEXT, nullable=False),
        Column("value", TEXT, nullable=False),
        PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "ao_orders",
        Column("amazon_order_id", TEXT, nullable=False),
        Column("connection", TEXT, nullable=False),
        Column("store", TEXT, nullable=False),
        Column("marketplace", TEXT, nullable=False),
        Column("status", TEXT, nullable=False),
        Column("amazon_status", TEXT, nullable=False),
        Column("reason", TEXT),
        Column("detail", TEXT, nullable=False),
        Column("fulfilled_by", TEXT, nullable=False),
        Column("created_at", TEXT, nullable=False),
        Column("updated_at", TEXT, nullable=False),
        Column("ship_by", TEXT),
        Column("deliver_by", TEXT),
        Column("shipped_at", TEXT),
        Column("delivered_at", TEXT),
        Column("currency", TEXT, nullable=False),
        Column("amazon_total", TEXT),
        Column("store_total", TEXT),
        Column("marketplace_tax", TEXT),
        Column("store_ref", TEXT),
        Column("store_number", TEXT),
        Column("digest", BYTES, nullable=False),
        Column("reading", TEXT),
        Column("balanced", WHOLE),
        Column("equation", TEXT),
        Column("flags", TEXT, nullable=False),
        Column("lines", TEXT, nullable=False),
        Column("attempts", WHOLE, nullable=False),
        Column("next_try", TEXT),
        Column("recorded_at", TEXT, nullable=False),
        Column("watched", WHOLE, nullable=False),
        Column("erase_at", TEXT),
        Column("decided_at", TEXT),
        Column("trace_hash", BYTES),
        Column("trace", TEXT),
        Column("token", BYTES),
        PrimaryKeyConstraint("amazon_order_id", "connection"),
    )
    op.create_index("ao_orders_by_connection", "ao_orders", ["connection", "status", "created_at", "amazon_order_id"])
    op.create_index("ao_orders_by_digest", "ao_orders", ["connection", "digest", "next_try"])
    op.create_index("ao_orders_by_status", "ao_orders", ["status", "created_at", "amazon_order_id", "connection"])
    op.create_index(
        "ao_orders_personal",
        "ao_orders",
        ["erase_at"],
        sqlite_where=text("token IS NOT NULL"),
        postgresql_where=text("token IS NOT NULL"),
    )
    op.create_index(
        "ao_orders_waiting",
        "ao_orders",
        ["connection", "next_try"],
        sqlite_where=text("next_try IS NOT NULL"),
        postgresql_where=text("next_try IS NOT NULL"),
    )
    op.create_index(
        "ao_orders_watched",
        "ao_orders",
        ["connection", "created_at"],
        sqlite_where=text("watched = 1"),
        postgresql_where=text("watched = 1"),
    )
    op.create_table(
        "ao_reservations",
        Column("store", TEXT, nullable=False),
        Column("amazon_order_id", TEXT, nullable=False),
        Column("order_item_id", TEXT, nullable=False),
        Column("connection", TEXT, nullable=False),
        Column("product", TEXT, nullable=False),
        Column("seller_sku", TEXT, nullable=False),
        Column("told", WHOLE, nullable=False),
        Column("wanted", WHOLE, nullable=False),
        Column("step", WHOLE, nullable=False),
        Column("reason", TEXT, nullable=False),
        PrimaryKeyConstraint("store", "amazon_order_id", "order_item_id"),
    )
    op.create_index(
        "ao_reservations_open",
        "ao_reservations",
        ["store", "connection"],
        sqlite_where=text("told <> wanted"),
        postgresql_where=text("told <> wanted"),
    )
    op.create_table(
        "ao_runs",
        Column("id", ROW_ID, nullable=False),
        Column("connection", TEXT, nullable=False),
        Column("started_at", TEXT, nullable=False),
        Column("finished_at", TEXT),
        Column("report", TEXT, nullable=False),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("ao_runs_by_connection", "ao_runs", ["connection", "id"])
    op.create_table(
        "ao_tokens",
        Column("name", TEXT, nullable=False),
        Column("token", BYTES, nullable=False),
        Column("expires_at", TEXT, nullable=False),
        PrimaryKeyConstraint("name"),
    )
