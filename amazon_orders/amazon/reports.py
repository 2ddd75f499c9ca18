"""Reports: asked for, waited for, fetched, and the report of all listings read.

Sources: Amazon's model `reports_2021-06-30`, and the report's columns as sellers publish them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..errors import PayloadError
from ..model.listing import MerchantListing
from .calls import Calls, segment
from .refusals import content, empty
from .storage import Storage

ALL_LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
"""Every listing of a marketplace, sellable or not."""
_REPORTS = "/reports/2021-06-30/reports"
_DOCUMENTS = "/reports/2021-06-30/documents"
_OVER = frozenset({"DONE", "FATAL", "CANCELLED"})
_CHARSET = re.compile(r'charset\s*=\s*"?([A-Za-z0-9_.:-]+)', re.IGNORECASE)
# The names that Amazon uses, and what its machines mean by them: the larger character set of the same family.
_CHARSETS = {
    "utf-8": "utf-8-sig",
    "utf8": "utf-8-sig",
    "utf-16": "utf-16",
    "cp1252": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "ms932": "cp932",
    "cp932": "cp932",
    "euc-jp": "euc_jp",
}
_COLUMNS = {
    "sku": ("seller-sku", "出品者sku"),
    "asin": ("asin1",),
    "product": ("product-id", "商品id"),
    "product_kind": ("product-id-type", "商品idタイプ"),
    "quantity": ("quantity", "数量"),
    "channel": ("fulfillment-channel", "フルフィルメント・チャンネル"),
    "status": ("status", "ステータス"),
}
"""By the header's words in small letters; Japan has its own."""
_ASIN = "1"
"""`product-id-type` of an ASIN. Some marketplaces have no column of their own for it."""
_CHANNELS = {"default": "merchant", "merchant": "merchant"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportJob:
    """A report that was asked for, and how far it is."""

    id: str
    status: str
    """`IN_QUEUE`, `IN_PROGRESS`, `DONE`, `FATAL`, `CANCELLED` (also: there was no data); Amazon may add words."""
    document_id: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in _OVER


class Reports:
    """The report operations of one connection."""

    def __init__(self, calls: Calls, storage: Storage) -> None:
        self._calls = calls
        self._storage = storage

    def create(self, report_type: str, marketplace_ids: Sequence[str]) -> str:
        """Ask for a report: its id. Sent once; one too many would do no harm beyond the quota."""
        operation = "createReport"
        if not 1 <= len(marketplace_ids) <= 25:
            raise ValueError("a report is for 1 to 25 marketplaces")
        body = {"reportType": report_type, "marketplaceIds": list(marketplace_ids)}
        answer = self._calls.write(operation, "POST", _REPORTS, body)
        report_id = content(answer).get("reportId")
        if not isinstance(report_id, str) or not report_id:
            raise empty(operation, answer, outcome_unknown=True)
        return report_id

    def get(self, report_id: str) -> ReportJob:
        """How far a report is."""
        operation = "getReport"
        answer = self._calls.read(operation, f"{_REPORTS}/{segment(report_id)}")
        said = content(answer)
        found, status, document = said.get("reportId"), said.get("processingStatus"), said.get("reportDocumentId")
        if not isinstance(found, str) or not found or not isinstance(status, str) or not status:
            raise empty(operation, answer)
        return ReportJob(id=found, status=status, document_id=document if isinstance(document, str) else "")

    def document(self, document_id: str) -> str:
        """The text of a report, unpacked, by the character set that it says it is in.

        `PayloadError` where the document is damaged, far too large, or not in Amazon's storage.
        """
        operation = "getReportDocument"
        answer = self._calls.read(operation, f"{_DOCUMENTS}/{segment(document_id)}")
        said = content(answer)
        url = said.get("url")
        if not isinstance(url, str) or not url:
            raise empty(operation, answer)
        body, kind = self._storage.get(url, str(said.get("compressionAlgorithm") or ""), record=document_id)
        return decoded(body, kind)


def decoded(body: bytes, content_type: str) -> str:
    """The text of a body. What the character set does not have becomes a mark, and spoils its own row alone."""
    named = _CHARSET.search(content_type)
    charset = _CHARSETS.get(named[1].lower()) if named else None
    if charset is not None:
        return body.decode(charset, "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def merchant_listings(text: str) -> Iterator[MerchantListing]:
    """The rows of the report of all listings, by the names in its header; columns that are not needed are ignored.

    `PayloadError` where the header has no column for the seller SKU, or the last row is cut off.
    """
    lines = iter(text.split("\n"))
    header = [name.strip().lower() for name in next(lines).split("\t")]
    names = {name: place for place, name in enumerate(header)}
    at = {key: next((names[word] for word in words if word in names), -1) for key, words in _COLUMNS.items()}
    if at["sku"] < 0:
        raise PayloadError(ALL_LISTINGS, {"seller-sku": "there is no such column"})
    last = max(at.values())
    row = ""
    for line in lines:
        row = f"{row}\n{line}" if row else line
        fields = row.split("\t")
        if len(fields) <= last:
            continue  # a line break inside a description; or the empty line at the end
        if len(fields) > len(header):
            fields = line.split("\t")
        row = ""
        if len(fields) > last and fields[at["sku"]].strip():
            yield _listing(fields, at)
    if row.strip():
        raise PayloadError(ALL_LISTINGS, {"rows": "the last one is cut off"})


def _listing(fields: list[str], at: dict[str, int]) -> MerchantListing:
    def field(key: str) -> str:
        return fields[at[key]].strip() if at[key] >= 0 else ""

    quantity, channel = field("quantity"), field("channel").lower()
    asin = field("asin") or (field("product") if field("product_kind") == _ASIN else "")
    return MerchantListing(
        fields[at["sku"]].strip("\r"),
        asin,
        int(quantity) if quantity.isascii() and quantity.isdigit() and len(quantity) < 12 else None,
        "amazon" if channel.startswith("amazon") else _CHANNELS.get(channel, ""),
        field("status"),
    )
