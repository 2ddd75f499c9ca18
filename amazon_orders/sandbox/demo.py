"""The twelve orders of the demo: what a small shop meets in its first week on Amazon."""

from __future__ import annotations

from datetime import datetime, timedelta

from amazon_orders.sandbox.literals import Line, order
from amazon_orders.sandbox.projection import Json


def demo_orders(now: datetime) -> list[Json]:
    """Literal orders for a seller in DE, FR and GB, the youngest 20 minutes old at `now`.

    Eleven can be placed or wait for payment; one is of a SKU that `CATALOGUE` does not have.
    """

    def ago(hours: float) -> datetime:
        return now.replace(microsecond=0) - timedelta(hours=hours)

    return [
        order("302-1234567-0000001", Line(sku="MUG-WHITE", item="12.50"), created=ago(70)),
        order(
            "302-1234567-0000002",
            Line(sku="TEE-BLACK-L", quantity=2, item="39.80", shipping="3.49"),
            Line(sku="CAP-BLACK", item="14.90", shipping="1.50"),
            created=ago(61),
        ),
        # VAT is calculated by Amazon and part of the price: 44.99 holds 7.18.
        order(
            "302-1234567-0000003",
            Line(sku="KETTLE-STEEL", item="44.99", tax="7.18", tax_details=(("ITEM", "7.18"),)),
            created=ago(52),
            programs=("PRIME",),
            service_level="NEXT_DAY",
        ),
        # The same calculation told in the other way: net price, and VAT beside it.
        order(
            "302-1234567-0000004",
            Line(sku="KNIFE-CHEF-20", item="49.58", tax="9.42", tax_details=(("ITEM", "9.42"),), tax_on_top=True),
            created=ago(47),
        ),
        order(
            "302-1234567-0000005",
            Line(
                sku="BACKPACK-20L",
                item="64.95",
                discount="10.00",
                discount_details=(("ITEM", "10.00"),),
                promotion="WINTER-10",
            ),
            created=ago(40),
        ),
        order(
            "302-1234567-0000006",
            Line(sku="CANDLE-CEDAR", item="21.00", gift_wrap="3.95", gift_message="Alles Gute zum Geburtstag!"),
            created=ago(33),
        ),
        order(
            "302-1234567-0000007",
            Line(
                sku="NOTEBOOK-A5",
                quantity=10,
                item="58.82",
                tax="11.18",
                tax_details=(("ITEM", "11.18"),),
                tax_on_top=True,
                business_price=True,
            ),
            created=ago(26),
            business=True,
        ),
        order(
            "403-1234567-0000008",
            Line(sku="SCARF-WOOL", item="38.50", shipping="5.90"),
            created=ago(20),
            marketplace="FR",
        ),
        order(
            "203-1234567-0000009",
            Line(sku="TEAPOT-GLASS", item="27.49", tax="4.58", tax_details=(("ITEM", "4.58"),)),
            created=ago(14),
            marketplace="GB",
        ),
        # Shipping is charged and given back.
        order(
            "302-1234567-0000010",
            Line(
                sku="UMBRELLA-FOLD",
                item="18.75",
                shipping="4.99",
                discount="4.99",
                discount_details=(("SHIPPING", "4.99"),),
                promotion="FREE-SHIPPING",
            ),
            Line(sku="SOCKS-3PK", quantity=3, item="32.97"),
            created=ago(8),
            service_level="EXPEDITED",
        ),
        # The shop sells TEE-RED-M; nobody has told it yet what TEE-RED-M-FBA is.
        order(
            "302-1234567-0000011",
            Line(sku="TEE-RED-M-FBA", item="19.90", title="Cotton T-shirt, red, M", asin="B0SBX00002"),
            created=ago(3),
        ),
        order(
            "302-1234567-0000012",
            Line(sku="LAMP-DESK", item="49.90"),
            created=ago(0.5),
            updated=ago(1 / 3),
            status="PENDING",
        ),
    ]
