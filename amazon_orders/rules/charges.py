"""Turns a line's rows, once read, into what the store is handed: charges with gross, net, tax and who owes the tax."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ..model import ZERO, Charge, TaxOwner, rounded, split
from .readings import Solved

KINDS = {
    "SHIPPING": ("shipping", "Shipping"),
    "GIFT_WRAP": ("gift_wrap", "Gift wrap"),
    "COD_FEE": ("cod_fee", "Cash on delivery"),
    "DELIVERY_TIP": ("tip", "Delivery tip"),
    "OTHER": ("other", "Other"),
}
"""Amazon's type -> kind and title of the charge. A type that is not here is `other` under Amazon's own name."""

NO_SHIPPING = Charge(kind="shipping", title="Shipping", gross=ZERO, net=ZERO, tax=ZERO)

_TITLES = {
    "marketplace": " (Amazon collects its tax)",
    "unknown": " (tax not known)",
    "known": " (tax as stated)",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """How tax is handed over for one order: what settings, marketplace and experience say."""

    currency: str
    exclusive: bool
    """Whether prices in the marketplace have no tax in them."""
    gross_prices: bool
    """Whether a price without any tax amount is handed over as gross: `prices_include_tax`, else the marketplace."""
    ignore_tax: bool
    tax_seen: bool


@dataclass(slots=True)
class Charged:
    """One line's money for the store."""

    item: Charge
    discount: Decimal
    others: list[Charge]
    collected: Decimal | None
    """Tax that Amazon collects, whether or not it is in Amazon's total; `None`: not said."""
    dropped: Decimal
    """Seller's tax that left the total because tax rows are ignored."""


def charge(one: Solved, terms: Terms) -> Charged:
    """The charges of one line. Their gross, and what was collected inside the total or dropped, is its value."""
    rows = one.rows
    tax = ZERO if one.reading == "none" else rows.tax
    parts = rows.parts
    collected: Decimal | None = ZERO
    if rows.owner == "marketplace":
        collected = tax if rows.tax_row else None
    if len(parts) == 1 and "ITEM" in parts:
        item, dropped = _charge("item", rows.line.title, rows.price - one.discount, tax, one, terms)
        charged = Charged(item, one.discount, [], collected, dropped)
    else:
        charged = _several(one, tax, collected, terms)
    return charged if one.scaled or rows.scaled_item is None else _fewer_units(charged, one, terms.currency)


def _several(one: Solved, tax: Decimal, collected: Decimal | None, terms: Terms) -> Charged:
    rows = one.rows
    before = {"ITEM": ZERO, **rows.parts}
    off = _discounts(before, one.discount, rows.discount_details)
    after = {kind: amount - off[kind] for kind, amount in before.items()}
    shares = _tax_shares(before, after, tax, rows.tax_details, terms.currency)
    dropped = ZERO
    charges = {}
    for kind, amount in after.items():
        name, title = ("item", rows.line.title) if kind == "ITEM" else KINDS.get(kind, ("other", kind))
        charges[kind], lost = _charge(name, title, amount, shares[kind], one, terms)
        dropped += lost
    item = charges.pop("ITEM")
    return Charged(item, off["ITEM"], list(charges.values()), collected, dropped)


def _discounts(before: dict[str, Decimal], discount: Decimal, details: dict[str, Decimal]) -> dict[str, Decimal]:
    """How much of the discount goes to each part. No extra becomes negative: what is too much for it is the item's."""
    off: dict[str, Decimal] = {}
    left = discount
    extras = [kind for kind in before if kind != "ITEM"]
    for kind in extras:
        off[kind] = min(details.get(kind, ZERO), max(before[kind], ZERO), max(left, ZERO))
        left -= off[kind]
    too_much = left - max(before["ITEM"], ZERO)
    for kind in extras:
        more = min(max(too_much, ZERO), max(before[kind], ZERO) - off[kind])
        off[kind] += more
        left -= more
        too_much -= more
    off["ITEM"] = left
    return off


def _tax_shares(
    before: dict[str, Decimal], after: dict[str, Decimal], tax: Decimal, details: dict[str, Decimal], currency: str
) -> dict[str, Decimal]:
    """How much of the tax each part bears: by Amazon's own details where they add up, else in proportion."""
    shares = dict.fromkeys(after, ZERO)
    taxed = [kind for kind, amount in after.items() if amount]
    if not tax or len(taxed) < 2:
        shares[taxed[0] if taxed else "ITEM"] = tax
        return shares
    told = {kind: value for kind, value in details.items() if kind != "DISCOUNT"}
    whole = sum(told.values(), ZERO)
    on_discount = abs(details.get("DISCOUNT", ZERO))
    if told and tax in (whole, whole - on_discount) and all(kind in after for kind in told):
        for kind in taxed:
            if kind != "ITEM" and kind in told:
                lowered = on_discount and tax != whole
                shares[kind] = rounded(told[kind] * after[kind] / before[kind], currency) if lowered else told[kind]
        rest = tax - sum(shares.values(), ZERO)
        if (rest == 0 or "ITEM" in taxed) and rest * tax >= 0:
            shares["ITEM"] = rest
            return shares
    for kind, share in zip(taxed, split(tax, [abs(after[kind]) for kind in taxed], currency), strict=True):
        shares[kind] = share
    return shares


def _charge(kind: str, title: str, amount: Decimal, tax: Decimal, one: Solved, terms: Terms) -> tuple[Charge, Decimal]:
    """One charge, and the seller's tax that was dropped with ignored tax rows."""
    rows = one.rows
    owner: TaxOwner = rows.owner
    if owner == "marketplace":
        gross = amount - tax if one.reading == "inside" else amount
        return Charge(kind=kind, title=title, gross=gross, net=gross, tax=ZERO, tax_owner="marketplace"), ZERO
    gross = amount + tax if one.reading == "on_top" else amount
    if owner == "none":
        return Charge(kind=kind, title=title, gross=gross, net=gross, tax=ZERO, tax_owner="none"), ZERO
    dropped = ZERO
    if rows.tax and one.reading != "none":
        if one.reading == "apart":
            return Charge(kind=kind, title=title, gross=gross, net=gross, tax=ZERO, tax_owner="none"), ZERO
        if not terms.ignore_tax:
            return Charge(kind=kind, title=title, gross=gross, net=gross - tax, tax=tax), ZERO
        if one.reading == "inside" or not terms.exclusive:
            return Charge(kind=kind, title=title, gross=gross), ZERO
        gross, dropped = amount, tax
    if _zero_is_known(one, terms):
        return Charge(kind=kind, title=title, gross=gross, net=gross, tax=ZERO, tax_owner="none"), dropped
    return Charge(kind=kind, title=title, gross=gross), dropped


def _zero_is_known(one: Solved, terms: Terms) -> bool:
    """Whether no tax amount means that no tax is due, rather than that Amazon does not know."""
    rows = one.rows
    if rows.known_zero is not None:
        return rows.known_zero
    if rows.tax_row and terms.tax_seen and not terms.ignore_tax and not rows.tax:
        return True
    return not terms.gross_prices


def _fewer_units(charged: Charged, one: Solved, currency: str) -> Charged:
    """The item's money for the units still wanted. Shipping and the like stay: the parcel goes out all the same."""
    line = one.rows.line
    units, ordered = Decimal(line.units), Decimal(line.quantity_ordered)

    def share(amount: Decimal) -> Decimal:
        return rounded(amount * units / ordered, currency)

    item = charged.item
    gross = share(item.gross)
    tax = None if item.tax is None else share(item.tax)
    net = None if tax is None else gross - tax
    lowered = replace(item, gross=gross, net=net, tax=tax)
    collected = None if charged.collected is None else share(charged.collected)
    return Charged(lowered, share(charged.discount), charged.others, collected, share(charged.dropped))


def merged(charges: Sequence[Charge]) -> list[Charge]:
    """Charges of one kind and title as one, kept apart only where their tax must be treated differently."""
    if len(charges) < 2:
        return [each for each in charges if each.gross]
    groups: dict[tuple[str, str], list[Charge]] = {}
    for each in charges:
        groups.setdefault((each.title, _tax_kind(each)), []).append(each)
    added = [_added(group) for group in groups.values()]
    several = [each for each in added if each.gross]
    several.sort(key=lambda each: -each.gross)
    seen: set[str] = set()
    return [_told_apart(each, seen) for each in several]


def _tax_kind(charge: Charge) -> str:
    if charge.tax_owner == "marketplace":
        return "marketplace"
    return "unknown" if charge.tax is None else "known"


def _added(group: Sequence[Charge]) -> Charge:
    first = group[0]
    owner: TaxOwner = "seller" if any(each.tax_owner == "seller" for each in group) else first.tax_owner
    net = None if first.net is None else sum((each.net or ZERO for each in group), ZERO)
    tax = None if first.tax is None else sum((each.tax or ZERO for each in group), ZERO)
    gross = sum((each.gross for each in group), ZERO)
    return Charge(kind=first.kind, title=first.title, gross=gross, net=net, tax=tax, tax_owner=owner)


def _told_apart(charge: Charge, seen: set[str]) -> Charge:
    """The charge under a title that no other has."""
    if charge.title not in seen:
        seen.add(charge.title)
        return charge
    return replace(charge, title=charge.title + _TITLES[_tax_kind(charge)])
