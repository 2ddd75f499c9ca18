"""The operations of the Reports API of 2021-06-30, for the one report that is simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amazon_orders.sandbox import tokens
from amazon_orders.sandbox.bodies import check_fields, read_json
from amazon_orders.sandbox.clock import iso, to_ms
from amazon_orders.sandbox.feeds.api import STATUSES, admitted, document_answer, own_marketplaces
from amazon_orders.sandbox.messages import Response, dump, invalid_input, not_found
from amazon_orders.sandbox.query import MAX_PAGE, one_of, read_params, read_time, whole_number
from amazon_orders.sandbox.reports import ALL_LISTINGS, ReportMade

if TYPE_CHECKING:
    from amazon_orders.sandbox.projection import Json
    from amazon_orders.sandbox.routes import Call
    from amazon_orders.sandbox.seller import Seller

_KEPT_MS = 90 * 24 * 3600 * 1000
_FILTERS = frozenset(
    {"reportTypes", "marketplaceIds", "pageSize", "processingStatuses", "createdSince", "createdUntil", "nextToken"}
)


def create_report(call: Call) -> Response:
    """`POST /reports/2021-06-30/reports`."""
    seller = admitted(call)
    body = read_json(call.request)
    kinds = {
        "reportType": str,
        "marketplaceIds": list,
        "dataStartTime": str,
        "dataEndTime": str,
        "reportOptions": dict,
    }
    check_fields(body, kinds, ("reportType", "marketplaceIds"))
    if body["reportType"] != ALL_LISTINGS:
        raise invalid_input("Invalid report type.")
    now_ms = to_ms(call.amazon.clock.now())
    report = ReportMade(
        id=str(50_000_000_000 + call.amazon.next_number()),
        type=body["reportType"],
        marketplace_ids=own_marketplaces(seller, body["marketplaceIds"]),
        created_ms=now_ms,
        start_ms=read_time(body, "dataStartTime", now_ms),
        end_ms=read_time(body, "dataEndTime", now_ms),
    )
    seller.report_queue.add(report, fate=call.struck.fate)
    return Response(202, dump({"reportId": report.id}))


def get_report(call: Call) -> Response:
    """`GET /reports/2021-06-30/reports/{reportId}`."""
    return Response(200, dump(_shown(_report(call, admitted(call)))))


def get_reports(call: Call) -> Response:
    """`GET /reports/2021-06-30/reports`: the newest first."""
    seller = admitted(call)
    params = read_params(call.request.query)
    if params.keys() - _FILTERS:
        raise invalid_input("A parameter is not one of this operation.")
    params, offset = tokens.opened(params, "nextToken")
    if "reportTypes" not in params:
        raise invalid_input("Either reportTypes or nextToken is required.")
    size = whole_number(params, "pageSize", 10, MAX_PAGE)
    found = _found(seller, params, to_ms(call.amazon.clock.now()))
    answer: Json = {"reports": [_shown(report) for report in found[offset : offset + size]]}
    if len(found) > offset + size:
        answer["nextToken"] = tokens.sealed(params, offset + size)
    return Response(200, dump(answer))


def cancel_report(call: Call) -> Response:
    """`DELETE /reports/2021-06-30/reports/{reportId}`: only while it waits in the queue."""
    seller = admitted(call)
    report = _report(call, seller)
    if report.status != "IN_QUEUE":
        raise invalid_input("Only a report in the queue can be cancelled.")
    seller.report_queue.cancel(report, to_ms(call.amazon.clock.now()))
    return Response(200, b"")


def get_report_document(call: Call) -> Response:
    """`GET /reports/2021-06-30/documents/{reportDocumentId}`."""
    return document_answer(call, admitted(call), "reportDocumentId")


def _report(call: Call, seller: Seller) -> ReportMade:
    report = seller.report_queue.get(call.path["reportId"])
    if report is None:
        raise not_found("No such report.")
    return report


def _found(seller: Seller, params: dict[str, str], now_ms: int) -> list[ReportMade]:
    types = params["reportTypes"].split(",")
    statuses = one_of(params, "processingStatuses", STATUSES)
    marketplaces = set(one_of(params, "marketplaceIds", None))
    since = max(read_time(params, "createdSince", 0), now_ms - _KEPT_MS)
    until = read_time(params, "createdUntil", now_ms)
    return [
        report
        for report in reversed(seller.report_queue.all())
        if report.type in types
        and (not statuses or report.status in statuses)
        and (not marketplaces or marketplaces & set(report.marketplace_ids))
        and since <= report.created_ms <= until
    ]


def _shown(report: ReportMade) -> Json:
    shown: Json = {
        "reportId": report.id,
        "reportType": report.type,
        "marketplaceIds": list(report.marketplace_ids),
        "dataStartTime": iso(report.start_ms),
        "dataEndTime": iso(report.end_ms),
        "createdTime": iso(report.created_ms),
        "processingStatus": report.status,
    }
    if report.started_ms is not None:
        shown["processingStartTime"] = iso(report.started_ms)
    if report.ended_ms is not None:
        shown["processingEndTime"] = iso(report.ended_ms)
    if report.document is not None:
        shown["reportDocumentId"] = report.document.id
    return shown
