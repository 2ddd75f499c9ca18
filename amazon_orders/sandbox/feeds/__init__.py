"""The Feeds API, and what Amazon makes of the feeds that it gets."""

from __future__ import annotations

from amazon_orders.sandbox.feeds.queue import FeedMade

__all__ = ["FeedMade"]
