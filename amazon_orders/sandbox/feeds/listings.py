"""`JSON_LISTINGS_FEED`: many listings at once, each message with its own issues."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from amazon_orders.sandbox.clock import from_ms
from amazon_orders.sandbox.feeds.verdicts import FatalFeedError, Verdict
from amazon_orders.sandbox.messages import Refused, dump
from amazon_orders.sandbox.patches import merged, patched

if TYPE_CHECKING:
    from amazon_orders.sandbox.feeds.queue import FeedMade
    from amazon_orders.sandbox.projection import Json
    from amazon_orders.sandbox.seller import Seller

TYPE = "JSON_LISTINGS_FEED"
CONTENT_TYPE = "application/json; charset=UTF-8"
MAX_MESSAGES = 25_000
_OPERATIONS = frozenset({"UPDATE", "PARTIAL_UPDATE", "PATCH", "DELETE"})


def carry_out(seller: Seller, feed: FeedMade, ms: int) -> bytes:
    """Carry out a feed; returns its report. `FatalFeedError` where it is not read at all."""
    messages = _open(seller, feed.content)
    feed.messages = len(messages)
    verdicts: list[Verdict] = []
    for message in messages:
        verdicts += [
            Verdict(
                message_id=message["messageId"],
                code=issue["code"],
                text=issue["message"],
                sku=message["sku"],
                attribute=issue.get("attributeNames", [""])[0],
            )
            for issue in _carry_out_one(seller, message, feed.marketplace_ids[0], ms)
        ]
    feed.verdicts = tuple(verdicts)
    return report(seller.seller_id, feed)


def report(seller_id: str, feed: FeedMade) -> bytes:
    """The processing report: issues by message, and a summary."""
    invalid = len({verdict.message_id for verdict in feed.verdicts if verdict.message_id})
    issues = [
        {
            "messageId": verdict.message_id,
            "code": verdict.code,
            "severity": verdict.severity.upper(),
            "message": verdict.text,
        }
        | ({"sku": verdict.sku} if verdict.sku else {})
        | ({"attributeName": verdict.attribute} if verdict.attribute else {})
        for verdict in feed.verdicts
    ]
    summary = {
        "errors": len(issues),
        "warnings": 0,
        "messagesProcessed": feed.messages,
        "messagesAccepted": feed.messages - invalid,
        "messagesInvalid": invalid,
    }
    header = {"sellerId": seller_id, "version": "2.0", "feedId": feed.id}
    return dump({"header": header, "issues": issues, "summary": summary})


def _open(seller: Seller, content: bytes) -> list[Json]:
    try:
        document: Any = json.loads(content)
        header, messages = document["header"], document["messages"]
        seller_id, version = header["sellerId"], header["version"]
    except (ValueError, KeyError, TypeError):
        raise FatalFeedError("4000001", "The feed is not a listings feed in JSON.") from None
    if seller_id != seller.seller_id:
        raise FatalFeedError("4000002", "The seller id is not the one of the account.")
    if version != "2.0" or not isinstance(messages, list) or not messages:
        raise FatalFeedError("4000001", "The feed is not a listings feed of version 2.0 with messages.")
    if len(messages) > MAX_MESSAGES:
        raise FatalFeedError("4000004", f"The feed holds more than {MAX_MESSAGES} messages.")
    for message in messages:
        if (
            not isinstance(message, dict)
            or type(message.get("messageId")) is not int
            or message["messageId"] < 1
            or not isinstance(message.get("sku"), str)
            or message.get("operationType") not in _OPERATIONS
        ):
            raise FatalFeedError("4000001", "A message needs messageId, sku and operationType.")
    if len({message["messageId"] for message in messages}) < len(messages):
        raise FatalFeedError("4000001", "A messageId appears twice.")
    return messages


def _carry_out_one(seller: Seller, message: Json, marketplace_id: str, ms: int) -> list[Json]:
    sku = message["sku"]
    listing = seller.listings.get(sku)
    if listing is None or marketplace_id not in listing.marketplace_ids:
        return [{"code": "13013", "message": "The SKU does not exist in the marketplace.", "attributeNames": [""]}]
    if message["operationType"] == "DELETE":
        seller.listings.delete(sku, from_ms(ms))
        return []
    if message["operationType"] == "UPDATE":
        return [{"code": "90000920", "message": "A full update is not simulated.", "attributeNames": [""]}]
    try:
        if message["operationType"] == "PATCH":
            attributes, issues = patched(listing, message)
        else:
            attributes, issues = merged(listing, message.get("attributes", {}))
    except Refused as refused:
        details = json.loads(refused.response.body)["errors"][0]["details"]
        return [{"code": "4000003", "message": details, "attributeNames": [""]}]
    if not issues:
        seller.listings.write(sku, attributes, "feed", from_ms(ms))
    return issues
