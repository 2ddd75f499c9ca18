"""XML feeds written by hand, and reports read without the library."""

from __future__ import annotations

from xml.etree import ElementTree

FULFILLMENT = "POST_ORDER_FULFILLMENT_DATA"
ACKNOWLEDGEMENT = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
ADJUSTMENT = "POST_PAYMENT_ADJUSTMENT_DATA"


def envelope(kind: str, *messages: str, merchant: str = "A1SANDBOXSELLER") -> bytes:
    rows = "".join(
        f"<Message><MessageID>{number}</MessageID><{kind}>{message}</{kind}></Message>"
        for number, message in enumerate(messages, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<AmazonEnvelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="amzn-envelope.xsd">'
        f"<Header><DocumentVersion>1.01</DocumentVersion><MerchantIdentifier>{merchant}</MerchantIdentifier></Header>"
        f"<MessageType>{kind}</MessageType>{rows}</AmazonEnvelope>"
    ).encode()


def fulfillment(
    order_id: str, items: dict[str, int] | None = None, date: str = "2026-11-20T12:00:00Z", more: str = "",
    data: str = "<CarrierCode>DHL</CarrierCode><ShipperTrackingNumber>T1</ShipperTrackingNumber>",
) -> str:  # fmt: skip
    rows = "".join(
        f"<Item><AmazonOrderItemCode>{item}</AmazonOrderItemCode><Quantity>{units}</Quantity></Item>"
        for item, units in (items or {}).items()
    )
    return (
        f"<AmazonOrderID>{order_id}</AmazonOrderID>{more}<FulfillmentDate>{date}</FulfillmentDate>"
        f"<FulfillmentData>{data}</FulfillmentData>{rows}"
    )


def failure(order_id: str, item: str, reason: str = "NoInventory") -> str:
    return (
        f"<AmazonOrderID>{order_id}</AmazonOrderID><StatusCode>Failure</StatusCode>"
        f"<Item><AmazonOrderItemCode>{item}</AmazonOrderItemCode><CancelReason>{reason}</CancelReason></Item>"
    )


def adjusted(
    item: str, key: str, amounts: dict[str, str] | None = None, reason: str = "CustomerReturn",
    currency: str = "EUR", cancelled: int = 0,
) -> str:  # fmt: skip
    components = "".join(
        f'<Component><Type>{kind}</Type><Amount currency="{currency}">{amount}</Amount></Component>'
        for kind, amount in (amounts or {}).items()
    )
    return (
        f"<AdjustedItem><AmazonOrderItemCode>{item}</AmazonOrderItemCode>"
        f"<MerchantAdjustmentItemID>{key}</MerchantAdjustmentItemID><AdjustmentReason>{reason}</AdjustmentReason>"
        + (f"<ItemPriceAdjustments>{components}</ItemPriceAdjustments>" if components else "")
        + (f"<QuantityCancelled>{cancelled}</QuantityCancelled>" if cancelled else "")
        + "</AdjustedItem>"
    )


def adjustment(order_id: str, *items: str, action: str = "") -> str:
    kind = f"<ActionType>{action}</ActionType>" if action else ""
    return f"<AmazonOrderID>{order_id}</AmazonOrderID>{kind}{''.join(items)}"


def summary(report: bytes) -> tuple[int, int, int]:
    """Processed, successful, with error."""
    found = ElementTree.fromstring(report).find("Message/ProcessingReport/ProcessingSummary")
    assert found is not None
    processed, successful, wrong = (
        int(found.findtext(name) or "-1") for name in ("MessagesProcessed", "MessagesSuccessful", "MessagesWithError")
    )
    return processed, successful, wrong


def results(report: bytes) -> list[tuple[str, str, str]]:
    """Message id, result code, description."""
    return [
        tuple(row.findtext(name) or "" for name in ("MessageID", "ResultCode", "ResultDescription"))  # type: ignore[misc]
        for row in ElementTree.fromstring(report).iter("Result")
    ]
