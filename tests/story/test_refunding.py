"""Money that the shop gives back: through Amazon, once, in its parts, and never more than is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from amazon_orders.hooks import hookimpl
from amazon_orders.model import Charge
from amazon_orders.sandbox import Fault, Line

from .way_back import Depot, depot


class Listener:
    """Hears of refunds."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Decimal, str]] = []

    @hookimpl
    def on_refund_sent(self, amazon_order_id: str, amount: Decimal, currency: str) -> None:
        self.told.append((amazon_order_id, amount, currency))


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def shop(tmp_path: Path, listener: Listener) -> Iterator[Depot]:
    with depot(tmp_path, listener) as made:
        yield made


def shipped(shop: Depot, *lines: Line, **options: object) -> str:
    """An order that has left, and Amazon shows it."""
    order = shop.placed(*(lines or (Line(sku="MUG-WHITE", quantity=2, item="20.00"),)), **options)
    shop.ship(order)
    shop.settle(2)
    assert shop.status(order) == "SHIPPED"
    return order


def given(shop: Depot, order: str) -> list[tuple[dict[str, Decimal], Decimal]]:
    """Components and what the buyer got, refund by refund."""
    return [(dict(made.components), made.paid) for made in shop.seller.refunds(order)]


def test_a_line_is_refunded_once_and_told_once(shop: Depot, listener: Listener) -> None:
    order = shipped(shop)
    (item,) = shop.items(order)
    shop.refund(order, {item: "20.00"})
    shop.settle()
    assert given(shop, order) == [({"Principal": Decimal("20.00")}, Decimal("20.00"))]
    assert shop.commands(order)[-1] == ("refund", "accepted"), "Amazon shows no effect of a refund"
    assert listener.told == [(order, Decimal("20.00"), "EUR")]
    steps = [step["outcome"] for step in shop.app.orders.explain(order).order.trace if step["rule"] == "refund"]
    assert steps == ["intended", "sent", "accepted"]


def test_a_part_and_then_the_rest(shop: Depot, listener: Listener) -> None:
    order = shipped(shop)
    (item,) = shop.items(order)
    shop.refund(order, {item: "5.00"})
    shop.settle(3)
    shop.refund(order, {item: "15.00"})
    shop.settle()
    assert [paid for _, paid in given(shop, order)] == [Decimal("5.00"), Decimal("15.00")]
    assert [amount for _, amount, _ in listener.told] == [Decimal("5.00"), Decimal("15.00")]


def test_a_line_with_its_shipping(shop: Depot) -> None:
    order = shipped(shop, Line(sku="MUG-WHITE", quantity=1, item="20.00", shipping="4.99"))
    (item,) = shop.items(order)
    shop.refund(order, {item: "20.00"}, shipping="4.99")
    shop.settle()
    assert given(shop, order) == [
        ({"Principal": Decimal("20.00"), "Shipping": Decimal("4.99")}, Decimal("24.99")),
    ]


@pytest.mark.rule("64")
def test_where_amazon_calculates_vat_the_net_amount_is_sent(shop: Depot) -> None:
    order = shipped(shop, Line(sku="MUG-WHITE", quantity=2, item="240.00", tax="40.00"), marketplace="GB")
    (item,) = shop.items(order)
    shop.refund(order, {item: "120.00"}, currency="GBP")
    shop.settle()
    assert given(shop, order) == [({"Principal": Decimal("100.00")}, Decimal("120.00"))]


@pytest.mark.rule("65")
def test_tax_that_amazon_collected_is_never_given_back_by_the_seller(shop: Depot) -> None:
    line = Line(
        sku="MUG-WHITE", quantity=1, item="100.00", tax="19.00", tax_on_top=True, collected_by="MARKETPLACE_FACILITATOR"
    )
    order = shipped(shop, line)
    (item,) = shop.items(order)
    shop.refund(order, {item: "100.00"})
    shop.settle()
    assert given(shop, order) == [({"Principal": Decimal("100.00")}, Decimal("100.00"))]


def test_two_refunds_of_one_list_are_never_more_than_is_left(shop: Depot) -> None:
    order = shipped(shop)
    (item,) = shop.items(order)
    shop.refund(order, {item: "20.00"})
    shop.refund(order, {item: "20.00"})
    shop.settle()
    assert [paid for _, paid in given(shop, order)] == [Decimal("20.00")]
    assert shop.inbox() == [(order, "REFUND_TOO_HIGH")]
    assert [state for kind, state in shop.commands(order) if kind == "refund"] == ["accepted", "held"]


@pytest.mark.rule("66")
def test_another_currency_is_never_converted(shop: Depot) -> None:
    order = shipped(shop)
    (item,) = shop.items(order)
    shop.refund(order, {item: "20.00"}, currency="GBP")
    shop.settle(3)
    assert given(shop, order) == []
    assert shop.inbox() == [(order, "CURRENCY")]


@pytest.mark.rule("66")
@pytest.mark.parametrize(("skus", "reason"), [(("MUG-WHITE",), None), (("MUG-WHITE", "CAP-BLACK"), "UNALLOCATED")])
def test_an_amount_for_no_line_goes_to_the_only_one(shop: Depot, skus: tuple[str, ...], reason: str | None) -> None:
    order = shipped(shop, *(Line(sku=sku, quantity=1, item="20.00") for sku in skus))
    shop.refund(order, "7.00")
    shop.settle()
    if reason is None:
        assert [paid for _, paid in given(shop, order)] == [Decimal("7.00")]
        assert shop.inbox() == []
    else:
        assert given(shop, order) == []
        assert shop.inbox() == [(order, reason)]


@pytest.mark.rule("66")
def test_before_anything_has_left_a_refund_cancels_and_the_shop_hears_of_it(shop: Depot, listener: Listener) -> None:
    order = shop.placed(Line(sku="MUG-WHITE", quantity=2, item="20.00"))
    (item,) = shop.items(order)
    shop.refund(order, {item: ("20.00", 2)})
    shop.settle()
    assert given(shop, order) == []
    assert shop.status(order) == "CANCELLED"
    assert shop.commands(order) == [("cancel", "verified")]
    assert shop.world.look("SELECT status FROM orders WHERE external_id = ?", order) == [("cancelled",)]
    assert listener.told == []


def test_listed_again_and_again_it_is_one_refund(shop: Depot) -> None:
    order = shipped(shop)
    (item,) = shop.items(order)
    refund = shop.refund(order, {item: "20.00"})
    shop.warehouse.refunds.append(refund)
    shop.settle(3)
    for _ in range(3):  # touched, and says the same
        shop.warehouse.refunds[:] = [replace(refund, updated_at=shop.clock.now())]
        shop.settle(1)
    assert [paid for _, paid in given(shop, order)] == [Decimal("20.00")]
    assert [state for kind, state in shop.commands(order) if kind == "refund"] == ["accepted"]


def test_one_that_was_edited_after_it_was_sent_is_held_and_sent_never_again(shop: Depot) -> None:
    order = shipped(shop)
    (item,) = shop.items(order)
    refund = shop.refund(order, {item: "5.00"})
    shop.settle(3)
    shop.warehouse.refunds[:] = [
        replace(refund, lines=(replace(refund.lines[0], amount=replace(refund.lines[0].amount, gross=Decimal(8))),),
                updated_at=shop.clock.now())
    ]  # fmt: skip
    shop.settle(2)
    assert [paid for _, paid in given(shop, order)] == [Decimal("5.00")]
    assert [state for kind, state in shop.commands(order) if kind == "refund"] == ["accepted", "held"]
    assert shop.inbox() == [(order, "REFUND_TOO_HIGH")]
    for _ in range(2):  # somebody takes the edit back
        shop.warehouse.refunds[:] = [replace(refund, updated_at=shop.clock.now())]
        shop.settle(3)
    assert [paid for _, paid in given(shop, order)] == [Decimal("5.00")], "what was given back is not given again"
    assert [state for kind, state in shop.commands(order) if kind == "refund"] == ["accepted", "skipped"]
    assert shop.inbox() == []


def test_it_waits_until_amazon_shows_that_the_line_left(shop: Depot) -> None:
    order = shop.placed(Line(sku="MUG-WHITE", quantity=2, item="20.00"))
    (item,) = shop.items(order)
    shop.seller.confirm_delay = 1200
    shop.ship(order)
    shop.refund(order, {item: "20.00"})
    shop.run()
    assert ("refund", "held") in shop.commands(order)
    assert given(shop, order) == []
    assert shop.inbox() == [], "nobody has to do anything"
    shop.settle(8)
    assert [paid for _, paid in given(shop, order)] == [Decimal("20.00")]


def test_a_refusal_shows_amazons_words_and_ends_with_the_mended_record(shop: Depot) -> None:
    """20.00 were given back in Seller Central, of which nobody here knows."""
    order = shipped(shop)
    (item,) = shop.items(order)
    shop.seller.refund(order, item, "15.00")
    refund = shop.refund(order, {item: "10.00"})
    shop.settle(3)
    assert [state for kind, state in shop.commands(order) if kind == "refund"] == ["refused"]
    (entry,) = shop.app.orders.inbox()
    assert entry.reason == "AMAZON_REFUSED"
    assert "exceeds what was charged" in entry.detail
    shop.warehouse.refunds[:] = [
        replace(refund, lines=(replace(refund.lines[0], amount=replace(refund.lines[0].amount, gross=Decimal(5))),),
                updated_at=shop.clock.now())
    ]  # fmt: skip
    shop.settle(3)
    assert [paid for _, paid in given(shop, order)] == [Decimal("15.00"), Decimal("5.00")]
    assert shop.inbox() == []


def test_a_refund_is_no_cancellation_while_the_list_of_parcels_is_broken(shop: Depot) -> None:
    """The parcel has left, and the warehouse goes away before it can say so."""
    order = shop.placed(Line(sku="MUG-WHITE", quantity=2, item="20.00"))
    (item,) = shop.items(order)
    shop.ship(order)
    shop.refund(order, {item: ("20.00", 2)})
    shop.warehouse.breaks_after["shipments"] = 0
    report = shop.run()
    shop.warehouse.breaks_after.clear()
    assert {error["code"] for error in report.errors} == {"store_unavailable"}
    assert shop.commands(order) == []
    shop.settle()
    assert shop.seller.cancellations(order) == []
    assert [paid for _, paid in given(shop, order)] == [Decimal("20.00")]


def test_a_refund_that_was_not_sent_is_decided_anew_before_it_goes(shop: Depot) -> None:
    other = shop.placed()
    order = shipped(shop)
    (item,) = shop.items(order)
    shop.cancel(other)
    shop.run()  # the cancellation's feed is on its way, and is asked about next
    refund = shop.refund(order, {item: "9.00"})
    shop.amazon.faults.add(Fault(kind="403", operation="getFeed", times=None))
    shop.run(only=["refunds"])
    assert shop.commands(order)[-1] == ("refund", "intended"), "Amazon refused the run before it was sent"
    shop.amazon.faults.clear()
    shop.warehouse.refunds[0] = replace(
        refund, lines=(replace(refund.lines[0], amount=_gross("2.00")),), updated_at=shop.clock.now()
    )
    shop.settle()
    assert [str(given.paid) for given in shop.seller.refunds(order)] == ["2.00"]


def _gross(amount: str) -> Charge:
    return Charge(kind="item", title="", gross=Decimal(amount), net=None, tax=None, tax_owner="seller")
