"""A client whose Amazon is a scripted peer, and packages, cancellations and refunds to send."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from amazon_orders.amazon import AmazonClient, LwaCredentials, Transport
from amazon_orders.model import (
    CancelAtAmazon,
    CancelUnitsAtAmazon,
    Carrier,
    Confirm,
    Connection,
    RefundedItem,
    SendRefund,
    Units,
)
from tests.unit.amazon.wire import Counter, Drawer, Heard, Peer, Script, answer, says

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ORDER = "303-1234567-1234567"
ITEM = "79039765272157"
GERMANY = "A1PA6795UKMFR9"
JAPAN = "A1VC38T7YXB528"
TRACKING = "JJD000390001234567890"
SIGNED = "/feeds/1%2F2.xml?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=secret-signature%2B"
"""The path of a pre-signed address."""
TOKEN = answer(200, {"access_token": "Atza|1", "token_type": "bearer", "expires_in": 3600})


def client_of(
    peer: Peer, *scripts: Script | bytes, buckets: Counter | None = None, deadline: float = 5, elsewhere: str = ""
) -> AmazonClient:
    """A client whose Amazon gives a token and then answers as the scripts say. `elsewhere`: only the token."""
    peer.scripts[:] = [*says(TOKEN), *(says(one)[0] if isinstance(one, bytes) else one for one in scripts)]
    return AmazonClient(
        Connection(
            name="de",
            seller_id="A1SELLER",
            region="eu",
            refresh_token="Atzr|refresh",
            endpoint=elsewhere or peer.url,
            token_endpoint=f"{peer.url}/auth/o2/token",
        ),
        LwaCredentials("client", "sandbox-secret"),
        transport=Transport(deadline=deadline, sleep=lambda _: None, now=lambda: NOW),
        buckets=buckets if buckets is not None else Counter(),
        tokens=Drawer(),
        now=lambda: NOW,
    )


def path_of(heard: Heard) -> str:
    return urlsplit(heard.line.split()[1]).path


def query_of(heard: Heard) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(heard.line.split()[1]).query).items()}


def body_of(heard: Heard) -> Any:
    return json.loads(heard.body)


def package(**changes: Any) -> Confirm:
    values: dict[str, Any] = {
        "amazon_order_id": ORDER,
        "shipment": "s-1",
        "carrier": Carrier(code="DHL"),
        "method": "Paket",
        "tracking": TRACKING,
        "ship_date": datetime(2026, 11, 20, 11, 30, 15, 250_000, tzinfo=UTC),
        "units": (Units(order_item_id=ITEM, quantity=2), Units(order_item_id="2", quantity=1)),
    }
    return Confirm(**(values | changes))


def cancellation(**changes: Any) -> CancelAtAmazon:
    values: dict[str, Any] = {
        "amazon_order_id": ORDER,
        "cause": "c-1",
        "reason": "NoInventory",
        "order_item_ids": (ITEM, "2"),
    }
    return CancelAtAmazon(**(values | changes))


def cancelled_units(**changes: Any) -> CancelUnitsAtAmazon:
    values: dict[str, Any] = {
        "amazon_order_id": ORDER,
        "cause": "c-2",
        "reason": "CustomerCancel",
        "units": (Units(order_item_id=ITEM, quantity=2),),
    }
    return CancelUnitsAtAmazon(**(values | changes))


def refund(**changes: Any) -> SendRefund:
    values: dict[str, Any] = {
        "amazon_order_id": ORDER,
        "cause": "r-1",
        "currency": "EUR",
        "items": (
            RefundedItem(
                order_item_id=ITEM,
                reason="CustomerReturn",
                components=(("Principal", Decimal("100")), ("Shipping", Decimal("4.9"))),
            ),
            RefundedItem(order_item_id="2", reason="Other", components=(("Principal", Decimal("1E+1")),)),
        ),
    }
    return SendRefund(**(values | changes))
