"""The back door itself: what the staff does is what can be seen afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from .shop import at_work


@pytest.fixture(params=["in process", "over XML-RPC"])
def shop(request: pytest.FixtureRequest) -> Any:
    """The same promises both ways."""
    return request.getfixturevalue("shop" if request.param == "in process" else "remote_shop")


def placed(shop: Any, key: str, **lines: tuple[Any, int]) -> str:
    """A sale of the web shop's as an adapter would write it: order item id -> product and units; its reference."""
    with at_work(shop.config):
        return _placed(shop, key, lines)


def _placed(shop: Any, key: str, lines: Mapping[str, tuple[Any, int]]) -> str:
    party = shop.model("party.party")(name="Kim Canarius")
    party.addresses[0].country = shop.one("country.country", ("code", "=", "DE"))
    party.save()
    sale = shop.model("sale.sale")(party=party, web_shop=shop.one("web.shop"), web_id=key)
    sale.carrier, sale.shipment_cost_method = shop.carrier("DHL"), None
    for item, (product, units) in lines.items():
        line = sale.lines.new()
        line.product = shop.product(product)
        line.quantity, line.unit_price, line.note = float(units), Decimal("8.40"), item
    sale.click("quote")
    sale.click("confirm")
    return str(sale.id)


@pytest.fixture
def mug(shop: Any) -> Any:
    return shop.add_product("MUG-WHITE", 50)


@pytest.fixture
def bowl(shop: Any) -> Any:
    return shop.add_product("BOWL-GREY", 50, tax=7)


def stock(shop: Any, *products: Any) -> list[int | None]:
    return [shop.stock(product) for product in products]


def parcels(shop: Any, ref: str) -> list[tuple[str, str, dict[str, float]]]:
    return [
        (
            shipment.carrier.party.name,
            shipment.packages[0].shipping_reference,
            {move.product.code: move.quantity for move in shipment.outgoing_moves},
        )
        for shipment in shop.order(ref).shipments
        if shipment.state == "done"
    ]


def test_a_product_is_counted(shop: Any) -> None:
    product = shop.add_product("MUG-WHITE", 7, asin="B00TEST001", tax=7)
    assert shop.stock(product) == 7
    shop.set_stock(product, 3)
    assert shop.stock(product) == 3
    assert shop.orders() == []


def test_the_first_state_comes_back(shop: Any) -> None:
    assert shop.model("product.product").find([("code", "=", "MUG-WHITE")]) == []
    shop.add_product("MUG-WHITE", 7)


def test_an_order_is_seen(shop: Any, mug: Any, bowl: Any) -> None:
    ref = placed(shop, "303-1", one=(mug, 2), two=(bowl, 1))
    (seen,) = shop.orders()
    assert (seen.ref, seen.key, seen.status, seen.country) == (ref, "303-1", "new", "DE")
    assert seen.lines == {mug: 2, bowl: 1}
    assert seen.total == Decimal("28.98"), "16.80 and 19 %, 8.40 and 7 %"
    assert stock(shop, mug, bowl) == [48, 49]


def test_the_shop_sells_on_its_own(shop: Any, mug: Any) -> None:
    ref = shop.sell(mug)
    assert [(seen.ref, seen.key) for seen in shop.orders()] == [(ref, "")]
    assert stock(shop, mug) == [49]


def test_parcels_leave_one_after_the_other(shop: Any, mug: Any, bowl: Any) -> None:
    ref = placed(shop, "303-1", one=(mug, 3), two=(bowl, 1))
    shop.ship(ref, {"one": 1}, "DHL", "", "0034-1")
    assert parcels(shop, ref) == [("DHL", "0034-1", {"MUG-WHITE": 1})]
    assert shop.orders()[0].status == "new"
    shop.ship(ref, {"one": 2, "two": 1}, "UPS", "", "1Z-2")
    assert parcels(shop, ref)[1:] == [("UPS", "1Z-2", {"MUG-WHITE": 2, "BOWL-GREY": 1})]
    assert shop.orders()[0].status == "shipped"
    assert stock(shop, mug, bowl) == [47, 49]


def test_more_leaves_than_was_on_the_shelf(shop: Any, mug: Any) -> None:
    ref = placed(shop, "303-1", one=(mug, 40))
    shop.set_stock(mug, 3)
    shop.ship(ref, None, "DHL", "", "0034-1")
    assert parcels(shop, ref) == [("DHL", "0034-1", {"MUG-WHITE": 40})]


def test_a_cancelled_order_frees_its_units(shop: Any, mug: Any, bowl: Any) -> None:
    ref = placed(shop, "303-1", one=(mug, 3), two=(bowl, 1))
    shop.cancel(ref, None, "sold out")
    assert shop.orders()[0].status == "cancelled"
    assert stock(shop, mug, bowl) == [50, 50]


@pytest.mark.parametrize(("units", "left"), [({"one": 1}, [48, 49]), ({"two": 1}, [47, 50]), ({"one": 3}, [50, 49])])
def test_cancelled_units_are_not_sent(shop: Any, mug: Any, bowl: Any, units: dict[str, int], left: list[int]) -> None:
    ref = placed(shop, "303-1", one=(mug, 3), two=(bowl, 1))
    shop.cancel(ref, units, "sold out")
    assert stock(shop, mug, bowl) == left
    assert shop.orders()[0].status == "new"
    shop.ship(ref, None, "DHL", "", "0034-1")
    assert stock(shop, mug, bowl) == left
    sent = {"MUG-WHITE": 50.0 - left[0], "BOWL-GREY": 50.0 - left[1]}
    assert parcels(shop, ref) == [("DHL", "0034-1", {code: number for code, number in sent.items() if number})]


def test_a_twin_has_the_same_asin(shop: Any) -> None:
    product = shop.add_product("MUG-WHITE", asin="B00TEST001")
    twin = shop.twin(product)
    found = shop.model("product.product").find([("identifiers.code", "=", "B00TEST001")])
    assert {str(one.id) for one in found} == {product, twin}


def test_a_deleted_product_is_found_no_more(shop: Any, mug: Any) -> None:
    shop.delete(mug)
    assert shop.model("product.product").find([("code", "=", "MUG-WHITE")]) == []
