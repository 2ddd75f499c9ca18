"""The operations of the Feeds API of 2021-06-30."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amazon_orders.sandbox import tokens
from amazon_orders.sandbox.bodies import check_fields, read_json
from amazon_orders.sandbox.clock import iso, to_ms
from amazon_orders.sandbox.feeds import listings
from amazon_orders.sandbox.feeds.queue import ORDER_FEEDS, REMOVED_FEEDS, FeedMade
from amazon_orders.sandbox.messages import (
    Response,
    dump,
    invalid_input,
    not_found,
    quota_exceeded,
    unauthorized,
)
from amazon_orders.sandbox.query import MAX_PAGE, one_of, read_params, read_time, whole_number

if TYPE_CHECKING:
    from amazon_orders.sandbox.projection import Json
    from amazon_orders.sandbox.routes import Call
    from amazon_orders.sandbox.seller import Seller

STATUSES = ("CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE")
TYPES = frozenset({listings.TYPE, *ORDER_FEEDS, *REMOVED_FEEDS})
LISTINGS_FEEDS = (5, 300_000)
"""So many listings feeds in so many milliseconds."""
_KEPT_MS = 90 * 24 * 3600 * 1000
_FILTERS = frozenset(
    {"feedTypes", "marketplaceIds", "pageSize", "processingStatuses", "createdSince", "createdUntil", "nextToken"}
)


def create_feed_document(call: Call) -> Response:
    """`POST /feeds/2021-06-30/documents`."""
    seller = admitted(call)
    body = read_json(call.request)
    check_fields(body, {"contentType": str}, ("contentType",))
    document = call.amazon.documents.create(seller.seller_id, seller.region, body["contentType"])
    url = call.amazon.documents.address(document, "PUT", call.request, seller.region)
    return Response(201, dump({"feedDocumentId": document.id, "url": url}))


def create_feed(call: Call) -> Response:
    """`POST /feeds/2021-06-30/feeds`."""
    seller = admitted(call)
    body = read_json(call.request)
    kinds = {"feedType": str, "marketplaceIds": list, "inputFeedDocumentId": str, "feedOptions": dict}
    check_fields(body, kinds, ("feedType", "marketplaceIds", "inputFeedDocumentId"))
    if body["feedType"] not in TYPES:
        raise invalid_input("Invalid feed type.")
    marketplace_ids = _marketplaces(seller, body)
    document = call.amazon.documents.of(body["inputFeedDocumentId"], seller.seller_id)
    if document is None or document.body is None:
        raise invalid_input("The document does not exist or nothing was uploaded to it.")
    now_ms = to_ms(call.amazon.clock.now())
    if body["feedType"] == listings.TYPE and call.amazon.throttles and _too_many(seller, now_ms):
        return quota_exceeded()
    feed = FeedMade(
        id=str(50_000_000_000 + call.amazon.next_number()),
        type=body["feedType"],
        marketplace_ids=marketplace_ids,
        options=dict(body.get("feedOptions", {})),
        content=document.body,
        created_ms=now_ms,
    )
    seller.feed_queue.add(feed, fate=call.struck.fate)
    return Response(202, dump({"feedId": feed.id}))


def get_feed(call: Call) -> Response:
    """`GET /feeds/2021-06-30/feeds/{feedId}`."""
    return Response(200, dump(_shown(_feed(call, admitted(call)))))


def get_feeds(call: Call) -> Response:
    """`GET /feeds/2021-06-30/feeds`: the newest first."""
    seller = admitted(call)
    params = read_params(call.request.query)
    if params.keys() - _FILTERS:
        raise invalid_input("A parameter is not one of this operation.")
    params, offset = tokens.opened(params, "nextToken")
    if "feedTypes" not in params:
        raise invalid_input("Either feedTypes or nextToken is required.")
    found = _found(seller, params, to_ms(call.amazon.clock.now()))
    size = whole_number(params, "pageSize", 10, MAX_PAGE)
    answer: Json = {"feeds": [_shown(feed) for feed in found[offset : offset + size]]}
    if len(found) > offset + size:
        answer["nextToken"] = tokens.sealed(params, offset + size)
    return Response(200, dump(answer))


def cancel_feed(call: Call) -> Response:
    """`DELETE /feeds/2021-06-30/feeds/{feedId}`: only while it waits in the queue."""
    seller = admitted(call)
    feed = _feed(call, seller)
    if feed.status != "IN_QUEUE":
        raise invalid_input("Only a feed in the queue can be cancelled.")
    seller.feed_queue.cancel(feed, to_ms(call.amazon.clock.now()))
    return Response(200, b"")


def get_feed_document(call: Call) -> Response:
    """`GET /feeds/2021-06-30/documents/{feedDocumentId}`."""
    return document_answer(call, admitted(call), "feedDocumentId")


def document_answer(call: Call, seller: Seller, name: str) -> Response:
    """Where a document may be fetched for the next five minutes."""
    document = call.amazon.documents.of(call.path[name], seller.seller_id)
    if document is None or document.body is None:
        raise not_found("No such document.")
    answer = {name: document.id, "url": call.amazon.documents.address(document, "GET", call.request, seller.region)}
    if document.packing:
        answer["compressionAlgorithm"] = document.packing
    return Response(200, dump(answer))


def admitted(call: Call) -> Seller:
    """The seller of a call that needs one."""
    if call.seller is None:
        raise unauthorized("This operation needs the token of a selling partner.")
    return call.seller


def own_marketplaces(seller: Seller, ids: list[Any]) -> tuple[str, ...]:
    """A list of 1 to 25 marketplaces of the seller."""
    if len(ids) > 25 or not all(isinstance(id_, str) for id_ in ids):
        raise invalid_input("marketplaceIds holds 1 to 25 ids.")
    if not set(ids) <= set(seller.marketplace_ids):
        raise unauthorized("A marketplace is not one of this selling partner in this region.")
    return tuple(ids)


def _marketplaces(seller: Seller, body: Json) -> tuple[str, ...]:
    ids = own_marketplaces(seller, body["marketplaceIds"])
    if body["feedType"] == listings.TYPE and len(ids) > 1:
        raise invalid_input("A listings feed is for one marketplace.")
    return ids


def _too_many(seller: Seller, now_ms: int) -> bool:
    number, span_ms = LISTINGS_FEEDS
    recent = [f for f in seller.feed_queue.all() if f.type == listings.TYPE and f.created_ms > now_ms - span_ms]
    return len(recent) >= number


def _feed(call: Call, seller: Seller) -> FeedMade:
    feed = seller.feed_queue.get(call.path["feedId"])
    if feed is None:
        raise not_found("No such feed.")
    return feed


def _found(seller: Seller, params: dict[str, str], now_ms: int) -> list[FeedMade]:
    types = params["feedTypes"].split(",")
    statuses = one_of(params, "processingStatuses", STATUSES)
    marketplaces = set(one_of(params, "marketplaceIds", None))
    since = read_time(params, "createdSince", now_ms - _KEPT_MS)
    until = read_time(params, "createdUntil", now_ms)
    if len(types) > 10:
        raise invalid_input("feedTypes holds at most 10 types.")
    return [
        feed
        for feed in reversed(seller.feed_queue.all())
        if feed.type in types
        and (not statuses or feed.status in statuses)
        and (not marketplaces or marketplaces & set(feed.marketplace_ids))
        and max(since, now_ms - _KEPT_MS) <= feed.created_ms <= until
    ]


def _shown(feed: FeedMade) -> Json:
    shown: Json = {
        "feedId": feed.id,
        "feedType": feed.type,
        "marketplaceIds": list(feed.marketplace_ids),
        "createdTime": iso(feed.created_ms),
        "processingStatus": feed.status,
    }
    if feed.started_ms is not None:
        shown["processingStartTime"] = iso(feed.started_ms)
    if feed.ended_ms is not None:
        shown["processingEndTime"] = iso(feed.ended_ms)
    if feed.report is not None:
        shown["resultFeedDocumentId"] = feed.report.id
    return shown
