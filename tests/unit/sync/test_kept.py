"""What is kept with a command comes back as it was: the store's record, and what Amazon is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from amazon_orders.model import (
    CancelAtAmazon,
    Cancellation,
    CancelUnitsAtAmazon,
    Carrier,
    Charge,
    Command,
    Confirm,
    LineQuantity,
    Refund,
    RefundedItem,
    RefundLine,
    SendRefund,
    Shipment,
    TraceStep,
    Units,
)
from amazon_orders.sync.kept import Fact, keep, kept

AT = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
ORDER = "303-1234567-1234567"
SHIPMENT = Shipment(
    id="s1", ref="17", carrier="Müller & Söhne", service="Blitz", tracking='JD"0001\\{}',
    lines=(LineQuantity(order_item_id="1", quantity=2), LineQuantity(product="p1", quantity=1)),
    shipped_at=AT, updated_at=AT.astimezone(timezone(timedelta(hours=-5, minutes=-30))),
)  # fmt: skip
CANCELLATION = Cancellation(id="c1", ref="17", reason="vergriffen", updated_at=AT)
REFUND = Refund(
    id="r1", ref="17", reason="", currency="JPY",
    lines=(
        RefundLine(line=LineQuantity(quantity=0), amount=Charge(gross=Decimal("1E+3"), net=None, tax=Decimal("0.00"))),
    ),
    shipping=Charge(kind="shipping", title="Fracht", gross=Decimal("4.990"), tax_owner="marketplace"),
    updated_at=AT,
)  # fmt: skip
CONFIRM = Confirm(
    amazon_order_id=ORDER, shipment="s1", carrier=Carrier(code="Other", name="Müller"), method="", tracking="JD0001",
    ship_date=AT, units=(Units(order_item_id="1", quantity=2),), road="feed",
)  # fmt: skip
CANCEL = CancelAtAmazon(amazon_order_id=ORDER, cause="c1", reason="NoInventory", order_item_ids=("1", "2"))
UNITS = CancelUnitsAtAmazon(
    amazon_order_id=ORDER, cause="c1", reason="CustomerCancel", units=(Units(order_item_id="1", quantity=1),)
)
SEND = SendRefund(
    amazon_order_id=ORDER, cause="refund r1", currency="EUR",
    items=(RefundedItem(order_item_id="1", reason="CustomerReturn", components=(("Principal", Decimal("8.40")),)),),
)  # fmt: skip


@pytest.mark.parametrize("fact", [SHIPMENT, CANCELLATION, REFUND], ids=lambda fact: type(fact).__name__)
@pytest.mark.parametrize(
    "command", [None, CONFIRM, CANCEL, UNITS, SEND], ids=lambda command: type(command).__name__ if command else "none"
)
def test_both_come_back_as_they_were(fact: Fact, command: Command | None) -> None:
    assert kept(keep(fact, command)) == (fact, command)


def test_amounts_keep_every_digit_and_times_their_zone() -> None:
    fact, _ = kept(keep(REFUND, None))
    assert isinstance(fact, Refund)
    assert fact.shipping is not None
    assert str(fact.shipping.gross) == "4.990"
    shipment, _ = kept(keep(SHIPMENT, None))
    assert shipment.updated_at.utcoffset() == timedelta(hours=-5, minutes=-30)


def test_how_it_was_decided_is_not_kept_twice() -> None:
    body = keep(SHIPMENT, replace(CONFIRM, trace=(TraceStep("carrier", "DHL", "seen"),)))
    assert b"seen" not in body
    assert kept(body) == (SHIPMENT, CONFIRM)
