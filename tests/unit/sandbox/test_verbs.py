"""What can happen to an order, and how it shows."""

from __future__ import annotations

import pytest

from amazon_orders.sandbox import Clock, Seller, SimulatedAmazon
from tests.unit.sandbox.application import Application


def status(app: Application, order_id: str) -> str:
    value: str = app.order(order_id, "FULFILLMENT")["fulfillment"]["fulfillmentStatus"]
    return value


def test_from_the_basket_to_the_door(app: Application, seller: Seller, clock: Clock) -> None:
    order_id = seller.place(("MUG-WHITE", 3), "CAP-BLACK", pending=True)
    told = [status(app, order_id)]
    clock.advance(60)
    seller.pay(order_id)
    told.append(status(app, order_id))
    mugs, cap = (item["orderItemId"] for item in seller.order(order_id)["orderItems"])
    clock.advance(60)
    assert seller.ship(order_id, {mugs: 2}, carrier="DHL", tracking="T1") == "1"
    told.append(status(app, order_id))
    clock.advance(60)
    assert seller.ship(order_id, carrier="Hermes", tracking="T2") == "2"
    told.append(status(app, order_id))

    assert told == ["PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"]
    seen = app.order(order_id)
    parcels = [
        (
            parcel["trackingNumber"],
            parcel["carrier"],
            {row["orderItemId"]: row["quantity"] for row in parcel["packageItems"]},
        )
        for parcel in seen["packages"]
    ]
    assert parcels == [("T1", "DHL", {mugs: 2}), ("T2", "Hermes", {mugs: 1, cap: 1})]
    fulfilled = [item["fulfillment"] for item in seen["orderItems"]]
    assert [(row["quantityFulfilled"], row["quantityUnfulfilled"]) for row in fulfilled] == [(3, 0), (1, 0)]
    assert seen["lastUpdatedTime"] == "2026-11-20T12:03:00Z"
    assert seen["createdTime"] == "2026-11-20T12:00:00Z"


@pytest.mark.parametrize("verb", ["pay", "ship", "cancel", "request_cancel"])
def test_each_change_is_found_by_its_update_time(app: Application, seller: Seller, clock: Clock, verb: str) -> None:
    order_id = seller.place("MUG-WHITE", pending=verb == "pay")
    clock.advance(3600)
    since = app.ago()
    getattr(seller, verb)(order_id)
    clock.advance(600)
    app.log_in()
    assert app.found_ids(lastUpdatedAfter=since) == [order_id]
    assert app.order(order_id)["lastUpdatedTime"] == since.replace(".000", "")


def test_a_silent_cancellation_is_found_by_nobody_who_asks_for_updates(
    app: Application, seller: Seller, clock: Clock
) -> None:
    order_id = seller.place("MUG-WHITE")
    clock.advance(3600)
    since = app.ago()
    seller.cancel_silently(order_id)
    clock.advance(600)
    app.log_in()
    assert app.found(lastUpdatedAfter=since) == []
    assert status(app, order_id) == "CANCELLED"


def test_a_buyer_asks_to_cancel(app: Application, seller: Seller) -> None:
    order_id = seller.place("MUG-WHITE", "CAP-BLACK")
    seller.request_cancel(order_id, "Found it cheaper")
    assert status(app, order_id) == "UNSHIPPED"
    for item in app.order(order_id)["orderItems"]:
        assert item["cancellation"] == {
            "cancellationRequest": {"requester": "BUYER", "cancelReason": "Found it cheaper"}
        }


def test_a_buyer_wants_it_after_all(app: Application, seller: Seller, clock: Clock) -> None:
    order_id = seller.place("MUG-WHITE", "CAP-BLACK")
    seller.request_cancel(order_id)
    clock.advance(60)
    seller.take_back_request(order_id)
    seen = app.order(order_id)
    assert [item for item in seen["orderItems"] if "cancellation" in item] == []
    assert seen["lastUpdatedTime"] == "2026-11-20T12:01:00Z"


def item_ids(seller: Seller, order_id: str) -> list[str]:
    return [item["orderItemId"] for item in seller.order(order_id)["orderItems"]]


def units(app: Application, order_id: str) -> list[tuple[int, int, int]]:
    """Ordered, fulfilled, unfulfilled."""
    return [
        (
            item["quantityOrdered"],
            item["fulfillment"]["quantityFulfilled"],
            item["fulfillment"]["quantityUnfulfilled"],
        )
        for item in app.order(order_id)["orderItems"]
    ]


def test_a_part_of_an_order_is_cancelled(app: Application, seller: Seller, clock: Clock) -> None:
    seller.list_item("MUG-WHITE", quantity=10)
    order_id = seller.place(("MUG-WHITE", 5), "CAP-BLACK")
    total = app.order(order_id)["proceeds"]
    mugs, cap = item_ids(seller, order_id)
    clock.advance(60)
    seller.cancel_part(order_id, {mugs: 2})
    assert units(app, order_id) == [(5, 0, 3), (1, 0, 1)]
    assert status(app, order_id) == "UNSHIPPED"
    assert app.order(order_id)["proceeds"] == total
    assert app.order(order_id)["lastUpdatedTime"] == "2026-11-20T12:01:00Z"
    assert seller.quantity("MUG-WHITE") == 7
    for wrong in ({mugs: 4}, {"17": 1}, {cap: 0}, {cap: -1}):
        with pytest.raises(ValueError, match="are open"):
            seller.cancel_part(order_id, wrong)
    seller.ship(order_id, {mugs: 3})
    seller.cancel_part(order_id, {cap: 1}, by="MERCHANT", reason="NoInventory")
    assert status(app, order_id) == "SHIPPED"
    assert seller.quantity("CAP-BLACK") == 999
    executions = [item["cancellation"]["cancellationExecution"] for item in app.order(order_id)["orderItems"]]
    assert [execution["cancelledBy"] for execution in executions] == ["BUYER", "MERCHANT"]
    with pytest.raises(ValueError, match="cannot be cancelled in part"):
        seller.cancel_part(order_id, {mugs: 1})


def test_the_last_part_cancels_the_order_and_a_pending_one_stays_pending(app: Application, seller: Seller) -> None:
    order_id = seller.place(("MUG-WHITE", 2), pending=True)
    (mugs,) = item_ids(seller, order_id)
    seller.cancel_part(order_id, {mugs: 1})
    assert status(app, order_id) == "PENDING"
    seller.cancel_part(order_id, {mugs: 1})
    assert status(app, order_id) == "CANCELLED"


def test_an_order_is_sent_elsewhere(app: Application, seller: Seller, clock: Clock) -> None:
    order_id = seller.place("MUG-WHITE")
    street = app.order(order_id)["recipient"]["deliveryAddress"]["addressLine1"]
    clock.advance(60)
    seller.change_address(order_id, city="Beispielstadt", postalCode="99999")
    seen = app.order(order_id)
    address = seen["recipient"]["deliveryAddress"]
    assert (address["addressLine1"], address["postalCode"], address["city"]) == (street, "99999", "Beispielstadt")
    assert seen["lastUpdatedTime"] == "2026-11-20T12:01:00Z"
    seller.ship(order_id)
    with pytest.raises(ValueError, match="sent elsewhere"):
        seller.change_address(order_id, city="Anderswo")


def test_parcels_arrive(app: Application, seller: Seller) -> None:
    order_id = seller.place(("MUG-WHITE", 2))
    (mugs,) = item_ids(seller, order_id)
    first, second = (seller.ship(order_id, {mugs: 1}) for _ in range(2))

    def states() -> list[str]:
        return [row["packageStatus"]["status"] for row in app.order(order_id)["packages"]]

    seller.deliver(order_id, second)
    assert states() == ["SHIPPED", "DELIVERED"]
    seller.deliver(order_id)
    assert states() == ["DELIVERED", "DELIVERED"]
    assert first != second
    with pytest.raises(ValueError, match="no package 9"):
        seller.deliver(order_id, "9")


def test_a_preorder_waits_for_the_product_and_then_for_the_money(app: Application, seller: Seller) -> None:
    order_id = seller.preorder("MUG-WHITE")
    told = [status(app, order_id)]
    assert "proceeds" not in app.order(order_id)
    assert app.order(order_id)["programs"] == ["PREORDER"]
    seller.release(order_id)
    told.append(status(app, order_id))
    seller.pay(order_id)
    told.append(status(app, order_id))
    assert told == ["PENDING_AVAILABILITY", "PENDING", "UNSHIPPED"]
    with pytest.raises(ValueError, match="released"):
        seller.release(order_id)
    assert seller.quantity("MUG-WHITE") == 999


def test_a_replacement_is_free_and_names_the_first_order(app: Application, seller: Seller) -> None:
    first = seller.place(("MUG-WHITE", 2), "CAP-BLACK", marketplace="FR")
    mugs, _ = item_ids(seller, first)
    seller.ship(first)
    again = app.order(seller.replace(first, {mugs: 1}))
    assert again["associatedOrders"] == [{"orderId": first, "associationType": "REPLACEMENT_ORIGINAL_ID"}]
    assert again["proceeds"]["grandTotal"] == {"amount": "0.00", "currencyCode": "EUR"}
    assert [(item["product"]["sellerSku"], item["quantityOrdered"]) for item in again["orderItems"]] == [
        ("MUG-WHITE", 1)
    ]
    assert again["recipient"] == app.order(first)["recipient"]
    assert again["salesChannel"] == app.order(first)["salesChannel"]
    assert len(app.order(seller.replace(first))["orderItems"]) == 2


def test_money_goes_back_in_seller_central(app: Application, seller: Seller) -> None:
    order_id = seller.place(("MUG-WHITE", 2), "CAP-BLACK")
    with pytest.raises(ValueError, match="refunded"):
        seller.refund(order_id)
    seller.ship(order_id)
    before = app.order(order_id)
    mugs, cap = item_ids(seller, order_id)
    seller.refund(order_id, mugs, "5.00")
    for amount in ("20.01", "-1"):
        with pytest.raises(ValueError, match=r"20.00 are left"):
            seller.refund(order_id, mugs, amount)
    with pytest.raises(ValueError, match="name it"):
        seller.refund(order_id, amount="1.00")
    seller.refund(order_id)
    assert [(refund.item, str(refund.paid), refund.by) for refund in seller.refunds(order_id)] == [
        (mugs, "5.00", "seller central"),
        (mugs, "20.00", "seller central"),
        (cap, "14.90", "seller central"),
    ]
    assert app.order(order_id) == before


def test_a_hidden_order_turns_up_later_with_its_old_time(app: Application, seller: Seller, clock: Clock) -> None:
    order_id = seller.place("MUG-WHITE")
    seller.hide_for(order_id, 3600)
    clock.advance(1800)
    assert app.found() == []
    assert app.order(order_id)["orderId"] == order_id
    clock.advance(1800)
    app.log_in()
    (seen,) = app.found()
    assert seen["lastUpdatedTime"] == "2026-11-20T12:00:00Z"


@pytest.mark.parametrize(
    ("before", "verb"),
    [("cancel", "ship"), ("ship", "cancel"), ("ship", "cancel_silently"), ("ship", "ship"), ("cancel", "pay")],
)
def test_what_cannot_happen_is_refused(seller: Seller, before: str, verb: str) -> None:
    order_id = seller.place("MUG-WHITE")
    getattr(seller, before)(order_id)
    untouched = seller.order(order_id)
    with pytest.raises(ValueError, match=order_id):
        getattr(seller, verb)(order_id)
    assert seller.order(order_id) == untouched


def test_more_than_was_ordered_cannot_leave(seller: Seller) -> None:
    order_id = seller.place("MUG-WHITE")
    (item,) = seller.order(order_id)["orderItems"]
    with pytest.raises(ValueError, match="2 units"):
        seller.ship(order_id, {item["orderItemId"]: 2})


def test_an_unknown_order_is_named(seller: Seller) -> None:
    with pytest.raises(KeyError, match="302-9999999-9999999"):
        seller.pay("302-9999999-9999999")


def test_any_field_can_be_changed(app: Application, seller: Seller, clock: Clock) -> None:
    order_id = seller.place("MUG-WHITE")
    clock.advance(60)
    with seller.change(order_id) as order:
        order["recipient"]["deliveryAddress"]["city"] = "Beispielstadt"
    seen = app.order(order_id)
    assert seen["recipient"]["deliveryAddress"]["city"] == "Beispielstadt"
    assert seen["lastUpdatedTime"] == "2026-11-20T12:01:00Z"


def test_orders_must_have_what_a_search_needs(seller: Seller) -> None:
    document = seller.order(seller.place("MUG-WHITE"))
    for spoiled in (
        {name: value for name, value in document.items() if name != "fulfillment"},
        document | {"createdTime": "2026-11-20"},
        document | {"orderId": "302-0000000-0000009", "salesChannel": {"marketplaceId": "ATVPDKIKX0DER"}},
        document,
    ):
        with pytest.raises(ValueError, match="order"):
            seller.add(spoiled)
    assert len(seller.order_ids()) == 1


def test_a_seller_sells_in_its_region(amazon: SimulatedAmazon) -> None:
    for marketplaces in (["DE", "US"], ["XX"], []):
        with pytest.raises(ValueError, match="region 'eu'"):
            amazon.add_seller("A9", marketplaces=marketplaces)


def test_a_seller_is_added_once(amazon: SimulatedAmazon, seller: Seller) -> None:
    with pytest.raises(ValueError, match=seller.seller_id):
        amazon.add_seller(seller.seller_id)


def test_participations_are_those_of_the_seller(app: Application, seller: Seller) -> None:
    seller.suspended.add("A13V1IB3VIYZZH")
    rows = app.get("/sellers/v1/marketplaceParticipations").json()["payload"]
    assert [(row["marketplace"]["countryCode"], row["participation"]["hasSuspendedListings"]) for row in rows] == [
        ("DE", False),
        ("FR", True),
    ]
    seller.lists_non_amazon = True
    ids = [row["marketplace"]["id"] for row in app.get("/sellers/v1/marketplaceParticipations").json()["payload"]]
    assert ids[2:] == ["A38D8NSA03LJTC", "A1ZFFQZ3HTUKT9"]
