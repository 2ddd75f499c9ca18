"""What is kept for calls to Amazon: how far flows have read, quotas, access tokens."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table

from .columns import metadata, text_column, whole_column

cursors = Table(
    "ao_cursors",
    metadata,
    text_column("connection", key=True),
    text_column("flow", key=True),
    text_column("watermark", null=True),
    text_column("window_from", null=True),
    text_column("page_token"),
    text_column("page_token_at", null=True),
    text_column("counters"),
    text_column("last_success", null=True),
    text_column("next_due", null=True),
    text_column("looked_4h", null=True),
    text_column("looked_5d", null=True),
)

buckets = Table(
    "ao_buckets",
    metadata,
    text_column("scope", key=True),
    text_column("operation", key=True),
    whole_column(
        "full_at"
    ),  # microseconds since 1970: when the bucket is full again, at `interval` microseconds a token
    whole_column("interval"),
    text_column("learned", null=True),  # calls a second, from Amazon's header
)

tokens = Table(
    "ao_tokens",
    metadata,
    text_column("name", key=True),
    Column("token", LargeBinary, nullable=False),  # encrypted
    text_column("expires_at"),
)
