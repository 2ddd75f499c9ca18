"""What order feeds do to orders: shipped, cancelled, refunded, or refused message by message."""

from __future__ import annotations

from decimal import Decimal

import pytest

from amazon_orders.sandbox import Clock, Line, Seller, SimulatedAmazon
from tests.unit.sandbox.application import Application
from tests.unit.sandbox.test_confirmations import confirm, items_of, package, packages, status
from tests.unit.sandbox.xml_feeds import (
    ACKNOWLEDGEMENT,
    ADJUSTMENT,
    FULFILLMENT,
    adjusted,
    adjustment,
    envelope,
    failure,
    fulfillment,
    results,
)

TYPES = {
    FULFILLMENT: "OrderFulfillment",
    ACKNOWLEDGEMENT: "OrderAcknowledgement",
    ADJUSTMENT: "OrderAdjustment",
}


class Feeder:
    """Sends a feed and waits for it."""

    def __init__(self, app: Application, clock: Clock) -> None:
        self.app = app
        self.clock = clock

    def __call__(self, kind: str, *messages: str) -> list[str]:
        """What the report has against the messages."""
        feed_id = self.app.feed(kind, envelope(TYPES[kind], *messages, merchant=self.app.seller.seller_id))
        self.clock.advance(60)
        return [text for _, _, text in results(self.app.report(feed_id))]


@pytest.fixture
def send(app: Application, clock: Clock) -> Feeder:
    return Feeder(app, clock)


# Fulfilment


def test_a_parcel_by_feed(app: Application, seller: Seller, send: Feeder) -> None:
    order_id = seller.place(("MUG-WHITE", 3), "CAP-BLACK")
    mugs, cap = items_of(seller, order_id)
    assert send(FULFILLMENT, fulfillment(order_id, {mugs: 2})) == []
    assert status(app, order_id) == "PARTIALLY_SHIPPED"
    assert send(FULFILLMENT, fulfillment(order_id, data="")) == []  # all that is open, without tracking
    seen = app.order(order_id)
    assert seen["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    assert packages(app, order_id) == {"1": {mugs: 2}, "2": {mugs: 1, cap: 1}}
    assert [row["trackingNumber"] for row in seen["packages"]] == ["T1", ""]
    assert seen["lastUpdatedTime"] == "2026-11-20T12:02:00Z"
    assert [(made.by, made.reference) for made in seller.confirmations(order_id)] == [("feed", "1"), ("feed", "2")]


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (lambda order, item: fulfillment(order, {item: 4}), "more than the open quantity"),
        (lambda order, item: fulfillment(order, {"17": 1}), "no such item"),
        (lambda order, item: fulfillment(order, date="2027-01-01T00:00:00Z"), "later than now"),
        (lambda order, item: fulfillment(order, date="2026-11-19T00:00:00Z"), "before the order"),
        (lambda order, item: fulfillment(order, date="2026-11-20"), "must be a date"),
        (lambda order, item: fulfillment("302-9999999-9999999"), "no such order"),
        (lambda order, item: fulfillment("nonsense"), "3-7-7"),
        (lambda order, item: fulfillment(order, data="<CarrierCode>Other</CarrierCode>"), "CarrierName is required"),
        (lambda order, item: fulfillment(order, more="<Colour>red</Colour>"), "no element Colour"),
        (lambda order, item: fulfillment(order, {item: 0}), "positive whole number"),
    ],
)
def test_parcels_that_are_refused(
    app: Application, seller: Seller, send: Feeder, message: object, complaint: str
) -> None:
    order_id = seller.place(("MUG-WHITE", 3))
    (said,) = send(FULFILLMENT, message(order_id, items_of(seller, order_id)[0]))  # type: ignore[operator]
    assert complaint in said
    assert seller.confirmations(order_id) == []
    assert status(app, order_id) == "UNSHIPPED"


def test_orders_that_no_feed_ships(seller: Seller, send: Feeder) -> None:
    cancelled, by_amazon = seller.place("MUG-WHITE"), seller.place("MUG-WHITE", fulfilled_by="AMAZON")
    seller.cancel(cancelled)
    done = seller.place("MUG-WHITE")
    seller.ship(done)
    said = send(FULFILLMENT, *(fulfillment(order_id) for order_id in (cancelled, by_amazon, done)))
    assert len(said) == 3
    assert "Every unit" in said[2]


def test_a_package_of_a_feed_is_not_edited_by_a_call(app: Application, seller: Seller, send: Feeder) -> None:
    order_id = seller.place(("MUG-WHITE", 2))
    (mugs,) = items_of(seller, order_id)
    assert send(FULFILLMENT, fulfillment(order_id, {mugs: 1})) == []
    response = confirm(app, order_id, package(seller, order_id, {mugs: 1}))
    assert "PackageToUpdateNotFound" in response.json()["errors"][0]["message"]


def test_a_feed_edits_its_own_package_by_the_merchants_id(app: Application, seller: Seller, send: Feeder) -> None:
    order_id = seller.place("MUG-WHITE")
    (mug,) = items_of(seller, order_id)
    own = "<MerchantFulfillmentID>7</MerchantFulfillmentID>"
    for tracking in ("T1", "T2"):
        data = f"<CarrierCode>DHL</CarrierCode><ShipperTrackingNumber>{tracking}</ShipperTrackingNumber>"
        assert send(FULFILLMENT, fulfillment(order_id, {mug: 1}, more=own, data=data)) == []
    assert [row["trackingNumber"] for row in app.order(order_id)["packages"]] == ["T2"]
    assert [made.edit for made in seller.confirmations(order_id)] == [False, True]


def test_two_messages_of_one_feed_share_the_open_units(seller: Seller, send: Feeder) -> None:
    seller.confirm_delay = 600
    order_id = seller.place(("MUG-WHITE", 2))
    (mugs,) = items_of(seller, order_id)
    said = send(FULFILLMENT, *[fulfillment(order_id, {mugs: 1})] * 3)
    assert len(said) == 1
    assert "more than the open quantity" in said[0]


# Acknowledgement


@pytest.mark.parametrize(("reason", "left"), [("NoInventory", 7), ("BuyerCanceled", 10), ("PricingError", 10)])
def test_failure_cancels_and_all_reasons_but_one_offer_the_units_again(
    app: Application, seller: Seller, send: Feeder, reason: str, left: int
) -> None:
    seller.list_item("MUG-WHITE", quantity=10)
    order_id = seller.place(("MUG-WHITE", 3))
    assert seller.quantity("MUG-WHITE") == 7
    (mugs,) = items_of(seller, order_id)
    assert send(ACKNOWLEDGEMENT, failure(order_id, mugs, reason)) == []
    seen = app.order(order_id)
    assert seen["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
    assert seen["lastUpdatedTime"] == "2026-11-20T12:01:00Z"
    assert seen["orderItems"][0]["cancellation"]["cancellationExecution"]["cancelledBy"] == "MERCHANT"
    (made,) = seller.cancellations(order_id)
    assert (made.reason, made.whole, made.refunded_everything, dict(made.items)) == (reason, True, False, {mugs: 3})
    assert seller.quantity("MUG-WHITE") == left
    assert seller.refunds(order_id) == []
    assert len(send(ACKNOWLEDGEMENT, failure(order_id, mugs, reason))) == 1
    assert len(seller.cancellations(order_id)) == 1


@pytest.mark.parametrize("visible", [True, False])
def test_failure_after_a_shipment_gives_all_the_money_back(
    app: Application, seller: Seller, send: Feeder, clock: Clock, visible: bool
) -> None:
    order_id = seller.place(Line(sku="MUG-WHITE", quantity=2, item="25.00"), Line(sku="CAP-BLACK", item="14.90"))
    mugs, cap = items_of(seller, order_id)
    if not visible:
        seller.confirm_delay = 600
    assert confirm(app, order_id, package(seller, order_id, {mugs: 1})).ok
    assert send(ACKNOWLEDGEMENT, failure(order_id, mugs)) == []
    (made,) = seller.cancellations(order_id)
    assert made.refunded_everything
    assert dict(made.items) == {mugs: 1, cap: 1}  # the other mug is confirmed, whether it shows or not
    clock.advance(600)
    assert packages(app, order_id) == {"1": {mugs: 1}}
    assert status(app, order_id) == "SHIPPED"
    given = seller.refunds(order_id)
    assert {refund.by for refund in given} == {"acknowledgement"}
    assert sum(refund.paid for refund in given) == Decimal("39.90")


def test_success_links_the_merchants_order_id(app: Application, seller: Seller, send: Feeder) -> None:
    order_id = seller.place("MUG-WHITE")
    linked = (
        f"<AmazonOrderID>{order_id}</AmazonOrderID><MerchantOrderID>SHOP-7</MerchantOrderID>"
        "<StatusCode>Success</StatusCode>"
    )
    assert send(ACKNOWLEDGEMENT, linked) == []
    seen = app.order(order_id)
    assert seen["orderAliases"] == [{"aliasId": "SHOP-7", "aliasType": "SELLER_ORDER_ID"}]
    assert seen["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    by_own_id = fulfillment(order_id).replace(
        f"<AmazonOrderID>{order_id}</AmazonOrderID>", "<MerchantOrderID>SHOP-7</MerchantOrderID>"
    )
    assert send(FULFILLMENT, by_own_id) == []
    assert status(app, order_id) == "SHIPPED"
    assert seller.cancellations(order_id) == []


def test_acknowledgements_that_are_refused(seller: Seller, send: Feeder) -> None:
    order_id, pending = seller.place("MUG-WHITE"), seller.place("MUG-WHITE", pending=True)
    (mug,) = items_of(seller, order_id)
    (other,) = items_of(seller, pending)
    no_reason = failure(order_id, mug).replace("<CancelReason>NoInventory</CancelReason>", "")
    said = send(
        ACKNOWLEDGEMENT,
        failure(order_id, mug, "CustomerCancel"),  # a word of the other vocabulary
        no_reason,
        failure(order_id, other),
        failure(pending, other),
        failure("302-9999999-9999999", mug),
    )
    assert len(said) == 5
    assert seller.cancellations(order_id) == seller.cancellations(pending) == []


# Adjustment


@pytest.fixture
def two_mugs(seller: Seller) -> str:
    """Shipped, charged 25.00 and 4.00 for shipping."""
    order_id = seller.place(Line(sku="MUG-WHITE", quantity=2, item="25.00", shipping="4.00"))
    seller.ship(order_id)
    return order_id


def test_a_refund(seller: Seller, send: Feeder, two_mugs: str) -> None:
    (mugs,) = items_of(seller, two_mugs)
    assert (
        send(ADJUSTMENT, adjustment(two_mugs, adjusted(mugs, "r1", {"Principal": "12.50", "Shipping": "4.00"}))) == []
    )
    (made,) = seller.refunds(two_mugs)
    assert (made.by, made.key, made.reason, made.currency) == ("feed", "r1", "CustomerReturn", "EUR")
    assert (made.asked, made.paid) == (Decimal("16.50"), Decimal("16.50"))
    assert made.components == {"Principal": Decimal("12.50"), "Shipping": Decimal("4.00")}


@pytest.mark.parametrize(
    ("item", "complaint"),
    [
        ({"amounts": {"Principal": "25.01"}}, "exceeds what was charged"),
        ({"amounts": {"Shipping": "4.01"}}, "exceeds what was charged"),
        ({"amounts": {"Goodwill": "29.01"}}, "exceeds what was charged"),
        ({"amounts": {"Principal": "5.00"}, "currency": "GBP"}, "not the one of the order"),
        ({"amounts": {"Principal": "-5.00"}}, "positive amount"),
        ({"amounts": {"Principal": "0"}}, "positive amount"),
        ({"amounts": {"Principal": "five"}}, "positive amount"),
        ({"amounts": {"Price": "5.00"}}, "not allowed"),
        ({"amounts": {"Principal": "5.00"}, "reason": "BuyerCanceled"}, "not allowed"),
        ({"amounts": {}}, "ItemPriceAdjustments is required"),
        ({"cancelled": 1, "reason": "NoInventory"}, "more than the open quantity"),
        ({"cancelled": 1, "reason": "CustomerReturn"}, "not allowed"),
    ],
)
def test_refunds_that_are_refused(
    seller: Seller, send: Feeder, two_mugs: str, item: dict[str, object], complaint: str
) -> None:
    (mugs,) = items_of(seller, two_mugs)
    (said,) = send(ADJUSTMENT, adjustment(two_mugs, adjusted(mugs, "r1", **item)))  # type: ignore[arg-type]
    assert complaint in said
    assert seller.refunds(two_mugs) == []


def test_a_refund_is_for_what_was_shipped(seller: Seller, send: Feeder) -> None:
    order_id = seller.place("MUG-WHITE", "CAP-BLACK")
    mug, cap = items_of(seller, order_id)
    assert (
        "Nothing of the order was shipped"
        in send(ADJUSTMENT, adjustment(order_id, adjusted(mug, "r1", {"Principal": "1"})))[0]
    )
    seller.ship(order_id, {mug: 1})
    said = send(
        ADJUSTMENT,
        adjustment(order_id, adjusted(cap, "r1", {"Principal": "1"})),
        adjustment(order_id, adjusted(mug, "r2", {"Principal": "1"})),
    )
    assert said == ["The item was not shipped."]
    assert [refund.key for refund in seller.refunds(order_id)] == ["r2"]


def test_the_cap_counts_what_was_given_before(seller: Seller, send: Feeder, two_mugs: str) -> None:
    (mugs,) = items_of(seller, two_mugs)
    twenty = adjusted(mugs, "r1", {"Principal": "20.00"})
    assert send(ADJUSTMENT, adjustment(two_mugs, twenty)) == []
    assert "exceeds" in send(ADJUSTMENT, adjustment(two_mugs, adjusted(mugs, "r2", {"Principal": "5.01"})))[0]
    assert send(ADJUSTMENT, adjustment(two_mugs, adjusted(mugs, "r2", {"Principal": "5.00"}))) == []
    assert "was used for the order before" in send(ADJUSTMENT, adjustment(two_mugs, twenty))[0]
    assert sum(refund.paid for refund in seller.refunds(two_mugs)) == Decimal("25.00")


def test_a_message_is_carried_out_whole_or_not_at_all(seller: Seller, send: Feeder) -> None:
    order_id = seller.place("MUG-WHITE", "CAP-BLACK")
    seller.ship(order_id)
    mug, cap = items_of(seller, order_id)
    mixed = adjustment(order_id, adjusted(mug, "r1", {"Principal": "1"}), adjusted(cap, "r2", {"Principal": "99"}))
    assert len(send(ADJUSTMENT, mixed)) == 1
    assert seller.refunds(order_id) == []
    assert "appears twice" in send(ADJUSTMENT, adjustment(order_id, *[adjusted(mug, "r1", {"Principal": "1"})] * 2))[0]


def test_where_amazon_calculates_vat_it_adds_it(seller: Seller, send: Feeder) -> None:
    order_id = seller.place(
        Line(sku="MUG-WHITE", item="240.00", tax="40.00", tax_details=(("ITEM", "40.00"),)), marketplace="DE"
    )
    seller.ship(order_id)
    (mug,) = items_of(seller, order_id)
    assert send(ADJUSTMENT, adjustment(order_id, adjusted(mug, "r1", {"Principal": "100.00"}))) == []
    (made,) = seller.refunds(order_id)
    assert (made.asked, made.paid) == (Decimal("100.00"), Decimal("120.00"))
    # Half of the gross price, sent as if it were net, gives 144.00 of the 120.00 that are left.
    assert "exceeds" in send(ADJUSTMENT, adjustment(order_id, adjusted(mug, "r2", {"Principal": "120.00"})))[0]


def test_tax_that_amazon_collects_is_not_refunded_by_the_seller(amazon: SimulatedAmazon, clock: Clock) -> None:
    seller = amazon.add_seller("A1US", region="na", marketplaces=["US"])
    app = Application(amazon, seller, "https://sellingpartnerapi-na.amazon.com")
    send = Feeder(app, clock)
    collected = Line(sku="MUG-WHITE", item="39.99", tax="3.20", tax_on_top=True, collected_by="Amazon Services, Inc.")
    own = Line(sku="CAP-BLACK", item="10.00", tax="0.80", tax_on_top=True)
    order_id = seller.place(collected, own)
    seller.ship(order_id)
    mug, cap = items_of(seller, order_id)
    both = {"Principal": "10.00", "Tax": "0.80"}
    said = send(
        ADJUSTMENT,
        adjustment(order_id, adjusted(mug, "r1", both, currency="USD")),
        adjustment(order_id, adjusted(cap, "r2", both, currency="USD")),
    )
    assert said == ["The tax is collected by Amazon and refunded by it."]
    assert [(refund.key, refund.paid) for refund in seller.refunds(order_id)] == [("r2", Decimal("10.80"))]


@pytest.mark.parametrize(("reason", "left"), [("NoInventory", 5), ("CustomerCancel", 7)])
def test_part_of_an_order_is_cancelled_once_the_rest_is_shipped(
    app: Application, seller: Seller, send: Feeder, reason: str, left: int
) -> None:
    seller.list_item("MUG-WHITE", quantity=10)
    order_id = seller.place(("MUG-WHITE", 5))
    (mugs,) = items_of(seller, order_id)
    two = adjustment(order_id, adjusted(mugs, "c1", cancelled=2, reason=reason), action="Cancel")
    assert "Nothing of the order was shipped" in send(ADJUSTMENT, two)[0]
    seller.ship(order_id, {mugs: 3})
    assert send(ADJUSTMENT, two) == []
    seen = app.order(order_id)
    assert seen["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    units = seen["orderItems"][0]["fulfillment"]
    assert (units["quantityFulfilled"], units["quantityUnfulfilled"]) == (3, 0)
    (made,) = seller.cancellations(order_id)
    assert (made.key, made.reason, made.whole, dict(made.items)) == ("c1", reason, False, {mugs: 2})
    assert seller.quantity("MUG-WHITE") == left
    assert len(send(ADJUSTMENT, two)) == 1
    assert len(seller.cancellations(order_id)) == 1


def test_a_key_cancels_once_though_more_units_are_open(seller: Seller, send: Feeder) -> None:
    order_id = seller.place(("MUG-WHITE", 5))
    (mugs,) = items_of(seller, order_id)
    seller.ship(order_id, {mugs: 1})
    one = adjustment(order_id, adjusted(mugs, "c1", cancelled=1, reason="CustomerCancel"), action="Cancel")
    assert send(ADJUSTMENT, one) == []
    assert send(ADJUSTMENT, one) == ["This MerchantAdjustmentItemID was used for the order before."]
    refund = adjustment(order_id, adjusted(mugs, "c1", {"Principal": "1.00"}))
    assert send(ADJUSTMENT, refund) == ["This MerchantAdjustmentItemID was used for the order before."]
    assert [dict(made.items) for made in seller.cancellations(order_id)] == [{mugs: 1}]


def test_units_that_are_confirmed_and_do_not_show_yet_are_not_cancelled(
    app: Application, seller: Seller, send: Feeder
) -> None:
    order_id = seller.place(("MUG-WHITE", 2), "CAP-BLACK")
    mugs, cap = items_of(seller, order_id)
    seller.ship(order_id, {cap: 1})
    seller.confirm_delay = 3600
    assert confirm(app, order_id, package(seller, order_id, {mugs: 2}, packageReferenceId="2")).ok
    (said,) = send(ADJUSTMENT, adjustment(order_id, adjusted(mugs, "c1", cancelled=1, reason="CustomerCancel")))
    assert "more than the open quantity" in said


def test_cancel_needs_a_quantity(seller: Seller, send: Feeder, two_mugs: str) -> None:
    (mugs,) = items_of(seller, two_mugs)
    (said,) = send(ADJUSTMENT, adjustment(two_mugs, adjusted(mugs, "c1", {"Principal": "1"}), action="Cancel"))
    assert said == "QuantityCancelled is required."
