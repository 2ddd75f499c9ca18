"""Orders drawn from a seed: the same each time, realistic, and wrong in places on purpose."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from amazon_orders.sandbox import CATALOGUE, Clock, Seller, SimulatedAmazon, demo_orders
from tests.unit.sandbox.application import Application

Json = dict[str, Any]


def drawn(
    n: int, seed: int = 42, region: str = "eu", marketplaces: tuple[str, ...] = ("DE", "GB"), **how: Any
) -> Seller:
    seller = SimulatedAmazon(seed=seed).add_seller(region=region, marketplaces=marketplaces)
    seller.generate(n, **how)
    return seller


def orders(seller: Seller) -> list[Json]:
    return [seller.order(order_id) for order_id in seller.order_ids()]


def amount(money: Json) -> Decimal:
    return Decimal(money["amount"])


def grand_total(order: Json) -> Decimal:
    return amount(order["proceeds"]["grandTotal"])


def lines_total(order: Json) -> Decimal:
    return sum((amount(item["proceeds"]["proceedsTotal"]) for item in order["orderItems"]), Decimal())


def test_the_same_seed_draws_the_same_orders() -> None:
    first, second = drawn(40), drawn(40)
    assert orders(first) == orders(second)
    assert first.refresh_token == second.refresh_token
    assert orders(drawn(40, seed=43)) != orders(first)


def test_drawing_twice_goes_on_where_it_stopped() -> None:
    seller = drawn(30)
    seller.generate(30)
    assert orders(seller) == orders(drawn(60))


def test_every_id_is_there_once() -> None:
    told = orders(drawn(2000))
    assert len({order["orderId"] for order in told}) == 2000
    items = [item["orderItemId"] for order in told for item in order["orderItems"]]
    assert len(set(items)) == len(items)


def test_orders_look_like_a_shops_week() -> None:
    told = orders(drawn(2000))
    assert sum(len(order["orderItems"]) for order in told) / 2000 == pytest.approx(1.3, abs=0.05)
    rows = {row["type"] for order in told for item in order["orderItems"] for row in item["proceeds"]["breakdowns"]}
    assert rows == {"ITEM", "SHIPPING", "GIFT_WRAP", "DISCOUNT", "TAX"}
    assert {item["product"]["sellerSku"] for order in told for item in order["orderItems"]} == {
        row.sku for row in CATALOGUE
    }


@pytest.mark.parametrize("share", ["pending", "shipped", "cancelled", "fba", "unknown_skus"])
def test_shares_are_kept(share: str) -> None:
    def has(order: Json) -> bool:
        fulfillment = order["fulfillment"]
        if share == "fba":
            return bool(fulfillment["fulfilledBy"] == "AMAZON")
        if share == "unknown_skus":
            return bool(order["orderItems"][0]["product"]["sellerSku"].startswith("UNKNOWN"))
        return bool(fulfillment["fulfillmentStatus"] == share.upper())

    assert sum(map(has, orders(drawn(1000)))) == 0
    how: dict[str, Any] = {share: 0.2}
    assert sum(map(has, orders(drawn(1000, **how)))) == pytest.approx(200, abs=50)


def test_one_total_in_fifty_is_off_by_a_unit_and_one_in_a_hundred_by_more() -> None:
    off = Counter(grand_total(order) - lines_total(order) for order in orders(drawn(1000)))
    by_a_unit = {Decimal("0.01"), Decimal("-0.01")}
    assert off[Decimal()] == 970
    assert sum(count for difference, count in off.items() if difference in by_a_unit) == 20
    assert sum(count for difference, count in off.items() if abs(difference) > Decimal("0.30")) == 10
    assert by_a_unit < set(off)


def test_the_generator_says_by_how_much(seller: Seller) -> None:
    seller.generate(200)
    for order_id in seller.order_ids():
        order, told = seller.order(order_id), seller.drawn(order_id)
        assert lines_total(order) == told.total
        assert grand_total(order) == told.total + told.off_by


def test_totals_can_be_right_throughout() -> None:
    assert all(grand_total(order) == lines_total(order) for order in orders(drawn(300, imbalance=False)))


@pytest.mark.parametrize(
    ("region", "country", "readings"),
    [
        ("eu", "DE", {"no tax row", "on top", "inside or apart"}),
        ("eu", "GB", {"no tax row", "on top", "inside or apart"}),
        ("na", "US", {"no tax row", "on top", "inside or apart"}),
        ("na", "CA", {"on top"}),
        ("fe", "JP", {"no tax row"}),
    ],
)
def test_every_line_comes_to_its_total_in_one_reading(region: str, country: str, readings: set[str]) -> None:
    told = orders(drawn(600, region=region, marketplaces=(country,), business=0.1))
    assert {reading(item) for order in told for item in order["orderItems"]} == readings


def reading(item: Json) -> str:
    """The one way in which a line's parts come to its total, by what Amazon says."""
    # Amazon's sign of a discount is not settled: it is subtracted whichever it has.
    rows = item["proceeds"]["breakdowns"]
    payable = sum((amount(row["subtotal"]) for row in rows if row["type"] not in ("TAX", "DISCOUNT")), Decimal())
    payable -= abs(sum((amount(row["subtotal"]) for row in rows if row["type"] == "DISCOUNT"), Decimal()))
    taxes = [amount(row["subtotal"]) for row in rows if row["type"] == "TAX"]
    total = amount(item["proceeds"]["proceedsTotal"])
    for row in rows:
        details = row.get("detailedBreakdowns")
        assert details is None or sum(amount(detail["value"]) for detail in details) == amount(row["subtotal"])
    if not taxes:
        return "no tax row" if payable == total else "wrong"
    return "on top" if payable + taxes[0] == total else "inside or apart" if payable == total else "wrong"


def test_discounts_come_with_either_sign() -> None:
    signs = {
        amount(row["subtotal"]) > 0
        for order in orders(drawn(600))
        for item in order["orderItems"]
        for row in item["proceeds"]["breakdowns"]
        if row["type"] == "DISCOUNT"
    }
    assert signs == {True, False}


def test_yen_have_no_decimals() -> None:
    for order in orders(drawn(50, region="fe", marketplaces=("JP",))):
        assert order["proceeds"]["grandTotal"]["amount"].isdigit()
        assert order["orderItems"][0]["expense"]["pointsCost"]["pointsGranted"]["pointsNumber"] > 0


def test_amazon_collects_tax_where_it_says_so() -> None:
    parties = Counter(
        item.get("tax", {}).get("taxCollections", [{}])[0].get("responsibleParty", "")
        for order in orders(drawn(600, region="na", marketplaces=("US",)))
        for item in order["orderItems"]
    )
    assert set(parties) == {"", "Amazon Services, Inc."}
    schemes = {
        item["tax"]["taxCalculationBreakdowns"][0]["reportingScheme"]
        for order in orders(drawn(600, marketplaces=("DE",)))
        for item in order["orderItems"]
        if "tax" in item
    }
    assert schemes == {"IOSS"}


def test_people_are_invented(amazon: SimulatedAmazon) -> None:
    reserved = ("+49 30 23125 ", "+33 1 99 00 ", "+44 20 7946 0", "+1 206 555 01")
    regions = {"eu": ("DE", "FR", "GB", "SE"), "na": ("US",), "fe": ("JP",)}
    told = [
        order
        for region, marketplaces in regions.items()
        for order in orders(drawn(200, region=region, marketplaces=marketplaces))
    ]
    for order in told:
        assert order["buyer"]["buyerEmail"].endswith("@marketplace.example.com")
        phone = order["recipient"]["deliveryAddress"].get("phone")
        assert phone is None or phone.startswith(reserved)


def test_drawn_orders_are_old_enough_to_be_found_at_once(app: Application, seller: Seller, clock: Clock) -> None:
    seller.generate(100, span=timedelta(days=2))
    assert len(app.found(createdAfter=app.ago(days=2.1))) == 100
    for order in orders(seller):
        assert order["createdTime"] < order["lastUpdatedTime"]


def test_skus_can_be_given_and_decorated() -> None:
    told = orders(drawn(300, skus=["A", "B"], suffixes=["-FBA", "-DE"]))
    skus = {item["product"]["sellerSku"] for order in told for item in order["orderItems"]}
    assert skus == {"A", "B", "A-FBA", "B-FBA", "A-DE", "B-DE"}


def test_the_catalogue_can_fill_a_shop() -> None:
    assert len(CATALOGUE) == 40
    for name in ("sku", "asin", "ean", "title"):
        assert len({getattr(item, name) for item in CATALOGUE}) == 40
    for item in CATALOGUE:
        digits = [int(digit) for digit in item.ean]
        assert len(digits) == 13
        assert sum(digits[::2] + [3 * digit for digit in digits[1::2]]) % 10 == 0
        assert item.price > 0


class TestTheDemo:
    @pytest.fixture
    def told(self, clock: Clock) -> list[Json]:
        return demo_orders(clock.now())

    def test_it_tells_twelve_orders_that_a_seller_can_have(self, told: list[Json], amazon: SimulatedAmazon) -> None:
        seller = amazon.add_seller("A1DEMO", marketplaces=["DE", "FR", "GB"])
        seller.add(*told)
        assert len(Application(amazon, seller).found()) == 12

    def test_its_ids_stay(self, told: list[Json]) -> None:
        assert [order["orderId"][-7:] for order in told] == [f"{number:07}" for number in range(1, 13)]
        assert [order["orderId"][:3] for order in told] == ["302"] * 7 + ["403", "203"] + ["302"] * 3

    def test_every_order_balances(self, told: list[Json]) -> None:
        assert {reading(item) for order in told for item in order["orderItems"]} == {
            "no tax row",
            "on top",
            "inside or apart",
        }
        assert all(grand_total(order) == lines_total(order) for order in told)

    def test_one_sku_is_unknown_and_one_order_unpaid(self, told: list[Json]) -> None:
        known = {item.sku for item in CATALOGUE}
        skus = [item["product"]["sellerSku"] for order in told for item in order["orderItems"]]
        assert [sku for sku in skus if sku not in known] == ["TEE-RED-M-FBA"]
        assert "TEE-RED-M" in known
        assert [order["fulfillment"]["fulfillmentStatus"] for order in told].count("PENDING") == 1

    def test_it_is_the_same_story_at_any_time(self, told: list[Json], clock: Clock) -> None:
        clock.advance(86_400)
        later = demo_orders(clock.now())
        assert [grand_total(order) for order in later] == [grand_total(order) for order in told]
        assert [order["recipient"] for order in later] == [order["recipient"] for order in told]

    def test_it_is_told_in_order(self, told: list[Json]) -> None:
        assert all(before["createdTime"] < after["createdTime"] for before, after in pairwise(told))
