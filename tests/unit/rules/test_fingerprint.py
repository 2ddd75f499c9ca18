"""Two commands are the same where Amazon would be told the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from amazon_orders.model import (
    CancelAtAmazon,
    CancelUnitsAtAmazon,
    Carrier,
    Command,
    Confirm,
    Reason,
    RefundedItem,
    SendRefund,
    TraceStep,
    Units,
)
from amazon_orders.rules import fingerprint
from tests.unit.rules.build import NOON

A, B = Units(order_item_id="A", quantity=1), Units(order_item_id="B", quantity=2)
PACKAGE = Confirm(
    amazon_order_id="1-1-1", shipment="S1", carrier=Carrier(code="DHL"), method="Standard", tracking="JJD01",
    ship_date=NOON, units=(A, B),
)  # fmt: skip
WHOLE = CancelAtAmazon(amazon_order_id="1-1-1", cause="C1", reason="NoInventory", order_item_ids=("A", "B"))
PART = CancelUnitsAtAmazon(amazon_order_id="1-1-1", cause="C1", reason="NoInventory", units=(A, B))


def refund(*components: tuple[str, str], reason: str = "GeneralAdjustment", **what: Any) -> SendRefund:
    given = tuple((kind, Decimal(amount)) for kind, amount in components)
    items = (RefundedItem(order_item_id="A", reason=reason, components=given),)
    return SendRefund(**({"amazon_order_id": "1-1-1", "cause": "R1", "currency": "EUR", "items": items} | what))


MONEY = refund(("Principal", "120.50"), ("Shipping", "4.90"))

SAME: dict[str, tuple[Command, Command]] = {
    "another trace": (PACKAGE, replace(PACKAGE, trace=(TraceStep("units", "1"),))),
    "another flag": (PACKAGE, replace(PACKAGE, flags=(Reason.BUYER_REQUESTS_CANCEL,))),
    "another ship date, which may be the time of the run": (PACKAGE, replace(PACKAGE, ship_date=NOON + timedelta(1))),
    "another road": (PACKAGE, replace(PACKAGE, road="feed")),
    "units in another order": (PACKAGE, replace(PACKAGE, units=(B, A))),
    "items in another order": (WHOLE, replace(WHOLE, order_item_ids=("B", "A"))),
    "components in another order": (MONEY, refund(("Shipping", "4.90"), ("Principal", "120.50"))),
    "an amount with fewer digits": (MONEY, refund(("Principal", "120.5"), ("Shipping", "4.900"))),
    "a whole amount with and without its cents": (refund(("Principal", "100.00")), refund(("Principal", "100"))),
    "a whole amount with an exponent": (refund(("Principal", "100.00")), refund(("Principal", "1E+2"))),
    "less than one": (refund(("Principal", "0.50")), refund(("Principal", "0.5"))),
}
OTHER: dict[str, tuple[Command, Command]] = {
    "tracking": (PACKAGE, replace(PACKAGE, tracking="JJD02")),
    "carrier": (PACKAGE, replace(PACKAGE, carrier=Carrier(code="UPS"))),
    "name of the carrier": (PACKAGE, replace(PACKAGE, carrier=Carrier(code="DHL", name="DHL"))),
    "method": (PACKAGE, replace(PACKAGE, method="Express")),
    "units": (PACKAGE, replace(PACKAGE, units=(A,))),
    "order": (PACKAGE, replace(PACKAGE, amazon_order_id="1-1-2")),
    "reason of the whole": (WHOLE, replace(WHOLE, reason="PricingError")),
    "items of the whole": (WHOLE, replace(WHOLE, order_item_ids=("A",))),
    "reason of the part": (PART, replace(PART, reason="CustomerCancel")),
    "units of the part": (PART, replace(PART, units=(A,))),
    "kind": (WHOLE, PART),
    "amount": (MONEY, refund(("Principal", "120.51"), ("Shipping", "4.90"))),
    "a whole amount ten times as high": (refund(("Principal", "100.00")), refund(("Principal", "10.00"))),
    "a whole amount of yen ten times as high": (refund(("Principal", "100")), refund(("Principal", "10"))),
    "a tenth": (refund(("Principal", "0.50")), refund(("Principal", "5.00"))),
    "component": (MONEY, refund(("Principal", "120.50"), ("GiftWrap", "4.90"))),
    "reason of the money": (MONEY, refund(("Principal", "120.50"), ("Shipping", "4.90"), reason="PriceError")),
    "currency": (MONEY, replace(MONEY, currency="SEK")),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same(name: str) -> None:
    one, other = SAME[name]
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize("name", OTHER)
def test_another(name: str) -> None:
    one, other = OTHER[name]
    assert fingerprint(one) != fingerprint(other)


KEPT: dict[str, tuple[Command, str]] = {
    "a package": (replace(PACKAGE, carrier=Carrier(code="Other", name="Müller")), "46572784f91972c4d900504f2dd87e6a"),
    "a whole order": (WHOLE, "c0fdbb0b1e772917600ea1280133016d"),
    "units": (PART, "9c47ad16db9f5159134a9ade046d341f"),
    "a refund": (MONEY, "64845037061a6839b666ce2d1880bc4a"),
}


@pytest.mark.parametrize("name", KEPT)
def test_it_is_the_same_in_every_process(name: str) -> None:
    """It is compared with one that was kept, perhaps by an older version."""
    command, kept = KEPT[name]
    assert fingerprint(command) == kept
