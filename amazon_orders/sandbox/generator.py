"""Orders in any number, drawn from a seed: grand totals first, then split into lines and parts.

An importer that adds up parts and believes them is found out: one order in fifty names a total that is off by one
minor unit, one in a hundred a total that is off by more.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from amazon_orders.sandbox import people, rarities, regimes
from amazon_orders.sandbox.catalogue import BY_SKU, CATALOGUE
from amazon_orders.sandbox.clock import iso, to_ms
from amazon_orders.sandbox.marketplaces import Place
from amazon_orders.sandbox.projection import Json
from amazon_orders.sandbox.regimes import Regime, money

T = TypeVar("T")

_PREFIXES = {"DE": "302", "FR": "403", "GB": "203", "IT": "405", "ES": "406", "US": "114", "CA": "701", "JP": "250"}
_LEVELS = (("STANDARD", 75), ("EXPEDITED", 15), ("NEXT_DAY", 4), ("SECOND_DAY", 3), ("PRIORITY", 3))


@dataclass(frozen=True, kw_only=True)
class Mix:
    """What to draw. Shares are between 0 and 1; what no share takes is UNSHIPPED, to be shipped by the merchant."""

    skus: tuple[str, ...] = tuple(item.sku for item in CATALOGUE)
    pending: float = 0.0
    shipped: float = 0.0
    cancelled: float = 0.0
    fba: float = 0.0
    unknown_skus: float = 0.0
    """Share of orders whose first line is of a SKU that no catalogue has."""
    suffixes: tuple[str, ...] = ()
    """Put behind some SKUs, such as `-FBA`."""
    business: float = 0.05
    imbalance: bool = True
    span: timedelta = timedelta(days=7)
    until: datetime | None = None
    """No order changed after this; None: three minutes before now."""
    # What few orders have. An order has one at most of those that are about money, and only where it can be.
    replacements: float = 0.0
    """Free of charge, linked to an order before."""
    vine: float = 0.0
    """Free samples: the full price and an equal rebate."""
    zero_vat: float = 0.0
    """A tax row of zero, in Europe."""
    silent_collector: float = 0.0
    """Amazon collects the tax and names no amount."""
    discount_apart: float = 0.0
    """Shipping given back beside the discount's subtotal; what is drawn otherwise has it within."""
    cod: float = 0.0
    """Paid at the door for a fee, in Japan."""
    tips: float = 0.0
    """For the courier, at the order and not at a line."""
    part_cancelled: float = 0.0
    """One unit of three will not be shipped; the price is still that of all."""
    cancel_requests: float = 0.0
    """The buyer asks to cancel."""
    programs: float = 0.0
    """Easy Ship, Ship+, pick-up in a store and others."""
    pickup_points: float = 0.0
    vat_ids: float = 0.0
    """Of business orders: those whose buyer names a VAT number."""
    customized: float = 0.0
    payments: float = 0.0
    """Says how it was paid."""
    preorders: float = 0.0
    """PENDING_AVAILABILITY."""

    @classmethod
    def everything(cls, **options: Any) -> Mix:
        """Some of all that there is, but for SKUs that no shop knows; options given replace these."""
        shares = {"pending": 0.05, "shipped": 0.15, "cancelled": 0.05, "fba": 0.08, "business": 0.15, "vat_ids": 0.5}
        return cls(**(dict.fromkeys(rarities.NAMES, 0.03) | shares | options))

    @property
    def rare(self) -> bool:
        """Whether it asks for anything that few orders have."""
        return any(getattr(self, name) for name in rarities.NAMES)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the generator knows of an order and Amazon does not say."""

    order_id: str
    regime: str
    total: Decimal
    """The sum of its lines."""
    off_by: Decimal
    """What the grand total says beyond that and the tip."""
    tip: Decimal = Decimal()
    """The part of the grand total that is for the courier."""
    rare: frozenset[str] = frozenset()
    """The options of the mix that this order has something of."""


def draw(number: int, source: random.Random, place: Place, mix: Mix, until: datetime) -> tuple[Json, Drawn]:
    """Order `number` of a seller."""
    order_id = f"{_PREFIXES.get(place.country, '305')}-{source.randrange(10**7):07}-{number:07}"
    status, fulfilled_by = _state(source, mix)
    business = source.random() < mix.business
    person = people.draw(source, place.country, business=business)
    regime = regimes.draw(source, place.country)
    wanted = _wanted(source, mix, number)
    total = max(int(_list_price(wanted) * source.uniform(0.85, 1.15)), 120 * len(wanted))
    off_by = _off_by(source, number) if mix.imbalance else 0
    negative = source.random() < 0.1
    frame = _Frame(source, order_id, regime, place, negative, status, business)
    shares = _shares(source, wanted, total)
    items = [frame.item(index, *line, share) for index, (line, share) in enumerate(zip(wanted, shares, strict=True))]
    created = _created(source, until, mix.span)
    updated = min(to_ms(created) + source.randrange(60_000, 3_600_000), to_ms(until))
    document: Json = {
        "orderId": order_id,
        "createdTime": iso(created),
        "lastUpdatedTime": iso(updated),
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": place.id, "marketplaceName": place.name},
        "buyer": person.buyer,
        "recipient": {"deliveryAddress": person.address},
        "proceeds": {"grandTotal": money(total + off_by, place)},
        "fulfillment": {
            "fulfillmentStatus": status,
            "fulfilledBy": fulfilled_by,
            "fulfillmentServiceLevel": _weighted(source, _LEVELS),
            "shipByWindow": _window(created, 1, 2),
            "deliverByWindow": _window(created, 3, 5),
        },
        "orderItems": items,
    }
    programs = [*(["PRIME"] if source.random() < 0.1 else []), *(["AMAZON_BUSINESS"] if business else [])]
    if programs:
        document["programs"] = programs
    scale = Decimal(1).scaleb(-place.decimals)
    return document, Drawn(order_id, regime.name, total * scale, off_by * scale)


def _state(source: random.Random, mix: Mix) -> tuple[str, str]:
    fulfilled_by = "AMAZON" if source.random() < mix.fba else "MERCHANT"
    at = source.random()
    for status, share in (("PENDING", mix.pending), ("SHIPPED", mix.shipped), ("CANCELLED", mix.cancelled)):
        if at < share:
            return status, fulfilled_by
        at -= share
    return "UNSHIPPED", fulfilled_by


def _wanted(source: random.Random, mix: Mix, number: int) -> list[tuple[str, int]]:
    # 1.3 lines on average.
    count = min(_weighted(source, ((1, 78), (2, 15), (3, 6), (4, 1))), len(mix.skus))
    skus = source.sample(mix.skus, count)
    if mix.suffixes and source.random() < 0.25:
        skus[0] += source.choice(mix.suffixes)
    if source.random() < mix.unknown_skus:
        skus[0] = f"UNKNOWN-{number:05}"
    return [(sku, _weighted(source, ((1, 80), (2, 14), (3, 6)))) for sku in skus]


def _price(sku: str) -> Decimal:
    known = BY_SKU.get(sku) or next((item for item in CATALOGUE if sku.startswith(item.sku)), None)
    return known.price if known else Decimal("19.90")


def _list_price(wanted: list[tuple[str, int]]) -> int:
    # A yen is about a cent, so minor units are of one size everywhere.
    return int(sum(_price(sku) * quantity for sku, quantity in wanted) * 100)


def _shares(source: random.Random, wanted: list[tuple[str, int]], total: int) -> list[int]:
    weights = [float(_price(sku) * quantity) * source.uniform(0.9, 1.1) for sku, quantity in wanted]
    shares = [max(int(total * weight / sum(weights)), 100) for weight in weights]
    shares[-1] = total - sum(shares[:-1])
    return shares


def _off_by(source: random.Random, number: int) -> int:
    if number % 100 == 49:
        return source.choice((1, -1)) * source.randrange(37, 99)
    return source.choice((1, -1)) if number % 50 == 24 else 0


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the items of one order share."""

    source: random.Random
    order_id: str
    regime: Regime
    place: Place
    negative_discount: bool
    status: str
    business: bool

    def item(self, index: int, sku: str, quantity: int, total: int) -> Json:
        parts = regimes.split(self.source, total, self.regime, regimes.rate_of(self.place.country))
        known = BY_SKU.get(sku)
        price: Json = {"unitPrice": money((2 * parts.item + quantity) // (2 * quantity), self.place)}
        if self.business:
            price["priceDesignation"] = "BUSINESS_PRICE"
        item: Json = {
            "orderItemId": f"{self.order_id[4:11]}{int(self.order_id[12:]) % 10**5:05}{index:02}",
            "quantityOrdered": quantity,
            "product": {
                "asin": known.asin if known else "B0SBX99999",
                "title": known.title if known else sku,
                "sellerSku": sku,
                "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
                "price": price,
            },
            "proceeds": regimes.proceeds(parts, self.place, negative_discount=self.negative_discount),
            "fulfillment": self._fulfillment(parts, quantity),
        }
        if parts.discount_item or parts.discount_shipping:
            item["promotion"] = {"breakdowns": [{"promotionId": f"PROMO-{self.source.randrange(100, 999)}"}]}
        if self.place.country == "JP":
            points = money(max(total // 100, 1), self.place)
            item["expense"] = {
                "pointsCost": {"pointsGranted": {"pointsNumber": int(points["amount"]), "pointsMonetaryValue": points}}
            }
        tax = self._tax()
        if tax:
            item["tax"] = tax
        return item

    def _fulfillment(self, parts: regimes.Split, quantity: int) -> Json:
        fulfillment: Json = {
            "quantityFulfilled": quantity if self.status == "SHIPPED" else 0,
            "quantityUnfulfilled": 0 if self.status in ("SHIPPED", "CANCELLED") else quantity,
        }
        if parts.gift_wrap:
            gift = {"giftMessage": "With best wishes!", "giftWrapLevel": "STANDARD"}
            fulfillment["packing"] = {"giftOption": gift}
        if self.regime.scheme:
            fulfillment["shipping"] = {"internationalShipping": {"iossNumber": "IM0000000000"}}
        return fulfillment

    def _tax(self) -> Json:
        tax: Json = {}
        if self.regime.scheme:
            tax["taxCalculationBreakdowns"] = [{"reportingScheme": self.regime.scheme}]
        if self.regime.collector:
            tax["taxCollections"] = [{"model": "MARKETPLACE_FACILITATOR", "responsibleParty": self.regime.collector}]
        return tax


def _created(source: random.Random, until: datetime, span: timedelta) -> datetime:
    # Amazon creates orders at whole seconds and updates them at milliseconds.
    seconds = max(int(span.total_seconds()), 120)
    return until.replace(microsecond=0) - timedelta(seconds=source.randrange(61, seconds))


def _window(created: datetime, first_day: int, last_day: int) -> Json:
    midnight = created.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "earliestDateTime": iso(midnight + timedelta(days=first_day)),
        "latestDateTime": iso(midnight + timedelta(days=last_day + 1, seconds=-1)),
    }


def _weighted(source: random.Random, rows: tuple[tuple[T, int], ...]) -> T:
    return source.choices([row[0] for row in rows], [row[1] for row in rows])[0]
