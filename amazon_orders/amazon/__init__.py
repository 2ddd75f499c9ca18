"""The Selling Partner API, as far as the library uses it: tokens, quotas, three operations, records."""

from __future__ import annotations

from .auth import LwaCredentials
from .client import AmazonClient, Participation
from .consent import consent_link, refresh_token_for
from .query import DATA_SETS, INCLUDED, OrderQuery
from .quotas import PLANS, Buckets, Plan, Tokens, scope_of
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
    "consent_link",
    "digest",
    "raw_order",
    "refresh_token_for",
    "scope_of",
]
