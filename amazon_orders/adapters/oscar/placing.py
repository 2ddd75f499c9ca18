"""Writes orders through the shop's own `OrderCreator`: each once under its number, its stock with it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from oscar.apps.order.signals import order_placed
from oscar.core.loading import get_class, get_model

from ...errors import StoreRejected
from ...model import Placed, StoreOrder, rounded
from . import addresses, amounts, moves
from .catalogue import stock_records
from .database import after_commit, to_shop, writing
from .options import Options


class Placing:
    """Places pages of orders."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.countries = addresses.Countries(options.database)

    def place(self, orders: Mapping[str, StoreOrder]) -> dict[str, Placed | StoreRejected]:
        """Place what is not there yet, in one transaction. Durable when it returns."""
        with writing(self.options.database):
            outcomes: dict[str, Placed | StoreRejected] = dict(self._known(orders))
            new = {key: order for key, order in orders.items() if key not in outcomes}
            records = self._records(new)
            promised: dict[str, int] = {}
            free = {ref: record.net_stock_level for ref, record in records.items() if record.can_track_allocations}
            for key, order in new.items():
                try:
                    self._check(order, records)
                    # A page's other orders are not disturbed by one that is refused.
                    with transaction.atomic(using=self.options.database) if len(new) > 1 else nullcontext():
                        outcomes[key] = self._write(key, order, records, free)
                except StoreRejected as refused:
                    outcomes[key] = refused
                    continue
                if order.affects_stock and not order.already_shipped:
                    for line in order.lines:
                        promised[line.product] = promised.get(line.product, 0) + line.quantity
            moves.allocate(self.options, promised, records)
        return outcomes

    def numbers(self, keys: Mapping[str, Any]) -> dict[str, str]:
        """Order number -> key."""
        return {self.options.number_prefix + key: key for key in keys}

    def _known(self, keys: Mapping[str, Any]) -> dict[str, Placed]:
        numbers = self.numbers(keys)
        rows = _orders(self.options).filter(number__in=list(numbers)).values_list("number", "pk", "total_incl_tax")
        return {numbers[number]: Placed(ref=str(pk), number=number, total=total) for number, pk, total in rows}

    def _records(self, orders: Mapping[str, StoreOrder]) -> dict[str, Any]:
        refs = {line.product for order in orders.values() for line in order.lines}
        refs |= {move.product for order in orders.values() for move in order.releases.values()}
        return stock_records(self.options, sorted(refs)) if refs else {}

    def _check(self, order: StoreOrder, records: Mapping[str, Any]) -> None:
        """What the shop cannot take is refused before anything is written."""
        for line in order.lines:
            if line.product not in records:
                raise _refused(
                    order,
                    f"there is no stock record {line.product!r} for seller SKU {line.seller_sku!r}; the product was "
                    "deleted or belongs to another partner: correct the pairing",
                )
            if line.quantity < 1:
                raise _refused(order, f"line {line.order_item_id} has {line.quantity} units; a line needs at least one")
        charges = [line.total for line in order.lines] + [order.shipping, *order.fees]
        if sum(charge.gross for charge in charges) != order.total:
            raise _refused(order, f"lines, shipping and fees do not add up to {order.total} {order.currency}")
        if not amounts.fits(order):
            raise _refused(order, f"an amount in {order.currency} has more than the two decimals that Oscar keeps")
        if order.on_hold is not None and not self.options.status_on_hold:
            raise _refused(
                order,
                "it must not leave yet, and OSCAR_ORDER_STATUS_PIPELINE has no status for that: add one, or name it "
                "with status_on_hold",
            )
        if order.already_shipped and not self.options.status_shipped:
            raise _refused(
                order,
                "it has left already, and OSCAR_ORDER_STATUS_PIPELINE has no status for that: add one, or name it "
                "with status_shipped",
            )
        if order.recipient is not None:
            self.countries.find(order.recipient.country)

    def _write(self, key: str, order: StoreOrder, records: Mapping[str, Any], free: dict[str, int]) -> Placed:
        options, taxes = self.options, amounts.Taxes(self.options)
        creator = _creators()()
        items = [taxes.amount(line.total, order, records[line.product]) for line in order.lines]
        shipping = taxes.amount(order.shipping, order)
        fees = [taxes.amount(fee, order) for fee in order.fees]
        address = None
        if order.recipient is not None:
            address = get_model("order", "ShippingAddress")()
            addresses.write(address, order.recipient, self.countries.find(order.recipient.country))
            address.save(using=options.database)
        method = order.shipping_method[:128]
        written = creator.create_order_model(
            None,  # nobody is logged in
            None,  # and there is no basket
            address,
            SimpleNamespace(name=method, code=method),
            amounts.price(shipping, order.currency),
            None,
            amounts.price(amounts.total([*items, shipping, *fees]), order.currency),
            options.number_prefix + key,
            self._status(order),
            surcharges=[
                SimpleNamespace(
                    surcharge=SimpleNamespace(name=(fee.title or fee.kind)[:128], code=fee.kind),
                    price=amounts.price(amount, order.currency),
                )
                for fee, amount in zip(order.fees, fees, strict=True)
            ],
            guest_email=(order.buyer.email if order.buyer else "")[:254],
            date_placed=to_shop(order.placed_at),
        )
        for line, amount in zip(order.lines, items, strict=True):
            record = records[line.product]
            promised = order.affects_stock and not order.already_shipped and record.can_track_allocations
            creator.create_line_models(
                written,
                _basket_line(line, amount, record, order.currency),
                {"partner_line_reference": line.order_item_id, "num_allocated": line.quantity if promised else 0},
            )
        creator.write_prices()
        _note(written, [*_remarks(order), *_oversold(order, free)])
        if order.affects_stock and order.already_shipped:
            for line in order.lines:
                if records[line.product].can_track_allocations:
                    moves.take(options, line.product, line.quantity)
            moves.tell(options, {line.product for line in order.lines})
        if order.releases:
            moves.adjust(options, order.releases, records)
        after_commit(options.database, partial(order_placed.send_robust, sender=creator, order=written, user=None))
        return Placed(ref=str(written.pk), number=written.number, total=order.total)

    def _status(self, order: StoreOrder) -> str:
        if order.already_shipped:
            return self.options.status_shipped
        return self.options.status_on_hold if order.on_hold is not None else self.options.status_new


def _remarks(order: StoreOrder) -> list[str]:
    """What Oscar has no field for and people in the shop need."""
    remarks = [f"On hold: {order.on_hold}"] if order.on_hold is not None else []
    if order.fulfilled_by == "amazon":
        remarks.append("Fulfilled by Amazon")
    if order.replaces:
        remarks.append(f"Replaces {order.replaces}")
    if order.ioss:
        remarks.append(f"IOSS {order.ioss}")
    if order.buyer is not None:
        remarks += [f"Company: {order.buyer.company}"] if order.buyer.company else []
        remarks += [f"Purchase order: {order.buyer.purchase_order}"] if order.buyer.purchase_order else []
        remarks += [f"{tax.holder} {tax.kind} {tax.number}".strip() for tax in order.buyer.tax_ids]
    return remarks


def _oversold(order: StoreOrder, free: dict[str, int]) -> list[str]:
    """Amazon has sold it, so it is placed; people have to know that it is not there. `free` is brought up to date."""
    for move in order.releases.values():
        if move.product in free:
            free[move.product] += move.delta
    remarks = []
    for line in order.lines if order.affects_stock else ():
        if line.product in free:
            if free[line.product] < line.quantity:
                there = max(free[line.product], 0)
                remarks.append(f"Oversold: {line.quantity} of {line.seller_sku}, {there} free")
            free[line.product] -= line.quantity
    return remarks


def _note(written: Any, remarks: list[str]) -> None:
    if remarks:
        written.notes.create(message="\n".join(remarks), note_type="System")


def _basket_line(line: Any, amount: amounts.Amount, record: Any, currency: str) -> Any:
    """What an `OrderCreator` reads of a basket's line."""
    before = amounts.Amount(gross=amount.gross + line.discount, net=amount.net + line.discount * _share(amount))
    return SimpleNamespace(
        id=None,
        product=record.product,
        stockrecord=record,
        stockrecord_id=record.pk,
        quantity=line.quantity,
        line_price_excl_tax_incl_discounts=amount.net,
        line_price_incl_tax_incl_discounts=amount.gross,
        line_price_excl_tax=rounded(before.net, currency),
        line_price_incl_tax=before.gross,
        unit_price_incl_tax=line.unit_price,
        unit_price_excl_tax=rounded(amount.net / line.quantity, currency),
        tax_code=None,
        discounts=(),
        prices=tuple(amounts.per_unit(amount, line.quantity, currency)),
    )


def _share(amount: amounts.Amount) -> Any:
    return amount.net / amount.gross if amount.gross else 1


@cache
def _creators() -> Any:
    """The class of the shop's `OrderCreator`, with all prices of an order in one statement and no look at baskets."""

    class Creator(get_class("order.utils", "OrderCreator")):  # type: ignore[misc] # the shop's own class
        """Written for one order."""

        def __init__(self) -> None:
            super().__init__()
            self._prices: list[Any] = []

        def create_line_price_models(self, order: Any, order_line: Any, basket_line: Any) -> None:
            """Keep them until all lines are there."""
            self._prices += [
                order_line.prices.model(
                    order=order, line=order_line, quantity=units, price_incl_tax=each.gross, price_excl_tax=each.net
                )
                for units, each in basket_line.prices
            ]

        def create_line_attributes(self, order: Any, order_line: Any, basket_line: Any) -> None:
            """Amazon's lines have no options of the shop."""

        def write_prices(self) -> None:
            """Write what was kept."""
            get_model("order", "LinePrice")._default_manager.bulk_create(self._prices)

    return Creator


def _orders(options: Options) -> Any:
    return get_model("order", "Order")._default_manager.using(options.database)


def _refused(order: StoreOrder, why: str) -> StoreRejected:
    return StoreRejected(why, record=order.amazon_order_id)
