"""A fault of the library's own ends one connection's run, says where it is, and stops no other seller."""

from __future__ import annotations

from pathlib import Path

from requests.adapters import BaseAdapter

from tests.story.world import World, world


class Stumbles(BaseAdapter):
    """The way to Amazon, which fails with something that nobody foresaw for the first seller."""

    def __init__(self, inner: BaseAdapter) -> None:
        super().__init__()
        self.inner = inner

    def send(self, request, *args, **kwargs):
        if b"story" in (request.body or "").encode():
            raise ZeroDivisionError("CANARY")
        return self.inner.send(request, *args, **kwargs)

    def close(self) -> None:
        self.inner.close()


def two_sellers(shop: World) -> str:
    other = shop.amazon.add_seller("A2OTHERSELLER", "eu", ["IT"], refresh_token="Atzr|other")
    shop.connect(name="first")
    shop.connect(name="second", seller_id="A2OTHERSELLER", marketplaces=["IT"], refresh_token="Atzr|other")
    order_id = other.place("MUG-WHITE", marketplace="IT")
    shop.clock.advance(300)
    return order_id


def test_the_sellers_after_it_are_synced_and_the_report_names_the_line(tmp_path: Path) -> None:
    with world(tmp_path) as shop:
        order_id = two_sellers(shop)
        shop.app._adapter = Stumbles(shop.amazon.transport())
        report = shop.sync()
        first, second = (part.flows[0] for part in report.connections)
        assert first.error is not None
        assert first.error["code"] == "library_bug"
        assert "test_bug.py" in first.error["message"]
        assert "CANARY" not in str(report.as_dict())
        assert second.placed == 1
        assert set(shop.shop_orders()) == {order_id}


def test_the_connection_goes_on_in_the_next_run(tmp_path: Path) -> None:
    with world(tmp_path) as shop:
        two_sellers(shop)
        late = shop.seller.place("CAP-BLACK")
        shop.clock.advance(300)
        shop.app._adapter = Stumbles(shop.amazon.transport())
        shop.sync()
        shop.restart()
        shop.sync()
        assert late in shop.shop_orders()
