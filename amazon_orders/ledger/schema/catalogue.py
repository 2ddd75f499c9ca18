"""Listings, aliases, and facts learned about a connection."""

from __future__ import annotations

from sqlalchemy import Table

from .columns import metadata, text_column, whole_column

listings = Table(
    "ao_listings",
    metadata,
    text_column("connection", key=True),
    text_column("seller_sku", key=True),
    text_column("product"),
    text_column("matched_by"),
    whole_column("units"),
    text_column("channel"),
    text_column("learned_at"),
)

# What Amazon says of each listing, whatever product it stands for.
offers = Table(
    "ao_offers",
    metadata,
    text_column("connection", key=True),
    text_column("seller_sku", key=True),
    text_column("asin"),
    text_column("channel"),  # merchant, amazon, or empty: not told
    text_column("marketplaces"),  # JSON list of country codes in which it is listed
    whole_column("quantity", null=True),
    text_column("read_at"),
)

aliases = Table(
    "ao_aliases",
    metadata,
    text_column("connection", key=True),
    text_column("seller_sku", key=True),
    text_column("product"),
    whole_column("units"),
    text_column("set_at"),
)

facts = Table(
    "ao_facts",
    metadata,
    text_column("connection", key=True),
    text_column("kind", key=True),
    text_column("value", key=True),
    text_column("seen_at"),
)
