"""What few orders have: options of the mix, each off unless asked for."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from amazon_orders.sandbox import Seller, SimulatedAmazon
from amazon_orders.sandbox.generator import Mix
from amazon_orders.sandbox.marketplaces import PLACES
from amazon_orders.sandbox.rarities import NAMES
from tests.unit.sandbox.test_drawn_orders import Json, amount, drawn, grand_total, lines_total, orders, reading

EU = ("DE", "FR", "IT", "ES", "NL", "BE", "IE", "SE", "PL", "GB", "ZA", "EG", "TR", "SA", "AE", "IN")


def rows(item: Json) -> dict[str, Json]:
    return {row["type"]: row for row in item["proceeds"]["breakdowns"]}


def with_rarity(name: str, seller: Seller) -> list[Json]:
    found = [seller.order(id_) for id_ in seller.order_ids() if name in seller.drawn(id_).rare]
    assert found, name
    return found


def every(name: str, **how: Any) -> list[Json]:
    """Orders of which each was asked to have it; those that have it."""
    return with_rarity(name, drawn(100, **{name: 1.0, **how}))


def test_what_is_drawn_by_default_stays_what_it_was() -> None:
    """The demo and the benchmarks are of these orders."""
    seller = SimulatedAmazon(seed=7).add_seller(region="eu", marketplaces=("DE", "FR", "GB"))
    seller.generate(200, pending=0.1, shipped=0.1, cancelled=0.1, fba=0.1, unknown_skus=0.05, business=0.2)
    told = json.dumps(orders(seller), sort_keys=True).encode()
    assert sha256(told).hexdigest()[:16] == "db9fd2134a03be78"
    assert {seller.drawn(id_).rare for id_ in seller.order_ids()} == {frozenset()}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_rare_is_drawn_unless_asked_for_and_the_rest_stays_as_it_is(name: str) -> None:
    assert getattr(Mix(), name) == 0.0
    how: dict[str, Any] = {"region": "fe", "marketplaces": ("JP",)} if name == "cod" else {"business": 0.5}
    plain, rare = drawn(60, **how), drawn(60, **{name: 0.5, **how})
    has = [name in rare.drawn(id_).rare for id_ in rare.order_ids()]
    assert 0 < sum(has) < 60
    for id_, it_has in zip(plain.order_ids(), has, strict=True):
        assert (rare.order(id_) == plain.order(id_)) is not it_has


def test_everything_has_everything() -> None:
    sellers = [
        drawn(1500, region=region, marketplaces=marketplaces, everything=True)
        for region, marketplaces in (("eu", EU), ("na", ("US", "CA", "MX", "BR")), ("fe", ("JP", "AU", "SG")))
    ]
    rare = {name for seller in sellers for id_ in seller.order_ids() for name in seller.drawn(id_).rare}
    assert rare == set(NAMES)
    told = [order for seller in sellers for order in orders(seller)]
    assert {order["fulfillment"]["fulfillmentStatus"] for order in told} == {
        "PENDING_AVAILABILITY",
        "PENDING",
        "UNSHIPPED",
        "SHIPPED",
        "CANCELLED",
    }
    currencies = {order["proceeds"]["grandTotal"]["currencyCode"] for order in told}
    assert currencies == {place.currency for place in PLACES}
    assert {seller.drawn(id_).regime for seller in sellers for id_ in seller.order_ids()} == {
        "gross",
        "vat inside",
        "net and vat",
        "ioss inside",
        "ioss on top",
        "seller tax",
        "facilitator in total",
        "facilitator outside total",
        "no tax",
        "zero vat",
        "facilitator without amount",
    }


def test_everything_still_adds_up() -> None:
    for region, marketplaces in (("eu", EU), ("na", ("US", "CA")), ("fe", ("JP",))):
        seller = drawn(800, region=region, marketplaces=marketplaces, everything=True)
        for id_ in seller.order_ids():
            order, told = seller.order(id_), seller.drawn(id_)
            assert lines_total(order) == told.total
            assert grand_total(order) == told.total + told.tip + told.off_by
            if "discount_apart" not in told.rare:
                assert "wrong" not in {reading(item) for item in order["orderItems"]}


def test_the_money_of_an_order_is_rare_in_one_way_at_most() -> None:
    about_money = set(NAMES[: NAMES.index("cancel_requests")])
    always: dict[str, Any] = dict.fromkeys(NAMES, 1.0)
    seller = drawn(60, **always)
    for id_ in seller.order_ids():
        assert len(seller.drawn(id_).rare & about_money) == 1


def test_options_replace_shares_of_everything() -> None:
    told = orders(drawn(200, everything=True, pending=0.0, preorders=0.0, cancelled=1.0))
    assert {order["fulfillment"]["fulfillmentStatus"] for order in told} <= {"SHIPPED", "CANCELLED"}


def test_a_word_that_is_no_option_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        drawn(1, colour=1.0)


def test_replacements_are_free_and_linked() -> None:
    seller = drawn(100, replacements=0.5)
    for order in with_rarity("replacements", seller):
        (link,) = order["associatedOrders"]
        assert link["associationType"] == "REPLACEMENT_ORIGINAL_ID"
        assert link["orderId"] in seller.order_ids()
        assert link["orderId"] != order["orderId"]
        assert grand_total(order) == lines_total(order) == 0


def test_samples_cost_the_full_price_and_give_it_back() -> None:
    for order in every("vine"):
        assert grand_total(order) == 0
        for item in order["orderItems"]:
            parts = rows(item)
            charged = sum(amount(row["subtotal"]) for kind, row in parts.items() if kind != "DISCOUNT")
            assert charged == amount(parts["DISCOUNT"]["subtotal"]) > 0


def test_shipping_is_given_back_beside_the_discount() -> None:
    for order in every("discount_apart"):
        item = order["orderItems"][0]
        parts = rows(item)
        (detail,) = parts["DISCOUNT"]["detailedBreakdowns"]
        assert (detail["subtype"], detail["value"]) == ("SHIPPING", parts["SHIPPING"]["subtotal"])
        off = amount(parts["DISCOUNT"]["subtotal"]) + amount(detail["value"])
        charged = sum(amount(row["subtotal"]) for kind, row in parts.items() if kind != "DISCOUNT")
        assert charged - off == amount(item["proceeds"]["proceedsTotal"])


def test_cash_at_the_door_has_a_fee_in_japan_alone() -> None:
    for order in every("cod", region="fe", marketplaces=("JP",)):
        item = order["orderItems"][0]
        assert rows(item)["COD_FEE"]["subtotal"] == {"amount": "330", "currencyCode": "JPY"}
        assert order["payment"]["paymentExecutions"][0]["paymentMethod"] == "CashOnDelivery"
    assert drawn(50, cod=1.0).drawn(drawn(50, cod=1.0).order_ids()[0]).rare == frozenset()


def test_tips_are_in_the_total_once_they_are_final() -> None:
    seller = drawn(100, tips=1.0)
    states = set()
    for order in with_rarity("tips", seller):
        (tip,) = order["proceeds"]["breakdowns"]
        assert tip["type"] == "DELIVERY_TIP"
        states.add(tip["status"])
        told = seller.drawn(order["orderId"])
        assert told.tip == (amount(tip["subtotal"]) if tip["status"] == "FINALIZED" else 0)
        assert grand_total(order) - lines_total(order) == told.tip + told.off_by
    assert states == {"PENDING", "FINALIZED"}


def test_a_part_is_cancelled_and_the_price_is_still_that_of_all() -> None:
    plain = {order["orderId"]: order for order in orders(drawn(100))}
    for order in every("part_cancelled"):
        item = order["orderItems"][0]
        assert (item["quantityOrdered"], item["fulfillment"]["quantityUnfulfilled"]) == (3, 2)
        assert item["proceeds"] == plain[order["orderId"]]["orderItems"][0]["proceeds"]


def test_taxes_of_zero_and_taxes_without_amount() -> None:
    for order in every("zero_vat"):
        for item in order["orderItems"]:
            assert amount(rows(item)["TAX"]["subtotal"]) == 0
    for order in every("silent_collector", region="na", marketplaces=("US",)):
        for item in order["orderItems"]:
            assert "TAX" not in rows(item)
            assert item["tax"]["taxCollections"][0]["model"] == "MARKETPLACE_FACILITATOR"


def test_the_rest() -> None:
    assert {order["fulfillment"]["fulfillmentStatus"] for order in every("preorders")} == {"PENDING_AVAILABILITY"}
    assert all(
        "cancellationRequest" in item["cancellation"]
        for order in every("cancel_requests")
        for item in order["orderItems"]
    )
    programs = {program for order in every("programs") for program in order["programs"]}
    assert {"FBM_SHIP_PLUS", "PREMIUM", "IN_STORE_PICK_UP", "AMAZON_EASY_SHIP", "DELIVERY_BY_AMAZON"} <= programs
    for order in every("programs"):
        assert ("fulfillmentOrders" in order) is ("AMAZON_EASY_SHIP" in order["programs"])
    for order in every("pickup_points"):
        assert order["recipient"]["deliveryAddress"]["addressType"] == "PICKUP_POINT"
    for order in every("vat_ids", business=1.0):
        (registration,) = order["tax"]["taxRegistrations"]
        assert registration["taxRegistrationNumber"].endswith("000000000")
        assert registration["legalName"] == order["buyer"]["buyerCompanyName"]
    assert all("customization" in order["orderItems"][0]["product"] for order in every("customized"))
    for order in every("payments"):
        assert order["payment"]["paymentExecutions"][0]["paymentAmount"] == order["proceeds"]["grandTotal"]
    assert Decimal(0) == sum(seller.drawn(id_).tip for seller in [drawn(20)] for id_ in seller.order_ids())
