"""From Amazon's records to decisions: read, recall, ask the catalogue once, apply the rules. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from ..amazon import RawOrder
from ..errors import PayloadError, StoreError, StoreUnavailable
from ..ledger import Remembered
from ..model import Answer, Decision, Hold, Match, Order, Place, Product, Reason, Skip, TraceStep
from ..rules import Facts, concerns_stock, intake, place, resolve, revise, values_to_ask
from .following import look
from .looking import SILENT_IN_A_ROW, is_down
from .recognising import recognise
from .work import Item, Work

# Orders in these states are in the store: a changed record is a change to them, never a second order.
IN_STORE = ("placed", "cancelled")

NAMELESS = "unreadable-"
"""Begins the id of a record that has none: the rest is its digest."""

_NO_SKUS: Mapping[str, Answer[str]] = MappingProxyType({})


def decide(work: Work, raws: Iterable[RawOrder]) -> list[Item]:
    """One item for each record, in order, each with a decision, an error, or nothing to do."""
    items = [_read(raw) for raw in raws]
    ids = [item.order_id for item in items if item.order_id]
    remembered = work.ledger.orders.recall(work.connection.name, ids) if ids else {}
    payable: list[Item] = []
    now = work.client.amazon_now()
    for item in items:
        item.remembered = remembered.get(item.order_id)
        if item.order is not None and item.order.updated_at > now:
            item.order = _dated(item, item.order, now)
        order = item.order
        if order is None:
            continue
        if is_in_store(item.remembered):
            look(work, item)
            continue
        item.decision = _ignored(work, item)
        if item.decision is not None:
            continue
        try:
            item.decision = _intake(work, order)
        except StoreError as error:  # a plugin's, whatever it says; it concerns this order alone
            item.error = error
            continue
        if item.decision is None or concerns_stock(order, item.decision, work.connection):
            payable.append(item)
    if payable:
        _price(work, payable)
    recognise(work, items)
    return items


def _ignored(work: Work, item: Item) -> Skip | None:
    """A person's word that an order is to be left alone. It holds until somebody asks for the order again."""
    if work.asked is not None:
        why = work.asked.ignore
    else:
        before = item.remembered
        why = before.detail if before is not None and before.reason == Reason.IGNORED else ""
    if not why:
        return None
    return Skip(reason=Reason.IGNORED, detail=why, trace=(TraceStep("intake", Reason.IGNORED, why),))


def is_in_store(remembered: Remembered | None) -> bool:
    """Whether the ledger knows the order's reference in the store."""
    return remembered is not None and bool(remembered.store_ref) and remembered.status in IN_STORE


def _read(raw: RawOrder) -> Item:
    try:
        order = raw.order()
    except PayloadError as error:
        return Item(raw=raw, order_id=raw.amazon_order_id or f"{NAMELESS}{raw.digest.hex()[:12]}", error=error)
    raw.data = None  # said by the order now; parsed records are a quarter of what a page gives Python to keep track of
    return Item(raw=raw, order=order, order_id=order.amazon_order_id)


def _dated(item: Item, order: Order, now: datetime) -> Order:
    """The order without a time of change that is still to come: whatever Amazon shows later would seem to be older.

    The same record again keeps the time at which it was read first, since it knows no more than it did then.
    """
    before = item.remembered
    again = before is not None and before.digest == item.raw.digest
    return replace(order, updated_at=min(before.updated_at, now) if before is not None and again else now)


def _intake(work: Work, order: Order) -> Decision | None:
    accept: Answer[Skip | Hold] | None = None
    if work.hooks.implemented("rule_accept_order"):
        accept = work.hooks.rule_accept_order(order, work.connection)
    return intake(order, work.connection, accept=accept)


def _price(work: Work, items: Sequence[Item]) -> None:
    """Resolve, add up and draft every payable order of the page: one question to the catalogue."""
    answers = {item.order_id: _skus_by_plugin(work, item) for item in items}
    asked = [item for item in items if item.error is None]
    try:
        found = _ask_catalogue(work, asked, answers)
    except StoreError as error:
        if isinstance(error, StoreUnavailable) and is_down(work):
            raise
        if len(asked) == 1:
            asked[0].error = error
        else:
            _price_alone(work, asked, answers)
        return
    for item in asked:
        _decided(work, item, found, answers[item.order_id])


def _price_alone(work: Work, items: Sequence[Item], answers: Mapping[str, Mapping[str, Answer[str]]]) -> None:
    """One order's SKU may be what the store stumbles over: ask for each order alone, so that the others go in."""
    silent: list[tuple[frozenset[str], StoreUnavailable]] = []
    in_a_row = 0
    for item in items:
        values = frozenset(_values(work, item, answers[item.order_id]))
        known = next((error for asked, error in silent if asked <= values), None)
        if known is not None:
            item.error = known  # the same SKU again: it would cost the same time and bring the same silence
            continue
        if in_a_row == SILENT_IN_A_ROW:
            item.left = silent[-1][1]
            continue
        try:
            found = _ask_catalogue(work, [item], answers)
        except StoreUnavailable as error:
            item.error = error
            silent.append((values, error))
            in_a_row += 1
        except StoreError as error:
            item.error, in_a_row = error, 0
        else:
            in_a_row = 0
            _decided(work, item, found, answers[item.order_id])


def _decided(
    work: Work, item: Item, found: Mapping[str, Sequence[Product]], hook_skus: Mapping[str, Answer[str]]
) -> None:
    try:
        _decide_one(work, item, found, hook_skus)
    except StoreError as error:  # a plugin's, whatever it says; it concerns this order alone
        item.error = error


def _decide_one(
    work: Work, item: Item, found: Mapping[str, Sequence[Product]], hook_skus: Mapping[str, Answer[str]]
) -> None:
    order, hooks, connection = item.order, work.hooks, work.connection
    assert order is not None  # noqa: S101 - payable orders were read; this tells the type checker
    if item.decision is not None:  # it waits, or stays out; only its products are asked for
        item.found = tuple(_matches(work, order, found, hook_skus))
        return
    tax_seen = connection.country(order.marketplace_id) in work.tax_seen
    if not tax_seen:
        item.saw_tax = any(row.type == "TAX" and row.subtotal > 0 for line in order.lines for row in line.breakdowns)
    facts = Facts(
        found=found,
        aliases=work.aliases,
        hook_skus=hook_skus,
        tax_seen=tax_seen,
        tax=hooks.rule_tax(order, connection) if hooks.implemented("rule_tax") else None,
        shipping_method=(
            hooks.rule_shipping_method(order, connection) if hooks.implemented("rule_shipping_method") else None
        ),
        needs_address=hooks.needs_address,
        patterns=work.patterns,
    )
    decision = place(order, connection, facts)
    if isinstance(decision, Place) and hooks.implemented("rule_store_order"):
        answer = hooks.rule_store_order(order, decision.order, connection)
        if answer is not None:
            decision = revise(decision, answer)
    item.decision = decision


def _matches(
    work: Work, order: Order, found: Mapping[str, Sequence[Product]], hook_skus: Mapping[str, Answer[str]]
) -> Iterator[Match]:
    for line in order.lines:
        sku = line.seller_sku
        match, _, _ = resolve(
            sku,
            work.connection,
            alias=work.aliases.get(sku),
            hook=hook_skus.get(sku),
            found=found,
            patterns=work.patterns,
        )
        if match is not None:
            yield match


def _skus_by_plugin(work: Work, item: Item) -> Mapping[str, Answer[str]]:
    if not work.hooks.implemented("rule_resolve_sku"):
        return _NO_SKUS
    lines: dict[str, Answer[str]] = {}
    try:
        for line in item.order.lines if item.order else ():
            answer = work.hooks.rule_resolve_sku(line, work.connection)
            if answer is not None:
                lines[line.seller_sku] = answer
    except StoreError as error:
        item.error = error
    return lines


def _values(work: Work, item: Item, answers: Mapping[str, Answer[str]]) -> Iterator[str]:
    for line in item.order.lines if item.order else ():
        sku = line.seller_sku
        yield from values_to_ask(sku, work.connection, work.aliases.get(sku), answers.get(sku), work.patterns)


def _ask_catalogue(
    work: Work, items: Sequence[Item], hook_skus: Mapping[str, Mapping[str, Answer[str]]]
) -> dict[str, list[Product]]:
    values: dict[str, None] = {}  # a set that keeps its order, so that a store's log reads like the page
    for item in items:
        values |= dict.fromkeys(_values(work, item, hook_skus[item.order_id]))
    found: dict[str, list[Product]] = {}
    unasked = []
    for value in values:
        if value in work.catalogue:
            found[value] = work.catalogue[value]
        else:
            unasked.append(value)
    return found | ask_catalogue(work, unasked)


def ask_catalogue(work: Work, values: Sequence[str]) -> dict[str, list[Product]]:
    """The products that the store has under some values of the connection's attribute."""
    found: dict[str, list[Product]] = {}
    if values:
        for product in work.hooks.store_find_products(work.connection.product_attribute, values):
            found.setdefault(product.value, []).append(product)
    return found


def hold_failing(item: Item, attempts: int) -> Hold:
    """What an order becomes that failed too often to be tried again by itself."""
    reason = Reason.UNREADABLE if item.order is None else Reason.FAILING
    return Hold(
        reason=reason,
        detail=str(item.error),
        trace=(TraceStep("retry", "held", f"failed {attempts} times, the last time because: {item.error}"),),
    )
