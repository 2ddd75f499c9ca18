"""The tables. A change here needs a migration beside it; a test compares the two.

Types are those that SQLite and PostgreSQL read alike: text, whole numbers, bytes. Times are text of fixed width, see
`text`. Every name begins with `ao_`, so that the ledger may live in a database that a host also uses.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

REVISIONS = ("0001",)
"""Every revision this version of the library knows, oldest first. Known without Alembic, so that opening is cheap."""

VERSION_TABLE = "amazon_orders_version"

# As Alembic makes it, and apart from the other tables: Alembic does not compare it.
version = Table(
    VERSION_TABLE,
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
)

metadata = MetaData()

# SQLite counts rows in an INTEGER key only; PostgreSQL should not run out after two billion.
_RowId = BigInteger().with_variant(Integer(), "sqlite")
# Text sorts by its code points, as SQLite and Python sort it, whatever language a PostgreSQL server speaks.
_Text = Text().with_variant(Text(collation="C"), "postgresql")


def _text(name: str, *, key: bool = False, null: bool = False) -> Column[str]:
    return Column(name, _Text, primary_key=key, nullable=null)


def _whole(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=null)


meta = Table("ao_meta", metadata, _text("name", key=True), _text("value"))

_waiting = text("next_try IS NOT NULL")
_watched = text("watched = 1")
_personal = text("token IS NOT NULL")

connections = Table(
    "ao_connections",
    metadata,
    _text("name", key=True),
    _text("settings"),
    Column("secret", LargeBinary),  # encrypted
    _text("secret_ref", null=True),  # env:NAME
    _text("secret_at", null=True),
    _text("refused_at", null=True),  # when Amazon said that the authorisation is gone
    _text("refused_key", null=True),  # which one it was: another one may be tried
    _text("added_at"),
    _text("changed_at"),
)

connection_changes = Table(
    "ao_connection_changes",
    metadata,
    Column("id", _RowId, primary_key=True),
    _text("connection"),
    _text("at"),
    _text("field"),
    _text("old"),
    _text("new"),
    Index("ao_connection_changes_by_connection", "connection", "id"),
)

# Sellers who were sent to Amazon's consent page and have not come back yet.
consents = Table(
    "ao_consents",
    metadata,
    _text("state", key=True),  # a hash of what the link carries
    _text("connection"),
    _text("redirect_uri"),
    _text("expires_at"),
)

cursors = Table(
    "ao_cursors",
    metadata,
    _text("connection", key=True),
    _text("flow", key=True),
    _text("watermark", null=True),
    _text("window_from", null=True),
    _text("page_token"),
    _text("page_token_at", null=True),
    _text("counters"),
    _text("last_success", null=True),
    _text("next_due", null=True),
    _text("looked_4h", null=True),
    _text("looked_5d", null=True),
)

leases = Table(
    "ao_leases",
    metadata,
    _text("name", key=True),
    _whole("fence"),
    _text("host"),
    _whole("pid"),
    _text("started"),
    _text("until", null=True),  # null: free
)

# Small rows that are only looked up by their key. Whether the store has the order stands in one place, with the order.
claims = Table(
    "ao_claims",
    metadata,
    _text("store", key=True),
    _text("amazon_order_id", key=True),
    _text("connection"),
    _text("key"),
    _text("claimed_at"),
    _whole("fence"),
    _whole("mark"),  # of the call that made it: tells a new claim from one that was there
    sqlite_with_rowid=False,
)
Index("ao_claims_by_time", claims.c.store, claims.c.claimed_at)

orders = Table(
    "ao_orders",
    metadata,
    _text("amazon_order_id", key=True),
    _text("connection", key=True),
    _text("store"),
    _text("marketplace"),
    _text("status"),
    _text("amazon_status"),
    _text("reason", null=True),
    _text("detail"),
    _text("fulfilled_by"),
    _text("created_at"),
    _text("updated_at"),
    _text("ship_by", null=True),
    _text("deliver_by", null=True),
    _text("shipped_at", null=True),
    _text("delivered_at", null=True),
    _text("currency"),
    _text("amazon_total", null=True),
    _text("store_total", null=True),
    _text("marketplace_tax", null=True),
    _text("store_ref", null=True),
    _text("store_number", null=True),
    Column("digest", LargeBinary, nullable=False),
    _text("reading", null=True),
    _whole("balanced", null=True),
    _text("equation", null=True),
    _text("flags"),
    _text("lines"),
    _whole("attempts"),
    _text("next_try", null=True),
    _text("recorded_at"),
    _whole("watched"),  # 1: to be read again by id once a day
    _text("erase_at", null=True),  # when the token goes at the latest
    _text("decided_at", null=True),
    Column("trace_hash", LargeBinary),  # tells whether another decision was taken
    # Last, so that lists do not read past them: how the decision in force was reached, and Amazon's record with the
    # buyer's data, encrypted and erased in its time.
    _text("trace", null=True),
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
# Small: only orders of the last weeks have a token. Every sync asks it what is to be erased.
Index("ao_orders_personal", orders.c.erase_at, sqlite_where=_personal, postgresql_where=_personal)

# Decisions that another one has replaced, append only. The one in force stands with its order.
decisions = Table(
    "ao_decisions",
    metadata,
    Column("id", _RowId, primary_key=True),
    _text("connection"),
    _text("amazon_order_id"),
    _text("at"),
    _text("status"),
    _text("reason", null=True),
    _text("detail"),
    _text("trace"),
    Index("ao_decisions_by_order", "amazon_order_id", "connection"),
)

changes = Table(
    "ao_changes",
    metadata,
    _text("store", key=True),
    _text("amazon_order_id", key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False, nullable=False),
    _text("kind"),
    _text("content"),  # a hash: addresses stay out of the plain columns
    _text("state"),
    _text("opened_at"),
    _text("closed_at", null=True),
)

inbox = Table(
    "ao_inbox",
    metadata,
    _text("connection", key=True),
    _text("amazon_order_id", key=True),
    _text("reason", key=True),
    _text("detail"),
    _text("opened_at"),
    _text("closed_at", null=True),
)
_unclosed = text("closed_at IS NULL")
Index("ao_inbox_open", inbox.c.opened_at, sqlite_where=_unclosed, postgresql_where=_unclosed)

listings = Table(
    "ao_listings",
    metadata,
    _text("connection", key=True),
    _text("seller_sku", key=True),
    _text("product"),
    _text("matched_by"),
    _whole("units"),
    _text("channel"),
    _text("learned_at"),
)

aliases = Table(
    "ao_aliases",
    metadata,
    _text("connection", key=True),
    _text("seller_sku", key=True),
    _text("product"),
    _whole("units"),
    _text("set_at"),
)

facts = Table(
    "ao_facts",
    metadata,
    _text("connection", key=True),
    _text("kind", key=True),
    _text("value", key=True),
    _text("seen_at"),
)

buckets = Table(
    "ao_buckets",
    metadata,
    _text("scope", key=True),
    _text("operation", key=True),
    _whole("full_at"),  # microseconds since 1970: when the bucket is full again, at `interval` microseconds a token
    _whole("interval"),
    _text("learned", null=True),  # calls a second, from Amazon's header
)

tokens = Table(
    "ao_tokens",
    metadata,
    _text("name", key=True),
    Column("token", LargeBinary, nullable=False),  # encrypted
    _text("expires_at"),
)

reservations = Table(
    "ao_reservations",
    metadata,
    _text("store", key=True),
    _text("amazon_order_id", key=True),
    _text("order_item_id", key=True),
    _text("connection"),
    _text("product"),
    _text("seller_sku"),
    _whole("told"),
    _whole("wanted"),
    _whole("step"),
    _text("reason"),
)
_moving = text("told <> wanted")
Index(
    "ao_reservations_open",
    reservations.c.store,
    reservations.c.connection,
    sqlite_where=_moving,
    postgresql_where=_moving,
)

runs = Table(
    "ao_runs",
    metadata,
    Column("id", _RowId, primary_key=True),
    _text("connection"),
    _text("started_at"),
    _text("finished_at", null=True),
    _text("report"),
    Index("ao_runs_by_connection", "connection", "id"),
)
