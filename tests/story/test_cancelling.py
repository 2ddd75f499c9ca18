"""What the shop cancels is cancelled at Amazon: whole orders and units, and nothing that was shipped is paid back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from amazon_orders.sandbox import Fault

from .way_back import Depot, depot

ACKNOWLEDGEMENT = "POST_ORDER_ACKNOWLEDGEMENT_DATA"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path) as made:
        yield made


def cancelled(shop: Depot, order: str) -> list[tuple[str, dict[str, int], bool]]:
    """What Amazon was told to cancel: reason, units, whether as a whole."""
    return [(made.reason, dict(made.items), made.whole) for made in shop.seller.cancellations(order)]


def test_a_whole_order_is_refused_once_and_proved_by_what_amazon_shows(shop: Depot) -> None:
    order = shop.placed()
    shop.cancel(order)
    assert shop.flow("cancellations").sent == 1
    assert shop.commands(order) == [("cancel", "sent")]
    shop.settle()
    assert shop.commands(order) == [("cancel", "verified")]
    (item,) = shop.items(order)
    assert cancelled(shop, order) == [("NoInventory", {item: 2}, True)]
    assert len(shop.seller.feeds()) == 1
    assert shop.inbox() == []


def test_every_step_of_a_cancellation_is_in_the_orders_trace(shop: Depot) -> None:
    order = shop.placed()
    shop.cancel(order)
    shop.settle()
    steps = [step["outcome"] for step in shop.app.orders.explain(order).order.trace if step["rule"] == "cancel"]
    assert steps == ["intended", "sent", "accepted", "verified"]


@pytest.mark.parametrize(
    ("word", "settings", "reason"),
    [
        pytest.param("", {}, "NoInventory", id="no word: the default"),
        pytest.param("", {"cancellation_reason": "PricingError"}, "PricingError", id="the connection's default"),
        pytest.param("Tippfehler", {"cancellation_reasons": {"tippfehler": "PricingError"}}, "PricingError", id="map"),
        pytest.param("BuyerCanceled", {}, "BuyerCanceled", id="Amazon's own word"),
    ],
)  # fmt: skip
def test_the_reason_is_the_shops_word_in_amazons_vocabulary(
    shop: Depot, word: str, settings: dict[str, object], reason: str
) -> None:
    if settings:
        shop.app.connections.set("de", settings)
    order = shop.placed()
    shop.cancel(order, reason=word)
    shop.settle()
    assert [made.reason for made in shop.seller.cancellations(order)] == [reason]


@pytest.mark.rule("50")
def test_where_the_buyer_asked_the_reason_is_the_buyers(shop: Depot) -> None:
    order = shop.placed()
    shop.seller.request_cancel(order)
    shop.run()
    shop.cancel(order)
    shop.settle()
    assert [made.reason for made in shop.seller.cancellations(order)] == ["BuyerCanceled"]


@pytest.mark.rule("63")
@pytest.mark.parametrize(("asked", "word"), [(False, "NoInventory"), (True, "CustomerCancel")])
def test_units_are_called_off_after_the_rest_is_shipped_and_seen(shop: Depot, asked: bool, word: str) -> None:
    order = shop.placed(("MUG-WHITE", 5))
    (item,) = shop.items(order)
    if asked:
        shop.seller.request_cancel(order)
        shop.run()
    shop.ship(order, {item: 3}, shipped_at=shop.clock.now() if not asked else shop.clock.now().replace(hour=11))
    shop.cancel(order, {item: 2})
    shop.run()
    assert ("cancel_units", "held") in shop.commands(order), "Amazon does not show the package yet"
    assert shop.inbox() == [], "it waits by itself"
    shop.settle()
    assert shop.commands(order) == [("confirm", "verified"), ("cancel_units", "verified")]
    assert cancelled(shop, order) == [(word, {item: 2}, False)]
    (made,) = shop.seller.cancellations(order)
    (confirmed,) = shop.seller.confirmations(order)
    assert confirmed.at < made.at
    assert shop.status(order) == "SHIPPED"


def test_several_parts_are_each_called_off_once(shop: Depot) -> None:
    order = shop.placed(("MUG-WHITE", 3), ("CAP-BLACK", 2))
    mug, cap = shop.items(order)
    shop.ship(order, {mug: 1, cap: 1})
    shop.cancel(order, {mug: 1})
    shop.cancel(order, {mug: 1, cap: 1})
    shop.settle()
    assert sorted(made.items.items() for made in shop.seller.cancellations(order)) != []
    gone: dict[str, int] = {}
    for made in shop.seller.cancellations(order):
        for item, units in made.items.items():
            gone[item] = gone.get(item, 0) + units
    assert gone == {mug: 2, cap: 1}
    assert {state for _, state in shop.commands(order)} == {"verified"}


def test_two_cancellations_of_one_list_never_call_off_more_than_is_open(shop: Depot) -> None:
    order = shop.placed(("MUG-WHITE", 3))
    (item,) = shop.items(order)
    shop.ship(order, {item: 1})
    shop.settle(2)
    shop.cancel(order, {item: 2})
    shop.cancel(order, {item: 2})
    shop.settle()
    assert cancelled(shop, order) == [("NoInventory", {item: 2}, False)]
    assert sorted(shop.commands(order)) == [
        ("cancel", "held"), ("cancel_units", "verified"), ("confirm", "verified")
    ]  # fmt: skip
    assert [reason for _, reason in shop.inbox()] == ["ALREADY_SHIPPED"]


def test_all_units_called_off_one_by_one_are_the_whole_order(shop: Depot) -> None:
    order = shop.placed(("MUG-WHITE", 1), ("CAP-BLACK", 1))
    mug, cap = shop.items(order)
    shop.cancel(order, {mug: 1})
    shop.cancel(order, {cap: 1})
    shop.settle()
    assert [made.whole for made in shop.seller.cancellations(order)] == [True]
    assert shop.status(order) == "CANCELLED"


@pytest.mark.rule("33")
def test_an_order_that_amazon_cancels_is_cancelled_in_the_shop_and_not_told_back(shop: Depot) -> None:
    order = shop.placed()
    shop.seller.cancel(order)
    shop.settle(2)
    assert shop.world.look("SELECT status FROM orders WHERE external_id = ?", order) == [("cancelled",)]
    shop.cancel(order)
    shop.settle(3)
    assert shop.commands(order) == [("cancel", "skipped")]
    assert shop.seller.feeds() == []


@pytest.mark.rule("52")
def test_a_parcel_of_an_order_that_amazon_cancelled_is_not_confirmed(shop: Depot) -> None:
    order = shop.placed()
    shop.warehouse.may_cancel = False
    shop.seller.cancel(order)
    shop.ship(order)
    shop.settle(3)
    assert shop.commands(order) == [("confirm", "skipped")]
    assert shop.amazon.calls.of("confirmShipment") == []
    assert (order, "CANCELLED_AFTER_SHIPPING") in shop.inbox()


def test_nothing_is_refused_as_a_whole_after_a_parcel_left_in_seller_central(shop: Depot) -> None:
    order = shop.placed()
    shop.cancel(order)
    shop.amazon.faults.add(Fault(kind="429", operation="createFeed", times=20))
    shop.run()
    assert shop.commands(order) == [("cancel", "sent")]
    shop.amazon.faults.clear()
    other = shop.placed()
    shop.cancel(other)
    shop.seller.ship(other)
    shop.settle()
    assert cancelled(shop, other) == []
    assert (other, "ALREADY_SHIPPED") in shop.inbox()


def test_a_cancellation_that_was_not_sent_yet_is_decided_again_before_it_goes(shop: Depot) -> None:
    """Without a feed there was no way to send it; meanwhile the parcel left."""
    order = shop.placed()
    shop.cancel(order)
    shop.amazon.faults.add(Fault(kind="503", operation="createFeedDocument", times=None))
    shop.run()
    shop.amazon.faults.clear()
    shop.seller.ship(order)
    shop.settle()
    assert cancelled(shop, order) == [], "Amazon would have given back all the money"
    assert shop.status(order) == "SHIPPED"
    assert (order, "ALREADY_SHIPPED") in shop.inbox()


def test_alone_the_flow_asks_amazon_before_it_refuses_a_whole_order(shop: Depot) -> None:
    order = shop.placed()
    shop.clock.advance(3600)
    shop.cancel(order)
    shop.seller.ship(order)
    shop.run(only=["cancellations"])
    assert shop.seller.feeds() == [], "its own record still shows an open order"
    shop.settle()
    assert cancelled(shop, order) == []
    assert (order, "ALREADY_SHIPPED") in shop.inbox()


def test_what_amazon_refuses_is_in_the_inbox_until_it_is_settled(shop: Depot) -> None:
    order = shop.placed()
    shop.cancel(order)
    shop.run()
    with shop.seller.change(order, silently=True) as record:
        record["fulfillment"]["fulfillmentStatus"] = "PENDING"
    shop.settle(2)
    assert shop.commands(order) == [("cancel", "refused")]
    (entry,) = shop.app.orders.inbox()
    assert (entry.amazon_order_id, entry.reason) == (order, "AMAZON_REFUSED")
    assert "18046" in entry.detail, "Amazon's own words"
    assert order in {row.amazon_order_id for row in shop.app.orders.list(status="attention")}
    with shop.seller.change(order) as record:
        record["fulfillment"]["fulfillmentStatus"] = "UNSHIPPED"
    shop.seller.cancel(order)
    shop.settle(2)
    assert shop.inbox() == [], "Amazon shows it as cancelled: nothing is left to do"


# Races: four things happen to one order, in every order, with a sync between any of them or none.

EVENTS: dict[str, Callable[[Depot, str], object]] = {
    "the shop ships": lambda shop, order: shop.ship(order),
    "the shop cancels": lambda shop, order: shop.cancel(order),
    "the buyer requests": lambda shop, order: shop.seller.request_cancel(order),
    "Amazon cancels": lambda shop, order: shop.seller.cancel(order),
}
SYNCS = ("no sync between", "a sync after each", "a sync in the middle")


def _possible(order: tuple[str, ...]) -> bool:
    return order.index("Amazon cancels") > order.index("the buyer requests")


@pytest.mark.parametrize("syncs", SYNCS)
@pytest.mark.parametrize(
    "events",
    [
        *(chosen for count in (2, 3) for chosen in itertools.permutations(list(EVENTS), count)),
        *(chosen for chosen in itertools.permutations(list(EVENTS)) if _possible(chosen)),
    ],
    ids=lambda events: ", ".join(events) if isinstance(events, tuple) else None,
)
def test_whatever_comes_first_nothing_shipped_is_refused_and_nothing_cancelled_confirmed(
    shop: Depot, events: tuple[str, ...], syncs: str
) -> None:
    order = shop.placed()
    for number, event in enumerate(events):
        try:
            EVENTS[event](shop, order)
        except ValueError:  # Amazon: it is too late for that
            assert event == "Amazon cancels"
        if syncs == SYNCS[1] or (syncs == SYNCS[2] and number == len(events) // 2 - 1):
            shop.run()
        else:
            shop.clock.advance(5)
    shop.settle(7)
    assert not any(made.refunded_everything for made in shop.seller.cancellations(order)), "all money back"
    cancelled_at = [made.at for made in shop.seller.cancellations(order)]
    assert not [told for told in shop.seller.confirmations(order) if any(told.at > at for at in cancelled_at)]
    status = shop.status(order)
    (store,) = shop.world.look("SELECT status FROM orders WHERE external_id = ?", order)[0]
    shipped, called_off = "the shop ships" in events, "the shop cancels" in events
    if status == "CANCELLED":
        assert shop.packages(order) == []
        if shipped:
            assert shop.inbox(), "a parcel left for an order that Amazon does not pay"
        assert store == "cancelled" or called_off or shop.inbox()
    elif shipped and called_off:
        assert shop.inbox(), "the shop says both"
    elif shipped:
        assert status == "SHIPPED" or shop.inbox() or ("confirm", "held") in shop.commands(order)
    else:
        assert not called_off
    states = {state for _, state in shop.commands(order)}
    assert not states & {"unknown", "intended", "sent"}, shop.commands(order)
