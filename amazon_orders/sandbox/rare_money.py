"""What few orders have in their money: samples, replacements, fees, tips, and odd ways to tell tax and discounts."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from amazon_orders.sandbox.marketplaces import Place
from amazon_orders.sandbox.projection import Json
from amazon_orders.sandbox.regimes import money

if TYPE_CHECKING:
    from amazon_orders.sandbox.generator import Drawn

_AMAZONS_COMPANY = {"eu": "Amazon Services Europe S.a.r.L.", "na": "Amazon Services, Inc.", "fe": "Amazon Japan G.K."}
_TAX_FREE = ("ITEM", "SHIPPING", "GIFT_WRAP", "COD_FEE", "OTHER")


@dataclass(slots=True)
class RareOrder:
    """An order on its way to becoming a rare one."""

    document: Json
    drawn: Drawn
    place: Place
    source: random.Random
    earlier: str
    """An order of the seller's that a replacement may replace; empty where there is none."""

    @property
    def items(self) -> list[Json]:
        items: list[Json] = self.document["orderItems"]
        return items

    @property
    def open(self) -> bool:
        """Whether the merchant may ship it now."""
        fulfillment = self.document["fulfillment"]
        return (fulfillment["fulfillmentStatus"], fulfillment["fulfilledBy"]) == ("UNSHIPPED", "MERCHANT")

    def minor(self, amount: Json) -> int:
        """An amount in minor units."""
        return int(Decimal(amount["amount"]).scaleb(self.place.decimals))

    def parts(self, item: Json) -> dict[str, int]:
        """What an item's rows say, by type, in minor units; a discount is positive."""
        return {row["type"]: abs(self.minor(row["subtotal"])) for row in item["proceeds"]["breakdowns"]}

    def row(self, kind: str, amount: int, **details: int) -> Json:
        """A row of an item's proceeds."""
        row: Json = {"type": kind, "subtotal": money(amount, self.place)}
        if details:
            row["detailedBreakdowns"] = [
                {"subtype": name, "value": money(value, self.place)} for name, value in details.items()
            ]
        return row

    def write(self, item: Json, total: int, *rows: Json) -> None:
        """Give an item these rows and this total."""
        item["proceeds"] = {"proceedsTotal": money(total, self.place), "breakdowns": list(rows)}

    def count(self, off_by: Decimal | None = None, tip: int = 0) -> None:
        """Let the grand total follow from the items."""
        total = sum(self.minor(item["proceeds"]["proceedsTotal"]) for item in self.items)
        scale = Decimal(1).scaleb(-self.place.decimals)
        off = self.drawn.off_by if off_by is None else off_by
        self.drawn = replace(self.drawn, total=total * scale, off_by=off, tip=tip * scale)
        self.document["proceeds"]["grandTotal"] = money(total + tip + int(off / scale), self.place)


def replacement(order: RareOrder) -> bool:
    """Free of charge, in place of an order that went wrong."""
    if not order.earlier:
        return False
    order.document["associatedOrders"] = [{"orderId": order.earlier, "associationType": "REPLACEMENT_ORIGINAL_ID"}]
    for item in order.items:
        item["product"]["price"]["unitPrice"] = money(0, order.place)
        item.pop("promotion", None)
        item.pop("tax", None)
        order.write(item, 0, order.row("ITEM", 0))
    order.count(Decimal())
    return True


def vine(order: RareOrder) -> bool:
    """A free sample: the full price, and a rebate of all of it."""
    for item in order.items:
        parts = order.parts(item)
        charged = {name: parts[name] for name in ("ITEM", "SHIPPING", "GIFT_WRAP") if parts.get(name)}
        item["promotion"] = {"breakdowns": [{"promotionId": "VINE"}]}
        item.pop("tax", None)
        rows = [order.row(name, amount) for name, amount in charged.items()]
        order.write(item, 0, *rows, order.row("DISCOUNT", sum(charged.values()), **charged))
    order.count(Decimal())
    return True


def zero_vat(order: RareOrder) -> bool:
    """A business in another country: Amazon calculates VAT and it is nothing."""
    if order.place.region != "eu":
        return False
    _without_tax(order, order.row("TAX", 0, ITEM=0))
    order.drawn = replace(order.drawn, regime="zero vat")
    return True


def silent_collector(order: RareOrder) -> bool:
    """Amazon collects the tax and does not say how much."""
    _without_tax(order)
    party = _AMAZONS_COMPANY[order.place.region]
    for item in order.items:
        item["tax"] = {"taxCollections": [{"model": "MARKETPLACE_FACILITATOR", "responsibleParty": party}]}
    order.drawn = replace(order.drawn, regime="facilitator without amount")
    return True


def _without_tax(order: RareOrder, *more: Json) -> None:
    """The same totals, told without the tax rows that were drawn; the prices make up for it."""
    for item in order.items:
        total = order.minor(item["proceeds"]["proceedsTotal"])
        rows = [row for row in item["proceeds"]["breakdowns"] if row["type"] not in ("TAX", "ITEM")]
        parts = order.parts(item)
        rest = sum(parts.get(name, 0) for name in _TAX_FREE if name != "ITEM") - parts.get("DISCOUNT", 0)
        item.pop("tax", None)
        order.write(item, total, order.row("ITEM", total - rest), *rows, *more)
        _reprice(order, item, total - rest)


def discount_apart(order: RareOrder) -> bool:
    """Shipping given back beside the discount's subtotal, not within it."""
    item = order.items[0]
    parts = order.parts(item)
    if "TAX" in parts:
        return False
    total = order.minor(item["proceeds"]["proceedsTotal"])
    shipping, off = parts.get("SHIPPING", 0) or 349, max(parts["ITEM"] // 10, 1)
    wrap = parts.get("GIFT_WRAP", 0)
    price = total - wrap + off
    rows = [order.row("ITEM", price), order.row("SHIPPING", shipping)]
    rows += [order.row("GIFT_WRAP", wrap)] if wrap else []
    order.write(item, total, *rows, order.row("DISCOUNT", off, SHIPPING=shipping))
    item["promotion"] = {"breakdowns": [{"promotionId": "FREE-SHIPPING"}]}
    _reprice(order, item, price)
    return True


def cod(order: RareOrder) -> bool:
    """Paid at the door, for a fee; in Japan alone."""
    if order.place.country != "JP" or not order.open:
        return False
    item = order.items[0]
    rows = item["proceeds"]["breakdowns"]
    order.write(item, order.minor(item["proceeds"]["proceedsTotal"]) + 330, *rows, order.row("COD_FEE", 330))
    order.count()
    constraints = {"cashOnDelivery": "MANDATORY"}
    item["fulfillment"].setdefault("shipping", {})["shippingConstraints"] = constraints
    pay(order, "CashOnDelivery")
    return True


def tip(order: RareOrder) -> bool:
    """For the courier, beside all items; final ones are in the total."""
    if not order.open:
        return False
    tip, final = order.source.randrange(100, 500), order.source.random() < 0.5
    order.document["proceeds"]["breakdowns"] = [
        {
            "type": "DELIVERY_TIP",
            "status": "FINALIZED" if final else "PENDING",
            "subtotal": money(tip, order.place),
        }
    ]
    order.count(tip=tip if final else 0)
    return True


def part_cancelled(order: RareOrder) -> bool:
    """One unit of three will not be shipped; the price is still that of all."""
    if not order.open:
        return False
    item = order.items[0]
    item["quantityOrdered"] = 3
    item["fulfillment"] |= {"quantityFulfilled": 0, "quantityUnfulfilled": 2}
    item["cancellation"] = {"cancellationExecution": {"cancelledBy": "BUYER", "cancelReason": "Ordered by mistake"}}
    _reprice(order, item, order.parts(item)["ITEM"])
    return True


def pay(order: RareOrder, method: str) -> None:
    amount = dict(order.document["proceeds"]["grandTotal"])
    order.document["payment"] = {"paymentExecutions": [{"paymentMethod": method, "paymentAmount": amount}]}


def _reprice(order: RareOrder, item: Json, price: int) -> None:
    quantity = item["quantityOrdered"]
    item["product"]["price"]["unitPrice"] = money((2 * price + quantity) // (2 * quantity), order.place)
