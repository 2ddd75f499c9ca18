"""Orders: claims, what was decided, what the store was told, what waits for a person."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, text

from .columns import RowId, metadata, text_column, whole_column

_waiting = text("next_try IS NOT NULL")
_watched = text("watched = 1")
_personal = text("token IS NOT NULL")

# Small rows that are only looked up by their key. Whether the store has the order stands in one place, with the order.
claims = Table(
    "ao_claims",
    metadata,
    text_column("store", key=True),
    text_column("amazon_order_id", key=True),
    text_column("connection"),
    text_column("key"),
    text_column("claimed_at"),
    whole_column("fence"),
    whole_column("mark"),  # of the call that made it: tells a new claim from one that was there
    sqlite_with_rowid=False,
)
Index("ao_claims_by_time", claims.c.store, claims.c.claimed_at)

orders = Table(
    "ao_orders",
    metadata,
    text_column("amazon_order_id", key=True),
    text_column("connection", key=True),
    text_column("store"),
    text_column("marketplace"),
    text_column("status"),
    text_column("amazon_status"),
    text_column("reason", null=True),
    text_column("detail"),
    text_column("fulfilled_by"),
    text_column("created_at"),
    text_column("updated_at"),
    text_column("ship_by", null=True),
    text_column("deliver_by", null=True),
    text_column("shipped_at", null=True),
    text_column("delivered_at", null=True),
    text_column("currency"),
    text_column("amazon_total", null=True),
    text_column("store_total", null=True),
    text_column("marketplace_tax", null=True),
    text_column("store_ref", null=True),
    text_column("store_number", null=True),
    Column("digest", LargeBinary, nullable=False),
    text_column("reading", null=True),
    whole_column("balanced", null=True),
    text_column("equation", null=True),
    text_column("flags"),
    text_column("lines"),
    whole_column("attempts"),
    text_column("next_try", null=True),
    text_column("recorded_at"),
    whole_column("watched"),  # 1: to be read again by id once a day
    text_column("erase_at", null=True),  # when the token goes at the latest
    text_column("decided_at", null=True),
    Column("trace_hash", LargeBinary),  # tells whether another decision was taken
    # Last, so that lists do not read past them: how the decision in force was reached, and Amazon's record with the
    # buyer's data, encrypted and erased in its time.
    text_column("trace", null=True),
    Column("token", LargeBinary),
)
# With the next try, so that the question about a page is answered from the index alone.
Index("ao_orders_by_digest", orders.c.connection, orders.c.digest, orders.c.next_try)
Index("ao_orders_by_status", orders.c.status, orders.c.created_at, orders.c.amazon_order_id, orders.c.connection)
Index("ao_orders_by_connection", orders.c.connection, orders.c.status, orders.c.created_at, orders.c.amazon_order_id)
Index("ao_orders_waiting", orders.c.connection, orders.c.next_try, sqlite_where=_waiting, postgresql_where=_waiting)
Index(
    "ao_orders_watched",
    orders.c.connection,
    orders.c.created_at,
    sqlite_where=_watched,
    postgresql_where=_watched,
)
# Which Amazon order a store's order is. Not by store first: SQLite would answer questions about a page with it.
_placed = text("store_ref IS NOT NULL")
Index("ao_orders_by_ref", orders.c.store_ref, orders.c.store, sqlite_where=_placed, postgresql_where=_placed)
# Small: only orders of the last weeks have a token. Every sync asks it what is to be erased.
Index("ao_orders_personal", orders.c.erase_at, sqlite_where=_personal, postgresql_where=_personal)

# Decisions that another one has replaced, append only. The one in force stands with its order.
decisions = Table(
    "ao_decisions",
    metadata,
    Column("id", RowId, primary_key=True),
    text_column("connection"),
    text_column("amazon_order_id"),
    text_column("at"),
    text_column("status"),
    text_column("reason", null=True),
    text_column("detail"),
    text_column("trace"),
    Index("ao_decisions_by_order", "amazon_order_id", "connection"),
)

changes = Table(
    "ao_changes",
    metadata,
    text_column("store", key=True),
    text_column("amazon_order_id", key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False, nullable=False),
    text_column("kind"),
    text_column("content"),  # a hash: addresses stay out of the plain columns
    text_column("state"),
    text_column("opened_at"),
    text_column("closed_at", null=True),
)

inbox = Table(
    "ao_inbox",
    metadata,
    text_column("connection", key=True),
    text_column("amazon_order_id", key=True),
    text_column("reason", key=True),
    text_column("detail"),
    text_column("opened_at"),
    text_column("closed_at", null=True),
)
_unclosed = text("closed_at IS NULL")
Index("ao_inbox_open", inbox.c.opened_at, sqlite_where=_unclosed, postgresql_where=_unclosed)

reservations = Table(
    "ao_reservations",
    metadata,
    text_column("store", key=True),
    text_column("amazon_order_id", key=True),
    text_column("order_item_id", key=True),
    text_column("connection"),
    text_column("product"),
    text_column("seller_sku"),
    whole_column("told"),
    whole_column("wanted"),
    whole_column("step"),
    text_column("reason"),
)
_moving = text("told <> wanted")
Index(
    "ao_reservations_open",
    reservations.c.store,
    reservations.c.connection,
    sqlite_where=_moving,
    postgresql_where=_moving,
)

# Only orders that were read again by their id, or told of because of their time to ship; gone when they are settled.
watches = Table(
    "ao_watches",
    metadata,
    text_column("connection", key=True),
    text_column("amazon_order_id", key=True),
    text_column("read_at", null=True),
    text_column("told_at", null=True),
    sqlite_with_rowid=False,
)
