"""Two commands are the same where Amazon would be told the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from amazon_orders.model import (
    CancelAtAmazon,
    CancelUnitsAtAmazon,
    Carrier,
    Command,
    Confirm,
    Reason,
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

SAME: dict[str, tuple[Command, Command]] = {
    "another trace": (PACKAGE, replace(PACKAGE, trace=(TraceStep("units", "1"),))),
    "another flag": (PACKAGE, replace(PACKAGE, flags=(Reason.BUYER_REQUESTS_CANCEL,))),
    "another ship date, which may be the time of the run": (PACKAGE, replace(PACKAGE, ship_date=NOON + timedelta(1))),
    "another road": (PACKAGE, replace(PACKAGE, road="feed")),
    "units in another order": (PACKAGE, replace(PACKAGE, units=(B, A))),
    "items in another order": (WHOLE, replace(WHOLE, order_item_ids=("B", "A"))),
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
}


@pytest.mark.parametrize("name", SAME)
def test_the_same(name: str) -> None:
    one, other = SAME[name]
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize("name", OTHER)
def test_another(name: str) -> None:
    one, other = OTHER[name]
    assert fingerprint(one) != fingerprint(other)


def test_it_is_the_same_in_every_process() -> None:
    """It is compared with one that was kept, perhaps by an older version."""
    assert fingerprint(WHOLE) == "c0fdbb0b1e772917600ea1280133016d"
