"""Personal data never shows in a `repr`, wherever it is nested."""

from __future__ import annotations

from datetime import UTC, datetime

from amazon_orders.model import (
    Address,
    Buyer,
    Carrier,
    Confirm,
    Order,
    OrderLine,
    Package,
    Shipment,
    ShippedByAmazon,
    TaxId,
)

NOW = datetime(2026, 11, 20, tzinfo=UTC)
CANARY = "CANARY"


def test_nothing_personal_shows_in_any_repr() -> None:
    order = Order(
        amazon_order_id="1",
        created_at=NOW,
        updated_at=NOW,
        recipient=Address(name=CANARY, line1=CANARY, city=CANARY, postal_code=CANARY, phone=CANARY, country="DE"),
        buyer=Buyer(
            name=CANARY,
            email=CANARY,
            company=CANARY,
            purchase_order=CANARY,
            tax_ids=(TaxId(number=CANARY, name=CANARY),),
        ),
        lines=(OrderLine(order_item_id="1", gift_message=CANARY, customization_url=CANARY),),
        packages=(Package(package_reference_id="1", tracking=CANARY),),
    )
    shipment = Shipment(id="1", ref="1", tracking=CANARY, shipped_at=NOW, updated_at=NOW)
    change = ShippedByAmazon(lines={}, carrier="DHL", tracking=CANARY, shipped_at=NOW)
    tax = TaxId(number=CANARY, name=CANARY)
    confirm = Confirm(
        amazon_order_id="1",
        shipment="1",
        carrier=Carrier(code="DHL"),
        method="",
        tracking=CANARY,
        ship_date=NOW,
        units=(),
    )
    shown = repr([order, shipment, change, tax, confirm])
    assert CANARY not in shown
    assert "DE" in shown  # the country is kept: support needs it
