"""Options of the store, and what is said of buyers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from amazon_orders.adapters.tryton import customers, open_store
from amazon_orders.adapters.tryton.options import Options
from amazon_orders.errors import ConfigError, StoreRejected
from amazon_orders.model import (
    Address,
    Buyer,
)
from amazon_orders.testing import orders as make

from .sales import Open, placed

if TYPE_CHECKING:
    from .shop import TrytonShop


def test_trytons_words_are_repeated_where_they_name_nobody() -> None:
    to = Address(name="Erika Example", line1="In der Au 7", city="Ulm", country="DE")
    order = make.order("303-1", [make.line("1")], recipient=to, buyer=Buyer(email="e@marketplace.amazon.de"))
    assert customers.discreet("The product is not salable. - ", order) == "The product is not salable."
    for words in ('Party "ERIKA Example" has no account', "Address au 7 is wrong", "e@marketplace.amazon.de?"):
        assert "not repeated" in customers.discreet(words, order)


def test_a_refusal_of_trytons_names_no_buyer(store: Any, shop: TrytonShop, product: str) -> None:
    """Here the buyer is called like what Tryton complains of."""
    category = shop.one("product.category", ("name", "=", "VAT 19 %"))
    shop.call("product.category", "write", [category], {"account_revenue": None})
    to = Address(name="Revenue Account", line1="Row 7", city="Berlin", country="DE")
    with pytest.raises(StoreRejected, match="name a person and are not repeated") as refused:
        placed(store, make.line(product), recipient=to)
    assert "revenue" not in str(refused.value).lower()


def test_without_proteus_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("amazon_orders.adapters.tryton.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "proteus", None)
    with pytest.raises(ConfigError, match=r"proteus is missing: pip install 'amazon-order-sync\[tryton\]'"):
        open_store({})


def test_every_wrong_option_is_named() -> None:
    with pytest.raises(ConfigError) as wrong:
        Options.read(
            {"database": "shop", "shop": "x", "carrier": 7, "timeout": "soon", "rounding": 2, "invoice_method": "x"}
        )
    assert wrong.value.problems == wrong.value.problems | {
        "carrier": "has to be text",
        "timeout": "has to be a number from 0.1 to 600",
        "rounding": "has to be a number from 0 to 1",
        "invoice_method": "has to be one of manual, order, fulfillment",
    }
    assert wrong.value.problems["shop"].startswith("is no option of the tryton store; it has url, ")


@pytest.mark.parametrize(
    ("config", "key", "says"),
    [
        ({}, "url", "is the address"),
        ({"url": "http://t:8000/shop/rpc/", "database": "shop"}, "url", "two ways"),
        ({"url": "http://t:8000/shop/", "user": "u", "password": "p"}, "url", "/rpc/"),
        ({"url": "ftp://t/shop/rpc/", "user": "u", "password": "p"}, "url", "http"),
        ({"url": "http://t:port/shop/rpc/", "user": "u", "password": "p"}, "url", "no address"),
        ({"url": "http://u:canary@t/shop/rpc/"}, "url", "holds a password"),
        ({"url": "http://t/shop/rpc/", "password": "p"}, "user", "login"),
        ({"url": "http://a@t/shop/rpc/", "user": "b", "password": "p"}, "user", "write it once"),
        ({"url": "http://u@t/shop/rpc/"}, "password", "password_file"),
        ({"url": "http://u@t/shop/rpc/", "password": "p", "password_file": "f"}, "password_file", "keep one"),
        ({"url": "http://u@t/shop/rpc/", "password_file": "/no/such/file"}, "password_file", "cannot be read"),
    ],
)
def test_a_wrong_way_to_tryton_is_named(config: dict[str, Any], key: str, says: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        Options.read(config)
    assert says in wrong.value.problems[key]
    assert "canary" not in str(wrong.value)


def test_the_password_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret word\n", "utf-8")
    options = Options.read({"url": "https://u@t.example:8443/shop/rpc", "password_file": str(tmp_path / "password")})
    assert (options.url, options.user, options.password) == ("https://t.example:8443/shop/rpc/", "u", "secret word")
    assert "secret" not in repr(options)


def test_what_tryton_lacks_is_named_with_what_it_has(opened: Open) -> None:
    with pytest.raises(ConfigError) as wrong:
        opened(warehouse="X", carrier="UPS", shipping_product="Y", fee_product="Z", reservation_location="STO")
    assert {key: said.partition(" means")[0] for key, said in wrong.value.problems.items()} == {
        "warehouse": "'X'",
        "carrier": "'UPS'",
        "shipping_product": "'Y'",
        "fee_product": "'Z'",
        "reservation_location": "'STO'",
    }
    assert wrong.value.problems["carrier"] == "'UPS' means none of those that Tryton has: 'DHL'"
    with pytest.raises(ConfigError, match="'Ebay' means none of those that Tryton has: 'Amazon'"):
        opened(web_shop="Ebay")
