"""Amazon's records as contracts that are checked: Orders API v2026-01-01, the fields that the rules need.

Whatever else Amazon sends is left aside, and only ids, times, items and their quantities are required. `null` means the
same as absent everywhere. The schemas are the source of every error; `compiled` makes a fast loader of the very same
ones.
"""

from __future__ import annotations

from .orders import known_as, load_by_schema, load_order

__all__ = ["known_as", "load_by_schema", "load_order"]
