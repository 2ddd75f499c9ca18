"""Which path is which operation, its published usage plan, and what an operation is handed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from amazon_orders.sandbox import listings_api, reports_api
from amazon_orders.sandbox.faults import Struck
from amazon_orders.sandbox.feeds import api as feeds
from amazon_orders.sandbox.messages import Request, Response
from amazon_orders.sandbox.orders_api import get_order, search_orders
from amazon_orders.sandbox.sellers_api import get_marketplace_participations
from amazon_orders.sandbox.shipments_api import confirm_shipment

if TYPE_CHECKING:
    from amazon_orders.sandbox.seller import Seller
    from amazon_orders.sandbox.simulation import SimulatedAmazon


@dataclass(frozen=True, slots=True)
class Call:
    """One authorised call, as its operation sees it."""

    amazon: SimulatedAmazon
    request: Request
    path: Mapping[str, str]
    """Values from the path, decoded."""
    seller: Seller | None
    """None for a grantless token."""
    struck: Struck


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. Rate and burst are the published defaults, in requests per second and requests."""

    name: str
    method: str
    template: str
    rate: float
    burst: int
    run: Callable[[Call], Response]


_FEEDS = "/feeds/2021-06-30/feeds"
_FEED_DOCUMENTS = "/feeds/2021-06-30/documents"
_ITEMS = "/listings/2021-08-01/items/{sellerId}"
_REPORTS = "/reports/2021-06-30/reports"
_REPORT_DOCUMENT = "/reports/2021-06-30/documents/{reportDocumentId}"

OPERATIONS: tuple[Operation, ...] = (
    Operation("searchOrders", "GET", "/orders/2026-01-01/orders", 0.0056, 20, search_orders),
    Operation("getOrder", "GET", "/orders/2026-01-01/orders/{orderId}", 0.5, 30, get_order),
    Operation("confirmShipment", "POST", "/orders/v0/orders/{orderId}/shipmentConfirmation", 2, 10, confirm_shipment),
    Operation(
        "getMarketplaceParticipations",
        "GET",
        "/sellers/v1/marketplaceParticipations",
        0.016,
        15,
        get_marketplace_participations,
    ),
    Operation("createFeedDocument", "POST", _FEED_DOCUMENTS, 0.5, 15, feeds.create_feed_document),
    Operation("getFeedDocument", "GET", _FEED_DOCUMENTS + "/{feedDocumentId}", 0.0222, 10, feeds.get_feed_document),
    Operation("createFeed", "POST", _FEEDS, 0.0083, 15, feeds.create_feed),
    Operation("getFeeds", "GET", _FEEDS, 0.0222, 10, feeds.get_feeds),
    Operation("getFeed", "GET", _FEEDS + "/{feedId}", 2, 15, feeds.get_feed),
    Operation("cancelFeed", "DELETE", _FEEDS + "/{feedId}", 2, 15, feeds.cancel_feed),
    Operation("searchListingsItems", "GET", _ITEMS, 5, 5, listings_api.search_listings_items),
    Operation("getListingsItem", "GET", _ITEMS + "/{sku}", 5, 10, listings_api.get_listings_item),
    Operation("patchListingsItem", "PATCH", _ITEMS + "/{sku}", 5, 5, listings_api.patch_listings_item),
    Operation("createReport", "POST", _REPORTS, 0.0167, 15, reports_api.create_report),
    Operation("getReports", "GET", _REPORTS, 0.0222, 10, reports_api.get_reports),
    Operation("getReport", "GET", _REPORTS + "/{reportId}", 2, 15, reports_api.get_report),
    Operation("cancelReport", "DELETE", _REPORTS + "/{reportId}", 0.0222, 10, reports_api.cancel_report),
    Operation("getReportDocument", "GET", _REPORT_DOCUMENT, 0.0167, 15, reports_api.get_report_document),
)

PLANS: dict[str, tuple[float, int]] = {row.name: (row.rate, row.burst) for row in OPERATIONS}

_PATTERNS = tuple((row, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", row.template))) for row in OPERATIONS)


def find(request: Request) -> tuple[Operation, dict[str, str]] | None:
    """The operation that a request asks for, with the values of its path."""
    for operation, pattern in _PATTERNS:
        match = pattern.fullmatch(request.path)
        if match is not None and request.method == operation.method:
            return operation, {name: unquote(value) for name, value in match.groupdict().items()}
    return None
