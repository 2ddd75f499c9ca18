"""A shop that lives in memory: the adapter to read first, and the one that the kit's own checks are tried on."""

from __future__ import annotations

from .shop import MemoryShop
from .store import MemoryStore, open_store

__all__ = ["MemoryShop", "MemoryStore", "open_store"]
