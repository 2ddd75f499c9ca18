"""What can be given back of an order item, and how a store's amount becomes the components that Amazon is told.

| who works out and owes the tax | an amount of the store becomes |
|---|---|
| Amazon calculates VAT (prices include tax) | `Principal`, the amount without VAT: Amazon adds it. No `Tax` |
| the store, prices include tax | `Principal`, the amount as it is |
| the seller collects, tax on top (US, CA) | `Principal` and `Tax`, in the proportion of the item |
| Amazon collects | `Principal` alone: Amazon gives its tax back itself |

A part without tax is the amount times net over gross of the charge, to the minor unit, halves up. The other part of a
split is what remains, so that both add up to the amount.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..model import (
    BY_ID,
    ZERO,
    Charge,
    Commanded,
    CommandKind,
    Connection,
    Marketplace,
    Order,
    minor_unit,
    rounded,
)
from .charges import Charged, Terms, charge
from .readings import by_rate, solve
from .rows import rows_of

_TYPES = {
    "item": ("Principal", "Tax"),
    "shipping": ("Shipping", "ShippingTax"),
    "gift_wrap": ("GiftWrap", "GiftWrapTax"),
    "cod_fee": ("COD", "CODTax"),
}
_OTHER = ("Other", "Tax")
_ORDER = ("Principal", "Shipping", "GiftWrap", "COD", "Other")

Component = tuple[str, Decimal]


@dataclass(slots=True)
class Part:
    """One charge of an item: what the store calls all of it, what Amazon is told for all of it, and what is left."""

    type: str
    """`Component.Type` of the amount."""
    tax_type: str
    price: Decimal
    """The whole charge in the store's order."""
    net: Decimal
    """The whole charge as Amazon is told of it, without tax that goes into a component of its own."""
    tax: Decimal
    """The whole tax that goes into a component of its own."""
    inside: bool
    """Whether that tax is part of `price`. Not with ignored tax rows: the store's order never had it."""
    unknown: bool = False
    """Amazon works out the tax and did not show how much: only the store's own net amount can tell."""
    given_net: Decimal = ZERO
    given_tax: Decimal = ZERO

    def left(self, currency: str) -> Decimal:
        """What the store can still give back of it, in the store's terms."""
        if self.inside:
            return self.price - self.given_net - self.given_tax
        share = self.price / self.net if self.net else Decimal(1)
        return rounded((self.net - self.given_net) * share, currency)

    def slack(self, currency: str) -> Decimal:
        """By how much several rounded amounts may seem to be more than the whole."""
        return minor_unit(currency) if self.net != self.price and not self.inside else ZERO

    def take(self, amount: Decimal, currency: str) -> list[Component]:
        """`amount` of the store, as components. It is no more than what is left, give or take the slack."""
        net_left, tax_left = self.net - self.given_net, self.tax - self.given_tax
        net = min(rounded(amount * self.net / self.price, currency), net_left)
        if self.inside:
            tax = min(amount - net, tax_left)
            net = amount - tax
        else:
            tax = min(rounded(amount * self.tax / self.price, currency), tax_left)
        self.given_net += net
        self.given_tax += tax
        return [(kind, value) for kind, value in ((self.type, net), (self.tax_type, tax)) if value]

    def tell(self, net: Decimal, gross: Decimal, currency: str) -> None:
        """Take the share of tax from an amount of the store's, where nothing else knows it."""
        self.net = rounded(self.price * net / gross, currency)
        self.unknown = False


def parts_of(
    order: Order, connection: Connection, commands: Sequence[Commanded], *, vat_calculated: bool
) -> dict[str, list[Part]] | None:
    """Order item id -> its parts, less what `commands` have given back; `None`: Amazon's record shows no amounts."""
    marketplace = BY_ID.get(order.marketplace_id)
    wanted = [line for line in order.lines if line.units > 0]
    if marketplace is None or any(line.total is None and not line.breakdowns for line in wanted):
        return None
    rows = [rows_of(line, order, marketplace, None) for line in wanted]
    exclusive = not marketplace.prices_include_tax
    solution = solve(rows, order.grand_total, (), marketplace.currency, exclusive)
    if solution is None:
        return None
    terms = Terms(marketplace.currency, exclusive, not exclusive, False, vat_calculated)
    country = (order.recipient.country if order.recipient else "") or marketplace.country
    for one in solution.lines:
        if one.reading == "inside" and one.rows.owner == "marketplace":
            one.reading = by_rate(one, country, marketplace.currency) or one.reading
    net_only = vat_calculated and not exclusive
    dropped = connection.ignore_amazon_tax and exclusive
    found = {
        one.rows.line.order_item_id: _parts(charge(one, terms), marketplace, net_only, dropped)
        for one in solution.lines
    }
    for command in commands:
        if command.kind == CommandKind.REFUND:
            _give(found, command, marketplace.currency)
    return found


def _parts(charged: Charged, marketplace: Marketplace, net_only: bool, dropped: bool) -> list[Part]:
    """The parts in the order in which an amount fills them; charges of one type are one part."""
    parts: dict[str, Part] = {}
    for each in (charged.item, *charged.others):
        part = _part(each, marketplace, net_only, dropped)
        same = parts.setdefault(part.type, part)
        if same is not part:
            same.price += part.price
            same.net += part.net
            same.tax += part.tax
    return sorted(parts.values(), key=lambda each: _ORDER.index(each.type))


def _part(one: Charge, marketplace: Marketplace, net_only: bool, dropped: bool) -> Part:
    kind, tax_kind = _TYPES.get(one.kind, _OTHER)
    gross, net, tax = one.gross, one.net, one.tax
    if net is None or tax is None:
        return Part(kind, tax_kind, gross, gross, ZERO, False, unknown=net_only)
    if net_only:
        return Part(kind, tax_kind, gross, net, ZERO, False)
    if not marketplace.prices_include_tax and tax:
        return Part(kind, tax_kind, net if dropped else gross, net, tax, not dropped)
    # What Amazon collects is in no charge, so the charge is told as it is.
    return Part(kind, tax_kind, gross, gross, ZERO, False)


def _give(parts: Mapping[str, list[Part]], command: Commanded, currency: str) -> None:
    """Take what a command gave back off what is left."""
    for item, kind, amount in command.components:
        for part in parts.get(item, ()):
            if part.type == kind:
                part.given_net += amount
                break
            if part.tax_type == kind:
                part.given_tax += amount
                break
    if not command.components:
        for item, amount in command.amounts:
            _give_in_order(parts.get(item, ()), amount, currency)


def _give_in_order(parts: Sequence[Part], amount: Decimal, currency: str) -> None:
    """The same where only the sum is known: the first part first, as a refund of the item alone would have."""
    for part in parts:
        whole, left = part.net + part.tax, part.net + part.tax - part.given_net - part.given_tax
        taken = min(amount, left)
        tax = rounded(taken * part.tax / whole, currency) if part.tax else ZERO
        part.given_net += taken - tax
        part.given_tax += tax
        amount -= taken
