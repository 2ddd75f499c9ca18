"""Broken orders on sale among whole ones, and a judge of what became of each."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.model import OrderDetail
from amazon_orders.sandbox import CATALOGUE, Line, order
from amazon_orders.sandbox.clock import iso
from tests.faults.mutations import Base, Json, Mutation, written
from tests.story.world import START, World, world
from tests.unit.rules.equations import sides

SELLER = "A1MUTATED"
TOKEN = "Atzr|mutated"
NAMELESS = "unreadable-"
LONGEST_WORD = 1000
"""Characters that a person may be told about one order."""


@dataclass(frozen=True)
class Mutant:
    """A broken order that Amazon knows under `order_id`, whatever the record says."""

    name: str
    order_id: str
    order: Json
    raw: bytes

    @property
    def known_as(self) -> str:
        """The id by which somebody can find it, as the record has it; empty where it has none that can be read."""
        told = self.order.get("orderId") if isinstance(self.order, dict) else None
        return told if isinstance(told, str) and 0 < len(told) <= 200 and told.isprintable() else ""


def order_id_of(number: int, first: int = 302) -> str:
    return f"{first}-{number // 10**7:07}-{number % 10**7:07}"


def mutants(whole: Base, chosen: Iterable[Mutation]) -> list[Mutant]:
    """One broken order for each mutation, each with an id of its own."""
    found = []
    for number, mutation in enumerate(chosen):
        order_id = order_id_of(number)
        broken = mutation.of({**whole.order, "orderId": order_id})
        found.append(Mutant(f"{mutation.place} {mutation.way}", order_id, broken, written(broken)))
    return found


@contextlib.contextmanager
def selling(folder: Path, whole: Base, **settings: Any) -> Iterator[World]:
    """A world whose seller sells in the order's region, and whose shop has the order's products."""
    with world(folder) as made:
        shop = Shop.open(made.shop_file)
        skus = {item["product"]["sellerSku"] for item in whole.order["orderItems"]} - {row.sku for row in CATALOGUE}
        shop.add_products([{"sku": sku, "title": sku, "stock": 1000} for sku in sorted(skus)])
        shop.close()
        countries = whole.countries
        made.seller = made.amazon.add_seller(SELLER, region=whole.region, marketplaces=countries, refresh_token=TOKEN)
        made.connect(
            seller_id=SELLER,
            region=whole.region,
            marketplaces=list(countries),
            refresh_token=TOKEN,
            fulfillment="all",
            # Amazon's own cases are from 2024.
            sync_from=START - timedelta(days=728),
            **settings,
        )
        yield made


def put_on_sale(shop: World, whole: Base, broken: Sequence[Mutant], good: Sequence[str]) -> dict[str, Decimal]:
    """Broken orders and whole ones, evenly mixed in the order of Amazon's pages; what the whole ones come to."""
    places = [(number / len(broken), each.order_id) for number, each in enumerate(broken, 1)]
    places += [(number / len(good), order_id) for number, order_id in enumerate(good, 1)]
    totals = {order_id: Decimal(10 + number % 7) for number, order_id in enumerate(good)}
    begun = shop.clock.now() - timedelta(minutes=30)
    hosts = []
    for number, (_, order_id) in enumerate(sorted(places)):
        moment = begun + timedelta(milliseconds=number)
        line = Line(sku="MUG-WHITE", item=totals.get(order_id, Decimal(1)))
        hosts.append(order(order_id, line, created=begun, updated=moment, marketplace=whole.country))
        hosts[-1]["lastUpdatedTime"] = iso(moment)
    shop.seller.add(*hosts)
    for each in broken:
        shop.seller.spoil(each.order_id, each.raw)
    return totals


def sync(shop: World) -> None:
    """Sync until there are no more pages. Nothing may end a run but the quota."""
    while True:
        ((flow,),) = (connection.flows for connection in shop.sync(only=["orders"]).connections)
        assert flow.error is None
        if not flow.throttled:
            return
        shop.clock.advance(60)


def check_whole(shop: World, totals: dict[str, Decimal]) -> None:
    """Every whole order is in the shop exactly once, for its own total, and the ledger says so."""
    rows = shop.look("SELECT external_id, total FROM orders")
    found = Counter(order_id for order_id, _ in rows)
    assert {order_id: found[order_id] for order_id in totals} == dict.fromkeys(totals, 1)
    in_shop = {order_id: Decimal(total) for order_id, total in rows}
    assert {order_id: in_shop[order_id] for order_id in totals} == totals
    placed = {row.amazon_order_id for row in shop.app.orders.list(status="placed")}
    assert totals.keys() <= placed


def complaints(shop: World, whole: Base, broken: Sequence[Mutant]) -> list[str]:
    """What is wrong with what became of the broken ones."""
    return list(_complaints(shop, whole, broken))


def _complaints(shop: World, whole: Base, broken: Sequence[Mutant]) -> Iterator[str]:
    ledger = {row.amazon_order_id: row for row in shop.app.orders.list()}
    in_shop = _totals(shop)
    nameless = [each for each in broken if not each.known_as]
    by_digest = [order_id for order_id in ledger if order_id.startswith(NAMELESS)]
    (health,) = shop.app.health().connections
    if not len(nameless) == len(by_digest) == health.unreadable:
        yield f"{len(nameless)} without an id: {len(by_digest)} in the ledger, {health.unreadable} in `health`"
    for each in broken:
        if not each.known_as:
            continue
        row = ledger.get(each.known_as)
        if row is None:
            yield f"{each.name}: the ledger does not know it"
            continue
        totals = in_shop.get(each.known_as)
        found = shop.app.orders.get(each.known_as)
        said = found.trace[-1]["detail"] if found.trace else ""
        if (row.status == "placed") != (totals is not None):
            yield f"{each.name}: {row.status}, and {'in' if totals else 'not in'} the shop"
        elif len(said) > LONGEST_WORD:
            yield f"{each.name}: {row.status} with {len(said)} characters to say"
        elif totals is not None:
            for wrong in wrong_money(whole, each, found, *totals):
                yield f"{each.name}: {totals[0]} in the shop, {wrong}"
        elif row.status not in ("failed", "held", *whole.waits) or not row.reason or not said:
            yield f"{each.name}: {row.status} for {row.reason}: {said}"


def _totals(shop: World) -> dict[str, tuple[Decimal, Decimal]]:
    """Order id -> its total, and what its lines and shipping come to, by the shop's own tables."""
    parts: dict[int, Decimal] = {}
    for key, total in shop.look("SELECT order_id, total FROM order_lines"):
        parts[key] = parts.get(key, Decimal()) + Decimal(total)
    return {
        order_id: (Decimal(total), parts.get(key, Decimal()) + Decimal(shipping))
        for key, order_id, total, shipping in shop.look("SELECT id, external_id, total, shipping FROM orders")
    }


def wrong_money(whole: Base, each: Mutant, found: OrderDetail, total: Decimal, added_up: Decimal) -> Iterator[str]:
    """Why the shop's total is not right; nothing where it is."""
    if total != added_up:
        yield f"and its lines come to {added_up}"
    if found.balance is None or not found.balance.balanced:
        yield "without a balance"
        return
    equation = found.balance.equation
    left, right = sides(equation)
    if left != right:
        yield f"by an equation that is wrong: {equation}"
    amazon_total = _amazon_total(each.order)
    if amazon_total is not None and amazon_total != right:
        yield f"Amazon says {amazon_total}, the equation {equation}"
    # Where the record no longer says that Amazon collects the tax, or names no total and no tip, what it says of the
    # lines is all that is known.
    told_all = _amazon_collects(each.order) or not _amazon_collects(whole.order)
    told_all = told_all and (bool(each.order.get("proceeds")) or "breakdowns" not in whole.order["proceeds"])
    if total != (Decimal(whole.total) if told_all else right):
        yield f"{whole.total} is right; {equation}"


def _amazon_total(document: Json) -> Decimal | None:
    proceeds = document.get("proceeds")
    told = proceeds.get("grandTotal") if isinstance(proceeds, dict) else None
    amount = told.get("amount") if isinstance(told, dict) else None
    return None if amount is None else Decimal(amount)


def _amazon_collects(document: Json) -> bool:
    """Whether an order still says both: that Amazon collects tax, and how much."""
    for item in document["orderItems"]:
        rows = (item.get("proceeds") or {}).get("breakdowns") or []
        if (item.get("tax") or {}).get("taxCollections") and any(row["type"] == "TAX" for row in rows):
            return True
    return False
