"""What is done about an open order once in a while: read again by its id, told of as it comes near its time to ship.

Frozen, as every version.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, Text

revision = "0003"
down_revision = "0002"

TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "ao_watches",
        Column("connection", TEXT, nullable=False),
        Column("amazon_order_id", TEXT, nullable=False),
        Column("read_at", TEXT),
        Column("told_at", TEXT),
        PrimaryKeyConstraint("connection", "amazon_order_id"),
        sqlite_with_rowid=False,
    )
