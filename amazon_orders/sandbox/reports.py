"""Reports that a seller ordered: in the queue, in progress, done; written from what there is at that time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amazon_orders.sandbox.listings import DEFAULT, Listing

if TYPE_CHECKING:
    from amazon_orders.sandbox.documents import Document
    from amazon_orders.sandbox.seller import Seller

ALL_LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
CHARSETS = {"na": "windows-1252", "eu": "windows-1252", "fe": "Shift_JIS"}
"""In which Amazon writes flat files, by region."""
COLUMNS = (
    "item-name",
    "item-description",
    "listing-id",
    "seller-sku",
    "price",
    "quantity",
    "open-date",
    "image-url",
    "item-is-marketplace",
    "product-id-type",
    "zshop-shipping-fee",
    "item-note",
    "item-condition",
    "zshop-category1",
    "zshop-browse-path",
    "zshop-storefront-feature",
    "asin1",
    "asin2",
    "asin3",
    "will-ship-internationally",
    "expedited-shipping",
    "zshop-boldface",
    "product-id",
    "bid-for-featured-placement",
    "add-delete",
    "pending-quantity",
    "fulfillment-channel",
    "merchant-shipping-group",
    "status",
)


@dataclass(slots=True)
class ReportMade:
    """One report, as a test may look at it. Times are milliseconds."""

    id: str
    type: str
    marketplace_ids: tuple[str, ...]
    created_ms: int
    start_ms: int
    end_ms: int
    status: str = "IN_QUEUE"
    started_ms: int | None = None
    ended_ms: int | None = None
    document: Document | None = field(default=None, repr=False)


class Reports:
    """The reports of one seller, oldest first."""

    def __init__(self, seller: Seller) -> None:
        self._seller = seller
        self._reports: dict[str, ReportMade] = {}

    def all(self) -> list[ReportMade]:
        """Every report."""
        return list(self._reports.values())

    def get(self, report_id: str) -> ReportMade | None:
        """One report."""
        return self._reports.get(report_id)

    def add(self, report: ReportMade, *, fate: str = "") -> None:
        """Queue a report. A fate is a kind of fault: `hanging_report` never ends, `fatal_report` has no document."""
        self._reports[report.id] = report
        delay_ms = int(self._seller.report_delay * 1000)
        agenda = self._seller.agenda
        agenda.at(report.created_ms + delay_ms // 2, lambda ms: _start(report, ms))
        if fate != "hanging_report":
            agenda.at(report.created_ms + delay_ms, lambda ms: self._finish(report, ms, fatal=fate == "fatal_report"))
        self._seller.settle()

    def cancel(self, report: ReportMade, ms: int) -> None:
        """Take a report out of the queue; it must still be in it."""
        report.status = "CANCELLED"
        report.started_ms = report.ended_ms = ms

    def _finish(self, report: ReportMade, ms: int, *, fatal: bool) -> None:
        if report.status == "CANCELLED":
            return
        report.ended_ms = ms
        wanted = set(report.marketplace_ids)
        rows = [row for row in self._seller.listings.all() if wanted & set(row.marketplace_ids)]
        if fatal:
            report.status = "FATAL"
        elif not rows:
            report.status = "CANCELLED"  # Amazon's word for a report about nothing
        else:
            charset = self._seller.report_charset
            body = _all_listings(rows).encode(charset, "replace")
            content_type = f"text/plain; charset={charset}"
            report.document = self._seller.store_document(content_type, body)
            report.status = "DONE"


def _start(report: ReportMade, ms: int) -> None:
    if report.status == "IN_QUEUE":
        report.status = "IN_PROGRESS"
        report.started_ms = ms


def _all_listings(rows: list[Listing]) -> str:
    lines = ["\t".join(COLUMNS), *("\t".join(_values(row).get(name, "") for name in COLUMNS) for row in rows)]
    return "\r\n".join(lines) + "\r\n"


def _values(row: Listing) -> dict[str, str]:
    channel = row.availability[0]["fulfillment_channel_code"] if row.availability else DEFAULT
    active = row.by_amazon or bool(row.quantity)
    return {
        "item-name": row.title,
        "listing-id": f"L{row.asin[2:]}",
        "seller-sku": row.sku,
        "price": str(row.price),
        "quantity": "" if row.quantity is None else str(row.quantity),
        "open-date": f"{row.created_at:%d/%m/%Y %H:%M:%S} UTC",
        "item-is-marketplace": "y",
        "product-id-type": "1",
        "item-condition": "11",
        "asin1": row.asin,
        "will-ship-internationally": "1",
        "product-id": row.asin,
        "pending-quantity": "0",
        "fulfillment-channel": channel,
        "status": "Active" if active else "Inactive",
    }
