"""What a sale is made of: an order's lines, shipping and fees at net prices, with the shop's own taxes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any, cast

from ...model import Charge, StoreOrder, minor_unit
from . import customers
from .house import House, smallest_price
from .options import Options
from .sales import HELD, LEFT
from .taxes import Taxes

FREE_OF_TAX = ("rounding", "marketplace_tax")


class Drafts:
    """Makes the values of sales."""

    def __init__(self, options: Options, house: House, taxes: Taxes) -> None:
        self._options = options
        self._house = house
        self._taxes = taxes

    def values(self, key: str, order: StoreOrder, party: int, address: int) -> dict[str, Any]:
        """A sale with all its lines, to be written at once."""
        house = self._house
        sale: dict[str, Any] = {
            "company": house.company,
            "currency": house.currencies.find(order.currency),
            "party": party,
            "invoice_address": address,
            "shipment_address": address,
            "warehouse": house.warehouse,
            "web_shop": house.web_shop,
            "web_id": key,
            "sale_date": order.placed_at.date(),
            "shipment_method": "order" if order.affects_stock else "manual",
            "comment": "\n".join(_remarks(order)),
        }
        if self._options.invoice_method:
            sale["invoice_method"] = self._options.invoice_method
        if "sale_shipment_cost" in house.modules:
            sale["shipment_cost_method"] = None  # what the buyer paid for shipping is a line of its own
        if house.carrier is not None:
            sale["carrier"] = house.carrier if order.affects_stock else None
        country = house.countries.find(order.recipient.country) if order.recipient and order.recipient.country else None
        sale["lines"] = [("create", list(self._lines(order, sale, country)))]
        return cast(dict[str, Any], customers.sendable(sale))

    def _lines(self, order: StoreOrder, sale: dict[str, Any], country: int | None) -> Iterator[dict[str, Any]]:
        for line in order.lines:
            values = self._line(int(line.product), line.quantity, line.total, sale, country)
            yield {**values, "description": line.title, "note": line.order_item_id}
        if order.shipping.gross:
            values = self._line(self._house.shipping_product, 1, order.shipping, sale, country)
            yield {**values, "description": order.shipping.title or f"Shipping: {order.shipping_method}"}
        for fee in order.fees:
            product = None if fee.kind in FREE_OF_TAX else self._house.fee_product
            yield {**self._line(product, 1, fee, sale, country), "description": fee.title or fee.kind}

    def _line(
        self, product: int | None, units: int, charge: Charge, sale: dict[str, Any], country: int | None
    ) -> dict[str, Any]:
        """At the price that ends, with the shop's tax, at what the buyer paid. Amazon's tax is none of the shop's."""
        taxed = self._taxes.of(product, sale, country)
        due = charge.tax_owner == "seller" and charge.kind not in FREE_OF_TAX
        return {
            "type": "line",
            "product": product,
            "quantity": float(units),
            "unit": taxed.unit,
            "unit_price": self._taxes.unit_price(charge.gross, units, taxed if due else None),
            "taxes": [("add", list(taxed.taxes))] if due and taxed.taxes else [],
        }


def rounding_line(missing: Decimal) -> dict[str, Any]:
    """A line without product and tax that brings the total to Amazon's."""
    return {
        "type": "line",
        "product": None,
        "quantity": 1.0,
        "unit_price": missing,
        "taxes": [],
        "description": "Rounding",
    }


def tolerance(options: Options, house: House, order: StoreOrder) -> Decimal:
    """What Tryton's total may miss Amazon's by, so that it is taken for a rounding.

    Each line is rounded, and so is the price of a unit, by half of its last digit: with the tax, less than a whole one.
    """
    if options.rounding is not None:
        return options.rounding
    of_lines = minor_unit(order.currency) * (len(order.lines) + len(order.fees) + 2)
    return of_lines + smallest_price(house) * sum(line.quantity for line in order.lines)


def problem(order: StoreOrder, products: Collection[str]) -> str:
    """What can be seen to be wrong with an order, where `products` are those for sale; empty: nothing."""
    charges = [*(line.total for line in order.lines), order.shipping, *order.fees]
    if sum(charge.gross for charge in charges) != order.total:
        return f"lines, shipping and fees do not add up to {order.total} {order.currency}"
    for line in order.lines:
        if line.quantity < 1:
            return f"line {line.order_item_id} has {line.quantity} units; a line needs at least one"
        if line.product not in products:
            return (
                f"there is no product {line.product!r} for seller SKU {line.seller_sku!r}, or it is not for sale; "
                "correct the pairing"
            )
    return ""


def tax_at_amazon(order: StoreOrder) -> Decimal | None:
    """The seller's tax as Amazon told it; `None` where it did not for some part."""
    charges = [*(line.total for line in order.lines), order.shipping, *order.fees]
    told = [charge.tax for charge in charges if charge.tax_owner == "seller" and charge.gross]
    return None if None in told else sum((tax for tax in told if tax is not None), Decimal(0))


def _remarks(order: StoreOrder) -> list[str]:
    """What people in the shop need, and what a later step has to know of this order."""
    remarks = [f"{HELD}{' '.join(order.on_hold.split())}"] if order.on_hold is not None else []
    if order.already_shipped:
        remarks.append(LEFT)
    if order.fulfilled_by == "amazon":
        remarks.append("Fulfilled by Amazon")
    if order.replaces:
        remarks.append(f"Replaces {order.replaces}")
    if order.ioss:
        remarks.append(f"IOSS {order.ioss}")
    return remarks + [f"{name}: {text}" for name, text in customers.tax_numbers(order).items()]
