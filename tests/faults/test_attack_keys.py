"""Keys under attack: what waits for Amazon outlives a key that comes, goes, or is changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from amazon_orders.app import App
from amazon_orders.settings import Config
from tests.stores.warehouse import Warehouse, warehouse_hooks
from tests.story.way_back import Depot
from tests.story.world import World


class Keyed(World):
    """A seller whose key file holds what `keys` says; none where it is empty."""

    keys: str = ""

    def _open(self) -> App:
        ledger = {"url": self.ledger_url}
        (self.folder / "ao.key").write_text(self.keys)
        if self.keys:
            ledger["key_file"] = "ao.key"
        config = Config.from_mapping(
            {
                "ledger": ledger,
                "lwa": {"client_id": self.amazon.client_id, "client_secret": self.amazon.client_secret},
                "stores": {"shop": {"adapter": "sqlite", "path": "shop.db"}},
            },
            folder=self.folder,
        )
        return App(
            config, now=self.clock.now, pause=self.clock.sleep, adapter=self.amazon.transport(), hooks=self._stores
        )

    def change(self, keys: str) -> None:
        self.keys = keys
        self.restart()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Depot]:
    monkeypatch.setenv("SELLERS_TOKEN", "Atzr|story")
    monkeypatch.delenv("AMAZON_ORDERS_KEY", raising=False)
    made = Keyed(tmp_path)
    warehouse = Warehouse(made.shop_file)
    made.app.close()
    made._stores = {"shop": warehouse_hooks(warehouse)}
    made.restart()
    made.connect(publish_stock=False, refresh_token="env:SELLERS_TOKEN")
    yield Depot(made, warehouse)
    made.close()


def held(shop: Depot) -> str:
    """An order of which a parcel waits, long past what the store is asked for again."""
    order = shop.placed()
    shop.ship(order, tracking="", carrier="DHL")
    shop.run()
    assert shop.commands(order) == [("confirm", "held")]
    for _ in range(8):
        shop.clock.advance(86_400)
        shop.ship(shop.placed())
        shop.run()
    return order


def test_what_waited_without_a_key_goes_on_when_there_is_one(shop: Depot) -> None:
    order = held(shop)
    assert isinstance(shop.world, Keyed)
    shop.world.change(Fernet.generate_key().decode())
    shop.run()
    shop.app.connections.set("de", {"untracked": "feed"})
    shop.settle()
    assert shop.commands(order) == [("confirm", "verified")]


def test_what_was_kept_with_a_key_goes_on_after_it_was_changed_and_the_old_one_is_gone(shop: Depot) -> None:
    assert isinstance(shop.world, Keyed)
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    shop.world.change(old)
    order = held(shop)
    shop.world.change(f"{new}\n{old}")
    shop.settle(2)
    shop.app.keys.rotate()
    shop.world.change(new)
    shop.app.connections.set("de", {"untracked": "feed"})
    shop.settle()
    assert shop.commands(order) == [("confirm", "verified")]


def test_what_was_kept_with_a_key_that_is_lost_goes_on_after_a_new_start(shop: Depot) -> None:
    assert isinstance(shop.world, Keyed)
    shop.world.change(Fernet.generate_key().decode())
    order = held(shop)
    shop.world.change(Fernet.generate_key().decode())
    shop.app.keys.restart()
    shop.run()
    shop.app.connections.set("de", {"untracked": "feed"})
    shop.settle()
    assert shop.commands(order) == [("confirm", "verified")]
