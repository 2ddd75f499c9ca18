"""A store that gives no answer, or stumbles, for one product or one order: that order waits, and the others go in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from amazon_orders.cli.outcome import of_flow
from amazon_orders.errors import StoreUnavailable
from amazon_orders.hooks import hookimpl
from amazon_orders.model import StoreOrder
from tests.stores.plain import PlainStore, plain_hooks
from tests.story.command_line import CommandLine
from tests.story.world import World, world


class Moody(PlainStore):
    """`search`, `find`, `place`, `cancel` run before the store does as asked, `placed` after it; each may raise."""

    search: Callable[[list[str]], None] = staticmethod(lambda values: None)
    find: Callable[[list[str]], None] = staticmethod(lambda keys: None)
    place: Callable[[str], None] = staticmethod(lambda key: None)
    placed: Callable[[str], None] = staticmethod(lambda key: None)
    cancel: Callable[[str], None] = staticmethod(lambda ref: None)

    @hookimpl
    def store_find_products(self, attribute, values):
        self.search(list(values))
        return PlainStore.store_find_products(self, attribute=attribute, values=values)

    @hookimpl
    def store_find_orders(self, keys):
        self.find(list(keys))
        return PlainStore.store_find_orders(self, keys=keys)

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str):
        self.place(key)
        done = PlainStore.store_place_order(self, order=order, key=key)
        self.placed(key)
        return done

    @hookimpl
    def store_cancel_order(self, ref):
        self.cancel(ref)
        return PlainStore.store_cancel_order(self, ref=ref)


@pytest.fixture
def moody(tmp_path: Path) -> Iterator[tuple[World, Moody]]:
    store = Moody(tmp_path / "plain.db")
    store.add_products(["MUG-WHITE", "CAP-BLACK", "TEE-BLACK-L"])
    with world(tmp_path, stores={"shop": plain_hooks(store)}) as shop:
        shop.connect()
        yield shop, store


def flow(report):
    return report.connections[0].flows[0]


def later(shop: World, minutes: float = 5):
    shop.clock.advance(minutes * 60)
    return flow(shop.sync())


def placed(store: Moody) -> set[str]:
    with store.connected() as connection:
        rows = connection.execute("SELECT external_id FROM orders").fetchall()
    ids = [row[0] for row in rows]
    assert len(ids) == len(set(ids)), "one is doubled"
    return set(ids)


def no_answer(*names: str) -> Callable[[list[str] | str], None]:
    """No answer to any question that has one of `names` in it; every other is answered."""
    asked: list[object] = []

    def ask(about) -> None:
        asked.append(about)
        if set(names) & ({about} if isinstance(about, str) else set(about)):
            raise StoreUnavailable("timed out")

    ask.asked = asked  # type: ignore[attr-defined]
    return ask


def dead(_) -> None:
    raise StoreUnavailable("no route")


def until_it_is_held(shop: World) -> None:
    for minutes in (1, 5, 30, 120, 480):
        later(shop, minutes + 0.1)


class TestOneProductWithoutAnAnswer:
    def test_the_other_orders_go_in_and_its_own_wait_and_are_held_in_the_end(self, moody) -> None:
        shop, store = moody
        store.search = no_answer("CAP-BLACK")
        bad = [shop.seller.place("CAP-BLACK") for _ in range(12)]
        good = [shop.seller.place("MUG-WHITE") for _ in range(3)]
        report = later(shop)
        assert (report.placed, report.failed, report.error) == (3, 12, None)
        assert placed(store) == set(good)
        until_it_is_held(shop)
        order = shop.app.orders.get(bad[0])
        assert (order.status, order.reason) == ("held", "FAILING")
        assert "timed out" in order.trace[-1]["detail"]
        new = shop.seller.place("MUG-WHITE")
        assert later(shop).error is None
        assert placed(store) == {*good, new}

    def test_it_costs_one_silence_however_many_orders_have_it(self, moody) -> None:
        shop, store = moody
        store.search = no_answer("CAP-BLACK")
        for _ in range(20):
            shop.seller.place("CAP-BLACK")
        shop.seller.place("MUG-WHITE")
        later(shop)
        silent = [values for values in store.search.asked if "CAP-BLACK" in values]
        assert len(silent) == 2  # with the page, and alone

    def test_when_the_store_answers_again_a_person_brings_them_in(self, moody) -> None:
        shop, store = moody
        store.search = no_answer("CAP-BLACK")
        order_id = shop.seller.place("CAP-BLACK")
        later(shop)
        until_it_is_held(shop)
        store.search = no_answer()
        shop.app.orders.retry(held=True)
        assert placed(store) == {order_id}

    def test_many_such_products_in_a_row_end_the_run_and_the_next_begins_behind_them(self, moody) -> None:
        shop, store = moody
        skus = [f"BAD-{number}" for number in range(7)]
        store.search = no_answer(*skus)
        for sku in skus:
            shop.seller.place(sku)
        last = shop.seller.place("MUG-WHITE")
        report = later(shop)
        assert report.error is not None
        assert report.error["code"] == "store_unavailable"
        assert report.failed == 3
        for _ in range(3):
            later(shop)
        assert placed(store) == {last}


class TestOneOrderWithoutAnAnswer:
    def test_three_in_a_row_do_not_keep_the_others_out_for_ever(self, moody) -> None:
        shop, store = moody
        bad = [shop.seller.place("MUG-WHITE") for _ in range(3)]
        good = [shop.seller.place("MUG-WHITE") for _ in range(3)]
        store.place = no_answer(*bad)
        assert later(shop).failed == 3
        later(shop)
        assert placed(store) == set(good)
        until_it_is_held(shop)
        assert {shop.status(order_id) for order_id in bad} == {"held"}
        assert {shop.app.orders.get(order_id).reason for order_id in bad} == {"FAILING"}
        new = shop.seller.place("CAP-BLACK")
        assert later(shop).error is None
        assert placed(store) == {*good, new}

    def test_five_in_a_row_neither(self, moody) -> None:
        shop, store = moody
        bad = [shop.seller.place("MUG-WHITE") for _ in range(5)]
        good = [shop.seller.place("MUG-WHITE") for _ in range(3)]
        store.place = no_answer(*bad)
        for _ in range(3):
            later(shop)
        assert placed(store) == set(good)

    def test_orders_that_wait_and_get_no_answer_do_not_keep_new_ones_out(self, moody) -> None:
        shop, store = moody
        bad = [shop.seller.place("MUG-WHITE") for _ in range(5)]
        store.place = no_answer(*bad)
        for _ in range(2):
            later(shop)
        new = shop.seller.place("CAP-BLACK")
        shop.clock.advance(3600)
        shop.sync()
        assert placed(store) == {new}

    def test_many_that_are_due_at_once_do_not_keep_the_others_out(self, moody) -> None:
        shop, store = moody
        bad = [shop.seller.place("MUG-WHITE") for _ in range(6)]
        good = shop.seller.place("CAP-BLACK")
        store.place = no_answer(*bad)
        for minutes in (5, 5):
            assert later(shop, minutes).error is not None
        assert placed(store) == set()
        later(shop, 40)
        assert placed(store) == {good}

    def test_the_next_run_begins_with_those_that_were_not_asked_for(self, moody) -> None:
        shop, store = moody
        later(shop)
        bad = [shop.seller.place("MUG-WHITE") for _ in range(3)]
        good = [shop.seller.place("CAP-BLACK") for _ in range(2)]
        store.place = no_answer(*bad)
        assert later(shop, 50).error is not None
        later(shop, 5)  # by now no overlap of windows shows them, and no older layer is due
        assert placed(store) == set(good)


class TestAStoreThatIsDown:
    def test_it_ends_the_run_costs_no_order_an_attempt_and_everything_goes_in_afterwards(self, moody) -> None:
        shop, store = moody
        ids = {shop.seller.place(sku) for sku in ("MUG-WHITE", "CAP-BLACK", "TEE-BLACK-L", "MUG-WHITE")}
        store.search = store.find = store.place = dead
        for _ in range(30):
            report = later(shop)
            assert report.error is not None
            assert report.error["code"] == "store_unavailable"
        assert list(shop.app.orders.list()) == []
        store.search = store.find = store.place = no_answer()
        assert later(shop).placed == 4
        assert placed(store) == ids

    def test_it_is_said_too_where_only_orders_that_wait_would_have_asked_it(self, moody) -> None:
        shop, store = moody
        shop.seller.place("NO-SUCH-THING")
        later(shop)
        later(shop, 60)
        store.search = store.find = store.place = dead
        error = later(shop).error
        assert error is not None
        assert error["code"] == "store_unavailable"


class TestChangesWithoutAnAnswer:
    def changed(self, shop: World) -> list[str]:
        ids = [shop.seller.place("MUG-WHITE") for _ in range(6)]
        later(shop)
        for order_id in ids:
            shop.seller.cancel(order_id)
        return ids

    def cancelled(self, store: Moody) -> int:
        with store.connected() as connection:
            return len(connection.execute("SELECT id FROM orders WHERE status = 'cancelled'").fetchall())

    def test_a_store_that_is_down_costs_three_silences_and_no_attempt(self, moody) -> None:
        shop, store = moody
        ids = self.changed(shop)
        store.search = store.cancel = dead
        for _ in range(20):
            error = later(shop).error
            assert error is not None
            assert error["code"] == "store_unavailable"
        assert shop.app.orders.inbox() == []
        store.search = store.cancel = no_answer()
        assert later(shop).cancelled == 6
        assert {shop.status(order_id) for order_id in ids} == {"cancelled"}

    def test_orders_that_get_no_answer_do_not_keep_the_others_from_being_told(self, moody) -> None:
        shop, store = moody
        ids = self.changed(shop)
        refs = [shop.app.orders.get(order_id).store_ref for order_id in ids]
        store.cancel = no_answer(*refs[:3])
        assert later(shop).error is None
        assert self.cancelled(store) == 3
        store.cancel = no_answer()
        later(shop, 60)
        assert self.cancelled(store) == 6


class TestALookUpThatStumbles:
    def open_claims(self, shop: World, store: Moody) -> list[str]:
        """Two orders of which nobody knows whether the store has them; it has the first."""
        ids = [shop.seller.place("MUG-WHITE") for _ in range(2)]
        store.place, store.placed = no_answer(ids[1]), no_answer(ids[0])
        later(shop)
        store.place = store.placed = no_answer()
        assert placed(store) == {ids[0]}
        return ids

    @pytest.mark.parametrize("bug", [ZeroDivisionError, lambda: StoreUnavailable("timed out")], ids=["bug", "silence"])
    def test_the_claimed_order_alone_waits_and_is_named_and_nothing_is_placed_blindly(self, moody, bug) -> None:
        shop, store = moody
        first, second = self.open_claims(shop, store)

        def stumbles(keys: list[str]) -> None:
            if first in keys:
                raise bug()

        store.find = stumbles
        new = shop.seller.place("CAP-BLACK")
        report = later(shop)
        assert report.error is None
        assert placed(store) == {first, second, new}
        order = shop.app.orders.get(first)
        assert (order.status, order.reason) == ("failed", "FAILING")
        store.find = no_answer()
        later(shop, 60)
        assert shop.status(first) == "placed"
        assert placed(store) == {first, second, new}

    def test_an_order_that_amazon_cancelled_meanwhile_waits_alone_too(self, moody) -> None:
        shop, store = moody
        first, second = self.open_claims(shop, store)
        shop.seller.cancel(first)

        def stumbles(keys: list[str]) -> None:
            if first in keys:
                raise ZeroDivisionError

        store.find = stumbles
        assert later(shop).error is None
        assert shop.status(second) == "placed"
        assert shop.status(first) == "failed"
        store.find = no_answer()
        later(shop, 60)
        assert shop.status(first) == "cancelled"


class TestAnAdapterThatFailsEverywhere:
    def test_the_run_ends_with_an_error_that_names_it(self, moody) -> None:
        shop, store = moody
        for _ in range(4):
            shop.seller.place("MUG-WHITE")

        def stumbles(key: str) -> None:
            raise ZeroDivisionError("CANARY")

        store.place = stumbles
        report = later(shop)
        assert report.failed == 4
        assert report.error is not None
        assert report.error["code"] == "adapter_bug"
        assert "4 of 4" in report.error["message"]
        assert "store_place_order" in report.error["message"]
        assert "CANARY" not in report.error["message"]
        assert of_flow(report) == 1, "the exit code"

    def test_where_some_go_in_it_is_no_failure_of_the_run(self, moody) -> None:
        shop, store = moody
        bad, good = shop.seller.place("MUG-WHITE"), shop.seller.place("MUG-WHITE")

        def stumbles(key: str) -> None:
            if key == bad:
                raise ZeroDivisionError

        store.place = stumbles
        report = later(shop)
        assert (report.error, report.placed) == (None, 1)
        assert placed(store) == {good}

    def test_the_next_run_says_how_many_wait_and_until_when(self, moody) -> None:
        shop, store = moody
        for _ in range(4):
            shop.seller.place("MUG-WHITE")

        def stumbles(key: str) -> None:
            raise ZeroDivisionError

        store.place = stumbles
        first = later(shop)
        assert (first.waiting, first.next_try) == (4, shop.clock.now() + timedelta(minutes=1))
        second = flow(shop.sync())
        assert (second.failed, second.error) == (0, None)
        assert (second.waiting, second.next_try) == (first.waiting, first.next_try)
        store.place = no_answer()
        last = later(shop)
        assert (last.placed, last.waiting, last.next_try) == (4, 0, None)


def test_the_command_says_how_many_orders_wait_for_another_try(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    line.open_shop()
    line.connect()
    order_id = line.buy("MUG-WHITE")
    line.seller.spoil(order_id, lambda record: record.pop("createdTime"))
    line.must("sync", "--only", "orders")
    result = line.must("sync", "--only", "orders")
    assert "1 order waits for another try, the first one at " in result.stderr
