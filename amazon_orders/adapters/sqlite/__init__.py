"""The embedded demo store: a small shop in one SQLite file, durable and exact."""

from __future__ import annotations

from .store import SqliteStore, open_store

__all__ = ["SqliteStore", "open_store"]
