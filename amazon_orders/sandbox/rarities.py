"""What few orders have: added to a drawn order afterwards, from a source of its own, so that the rest stays as drawn.

Whatever is added, the lines still come to their totals in one reading, and `Drawn` says what the order was made to be.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from amazon_orders.sandbox import rare_money
from amazon_orders.sandbox.marketplaces import Place
from amazon_orders.sandbox.projection import Json
from amazon_orders.sandbox.rare_money import RareOrder

if TYPE_CHECKING:
    from amazon_orders.sandbox.generator import Drawn, Mix

_PROGRAMS = ("FBM_SHIP_PLUS", "PREMIUM", "IN_STORE_PICK_UP", "AMAZON_EASY_SHIP", "DELIVERY_BY_AMAZON")


def add(
    document: Json, drawn: Drawn, mix: Mix, place: Place, source: random.Random, earlier: str
) -> tuple[Json, Drawn]:
    """The order with what the mix asks for, and what it was made to be."""
    order = RareOrder(document, drawn, place, source, earlier)
    names = []
    money_told = False
    # Drawn all at once, so that one option does not change what another one draws.
    wanted = [source.random() < getattr(mix, name) for name in NAMES]
    for (name, about_money, apply), asked in zip(_RARE, wanted, strict=True):
        if asked and not (about_money and money_told) and apply(order):
            names.append(name)
            money_told = money_told or about_money
    return order.document, replace(order.drawn, rare=frozenset(names))


def _preorder(order: RareOrder) -> bool:
    if not order.open:
        return False
    order.document["fulfillment"]["fulfillmentStatus"] = "PENDING_AVAILABILITY"
    _join(order, "PREORDER")
    return True


def _cancel_request(order: RareOrder) -> bool:
    """The buyer asks, and nobody has answered."""
    if not order.open:
        return False
    for item in order.items:
        request = {"requester": "BUYER", "cancelReason": "Found it cheaper"}
        item.setdefault("cancellation", {})["cancellationRequest"] = request
    return True


def _program(order: RareOrder) -> bool:
    program = order.source.choice(_PROGRAMS)
    _join(order, program)
    if program == "AMAZON_EASY_SHIP":
        order.document["fulfillmentOrders"] = [{"fulfillmentOrderId": f"F{order.source.randrange(10**9):09}"}]
    return True


def _pickup_point(order: RareOrder) -> bool:
    address = order.document["recipient"]["deliveryAddress"]
    address |= {"addressType": "PICKUP_POINT", "addressLine2": f"Locker {order.source.randrange(100, 999)}"}
    return True


def _vat_id(order: RareOrder) -> bool:
    """A business that says under which number it is taxed. All digits are zeros: nobody has such a number."""
    company = order.document["buyer"].get("buyerCompanyName")
    if not company:
        return False
    registration = {
        "entityType": "BUYER",
        "legalName": company,
        "taxRegistrationType": "VAT",
        "taxRegistrationNumber": f"{order.place.country}000000000",
    }
    order.document["tax"] = {"taxRegistrations": [registration]}
    return True


def _customized(order: RareOrder) -> bool:
    url = f"https://customised.example.com/{order.document['orderId']}.zip"
    order.items[0]["product"]["customization"] = {"customizedUrl": url}
    return True


def _payment(order: RareOrder) -> bool:
    if "payment" not in order.document:
        rare_money.pay(order, order.source.choice(("CreditCard", "Invoice", "GiftCard")))
    return True


def _join(order: RareOrder, program: str) -> None:
    programs = order.document.setdefault("programs", [])
    if program not in programs:
        programs.append(program)


_RARE: tuple[tuple[str, bool, Callable[[RareOrder], bool]], ...] = (
    ("replacements", True, rare_money.replacement),
    ("vine", True, rare_money.vine),
    ("zero_vat", True, rare_money.zero_vat),
    ("silent_collector", True, rare_money.silent_collector),
    ("discount_apart", True, rare_money.discount_apart),
    ("cod", True, rare_money.cod),
    ("tips", True, rare_money.tip),
    ("part_cancelled", True, rare_money.part_cancelled),
    ("cancel_requests", False, _cancel_request),
    ("programs", False, _program),
    ("pickup_points", False, _pickup_point),
    ("vat_ids", False, _vat_id),
    ("customized", False, _customized),
    ("payments", False, _payment),
    ("preorders", False, _preorder),
)
"""Option of the mix, whether it tells the money anew (an order has one such thing at most), and what it does."""

NAMES: tuple[str, ...] = tuple(name for name, _, _ in _RARE)
