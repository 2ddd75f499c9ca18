"""The outbox under trouble: with a key and without, after crashes, refusals, silence, a revoked authorisation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from amazon_orders.app import App
from amazon_orders.hooks import hookimpl
from amazon_orders.model import Carrier, Shipment
from amazon_orders.sandbox import Fault
from amazon_orders.settings import Config
from tests.stores.warehouse import Warehouse, warehouse_hooks
from tests.story.way_back import Depot, depot
from tests.story.world import World

TRACKING = "00340434161094042557"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path) as made:
        yield made


class Keyless(World):
    """A seller who keeps no key: secrets come from the environment, and nothing personal is kept."""

    def _open(self) -> App:
        config = Config.from_mapping(
            {
                "ledger": {"url": self.ledger_url},
                "lwa": {"client_id": self.amazon.client_id, "client_secret": self.amazon.client_secret},
                "stores": {"shop": {"adapter": "sqlite", "path": "shop.db"}},
            },
            folder=self.folder,
        )
        return App(
            config, now=self.clock.now, pause=self.clock.sleep, adapter=self.amazon.transport(), hooks=self._stores
        )


@pytest.fixture
def keyless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Depot]:
    monkeypatch.setenv("SELLERS_TOKEN", "Atzr|story")
    monkeypatch.delenv("AMAZON_ORDERS_KEY", raising=False)
    made = Keyless(tmp_path)
    (tmp_path / "ao.key").unlink()
    warehouse = Warehouse(made.shop_file)
    made.app.close()
    made._stores = {"shop": warehouse_hooks(warehouse)}
    made.restart()
    made.connect(publish_stock=False, refresh_token="env:SELLERS_TOKEN")
    yield Depot(made, warehouse)
    made.close()


class TestWithoutAKey:
    def test_everything_goes_out_and_nothing_personal_is_kept(self, keyless: Depot) -> None:
        shop = keyless
        parcel, gone, paid = shop.placed(), shop.placed("CAP-BLACK"), shop.placed()
        (item,) = shop.items(paid)
        shop.ship(parcel, tracking=TRACKING)
        shop.ship(paid)
        shop.cancel(gone)
        shop.settle()
        shop.refund(paid, {item: "5.00"})
        shop.settle()
        assert shop.commands(parcel) == [("confirm", "verified")]
        assert shop.commands(gone) == [("cancel", "verified")]
        assert shop.commands(paid) == [("confirm", "verified"), ("refund", "accepted")]
        assert [str(made.paid) for made in shop.seller.refunds(paid)] == ["5.00"]
        shop.app.close()
        for path in shop.world.folder.iterdir():
            if path.name.startswith("ledger.db"):
                assert TRACKING.encode() not in path.read_bytes()

    @pytest.mark.parametrize(("operation", "kind"), [("confirmShipment", "429"), ("createFeedDocument", "503")])
    def test_after_a_crash_the_store_is_asked_again_since_the_oldest_open_row(
        self, keyless: Depot, operation: str, kind: str
    ) -> None:
        """What was decided died with its process; the cursor has moved far on."""
        shop = keyless
        parcel, gone = shop.placed(), shop.placed("CAP-BLACK")
        shop.ship(parcel)
        shop.cancel(gone)
        first = shop.clock.now()
        shop.amazon.faults.add(Fault(kind=kind, operation=operation, times=None))
        shop.run()
        for _ in range(3):
            other = shop.placed()
            shop.ship(other)
            shop.run(1800)
        shop.amazon.faults.clear()
        shop.world.restart()
        shop.warehouse.asked.clear()
        shop.run(3600)
        name = "shipments" if operation == "confirmShipment" else "cancellations"
        (since,) = (since for asked, since in shop.warehouse.asked if asked == name)
        assert since <= first
        shop.settle(8)
        assert shop.commands(parcel) == [("confirm", "verified")]
        assert shop.commands(gone) == [("cancel", "verified")]
        assert len(shop.seller.confirmations(parcel)) == 1
        assert len(shop.seller.cancellations(gone)) == 1

    def test_a_held_parcel_goes_when_it_may(self, keyless: Depot) -> None:
        shop = keyless
        order = shop.placed()
        shop.ship(order, tracking="")
        shop.run()
        assert shop.commands(order) == [("confirm", "held")]
        shop.settle(2, 7200)
        shop.app.connections.set("de", {"untracked": "feed"})
        shop.settle()
        assert shop.commands(order) == [("confirm", "verified")]

    def test_a_package_that_shows_up_much_later_is_verified_then(self, keyless: Depot) -> None:
        shop = keyless
        order = shop.placed()
        shop.seller.confirm_delay = 20_000
        shop.ship(order, tracking=TRACKING)
        shop.settle(8)
        assert shop.commands(order) == [("confirm", "unknown")]
        shop.settle(2, 90_000)
        assert shop.commands(order) == [("confirm", "verified")]
        assert shop.inbox() == []

    def test_many_parcels_get_through_although_each_order_has_to_be_read(self, keyless: Depot) -> None:
        """No record is kept, so each order is asked for: more of them than Amazon answers in one run."""
        shop = keyless
        shop.amazon.faults.add(Fault(kind="429", operation="getOrder", nth=8, times=None))
        orders = [shop.seller.place("MUG-WHITE") for _ in range(20)]
        shop.run()
        for order in orders:
            shop.ship(order)
        done = []
        for _ in range(4):
            shop.amazon.faults.clear()
            shop.amazon.faults.add(Fault(kind="429", operation="getOrder", nth=8, times=None))
            shop.run(1800)
            done.append(sum(bool(shop.seller.confirmations(order)) for order in orders))
        assert done[:3] == sorted(set(done[:3])), f"each run gets further: {done}"
        assert done[-1] == 20


class TestTrouble:
    def test_one_order_that_amazon_will_not_show_holds_up_no_other(self, shop: Depot) -> None:
        bad, good = shop.placed(), shop.placed()
        shop.seller.ignore_confirmations(bad)
        shop.ship(bad)
        shop.run()
        shop.seller.spoil(bad, lambda record: record.pop("orderItems"))
        shop.ship(good)
        for _ in range(3):
            shop.run(700)
        assert shop.commands(bad) == [("confirm", "accepted")], "nobody could look"
        assert shop.commands(good) == [("confirm", "verified")]

    def test_a_plugin_that_dies_over_one_parcel_holds_that_one(self, tmp_path: Path) -> None:
        class Dies:
            ill = True

            @hookimpl
            def rule_carrier(self, shipment: Shipment) -> Carrier | None:
                if shipment.carrier == "Unglück" and self.ill:
                    raise ValueError(shipment.tracking)
                return None

        with depot(tmp_path, Dies()) as shop:
            bad, good = shop.placed(), shop.placed()
            shop.ship(bad, carrier="Unglück", tracking=TRACKING)
            shop.ship(good)
            shop.settle(2)
            assert shop.commands(bad) == [("confirm", "held")]
            assert shop.commands(good) == [("confirm", "verified")]
            (entry,) = shop.app.orders.inbox()
            assert (entry.amazon_order_id, entry.reason) == (bad, "FAILING")
            assert "ValueError" in entry.detail
            assert TRACKING not in entry.detail
            Dies.ill = False
            shop.settle(2)
            assert shop.commands(bad) == [("confirm", "verified")]
            assert shop.inbox() == []

    def test_an_authorisation_that_is_revoked_on_the_way_loses_nothing(self, shop: Depot) -> None:
        orders = [shop.placed() for _ in range(3)]
        for order in orders:
            shop.ship(order)
        shop.amazon.faults.add(Fault(kind="403", operation="confirmShipment", nth=2, times=None))
        (report,) = shop.run().connections
        assert [flow.error["code"] for flow in report.flows if flow.error] == ["amazon_auth"]
        assert sorted(state for order in orders for _, state in shop.commands(order)) == [
            "accepted", "intended", "intended"
        ]  # fmt: skip
        shop.amazon.faults.clear()
        shop.settle(3)
        assert [shop.commands(order) for order in orders] == [[("confirm", "verified")]] * 3
        assert [len(shop.seller.confirmations(order)) for order in orders] == [1, 1, 1]

    @pytest.mark.parametrize(
        ("kind", "state"),
        [("lost_answer", "unknown"), ("500", "unknown"), ("html_200", "unknown"), ("cut_connection", "unknown"),
         ("503", "unknown"), ("429", "intended")],
    )  # fmt: skip
    def test_whatever_becomes_of_the_answer_it_is_one_package(self, shop: Depot, kind: str, state: str) -> None:
        order = shop.placed()
        shop.ship(order)
        shop.amazon.faults.add(Fault(kind=kind, operation="confirmShipment", times=1 if state == "unknown" else 8))
        shop.run()
        assert shop.commands(order)[0][1] in (state, "accepted")
        shop.amazon.faults.clear()
        shop.settle(6)
        assert shop.commands(order) == [("confirm", "verified")]
        assert [reference for reference, _ in shop.packages(order)] == ["1"]

    def test_what_failed_before_it_was_sent_still_gets_three_looks(self, shop: Depot) -> None:
        """Tries to send are not looks."""
        order = shop.placed()
        shop.ship(order)
        shop.seller.ignore_confirmations(order)
        shop.amazon.faults.add(Fault(kind="503", operation="token", times=None))
        for _ in range(3):
            shop.run(9000, only=["shipments"])
        assert shop.commands(order) == [("confirm", "intended")]
        shop.amazon.faults.clear()
        shop.run(9000)
        assert shop.commands(order) == [("confirm", "accepted")]
        shop.run(120)
        assert shop.commands(order) == [("confirm", "accepted")], "the first of three looks"

    def test_an_edit_before_the_proof_leaves_nothing_unproved(self, shop: Depot) -> None:
        order = shop.placed()
        shop.seller.confirm_delay = 1000
        shipment = shop.ship(order)
        shop.run()
        shop.edit(shipment, tracking=TRACKING)
        shop.run()
        shop.settle(8)
        assert shop.commands(order) == [("confirm", "verified"), ("confirm", "verified")]
        assert shop.packages(order) == [("1", TRACKING)]
        assert shop.inbox() == []

    def test_an_edit_while_the_first_word_got_no_answer_is_the_last_word(self, shop: Depot) -> None:
        order = shop.placed()
        shipment = shop.ship(order)
        shop.amazon.faults.add(Fault(kind="reset", operation="confirmShipment"))
        shop.run()
        shop.edit(shipment, tracking=TRACKING)
        shop.settle(4)
        assert shop.packages(order) == [("1", TRACKING)]
        assert [told.tracking for told in shop.seller.confirmations(order)] == [TRACKING]
        assert {state for _, state in shop.commands(order)} == {"skipped", "verified"}

    def test_a_refused_parcel_is_settled_where_amazon_shows_the_order_as_shipped(self, shop: Depot) -> None:
        order = shop.placed()
        shop.seller.ship(order)
        shop.ship(order)
        shop.run(only=["shipments"])
        assert shop.commands(order) == [("confirm", "refused")], "the ledger did not know yet"
        (entry,) = shop.app.orders.inbox()
        assert "already fulfilled" in entry.detail
        assert order in {row.amazon_order_id for row in shop.app.orders.list(status="attention")}
        why = shop.app.orders.explain(order)
        assert why.title == "Amazon refused the command."
        assert "Mend the cause in the store" in why.advice, "the next step"
        shop.settle(2)
        assert shop.app.orders.explain(order).title == "The order is in the store."
        assert shop.inbox() == []

    def test_of_two_parcels_the_inbox_keeps_the_one_that_still_needs_it(self, shop: Depot) -> None:
        order = shop.placed(("MUG-WHITE", 2))
        (item,) = shop.items(order)
        one = shop.ship(order, {item: 1}, tracking="")
        shop.ship(order, {item: 1}, tracking="")
        shop.run()
        assert shop.inbox() == [(order, "NO_TRACKING")]
        shop.edit(one, tracking=TRACKING)
        shop.run()
        assert sorted(shop.commands(order)) == [("confirm", "accepted"), ("confirm", "held")]
        assert shop.inbox() == [(order, "NO_TRACKING")]
