"""Orders written by hand: each amount as given, nothing balanced behind the writer's back."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from amazon_orders.sandbox import people
from amazon_orders.sandbox.catalogue import BY_SKU
from amazon_orders.sandbox.clock import iso
from amazon_orders.sandbox.marketplaces import BY_COUNTRY
from amazon_orders.sandbox.projection import Json

Amount = str | Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a literal order. Amounts are for the whole line; what is None does not appear in its proceeds."""

    sku: str
    quantity: int = 1
    item: Amount
    shipping: Amount | None = None
    gift_wrap: Amount | None = None
    cod_fee: Amount | None = None
    other: Amount | None = None
    discount: Amount | None = None
    """As Amazon would write it; it is subtracted, whatever its sign."""
    discount_details: tuple[tuple[str, Amount], ...] = ()
    tax: Amount | None = None
    tax_details: tuple[tuple[str, Amount], ...] = ()
    tax_on_top: bool = False
    """Whether the line's total is the other parts plus tax; else the tax is inside them."""
    total: Amount | None = None
    """`proceedsTotal`; None: what the parts come to."""
    title: str = ""
    asin: str = ""
    collected_by: str = ""
    """Who collects the tax in place of the seller."""
    scheme: str = ""
    """`IOSS` or `UOSS`."""
    gift_message: str = ""
    business_price: bool = False
    promotion: str = ""

    def sum(self) -> Decimal:
        """What the line comes to."""
        if self.total is not None:
            return Decimal(self.total)
        parts = sum(
            (
                Decimal(part)
                for part in (self.item, self.shipping, self.gift_wrap, self.cod_fee, self.other)
                if part is not None
            ),
            Decimal(),
        )
        off = abs(Decimal(self.discount)) if self.discount is not None else Decimal()
        tax = Decimal(self.tax) if self.tax is not None and self.tax_on_top else Decimal()
        return parts - off + tax


def order(
    order_id: str,
    *lines: Line,
    created: datetime,
    updated: datetime | None = None,
    marketplace: str = "DE",
    country: str = "",
    status: str = "UNSHIPPED",
    fulfilled_by: str = "MERCHANT",
    service_level: str = "STANDARD",
    total: Amount | None = None,
    programs: tuple[str, ...] = (),
    business: bool = False,
    replaces: str = "",
) -> Json:
    """An order in Amazon's JSON; `replaces` is the id of the order that it makes up for.

    `country` is where it goes, by default the marketplace's; `total` None: what the lines come to. The buyer is drawn
    from the order id, so the same order always has the same one.
    """
    place = BY_COUNTRY[marketplace]
    person = people.draw(random.Random(order_id), country or marketplace, business=business)
    currency = place.currency
    grand_total = sum((line.sum() for line in lines), Decimal()) if total is None else total
    document: Json = {
        "orderId": order_id,
        "createdTime": iso(created),
        "lastUpdatedTime": iso(updated or created + timedelta(minutes=7)),
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": place.id, "marketplaceName": place.name},
        "buyer": person.buyer,
        "recipient": {"deliveryAddress": person.address},
        "proceeds": {"grandTotal": _money(grand_total, currency)},
        "fulfillment": {
            "fulfillmentStatus": status,
            "fulfilledBy": fulfilled_by,
            "fulfillmentServiceLevel": service_level,
            "shipByWindow": _window(created, 1, 2),
            "deliverByWindow": _window(created, 3, 5),
        },
        "orderItems": [_item(line, order_id, number, currency, status) for number, line in enumerate(lines, 1)],
    }
    if replaces:
        document["associatedOrders"] = [{"orderId": replaces, "associationType": "REPLACEMENT_ORIGINAL_ID"}]
    all_programs = [*programs, *(["AMAZON_BUSINESS"] if business else [])]
    if all_programs:
        document["programs"] = all_programs
    return document


def _item(line: Line, order_id: str, number: int, currency: str, status: str) -> Json:
    known = BY_SKU.get(line.sku)
    price: Json = {"unitPrice": _money(_unit_price(line), currency)}
    if line.business_price:
        price["priceDesignation"] = "BUSINESS_PRICE"
    shipped = line.quantity if status == "SHIPPED" else 0
    open_ = line.quantity if status not in ("SHIPPED", "CANCELLED") else 0
    fulfillment: Json = {"quantityFulfilled": shipped, "quantityUnfulfilled": open_}
    if line.gift_wrap is not None or line.gift_message:
        gift = {"giftWrapLevel": "STANDARD"} if line.gift_wrap is not None else {}
        fulfillment["packing"] = {
            "giftOption": gift | ({"giftMessage": line.gift_message} if line.gift_message else {})
        }
    item: Json = {
        "orderItemId": f"{order_id.replace('-', '')[-11:]}{number:03}",
        "quantityOrdered": line.quantity,
        "product": {
            "asin": line.asin or (known.asin if known else "B0SBX99999"),
            "title": line.title or (known.title if known else line.sku),
            "sellerSku": line.sku,
            "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
            "price": price,
        },
        "proceeds": {"proceedsTotal": _money(line.sum(), currency), "breakdowns": _breakdowns(line, currency)},
        "fulfillment": fulfillment,
    }
    if line.promotion:
        item["promotion"] = {"breakdowns": [{"promotionId": line.promotion}]}
    if line.collected_by or line.scheme:
        item["tax"] = _tax(line)
    if line.scheme == "IOSS":
        fulfillment["shipping"] = {"internationalShipping": {"iossNumber": "IM0000000000"}}
    return item


def _unit_price(line: Line) -> Decimal:
    item = Decimal(line.item)
    return (item / line.quantity).quantize(item)


def _breakdowns(line: Line, currency: str) -> list[Json]:
    rows: list[Json] = []
    for kind, amount, details in (
        ("ITEM", line.item, ()),
        ("SHIPPING", line.shipping, ()),
        ("GIFT_WRAP", line.gift_wrap, ()),
        ("COD_FEE", line.cod_fee, ()),
        ("OTHER", line.other, ()),
        ("DISCOUNT", line.discount, line.discount_details),
        ("TAX", line.tax, line.tax_details),
    ):
        if amount is None:
            continue
        row: dict[str, Any] = {"type": kind, "subtotal": _money(amount, currency)}
        if details:
            row["detailedBreakdowns"] = [{"subtype": sub, "value": _money(value, currency)} for sub, value in details]
        rows.append(row)
    return rows


def _tax(line: Line) -> Json:
    tax: Json = {}
    if line.scheme:
        tax["taxCalculationBreakdowns"] = [{"reportingScheme": line.scheme}]
    if line.collected_by:
        tax["taxCollections"] = [{"model": "MARKETPLACE_FACILITATOR", "responsibleParty": line.collected_by}]
    return tax


def _money(amount: Amount, currency: str) -> Json:
    return {"amount": str(amount), "currencyCode": currency}


def _window(created: datetime, first_day: int, last_day: int) -> Json:
    midnight = created.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "earliestDateTime": iso(midnight + timedelta(days=first_day)),
        "latestDateTime": iso(midnight + timedelta(days=last_day + 1, seconds=-1)),
    }
