"""The Selling Partner API, as far as the library uses it: tokens, quotas, three operations, records."""

from __future__ import annotations

from .auth import LwaCredentials
from .client import AmazonClient, Participation
from .query import DATA_SETS, INCLUDED, OrderQuery
from .quotas import PLANS, Buckets, Plan, Tokens
from .records import OrderPage, RawOrder, digest, raw_order
from .transport import Transport

__all__ = [
    "DATA_SETS",
    "INCLUDED",
    "PLANS",
    "AmazonClient",
    "Buckets",
    "LwaCredentials",
    "OrderPage",
    "OrderQuery",
    "Participation",
    "Plan",
    "RawOrder",
    "Tokens",
    "Transport",
    "digest",
    "raw_order",
]
