"""The back door itself: what the staff does is what can be seen afterwards."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .database import InProcess
from .shop import TrytonShop


def placed(shop: TrytonShop, **lines: tuple[str, int]) -> str:
    """A sale of the web shop's, order item id -> product and units; its reference."""
    return shop.place(lines, web_shop=shop.one("web.shop"), web_id="303-1")


@pytest.fixture
def mug(shop: TrytonShop) -> str:
    return shop.add_product("MUG-WHITE", 50)


@pytest.fixture
def bowl(shop: TrytonShop) -> str:
    return shop.add_product("BOWL-GREY", 50, tax=7)


def stock(shop: TrytonShop, *products: str) -> list[int | None]:
    return [shop.stock(product) for product in products]


def parcels(shop: TrytonShop) -> list[tuple[str, str, dict[str, float]]]:
    fields = ("carrier.party.name", "packages.shipping_reference", "packages.moves")
    sent = []
    for row in shop.find("stock.shipment.out", [("state", "=", "done")], *fields):
        (package,) = row["packages."]
        moves = shop.find("stock.move", [("id", "in", package["moves"])], "product.code", "quantity")
        units = {move["product."]["code"]: move["quantity"] for move in moves}
        sent.append((row["carrier."]["party."]["name"], package["shipping_reference"], units))
    return sent


def test_a_product_is_counted(shop: TrytonShop) -> None:
    product = shop.add_product("MUG-WHITE", 7, asin="B00TEST001", tax=7)
    assert shop.stock(product) == 7
    shop.set_stock(product, 3)
    assert shop.stock(product) == 3
    assert shop.orders() == []


@pytest.mark.parametrize("way", ["shop", "remote_shop"])
def test_the_first_state_comes_back(way: str, request: pytest.FixtureRequest) -> None:
    shop = request.getfixturevalue(way)
    product = shop.add_product("MUG-WHITE", 7)
    shop.place({"one": (product, 2)})
    reset = request.getfixturevalue({"shop": "tryton", "remote_shop": "server"}[way]).reset
    reset()
    assert shop.orders() == []
    assert shop.find("product.product", [("code", "=", "MUG-WHITE")]) == []
    again = shop.add_product("BOWL-GREY", 7)
    assert (again, shop.stock(again)) == (product, 7), "the same number, and none of what was known of it"
    assert shop.read("product.product", int(again), "code")["code"] == "BOWL-GREY"


def test_an_order_is_seen(shop: TrytonShop, mug: str, bowl: str) -> None:
    ref = placed(shop, one=(mug, 2), two=(bowl, 1))
    (seen,) = shop.orders()
    assert (seen.ref, seen.key, seen.status, seen.country) == (ref, "303-1", "new", "DE")
    assert seen.lines == {mug: 2, bowl: 1}
    assert seen.total == Decimal("28.98"), "16.80 and 19 %, 8.40 and 7 %"
    assert stock(shop, mug, bowl) == [48, 49]


def test_parcels_leave_one_after_the_other(shop: TrytonShop, mug: str, bowl: str) -> None:
    ref = placed(shop, one=(mug, 3), two=(bowl, 1))
    shop.ship(ref, {"one": 1}, "DHL", "", "0034-1")
    assert parcels(shop) == [("DHL", "0034-1", {"MUG-WHITE": 1})]
    assert shop.orders()[0].status == "new"
    shop.ship(ref, {"one": 2, "two": 1}, "UPS", "", "1Z-2")
    assert parcels(shop)[1:] == [("UPS", "1Z-2", {"MUG-WHITE": 2, "BOWL-GREY": 1})]
    assert shop.orders()[0].status == "shipped"
    assert stock(shop, mug, bowl) == [47, 49]


def test_more_leaves_than_was_on_the_shelf(shop: TrytonShop, mug: str) -> None:
    ref = placed(shop, one=(mug, 40))
    shop.set_stock(mug, 3)
    shop.ship(ref, None, "DHL", "", "0034-1")
    assert parcels(shop) == [("DHL", "0034-1", {"MUG-WHITE": 40})]


@pytest.mark.parametrize(("units", "left"), [({"one": 1}, [48, 49]), ({"one": 3}, [50, 49])])
def test_cancelled_units_are_not_sent(
    shop: TrytonShop, mug: str, bowl: str, units: dict[str, int], left: list[int]
) -> None:
    ref = placed(shop, one=(mug, 3), two=(bowl, 1))
    shop.cancel(ref, units, "sold out")
    assert stock(shop, mug, bowl) == left
    assert shop.orders()[0].status == "new"
    shop.ship(ref, None, "DHL", "", "0034-1")
    assert stock(shop, mug, bowl) == left
    sent = {"MUG-WHITE": 50.0 - left[0], "BOWL-GREY": 50.0 - left[1]}
    assert parcels(shop) == [("DHL", "0034-1", {code: number for code, number in sent.items() if number})]


def test_a_state_that_was_changed_is_known_from_one_that_was_read(tryton: InProcess, shop: TrytonShop) -> None:
    before = tryton.version
    assert shop.orders() == []
    assert tryton.version == before
    shop.carrier("GLS")
    assert tryton.version != before


def test_a_state_is_made_once_and_then_gone_back_to(tryton: InProcess, shop: TrytonShop) -> None:
    made = [tryton.with_("a carrier of the test's", lambda: shop.carrier("UPS")) for _ in range(2)]
    carriers = shop.find("carrier", [("party.name", "=", "UPS")])
    assert [{"id": number} for number in made] == [*carriers, *carriers]
    tryton.reset()
    assert not shop.find("carrier", [("party.name", "=", "UPS")])
