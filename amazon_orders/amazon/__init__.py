"""The Selling Partner API, as far as the library uses it: tokens, quotas, operations, records, documents."""

from __future__ import annotations

from .auth import LwaCredentials
from .client import AmazonClient, Participation
from .consent import consent_link, refresh_token_for
from .feed_documents import (
    ACKNOWLEDGEMENT,
    ADJUSTMENT,
    FULFILMENT,
    JSON_TYPE,
    LISTINGS,
    MOST_LISTINGS,
    XML_TYPE,
    acknowledgement_feed,
    adjustment_feed,
    fulfilment_feed,
    listings_feed,
)
from .feeds import Feed, FeedDocument, Feeds
from .listings import SEARCH_LIMIT, Listings
from .processing_reports import FeedResult, ProcessingReport, listings_report, processing_report
from .query import DATA_SETS, INCLUDED, OrderQuery
from .quotas import PLANS, Buckets, Plan, Tokens, scope_of
from .records import OrderPage, RawOrder, digest, raw_order
from .reports import ALL_LISTINGS, ReportJob, Reports, merchant_listings
from .transport import Transport

__all__ = [
    "ACKNOWLEDGEMENT",
    "ADJUSTMENT",
    "ALL_LISTINGS",
    "DATA_SETS",
    "FULFILMENT",
    "INCLUDED",
    "JSON_TYPE",
    "LISTINGS",
    "MOST_LISTINGS",
    "PLANS",
    "SEARCH_LIMIT",
    "XML_TYPE",
    "AmazonClient",
    "Buckets",
    "Feed",
    "FeedDocument",
    "FeedResult",
    "Feeds",
    "Listings",
    "LwaCredentials",
    "OrderPage",
    "OrderQuery",
    "Participation",
    "Plan",
    "ProcessingReport",
    "RawOrder",
    "ReportJob",
    "Reports",
    "Tokens",
    "Transport",
    "acknowledgement_feed",
    "adjustment_feed",
    "consent_link",
    "digest",
    "fulfilment_feed",
    "listings_feed",
    "listings_report",
    "merchant_listings",
    "processing_report",
    "raw_order",
    "refresh_token_for",
    "scope_of",
]
