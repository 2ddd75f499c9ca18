"""How an amount that was drawn first is told in parts: prices with tax in them, beside them, or kept by Amazon."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from amazon_orders.sandbox.marketplaces import Place
from amazon_orders.sandbox.projection import Json

Telling = Literal["none", "inside", "on_top", "apart"]


@dataclass(frozen=True, slots=True)
class Regime:
    """One way in which Amazon tells a line's money."""

    name: str
    tax: Telling
    """No TAX row; TAX inside the price; total = price + TAX; TAX told but not in the total."""
    collector: str = ""
    """Who collects the tax in place of the seller."""
    scheme: str = ""


_AMAZON_US = "Amazon Services, Inc."
_AMAZON_EU = "Amazon Services Europe S.a.r.L."

GROSS = Regime("gross", "none")
VAT_INSIDE = Regime("vat inside", "inside")
NET_AND_VAT = Regime("net and vat", "on_top")
IOSS_INSIDE = Regime("ioss inside", "inside", _AMAZON_EU, "IOSS")
IOSS_ON_TOP = Regime("ioss on top", "on_top", _AMAZON_EU, "IOSS")
SELLER_TAX = Regime("seller tax", "on_top")
FACILITATOR = Regime("facilitator in total", "on_top", _AMAZON_US)
FACILITATOR_APART = Regime("facilitator outside total", "apart", _AMAZON_US)
NO_TAX = Regime("no tax", "none")

_EU = ((GROSS, 60), (VAT_INSIDE, 20), (NET_AND_VAT, 14), (IOSS_INSIDE, 3), (IOSS_ON_TOP, 3))
_BY_COUNTRY: dict[str, tuple[tuple[Regime, int], ...]] = {
    "US": ((SELLER_TAX, 25), (FACILITATOR, 45), (FACILITATOR_APART, 20), (NO_TAX, 10)),
    "CA": ((SELLER_TAX, 100),),
    "GB": ((GROSS, 60), (VAT_INSIDE, 30), (NET_AND_VAT, 10)),
    **dict.fromkeys(("DE", "FR", "IT", "ES", "NL", "BE", "IE", "SE", "PL"), _EU),
}
_RATES = {"DE": 19, "IT": 22, "ES": 21, "NL": 21, "BE": 21, "IE": 23, "SE": 25, "PL": 23, "JP": 10, "US": 8, "CA": 13}


def draw(source: random.Random, country: str) -> Regime:
    """A regime that is met in a marketplace."""
    rows = _BY_COUNTRY.get(country, ((GROSS, 100),))
    return source.choices([regime for regime, _ in rows], [weight for _, weight in rows])[0]


@dataclass(slots=True)
class Split:
    """A line's total in parts; amounts in minor units of the currency."""

    total: int
    item: int
    shipping: int = 0
    gift_wrap: int = 0
    discount_item: int = 0
    discount_shipping: int = 0
    tax: tuple[tuple[str, int], ...] | None = None
    """`(subtype, amount)`; None: no TAX row."""


def split(source: random.Random, total: int, regime: Regime, rate: int) -> Split:
    """Tell `total` in parts. Whatever is drawn here, the parts come to the total in the regime's own reading."""
    tax_on_top = _share(total, rate, 100 + rate) if regime.tax == "on_top" else 0
    parts = Split(total, 0)
    left = total - tax_on_top
    if source.random() < 0.3 and left > 400:
        parts.shipping = source.randrange(left // 20, left // 5)
    if source.random() < 0.06 and left > 400:
        parts.gift_wrap = source.randrange(left // 20, left // 8)
    if source.random() < 0.12 and left > 400:
        parts.discount_item = source.randrange(left // 20, left // 5)
    if parts.shipping and source.random() < 0.2:
        parts.discount_shipping = parts.shipping
    parts.item = left - parts.shipping - parts.gift_wrap + parts.discount_item + parts.discount_shipping
    if regime.tax == "none":
        return parts
    charged = {
        "ITEM": parts.item - parts.discount_item,
        "SHIPPING": parts.shipping - parts.discount_shipping,
        "GIFT_WRAP": parts.gift_wrap,
    }
    divisor = 100 + rate if regime.tax == "inside" else 100
    taxes = {name: _share(amount, rate, divisor) for name, amount in charged.items() if amount}
    if regime.tax == "on_top":
        taxes["ITEM"] = tax_on_top - sum(amount for name, amount in taxes.items() if name != "ITEM")
    parts.tax = tuple(taxes.items())
    return parts


def rate_of(country: str) -> int:
    """The standard rate in percent."""
    return _RATES.get(country, 20)


def proceeds(parts: Split, place: Place, *, negative_discount: bool) -> Json:
    """The line's `proceeds`."""
    sign = -1 if negative_discount else 1
    rows: list[Json] = [{"type": "ITEM", "subtotal": money(parts.item, place)}]
    if parts.shipping:
        rows.append({"type": "SHIPPING", "subtotal": money(parts.shipping, place)})
    if parts.gift_wrap:
        rows.append({"type": "GIFT_WRAP", "subtotal": money(parts.gift_wrap, place)})
    off = (("ITEM", parts.discount_item), ("SHIPPING", parts.discount_shipping))
    if any(amount for _, amount in off):
        rows.append(_row("DISCOUNT", [(name, sign * amount) for name, amount in off if amount], place))
    if parts.tax is not None:
        rows.append(_row("TAX", list(parts.tax), place))
    return {"proceedsTotal": money(parts.total, place), "breakdowns": rows}


def money(minor: int, place: Place) -> Json:
    """An amount in minor units as Amazon writes it."""
    if place.decimals == 0:
        return {"amount": str(minor), "currencyCode": place.currency}
    sign, minor = ("-", -minor) if minor < 0 else ("", minor)
    return {"amount": f"{sign}{minor // 100}.{minor % 100:02}", "currencyCode": place.currency}


def _row(kind: str, details: list[tuple[str, int]], place: Place) -> Json:
    return {
        "type": kind,
        "subtotal": money(sum(amount for _, amount in details), place),
        "detailedBreakdowns": [{"subtype": name, "value": money(amount, place)} for name, amount in details],
    }


def _share(amount: int, rate: int, divisor: int) -> int:
    return (2 * amount * rate + divisor) // (2 * divisor)
