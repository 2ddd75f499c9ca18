"""The shop's tables. Amounts are TEXT decimals gross, times ISO-8601 UTC text of fixed width."""

from __future__ import annotations

VERSION = 1
"""Kept in `PRAGMA user_version`."""

TABLES = (
    """CREATE TABLE products (
        id INTEGER PRIMARY KEY,
        sku TEXT NOT NULL,
        asin TEXT,
        ean TEXT,
        title TEXT NOT NULL DEFAULT '',
        stock INTEGER
    )""",
    """CREATE TABLE orders (
        id INTEGER PRIMARY KEY,
        number TEXT NOT NULL,
        external_id TEXT NOT NULL UNIQUE,
        status TEXT NOT NULL CHECK (status IN ('new', 'on_hold', 'shipped', 'cancelled')),
        currency TEXT NOT NULL,
        total TEXT NOT NULL,
        tax TEXT,
        shipping TEXT NOT NULL,
        shipping_method TEXT NOT NULL,
        placed_at TEXT NOT NULL,
        hold_reason TEXT,
        updated_at TEXT NOT NULL
    )""",
    """CREATE TABLE order_lines (
        id INTEGER PRIMARY KEY,
        order_id INTEGER NOT NULL REFERENCES orders (id),
        external_id TEXT,
        product_id INTEGER REFERENCES products (id),
        sku TEXT NOT NULL,
        quantity INTEGER NOT NULL,
        unit_price TEXT NOT NULL,
        total TEXT NOT NULL,
        tax TEXT,
        kind TEXT NOT NULL CHECK (kind IN ('item', 'fee', 'rounding', 'adjustment', 'marketplace_tax'))
    )""",
    """CREATE TABLE shipments (
        id INTEGER PRIMARY KEY,
        order_id INTEGER NOT NULL REFERENCES orders (id),
        carrier TEXT NOT NULL,
        service TEXT NOT NULL,
        tracking TEXT NOT NULL,
        shipped_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    )""",
    """CREATE TABLE shipment_lines (
        shipment_id INTEGER NOT NULL REFERENCES shipments (id),
        line_id INTEGER NOT NULL REFERENCES order_lines (id),
        quantity INTEGER NOT NULL
    )""",
    # Without a line: the whole order.
    """CREATE TABLE cancellations (
        id INTEGER PRIMARY KEY,
        order_id INTEGER NOT NULL REFERENCES orders (id),
        line_id INTEGER REFERENCES order_lines (id),
        quantity INTEGER,
        reason TEXT NOT NULL,
        at TEXT NOT NULL
    )""",
    # Without a line: shipping.
    """CREATE TABLE refunds (
        id INTEGER PRIMARY KEY,
        order_id INTEGER NOT NULL REFERENCES orders (id),
        line_id INTEGER REFERENCES order_lines (id),
        quantity INTEGER,
        amount TEXT NOT NULL,
        tax TEXT,
        reason TEXT NOT NULL,
        at TEXT NOT NULL
    )""",
    """CREATE TABLE stock_moves (
        key TEXT NOT NULL UNIQUE,
        product_id INTEGER NOT NULL REFERENCES products (id),
        delta INTEGER NOT NULL,
        reason TEXT NOT NULL
    )""",
    # What came from Amazon after the order was placed, by its key: it has its effect once, and what it left in
    # `shipments` or `cancellations` (record_id) is listed under the key, so that it is known again.
    """CREATE TABLE amazon_changes (
        key TEXT NOT NULL,
        order_id INTEGER NOT NULL REFERENCES orders (id),
        kind TEXT NOT NULL,
        record_id INTEGER,
        at TEXT NOT NULL,
        UNIQUE (key, record_id)
    )""",
    "CREATE INDEX products_sku ON products (sku COLLATE NOCASE)",
    "CREATE INDEX products_asin ON products (asin COLLATE NOCASE)",
    "CREATE INDEX products_ean ON products (ean COLLATE NOCASE)",
    "CREATE INDEX order_lines_order ON order_lines (order_id)",
    "CREATE INDEX shipments_order ON shipments (order_id)",
    "CREATE INDEX shipments_updated ON shipments (updated_at, id)",
    "CREATE INDEX shipment_lines_shipment ON shipment_lines (shipment_id)",
    "CREATE INDEX cancellations_order ON cancellations (order_id)",
    "CREATE INDEX cancellations_at ON cancellations (at, id)",
    "CREATE INDEX refunds_at ON refunds (at, id)",
    "CREATE INDEX amazon_changes_order ON amazon_changes (order_id)",
)
